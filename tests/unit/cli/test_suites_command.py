"""`mimicgait suites`: the list, the pictures, and what it refuses."""

import cv2

from mimicgait.cli.main import main
from mimicgait.evaluation.suites import MATRIX, SUITES


def test_the_list_has_name_version_and_hash_of_every_suite(capsys):
    assert main(["suites"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:3] for line in lines] == [
        [suite.name, f"v{suite.version}", suite.hash] for suite in [*SUITES.values(), MATRIX]
    ]


def test_a_picture_of_one_suite_with_walkers_made_for_it(tmp_path, capsys):
    out = tmp_path / "pictures"
    assert main(["suites", "--name", "redetect", "--out", str(out), "--columns", "3"]) == 0
    assert capsys.readouterr().out.split() == [str(out / "redetect.png")]
    assert cv2.imread(str(out / "redetect.png"), cv2.IMREAD_GRAYSCALE).max() == 255
    assert main(["suites", "--name", "redetect", "--out", str(out)]) == 2
    assert "--overwrite" in capsys.readouterr().err
    assert [path.name for path in out.iterdir()] == ["redetect.png"]


def test_mistakes(tmp_path, capsys):
    for words, message in (
        (["--name", "papr-40-60"], "did you mean 'paper-40-60'"),
        (["--store", str(tmp_path)], "say --out too"),
        (["--out", str(tmp_path), "--columns", "0"], "columns must be 1 or more"),
    ):
        assert main(["suites", *words]) == 2
        assert message in capsys.readouterr().err
