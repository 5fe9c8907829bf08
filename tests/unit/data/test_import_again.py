"""A second import reads only what is new, was changed or was bad, and never loses what is there."""

import os

import cv2
import numpy as np
import pytest

from mimicgait.data import SequenceStore, import_opengait, transfer
from mimicgait.data.manifest import MANIFEST_FILE, Manifest
from mimicgait.data.opengait import OpenGaitEntry
from mimicgait.errors import DataError


@pytest.fixture
def opened(monkeypatch):
    """Count the files that are opened."""
    names = []
    load = OpenGaitEntry.load
    monkeypatch.setattr(OpenGaitEntry, "load", lambda entry: names.append(entry.source) or load(entry))
    return names


def content(path):
    return {file.name: (file.read_bytes(), file.stat().st_mtime_ns) for file in path.iterdir()}


@pytest.mark.parametrize("workers", [1, 2])
def test_nothing_has_to_be_done(dataset, tmp_path, opened, workers):
    out = tmp_path / "out"
    assert import_opengait(dataset, out, workers=workers).written
    before = content(out)
    opened.clear()
    report = import_opengait(dataset, out, workers=workers)
    assert (report.written, report.imported, report.resumed, report.bad) == (False, 12, 12, [])
    assert opened == []
    assert content(out) == before


def test_any_number_of_workers_writes_the_same(dataset, tmp_path):
    prints = {
        SequenceStore(import_opengait(dataset, tmp_path / f"{n}", workers=n).path, verify=True).fingerprint
        for n in (1, 2, 3)
    }
    assert len(prints) == 1


def test_new_and_changed_files_are_read_and_the_others_not(dataset, tmp_path, opened, add, sequence):
    import_opengait(dataset, tmp_path / "out")
    add(dataset, "001/nm-01/045")
    add(dataset, "002/nm-01/000", sequence("o/t/h", 9).frames)
    opened.clear()
    report = import_opengait(dataset, tmp_path / "out")
    assert (report.imported, report.resumed, report.written) == (13, 11, True)
    assert set(opened) == {"001/nm-01/045/045.pkl", "002/nm-01/000/000.pkl"}
    store = SequenceStore(tmp_path / "out", verify=True)
    whole = SequenceStore(import_opengait(dataset, tmp_path / "whole", name="casia").path)
    assert store.fingerprint == whole.fingerprint
    assert Manifest.load(store.path) == Manifest.load(whole.path)


def image(path, stripes=0):
    """Write an image of a standing bar into a file, in place; stripes make the file larger."""
    frame = np.zeros((80, 60), np.uint8)
    frame[10:70, 10:30] = 255
    frame[20 : 20 + stripes, 12:28:3] = 0
    path.write_bytes(cv2.imencode(".png", frame)[1].tobytes())


@pytest.mark.parametrize("keep", ["size", "time"])
def test_images_that_were_changed_in_place_are_read(tmp_path, opened, keep):
    root = tmp_path / "raw"
    for view in ("000", "090"):
        (root / "001" / "nm-01" / view).mkdir(parents=True)
        for number in range(3):
            image(root / "001" / "nm-01" / view / f"{number}.png")
    import_opengait(root, tmp_path / "out")
    opened.clear()
    assert not import_opengait(root, tmp_path / "out").written
    assert opened == []
    changed = root / "001" / "nm-01" / "090" / "1.png"
    look, folder = changed.stat(), changed.parent.stat()
    image(changed, 0 if keep == "size" else 12)
    assert (changed.stat().st_size == look.st_size) == (keep == "size")
    later = look.st_mtime_ns + (keep == "size")
    os.utime(changed, ns=(later, later))
    assert changed.parent.stat().st_mtime_ns == folder.st_mtime_ns
    report = import_opengait(root, tmp_path / "out")
    assert (report.written, report.resumed) == (True, 1)
    assert set(opened) == {"001/nm-01/090"}
    assert not import_opengait(root, tmp_path / "out").written


