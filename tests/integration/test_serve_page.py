"""The page in a real browser, as a person uses it: upload, wait, enrol, identify, explore, remove."""

import shutil

import pytest
from served import served
from walkers_video import write_walkers_video

playwright = pytest.importorskip("playwright.sync_api")

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 120_000
VIEWS = {"light": (1200, 900, "light"), "dark": (1200, 900, "dark"), "narrow": (360, 740, "light")}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(BROWSER is None, reason="no Chromium here: apt-get install chromium"),
]


@pytest.fixture(scope="module")
def video(tmp_path_factory):
    return write_walkers_video(tmp_path_factory.mktemp("video") / "walkers.mp4")


@pytest.fixture(scope="module")
def service(tmp_path_factory, networks, walkers):
    gallery = tmp_path_factory.mktemp("gallery") / "people.db"
    words = ("--teacher", networks / "teacher", "--walkers", walkers / "test")
    with served(networks / "mimic", gallery, *words) as running:
        yield running


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=BROWSER, args=QUIET)
        yield opened
        opened.close()


@pytest.fixture
def page(browser, service):
    """A page whose every complaint, of scripts and of the content policy, fails the test."""
    opened = browser.new_page(viewport={"width": 1200, "height": 900}, reduced_motion="reduce")
    opened.set_default_timeout(PATIENCE)
    complaints = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    opened.goto(service.address)
    yield opened
    opened.close()
    assert [text for text in complaints if "the server responded with a status of 4" not in text] == []


def identify(page, video):
    page.set_input_files("#file", video)
    page.wait_for_selector("#work:visible")
    page.wait_for_selector(".person")
    return page.locator(".person")


def is_wide(page):
    return page.evaluate("document.documentElement.scrollWidth > innerWidth")


def look(page, folder, name):
    """Take pictures in light, dark and narrow; nothing may stick out to the side."""
    for view, (width, height, scheme) in VIEWS.items():
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)
        page.screenshot(path=folder / f"{name}-{view}.png", full_page=True)
        assert not is_wide(page), (name, view)


def test_two_people_are_found_enrolled_identified_and_removed(page, video, tmp_path):
    people = identify(page, video)
    assert people.count() == 2
    assert people.locator(".badge").all_inner_texts() == ["Nobody to compare with"] * 2
    assert people.locator(".timeline svg").count() == 2
    for number, name in enumerate(("Ann Example", "Bob Beispiel")):
        person = people.nth(number)
        person.locator(".enrol-open").click()
        person.locator("[name=name]").fill(name)
        person.locator(".enrol button.primary").click()
        assert "consent" in person.locator(".enrol .error:not(:empty)").inner_text()
        person.locator("[name=consent]").fill("signed form of 2 March")
        person.locator(".enrol button.primary").click()
        assert name in person.locator(".enrolled:not(:empty)").inner_text()
    people = identify(page, video)
    page.wait_for_selector(".person .ranking li")
    nearest = [people.nth(i).locator(".ranking li").first.inner_text() for i in range(2)]
    assert ["Ann" in nearest[0], "Bob" in nearest[1]] == [True, True]
    assert "calibrat" in people.nth(0).locator(".reason").inner_text()
    look(page, tmp_path, "found")
    page.click("#tab-people")
    page.get_by_role("button", name="Remove Ann Example").click()
    page.get_by_role("button", name="Remove Ann Example for good").click()
    page.wait_for_selector("text=Ann Example and 1 walk were removed")
    look(page, tmp_path, "people")
    page.click("#tab-identify")
    people = identify(page, video)
    page.wait_for_selector(".person .ranking li")
    assert "Ann" not in people.locator(".ranking").all_inner_texts()[0]


def test_the_explorer_follows_the_amount(page, tmp_path):
    page.focus("#tab-identify")
    page.keyboard.press("ArrowLeft")  # from the first tab round to the last
    page.wait_for_selector("#mimic-ranking li")
    before = page.locator("#mimic-ranking").inner_text()
    canvas = "document.getElementById('film-occluded').toDataURL()"
    picture = page.evaluate(canvas)
    with page.expect_response("**/v1/explorer"):
        page.focus("#amount")
        page.keyboard.press("End")
    page.wait_for_function("text => document.getElementById('mimic-ranking').innerText !== text", arg=before)
    assert page.locator("#amount-shown").inner_text() == "80 %"
    assert page.evaluate(canvas) != picture
    assert (
        page.locator("#teacher-ranking .right").count() == page.locator("#mimic-ranking .right").count() == 1
    )
    look(page, tmp_path, "explorer")


def test_mistakes_are_explained(page, tmp_path):
    text = tmp_path / "walk.mp4"
    text.write_text("this is no video")
    page.set_input_files("#file", text)
    page.wait_for_selector("#identify-error:visible")
    assert "neither a video" in page.locator("#identify-error").inner_text()
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(b"\0\0\0\x18ftypmp42" + b"x" * 500)
    page.set_input_files("#file", cut)
    page.wait_for_selector("#identify-error:visible >> text=not a video that can be read")
    assert page.locator("#work").is_hidden()
