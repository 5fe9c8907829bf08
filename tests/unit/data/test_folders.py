"""Roots that are mistyped or empty give an error with a hint; folders with nothing inside are listed."""

import shutil
from pathlib import Path

import pytest

from mimicgait.data import folders, import_opengait, read_opengait
from mimicgait.errors import DataError


def failing(root, message):
    with pytest.raises(DataError, match=message) as caught:
        read_opengait(root)
    assert str(caught.value).startswith(f"{root}: ")
    return str(caught.value)


def test_a_mistyped_root_suggests_the_right_one(dataset):
    assert str(dataset) in failing(dataset.with_name("caisa"), "is no folder: did you mean")
    failing(dataset.with_name("zzz"), "is no folder: check the spelling")
    failing(dataset / "nowhere" / "at" / "all", "is no folder: check the spelling")
    failing(dataset / "001" / "nm-01" / "000" / "000.pkl", "is a file: give the folder")


def test_an_empty_root(tmp_path):
    (tmp_path / "empty").mkdir()
    failing(tmp_path / "empty", "holds no sequence.*found no .pkl and no image: check the path")


@pytest.mark.parametrize("levels", [["casia"], ["data", "casia"]])
def test_a_root_too_high(dataset, tmp_path, levels):
    root = tmp_path / "high"
    shutil.move(dataset, root.joinpath(*levels))
    message = failing(root, "holds no sequence.*did you mean")
    assert message.endswith(f"did you mean {root.joinpath(*levels)}?")


@pytest.mark.parametrize("below", ["001", "001/nm-01", "001/nm-01/000"])
def test_a_root_too_low(dataset, below):
    assert failing(dataset / below, "holds no sequence").endswith(f"did you mean {dataset}?")


def test_files_of_another_kind(dataset):
    for path in dataset.rglob("*.pkl"):
        path.rename(path.with_suffix(".npy"))
    failing(dataset, "holds no sequence: is empty: it has no folders, no .pkl, no images")


def test_several_files_everywhere(dataset):
    for path in dataset.rglob("*.pkl"):
        shutil.copy(path, path.with_name("second.pkl"))
    failing(dataset, "has 2 files .*say which with data_in_use.*check the files there")


def test_folders_without_files_are_listed(dataset):
    for path in ("003", "001/cl-01", "002/nm-01/180", ".git/a/b"):
        (dataset / path).mkdir(parents=True)
    (dataset / "readme.txt").touch()
    (dataset / "001" / "notes.txt").touch()
    folder = read_opengait(dataset)
    assert len(folder.entries) == 12
    assert {(str(p.path.relative_to(dataset)), p.reason) for p in folder.problems} == {
        (place, "is empty: it has no folders, no .pkl, no images")
        for place in ("001/cl-01", "002/nm-01/180", "003")
    }


def test_the_search_for_a_hint_ends(tmp_path, monkeypatch):
    for i in range(5):
        (tmp_path / f"{i}").mkdir()
    (tmp_path / "4" / "x.pkl").touch()
    monkeypatch.setattr(folders, "_SEARCHED_FOLDERS", 0)
    assert "found no .pkl" in folders.where_else(tmp_path)
    monkeypatch.setattr(folders, "_SEARCHED_FOLDERS", 99)
    assert "x.pkl" in folders.where_else(tmp_path)


def test_a_store_inside_of_the_data_set_is_not_a_part_of_it(dataset):
    for out in (dataset / "store", dataset / "stores" / "train"):
        for _ in range(2):
            report = import_opengait(dataset, out)
            assert (report.imported, report.bad) == (12, [])
    failing(dataset / "store", "is a store already")


def test_folders_that_cannot_be_read_are_listed(dataset, monkeypatch):
    scandir = folders.os.scandir

    def guarded(path):
        if Path(path) == dataset / "002":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(folders.os, "scandir", guarded)
    folder = read_opengait(dataset)
    assert len(folder.entries) == 8
    assert folder.problems == ((dataset / "002", "cannot be read (Permission denied): check its rights"),)


def test_names_that_no_store_can_have_are_listed(dataset, tmp_path):
    shutil.copytree(dataset / "001", dataset / "a\\b")
    report = import_opengait(dataset, tmp_path / "out")
    assert (report.imported, len(report.bad)) == (12, 4)
    assert report.bad[0] == (
        dataset / "a\\b" / "bg-01" / "000",
        "'a\\\\b' in the key 'a\\\\b-bg-01-000' cannot name a folder: rename it",
    )
