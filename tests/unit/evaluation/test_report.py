"""The report's files: whole, self-contained, escaped, and with the numbers that were found."""

import json
import re
from xml.etree import ElementTree

import numpy as np
import pytest
from report_cases import METHODS, TYPES, findings, report, video

from mimicgait.errors import ShapeError
from mimicgait.evaluation.report import Report, Settings, VideoSection, VideoTrack, to_html, write_report
from mimicgait.evaluation.report.environment import describe_machine, find_versions
from mimicgait.evaluation.report.markdown import to_markdown
from mimicgait.evaluation.suite import Findings


@pytest.fixture(scope="module")
def page():
    return to_html(report())


@pytest.fixture(scope="module")
def parsed(page, read_page):
    return read_page(page)


def test_page_asks_nobody_for_anything(page, parsed):
    parsed.refuse_others()
    assert "@import" not in page
    assert not re.search(r"url\((?!#)", page)
    assert len(page) < 2_000_000


def test_every_picture_and_figure_has_words_for_those_who_cannot_see_it(parsed):
    images = [attributes for tag, attributes in parsed.tags if tag == "img"]
    figures = [attributes for tag, attributes in parsed.tags if tag == "svg"]
    assert len(images) == 2 * len(TYPES) + 3 * 3 + 1
    assert len(figures) == 4 + 1 + 4 + 1
    assert all(len(image["alt"]) > 20 for image in images)
    assert all(figure["role"] == "img" and len(figure["aria-label"]) > 20 for figure in figures)


def test_page_has_dark_colours_and_fits_a_telephone(page):
    assert "prefers-color-scheme: dark" in page
    assert 'name="viewport"' in page
    assert "var(--series-2)" in page
    assert "#0a000" not in page
    assert "#010203" not in page


def test_figures_are_well_formed_and_bring_no_style_for_the_page(page):
    figures = re.findall(r"<svg.*?</svg>", page, flags=re.S)
    assert len(figures) == 10
    for figure in figures:
        ElementTree.fromstring(figure.replace("<svg ", '<svg xmlns:xlink="http://www.w3.org/1999/xlink" ', 1))
        assert "<style" not in figure
        for name in re.findall(r"url\(#([^)]+)\)", figure):
            assert f'id="{name}"' in figure


def test_page_has_every_section_and_the_headline_numbers(parsed):
    text = " ".join(" ".join(parsed.words).split())
    for words in (*METHODS, "80.1", "30.5 ± 0.8", "0.38", "What the visibility network sees", "demo.mp4"):
        assert words in text
    for anchor in ("occlusions", "robustness", "cases", "visibility", "failures", "training", "settings"):
        assert any(attributes.get("id") == anchor for _, attributes in parsed.tags)


def test_foreign_text_is_escaped(read_page):
    hostile = "<script>alert(1)</script>"
    text = to_html(
        Report(
            title=hostile,
            findings=findings(),
            histories={hostile: [{"step": 1, "loss": 1.0}]},
            video=VideoSection(name=hostile, note=hostile, dropped={hostile: 1}),
            settings=Settings(command=hostile, config={hostile: hostile}),
        )
    )
    assert hostile not in text
    assert all(tag != "script" for tag, _ in read_page(text).tags)


def test_report_without_the_optional_parts_is_whole(read_page):
    text = to_html(Report(title="t", findings=Findings(comparisons=findings((7,)).comparisons[:1])))
    page = read_page(text)
    assert not [1 for tag, _ in page.tags if tag == "img"]
    assert "MimicGait" not in text
    assert "A real video" not in text


def test_video_that_could_not_be_had_leaves_its_reason():
    text = to_html(
        Report(title="t", findings=findings(), video=VideoSection(name="demo.mp4", note="No network."))
    )
    assert "No network." in text


def test_files_are_written_whole_and_json_has_all_numbers(tmp_path):
    path = write_report(report(), tmp_path / "new" / "folder")
    assert sorted(p.name for p in path.parent.iterdir()) == ["report.html", "report.json", "report.md"]
    found = json.loads((path.parent / "report.json").read_text())
    expected = report()
    assert found["headline"][2]["rp"] == expected.findings.comparisons[2].rp()
    assert found["by_type"][0]["rp"] == expected.findings.types[0].rp()
    assert found["histories"]["teacher"] == expected.histories["teacher"]
    assert found["video"]["tracks"][0]["frames"] == 90
    assert found["video"]["tracks"][0]["kind"][55] == "bottom"
    assert found["settings"]["config"]["teacher"]["lr"] == 0.1
    assert found["format"] == 1
    write_report(report(), path.parent)


def test_json_refuses_what_is_no_number(tmp_path):
    broken = Report(title="t", findings=findings(), histories={"teacher": [{"step": 1, "loss": np.inf}]})
    with pytest.raises(ValueError, match="JSON"):
        write_report(broken, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_markdown_has_a_row_for_every_method_type_and_amount():
    text = to_markdown(report())
    assert "| MimicGait | 61.2 | 30.5 ± 0.8 | 0.38 | 0.76 |" in text
    for words in (*TYPES, "0.8", "complete (teacher)", "amount, mean squared error", "duration of all"):
        assert f"| {words} |" in text
    widths = {line.count("|") for line in text.split("\n## ")[0].splitlines() if line.startswith("|")}
    assert widths == {10}


def test_settings_of_any_kind_become_json():
    settings = Settings(config={"path": pytest, "pair": (1, 2), "inner": {3: None}})
    found = json.loads(json.dumps(settings.as_json()))
    assert found["config"]["pair"] == [1, 2]
    assert found["config"]["inner"] == {"3": None}


def test_track_whose_parts_differ_in_length_is_refused():
    track = video().tracks[0]
    with pytest.raises(ShapeError, match="person 1: expected silhouettes"):
        VideoTrack(
            name="person 1",
            silhouettes=track.silhouettes,
            seconds=track.seconds[:-1],
            kinds=track.kinds,
            kind=track.kind,
            amount=track.amount,
        )


def test_versions_and_machine_are_named():
    versions, machine = find_versions(), describe_machine()
    assert versions["torch"].startswith("2.")
    assert versions["mimicgait"][0].isdigit()
    assert all(machine.values())
    assert "threads" in machine["cores"]