def test_bad_files_are_tried_again(dataset, tmp_path, opened):
    out = tmp_path / "out"
    victim = dataset / "001" / "nm-01" / "000" / "000.pkl"
    good = victim.read_bytes()
    victim.write_bytes(good[:99])
    assert import_opengait(dataset, out).imported == 11
    before = content(out)
    opened.clear()
    report = import_opengait(dataset, out)
    assert [path for path, _ in report.bad] == [victim]
    assert (report.written, set(opened)) == (False, {"001/nm-01/000/000.pkl"})
    assert content(out) == before
    victim.write_bytes(good)
    report = import_opengait(dataset, out)
    assert (report.imported, report.bad, report.resumed) == (12, [], 11)


def test_what_was_imported_is_never_lost(dataset, tmp_path, add):
    out = tmp_path / "out"
    import_opengait(dataset, out)
    old = {str(item.key): item.frames for item in SequenceStore(out)}
    (dataset / "001" / "nm-01" / "000" / "000.pkl").write_bytes(b"broken since")
    (dataset / "001" / "nm-01" / "090" / "090.pkl").unlink()
    report = import_opengait(dataset, out)
    assert (report.imported, report.gone, len(report.bad), report.written) == (12, 1, 2, False)
    add(dataset, "003/nm-01/000")
    report = import_opengait(dataset, out)
    assert (report.imported, report.gone, len(report.bad), report.written) == (13, 1, 2, True)
    store = SequenceStore(out, verify=True)
    assert all(np.array_equal(item.frames, old.get(str(item.key), item.frames)) for item in store)
    assert set(old) < set(map(str, store.keys))
    fresh = import_opengait(dataset, out, overwrite=True)
    assert (fresh.imported, fresh.gone) == (11, 0)


def test_other_settings_are_another_import(dataset, tmp_path):
    import_opengait(dataset, tmp_path / "out", licence="one")
    with pytest.raises(DataError, match="exists already"):
        import_opengait(dataset, tmp_path / "out", licence="two")
    assert SequenceStore(tmp_path / "out").licence == "one"


def test_a_damaged_manifest_is_an_error(dataset, tmp_path):
    import_opengait(dataset, tmp_path / "out")
    (tmp_path / "out" / MANIFEST_FILE).write_text("source,subject\n")
    with pytest.raises(DataError, match=r"manifest\.csv: is damaged .*overwrite"):
        import_opengait(dataset, tmp_path / "out")


def test_mixed_sizes(dataset, tmp_path, add, sequence):
    for view in ("000", "090"):
        add(dataset, f"010/nm-01/{view}", np.ones((2, 64, 44), np.uint8))
    report = import_opengait(dataset, tmp_path / "out")
    assert (report.imported, report.size) == (10, "64x64")
    assert {reason for _, reason in report.bad} == {
        "is of size 64x44, expected 64x64: import each size on its own"
    }
    narrow = import_opengait(dataset, tmp_path / "narrow", size="64x44")
    assert (narrow.imported, len(narrow.bad)) == (2, 10)
    assert SequenceStore(narrow.path).origin["size"] == "64x44"


def test_a_size_that_no_file_has(dataset, tmp_path):
    with pytest.raises(DataError, match=r"not one sequence .* is of size 64x64, expected 128x88"):
        import_opengait(dataset, tmp_path / "out", size="128x88")
    assert os.listdir(tmp_path) == ["casia"]


def test_the_size_is_found_although_the_sample_is_bad(dataset, tmp_path, monkeypatch):
    monkeypatch.setattr(transfer, "SAMPLES", 2)
    entries = sorted(dataset.rglob("*.pkl"))
    for path in (entries[0], entries[-1]):
        path.write_bytes(b"")
    report = import_opengait(dataset, tmp_path / "out")
    assert (report.imported, report.size) == (10, "64x64")


def test_names_with_commas_and_line_breaks_survive(tmp_path, add):
    for person in ('a,"b"', "ü"):
        add(tmp_path / "odd", f"{person}/nm/000")
    report = import_opengait(tmp_path / "odd", tmp_path / "out")
    assert {key.subject for key in Manifest.load(report.path).origins} == {'a,"b"', "ü"}
    assert not import_opengait(tmp_path / "odd", tmp_path / "out").written
