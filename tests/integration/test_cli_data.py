"""`mimicgait data`: from folders on disk to stores, and what is said about bad input."""

import json
import os
import pickle

import cv2
import numpy as np
import pytest

from mimicgait.cli.main import main
from mimicgait.data import Partition, SequenceStore


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Return a function that runs a command in an empty folder: exit code, output, messages."""
    monkeypatch.chdir(tmp_path)

    def command(*words):
        code = main(["data", *map(str, words)])
        return code, *capsys.readouterr()

    return command


@pytest.fixture
def casia(tmp_path):
    """Write a little CASIA-B of three people, 4 sequences each, and its partition."""
    for i, person in enumerate(("001", "075", "076")):
        for j, key in enumerate(("nm-01/000", "nm-01/018", "bg-01/000", "cl-02/180")):
            folder = tmp_path / "casia" / person / key
            folder.mkdir(parents=True)
            rng = np.random.default_rng([i, j])
            frames = rng.integers(0, 2, (5, 64, 64), dtype=np.uint8) * 255
            (folder / f"{folder.name}.pkl").write_bytes(pickle.dumps(frames))
    Partition(("001",), ("075", "076")).save(tmp_path / "CASIA-B.json")
    return tmp_path / "casia"


IMPORT = ("import", "casia", "out", "--layout", "casia-b", "--partition", "CASIA-B.json", "--workers", 1)


def test_import_check_show_split(run, casia, tmp_path):
    code, out, err = run(*IMPORT, "--licence", "research only")
    assert (code, out.count("silhouettes of 64x64"), out.count("manifest")) == (0, 2, 2)
    assert "1 + 2 people" in err
    assert "74 + 50: compare results only with those on the same people" in err
    assert Partition.load("out/partition.json") == Partition.load("CASIA-B.json")
    code, out, _ = run("check", "out/test", "--partition", "out/partition.json", "--strict")
    assert code == 0
    assert "files        64x64" in out
    assert "partition    2 of 2 people are there" in out
    assert "literature   50 people" in out
    code, out, _ = run("show", "out/test", "sheets", "--type", "nm-*", "--columns", 3)
    assert (code, out) == (0, "sheets/sheet-001.png\n")
    assert cv2.imread("sheets/sheet-001.png").shape == (2 + 4 * 82, 2 + 3 * 66, 3)
    code, out, _ = run("split", "out/test", "halves", "--test", 0.5, "--seed", 4)
    assert code == 0
    assert sorted(os.listdir("halves")) == ["partition.json", "split.json", "test", "train"]
    assert json.loads((tmp_path / "halves/split.json").read_text())["people"] == {"train": 1, "test": 1}


def test_a_second_import_has_nothing_to_do(run, casia):
    run(*IMPORT)
    code, out, _ = run(*IMPORT)
    assert (code, out.count("all of them there already: nothing had to be done")) == (0, 2)


def test_every_bad_file_is_listed(run, casia, tmp_path):
    victim = casia / "075" / "nm-01" / "000" / "000.pkl"
    victim.write_bytes(victim.read_bytes()[:500])
    (casia / "076" / "nm-9" / "000").mkdir(parents=True)
    (casia / "076" / "nm-01" / "018" / "018.pkl").rename(casia / "076" / "nm-9" / "000" / "x.pkl")
    code, _, err = run(*IMPORT, "--bad_files", "bad.tsv")
    assert code == 2
    assert "3 could not be imported, the others were:" in err
    assert "nm-01/000/000.pkl: is cut short or damaged" in err
    assert "nm-01/018: is empty" in err
    assert "'nm-9' is none of its names (nm-01 to nm-06, bg-01, bg-02, cl-01, cl-02)" in err
    lines = (tmp_path / "bad.tsv").read_text().splitlines()
    assert len(lines) == 3
    assert all(line.count("\t") == 1 for line in lines)
    assert len(SequenceStore("out/test", verify=True)) == 6
    assert run(*IMPORT)[0] == 2


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["import", "caisa", "out"], "is no folder: did you mean"),
        (["import", "casia/001", "out"], "holds no sequence"),
        (["import", "casia", "out", "--layout", "casiab"], "no layout 'casiab': did you mean 'casia-b'"),
        (["import", "casia", "out", "--layout", "gait3d"], "Gait3D knows no such type: 'bg-01'"),
        (
            ["import", "casia", "out", "--partition", "other.json"],
            "2 people of the partition are not on disk",
        ),
        (["import", "casia", "out", "--partition", "lists.csv"], "9*/*/* (train) fits no sequence"),
        (
            ["import", "casia", "out", "--size", "64x44"],
            "is of size 64x64, expected 64x44: import each size on its own",
        ),
        (["import", "casia", "out", "--size", "64x45"], "size"),
        (["import", "casia", "out", "--partition", "empty.json"], "empty.json: names nobody who is on disk"),
        (
            ["import", "casia", "out", "--partition", "other.json", "--allow_missing", "true"],
            "other.json: names nobody who is on disk",
        ),
        (["import", "casia/001/nm-01/000/000.pkl", "out"], "is a file: give the folder of the data set"),
        (["import", "casia", "out", "--workers", "0"], "workers: expected 1 or more"),
        (["check", "casia"], "is no store"),
        (["show", "casia", "sheets"], "is no store"),
        (["split", "casia", "halves"], "is no store"),
    ],
)
def test_mistakes_write_nothing(run, casia, tmp_path, words, message):
    Partition(("901",), ("902",)).save(tmp_path / "other.json")
    Partition((), ()).save(tmp_path / "empty.json")
    (tmp_path / "lists.csv").write_text("set,subject\ntrain,9*\n")
    before = sorted(os.listdir(tmp_path))
    code, out, err = run(*words)
    assert (code, out) == (2, "")
    assert message in err
    assert sorted(os.listdir(tmp_path)) == before


def test_what_is_missing_is_a_fault_and_what_is_repeated_only_when_strict(run, casia, tmp_path):
    run("import", "casia", "all", "--layout", "casia-b", "--workers", 1)
    Partition(("001", "002"), ("075", "076"), ("075-nm-01-000", "075-nm-06-000")).save(tmp_path / "p.json")
    code, _, err = run("check", "all", "--partition", "p.json")
    assert code == 2
    assert "1 people of the partition are missing: 002" in err
    assert "1 probes and gallery sequences are missing: 075-nm-06-000" in err
    twin = (casia / "001" / "nm-01" / "000" / "000.pkl").read_bytes()
    (casia / "075" / "nm-01" / "000" / "000.pkl").write_bytes(twin)
    run("import", "casia", "twins", "--workers", 1)
    code, out, _ = run("check", "twins")
    assert (code, "the same frames:  001-nm-01-000, 075-nm-01-000" in out) == (0, True)
    code, _, err = run("check", "twins", "--strict")
    assert (code, "black or repeated sequences" in err) == (2, True)
    code, _, err = run("check", "twins", "--layout", "gait3d")
    assert (code, "does not know: bg-01" in err) == (2, True)


def test_lists_of_a_user(run, casia, tmp_path):
    (tmp_path / "lists.csv").write_text("set,subject,type\ngallery,07?,nm-*\nprobe,07?,bg-*\n")
    code, _, _ = run("import", "casia", "out", "--partition", "lists.csv", "--workers", 1)
    assert code == 0
    assert sorted(os.listdir("out")) == ["partition.json", "test"]  # nobody to train on
    written = Partition.load("out/partition.json")
    assert (written.train, written.test) == ((), ("075", "076"))
    assert written.probe == ("075-bg-01-000", "076-bg-01-000")
    assert run("check", "out/test", "--partition", "out/partition.json")[0] == 0


def test_nothing_to_show(run, casia):
    run("import", "casia", "all", "--workers", 1)
    code, _, err = run("show", "all", "sheets", "--view", "999")
    assert (code, "nothing to show" in err, os.path.exists("sheets")) == (2, True, False)


def test_stores_are_found_where_their_folder_was_given(run, casia):
    run(*IMPORT)
    code, _, err = run("check", "out")
    assert (code, "did you mean out/test or out/train?" in err) == (2, True)


def test_the_list_of_bad_files_can_be_written_anywhere_and_has_a_line_for_each(run, casia, tmp_path):
    (casia / "075" / "nm-01" / "0\n0").mkdir()
    assert run(*IMPORT, "--bad_files", "new/folder/bad.tsv")[0] == 2
    (line,) = (tmp_path / "new/folder/bad.tsv").read_text().splitlines()
    assert line.startswith("'casia/075/nm-01/0\\n0'\tis empty")
