"""Every data set of the field, in its own folders on disk, becomes the sequences that it should."""

import contextlib
import hashlib
import json
import os
from pathlib import Path

import cv2
import numpy as np
import pytest
from layout_cases import CASES, Case, block, frames, stored, three_levels, video

from mimicgait.data import LAYOUTS, SequenceStore, check_store, find_layout, import_opengait
from mimicgait.errors import ConfigError, DataError


@pytest.mark.parametrize("name", CASES)
def test_imported_and_checked(name, tmp_path):
    case = CASES[name]
    root = case.write(tmp_path / "data")
    report = import_opengait(root, tmp_path / "store", layout=find_layout(case.layout))
    assert report.bad == []
    assert report.size == case.size
    store = SequenceStore(tmp_path / "store", verify=True)
    found = {
        f"{k.subject}/{k.type}/{k.view}": source for k, source in zip(store.keys, store.sources, strict=True)
    }
    assert found == case.keys
    for item in store:
        made = case.files[item.source]
        expected = block() if case.size == "raw" else stored(np.asarray(made))
        assert np.array_equal(item.frames, expected)
    assert (store.origin["layout"], store.origin["size"]) == (case.layout, case.size)
    assert check_store(tmp_path / "store").ok


def test_every_layout_has_a_case_and_a_name_of_its_own():
    assert {case.layout for case in CASES.values()} == {layout.name for layout in LAYOUTS}
    assert len({layout.name for layout in LAYOUTS}) == len(LAYOUTS)


@pytest.mark.parametrize(
    ("layout", "path", "name"),
    [
        ("casia-b", "001/nm01/000", "'nm01'"),
        ("casia-b", "001/nm-07/000", "'nm-07'"),
        ("casia-b", "001/nm-01/017", "'017'"),
        ("oumvlp", "00001/02/000", "'02'"),
        ("gait3d", "0000/cam0/seq1", "'cam0'"),
        ("casia-e", "001/H-scene1-run-1/000", "'H-scene1-run-1'"),
        ("occgait", "001/XX01/000", "'XX01'"),
        ("ccpg", "000/U0/cam1", "'U0'"),
        ("sustech1k", "0001/nm/000", "'nm'"),
        ("grew", "00001/04/x", "'04'"),
    ],
)
def test_a_name_that_the_data_set_does_not_know(layout, path, name, tmp_path):
    root = three_levels(layout, path).write(tmp_path / "data")
    with pytest.raises(DataError, match=f"knows no such (type|view): {name} is none of its names.*rename"):
        import_opengait(root, tmp_path / "store", layout=find_layout(layout))
    assert not (tmp_path / "store").exists()


def test_one_strange_name_among_good_ones_is_listed(tmp_path):
    root = three_levels("casia-b", "001/nm-01/000", "001/nm-1/018").write(tmp_path / "data")
    report = import_opengait(root, tmp_path / "store", layout=find_layout("casia-b"))
    assert report.imported == 1
    assert [path.name for path, _ in report.bad] == ["018"]


def test_a_layout_that_does_not_exist():
    with pytest.raises(ConfigError, match="did you mean 'casia-b'"):
        find_layout("casia_b")


GREW_RAW = {
    "00001/01/79XJefi8": "test/gallery/00001/79XJefi8",
    "00001/02/t16VLaQf": "test/gallery/00001/t16VLaQf",
    "00001train/00/4XPn5Z28": "train/00001/4XPn5Z28",
    "00001train/00/5TXe8svE": "train/00001/5TXe8svE",
    "probe/03/etaGVnWf": "test/probe/etaGVnWf",
}
"""Gallery walks have no numbers in the raw data; here they follow the sorted codes, on every machine."""


def write_grew(root, backwards=False):
    """Create the folders in one order or the other: a disk may list them so."""
    seeds = {source: i for i, source in enumerate(sorted(GREW_RAW.values()))}
    order = sorted(GREW_RAW.values(), reverse=backwards)
    return Case("grew", {source: [*frames(seeds[source])] for source in order}, {}).write(root)


@pytest.mark.parametrize("backwards", [False, True])
def test_raw_grew_is_sorted_and_hashed(backwards, tmp_path, monkeypatch):
    if backwards:  # a file system that lists the other way round
        scandir = os.scandir
        monkeypatch.setattr(
            "mimicgait.data.folders.os.scandir",
            lambda path: contextlib.nullcontext(sorted(scandir(path), key=lambda e: e.name, reverse=True)),
        )
    root = write_grew(tmp_path / "raw", backwards)
    report = import_opengait(root, tmp_path / "store", layout=find_layout("grew"))
    store = SequenceStore(report.path, verify=True)
    keys = [f"{k.subject}/{k.type}/{k.view}" for k in store.keys]
    assert dict(zip(keys, store.sources, strict=True)) == GREW_RAW
    assert keys == sorted(keys)
    assert np.array_equal(store[0].frames, stored(frames(0)))
    assert store.origin["manifest"] == report.manifest
    rows = sorted((source, *key.split("/")) for key, source in GREW_RAW.items())
    assert report.manifest == hashlib.sha256(json.dumps(rows).encode()).hexdigest()


def test_another_raw_grew_has_another_hash(tmp_path):
    first, second = write_grew(tmp_path / "a"), write_grew(tmp_path / "b")
    (second / "test/gallery/00001/t16VLaQf").rename(second / "test/gallery/00001/0first")
    reports = [
        import_opengait(root, tmp_path / f"store {root.name}", layout=find_layout("grew"))
        for root in (first, second)
    ]
    assert reports[0].manifest != reports[1].manifest
    keys = {str(key) for key in SequenceStore(reports[1].path).keys}
    assert {"00001-01-0first", "00001-02-79XJefi8"} <= keys


def test_two_folders_of_one_sequence(tmp_path):
    case = three_levels("casia-e", "001/H-scene1-nm-1/000", "001/H_scene1_nm_1/000")
    report = import_opengait(case.write(tmp_path / "d"), tmp_path / "s", layout=find_layout("casia-e"))
    assert report.imported == 1
    assert "is 001-H-scene1-nm-1-000, and so is" in report.bad[0][1]


def test_a_stray_file_is_listed(tmp_path):
    root = CASES["occgait"].write(tmp_path / "d")
    cv2.imwrite(str(root / "001" / "CA01" / "stray.png"), video(0)[0])
    report = import_opengait(root, tmp_path / "s", layout=find_layout("occgait"))
    assert report.imported == 2
    assert "lies where no sequence belongs: expected <root>/<subject>/<type>/<view>/" in report.bad[0][1]


def test_the_documentation_names_every_layout_and_its_people():
    page = (Path(__file__).parents[3] / "docs" / "data.md").read_text()
    rows = {
        line.split("`")[1]: line
        for line in page.splitlines()
        if line.startswith("| `") and "--layout" not in line
    }
    assert rows.keys() == {layout.name for layout in LAYOUTS}
    for layout in LAYOUTS:
        if layout.counts:
            assert f"| {layout.counts.train} + {layout.counts.test}" in rows[layout.name]
            for count in filter(None, (layout.counts.probe, layout.counts.gallery)):
                assert str(count) in rows[layout.name]
