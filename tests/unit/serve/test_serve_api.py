"""Enrol, identify, verify, list, remove: over HTTP, with silhouettes in every form."""

import numpy as np
import pytest
from made_uploads import masks, npy, npz

from mimicgait.gallery import Gallery, import_gallery
from mimicgait.serve import Limits


def enrol(client, name, data, **fields):
    return client.post("/v1/enrol", data={"name": name, "consent": "a test", **fields}, files={"file": data})


@pytest.fixture
def enrolled(client, walks):
    """A client of a service that knows ann and bob by one walk each."""
    for name, walk in (("ann", walks[0]), ("bob", walks[2])):
        assert enrol(client, name, npy(walk)).status_code == 200
    return client


def test_health_and_what_the_service_is(client, observer):
    assert client.get("/health").json()["status"] == "ok"
    about = client.get("/v1/about").json()
    assert about["model"] == observer.model
    assert (about["calibrated"], about["visibility"], about["explorer"], about["keys"]) == (
        False,
        True,
        False,
        False,
    )
    assert set(about["roles"]) == {"identify", "enrol", "admin"}


@pytest.mark.parametrize("write", [npy, lambda f: npz(frames=f), lambda f: npy(f.astype(np.float32)), masks])
def test_the_same_walk_is_found_in_every_form(enrolled, walks, write):
    done = enrolled.post("/v1/identify", files={"file": write(walks[2])})
    assert done.status_code == 200, done.text
    [person] = done.json()["result"]["people"]
    assert [candidate["name"] for candidate in person["candidates"]] == ["bob", "ann"]
    assert person["answer"] == "undecided"
    assert "calibrat" in person["reason"]
    if write is not masks:
        assert person["candidates"][0]["distance"] < 0.01 < person["candidates"][1]["distance"]


def test_a_person_comes_with_what_was_seen_of_them(enrolled, walks):
    [person] = enrolled.post("/v1/identify", files={"file": npy(walks[0])}).json()["result"]["people"]
    timeline = person["timeline"]
    assert person["frames"] == len(walks[0]) == len(timeline["times"]) == len(timeline["amount"])
    assert set(timeline["kind"]) <= set(range(len(timeline["kinds"])))
    assert 0 <= person["hidden"] <= 1


def test_nobody_enrolled_is_an_answer(client, walks):
    [person] = client.post("/v1/identify", files={"file": npy(walks[0])}).json()["result"]["people"]
    assert (person["answer"], person["candidates"]) == ("nobody enrolled", [])
    assert "nobody is enrolled" in person["reason"]


def test_who_was_found_is_enrolled_by_a_click_and_their_silhouettes_come_back(enrolled, walks):
    job = enrolled.post("/v1/identify", files={"file": npy(walks[4])}).json()["id"]
    packed = enrolled.get(f"/v1/jobs/{job}/people/1/silhouettes").content
    assert np.array_equal(np.unpackbits(np.frombuffer(packed, np.uint8)).reshape(-1, 64, 64), walks[4])
    done = enrolled.post(f"/v1/jobs/{job}/people/1/enrol", json={"name": "cem", "consent": "a note"})
    assert done.status_code == 201
    [person] = enrolled.post("/v1/identify", files={"file": npy(walks[4])}).json()["result"]["people"]
    assert person["candidates"][0]["name"] == "cem"
    assert (
        enrolled.post(f"/v1/jobs/{job}/people/2/enrol", json={"name": "d", "consent": "x"}).status_code == 404
    )
    assert enrolled.delete(f"/v1/jobs/{job}").status_code == 204
    assert enrolled.get(f"/v1/jobs/{job}").status_code == 404


def test_somebody_new_needs_consent_and_nothing_is_enrolled_without(client, walks):
    refused = client.post("/v1/enrol", data={"name": "ann"}, files={"file": npy(walks[0])})
    assert refused.status_code == 422
    assert "consent" in refused.json()["detail"]
    assert client.get("/v1/gallery").json() == {"total": 0, "people": []}


def test_verify_compares_with_one_person(enrolled, walks):
    done = enrolled.post("/v1/verify", data={"name": "ann"}, files={"file": npy(walks[0])})
    claim = done.json()["result"]["claim"]
    assert claim["name"] == "ann"
    assert claim["distance"] < 0.01
    assert claim["answer"] == "undecided"
    assert enrolled.post("/v1/verify", data={"name": "eve"}, files={"file": npy(walks[0])}).status_code == 404


def test_the_gallery_lists_shows_and_removes(enrolled, walks, observer):
    assert enrol(enrolled, "dee/../x y", npy(walks[4]), keep="true").status_code == 200
    page = enrolled.get("/v1/gallery", params={"limit": 2}).json()
    assert (page["total"], [person["name"] for person in page["people"]]) == (3, ["ann", "bob"])
    after = enrolled.get("/v1/gallery", params={"after": "bob"}).json()["people"]
    assert [person["name"] for person in after] == ["dee/../x y"]
    [walk] = enrolled.get("/v1/gallery/people/dee%2F..%2Fx%20y").json()["walks"]
    assert (walk["kept"], walk["current"], walk["frames"]) == (True, True, len(walks[4]))
    assert enrolled.delete("/v1/gallery/people/ann").json() == {"walks": 1, "wiped": True}
    assert enrolled.delete("/v1/gallery/people/ann").status_code == 404
    assert enrolled.delete(f"/v1/gallery/walks/{walk['id']}").json()["walks"] == 1
    assert enrolled.delete(f"/v1/gallery/walks/{walk['id']}").status_code == 404
    [person] = enrolled.post("/v1/identify", files={"file": npy(walks[0])}).json()["result"]["people"]
    assert [candidate["name"] for candidate in person["candidates"]] == ["bob"]


def test_an_export_can_be_read_into_another_gallery(enrolled, tmp_path):
    path = tmp_path / "export.parquet"
    path.write_bytes(enrolled.get("/v1/gallery/export", params={"person": "bob"}).content)
    with Gallery(tmp_path / "other.db", key="") as other:
        import_gallery(other, path)
        assert [person.name for person in other.people()] == ["bob"]
    assert enrolled.get("/v1/gallery/export", params={"person": "eve"}).status_code == 404
    assert list(enrolled.app.state.service.scratch.folder.iterdir()) == []


def test_metrics_count_what_happened(enrolled):
    enrolled.get("/v1/gallery/people/nobody")
    text = enrolled.get("/metrics").text
    assert 'mimicgait_requests_total{method="POST",route="/v1/enrol",status="200"} 2.0' in text
    assert "mimicgait_people 2.0" in text
    assert 'mimicgait_jobs_total{state="done"} 2.0' in text
    assert "mimicgait_enrolled_walks_total 2.0" in text
    assert "ann" not in text


def test_a_long_walk_is_looked_at_in_the_middle(make_client, walks):
    client = make_client(Limits(walk_frames=5))
    [person] = client.post("/v1/identify", files={"file": npy(walks[0])}).json()["result"]["people"]
    assert (person["frames"], person["looked_at"]) == (len(walks[0]), 5)


def test_uploads_are_deleted_unless_they_are_asked_for(make_client, walks, tmp_path):
    client = make_client()
    client.post("/v1/identify", files={"file": npy(walks[0])})
    service = client.app.state.service
    assert list(service.scratch.folder.iterdir()) == []
    assert service.scratch.used == 0
    keeping = make_client(keep=tmp_path / "kept")
    keeping.post("/v1/identify", files={"file": ("../../etc/passwd", npy(walks[0]))})
    [kept] = (tmp_path / "kept").iterdir()
    assert kept.read_bytes() == npy(walks[0])
    assert kept.stat().st_mode & 0o777 == 0o600
    kept.unlink()
    (tmp_path / "kept").rmdir()
    (tmp_path / "kept").touch()  # nothing can be kept there any more
    service = keeping.app.state.service
    for _ in range(2):
        assert keeping.post("/v1/identify", files={"file": npy(walks[0])}).status_code == 200
        assert (service.scratch.used, list(service.scratch.folder.iterdir())) == (0, [])
