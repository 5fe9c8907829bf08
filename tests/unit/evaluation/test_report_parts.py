"""Sentences, tables and pictures of the report say what the numbers say."""

import base64

import cv2
import numpy as np
import pytest
from report_cases import comparisons, histories, score, specimen, sweeps, video

from mimicgait.evaluation.comparison import Comparison
from mimicgait.evaluation.report import figures, pictures, tables
from mimicgait.evaluation.report.words import conclude, describe_occlusion, set_beside, spread
from mimicgait.occlusion import Bottom, Changing, Mixture, MovingPole, Nothing, Top, paper_mixture


def method(name, occluded, seeds=(0, 1, 2), clean=0.6):
    return Comparison(
        method=name, holistic=score(0.8), clean=score(clean), occluded=score(occluded, "both", seeds)
    )


@pytest.mark.parametrize(
    ("occlusion", "words"),
    [
        (Top(), "top 40-60 %"),
        (Bottom(amount=(0.3, 0.3)), "bottom 30 %"),
        (paper_mixture(), "top or bottom 40-60 %"),
        (Changing(), "changing 40-60 %"),
        (MovingPole(), "moving pole"),
        (Mixture([Nothing(), Top()]), "nothing or top 40-60 %"),
        (Mixture([Top(amount=(0.1, 0.2)), Bottom()]), "top 10-20 % or bottom 40-60 %"),
    ],
)
def test_occlusion_is_said_in_words(occlusion, words):
    assert describe_occlusion(occlusion.config) == words


def test_difference_is_called_outside_the_spread_only_when_no_seed_overlaps():
    assert "14.3 points more than Baseline-2, outside the spread of the 3 seeds" in set_beside(
        method("mimic", 0.305), method("Baseline-2", 0.162)
    )
    assert "0.5 points more than Baseline-2, within the spread" in set_beside(
        method("mimic", 0.167), method("Baseline-2", 0.162)
    )
    assert "6.2 points fewer than Baseline-2, outside" in set_beside(
        method("mimic", 0.1), method("Baseline-2", 0.162)
    )
    assert "one seed has no spread" in set_beside(
        method("mimic", 0.3, seeds=(0,)), method("Baseline-2", 0.162, seeds=(0,))
    )
    assert "as many as" in set_beside(method("mimic", 0.162), method("Baseline-2", 0.162))


def test_conclusion_names_chance_reference_and_what_is_lost():
    teacher, middle, last = comparisons()
    text = " ".join(conclude([teacher, middle, last]))
    for words in (
        "80.1 %",
        "among 150 people",
        "guessing finds 0.7 %",
        "14.0 %",
        "30.5 %",
        "0.38",
        "keeps 0.76",
    ):
        assert words in text
    assert len(conclude([teacher])) == 2


def test_spread_is_left_out_for_a_single_run():
    assert spread(score(0.305, "both", (0,))) == "30.5"
    assert spread(score(0.305, "both", (0, 1, 2))) == "30.5 ± 0.8"


def test_headline_table_shows_ratio_and_scores_of_the_same_method():
    table = tables.headline(comparisons())
    assert table.rows[1][:5] == ("Baseline-2", "46.3", "16.2 ± 0.8", "0.20", "0.58")
    assert all(len(row) == len(table.columns) for row in table.rows)


def test_sweep_table_has_a_row_for_each_occlusion_and_a_column_for_each_method():
    table = tables.sweep_table(sweeps("type", ["top", "bottom"], lambda i, clean, j: 0.2 + 0.1 * j), "hidden")
    assert [row[0] for row in table.rows] == ["top", "bottom"]
    assert table.rows[1][3] == f"30.0 ({0.3 / 0.801:.2f})"


def test_strip_shows_each_frame_and_marks_what_is_hidden():
    frames = np.zeros((2, 64, 64), np.uint8)
    frames[0, 10, 20] = frames[1, 50, 5] = 1
    visible = np.ones(frames.shape, bool)
    visible[0, :32] = False
    picture = decode(pictures.strip(frames, visible))
    assert picture.shape == (64, 2 * 64 + 4, 4)
    amber, dark_amber = (60, 162, 244), (20, 58, 92)  # blue, green, red, as OpenCV has them
    assert tuple(picture[10, 20, :3]) == amber
    assert tuple(picture[0, 0, :3]) == dark_amber
    assert tuple(picture[50, 64 + 4 + 5, :3]) == (248, 244, 240)
    assert (picture[:, 64:68, 3] == 0).all()
    assert (picture[:, :64, 3] == 255).all()


@pytest.mark.parametrize(("t", "rows", "columns"), [(1, 1, 1), (12, 1, 12), (13, 2, 12), (200, 5, 12)])
def test_contact_sheet_is_filled_row_by_row(t, rows, columns):
    frames = np.zeros((t, 64, 64), np.uint8)
    frames[-1] = 1
    picture = decode(pictures.contact_sheet(frames))
    assert picture.shape[:2] == (rows * 68 - 4, columns * 68 - 4)
    last = min(t, 60) - 1
    y, x = 68 * (last // 12), 68 * (last % 12)
    assert (picture[y : y + 64, x : x + 64, 0] == 248).all()
    assert (picture[..., 0] == 248).sum() == 64 * 64


def test_before_and_after_carry_amount_and_key():
    (shown,) = pictures.before_and_after({"top": specimen(1, amount=0.5)})
    assert shown["amount"] == "50 %"
    assert shown["key"] == "p00001-nm-03-054"
    assert not (decode(shown["before"]) == decode(shown["after"])).all()


def test_figure_is_the_same_for_the_same_numbers():
    assert figures.cmc_curves(comparisons()) == figures.cmc_curves(comparisons())


def test_every_method_has_its_name_in_the_figures():
    for figure in (figures.method_bars(comparisons()), figures.cmc_curves(comparisons())):
        for name in ("Baseline-1", "Baseline-2", "MimicGait"):
            assert name in figure


def test_training_figure_leaves_out_what_is_no_share():
    figure = figures.training_curves("visibility network", histories()["visibility network"])
    assert ">accuracy<" in figure
    assert "amount_mse" not in figure
    alone = figures.training_curves("teacher", [{"step": 1, "loss": 2.0}, {"step": 2, "loss": 1.0}])
    assert "validation" not in alone.replace("and validation by step", "")


def test_timeline_names_only_the_kinds_that_occur():
    figure = figures.visibility_timeline(video().tracks[0])
    assert ">bottom<" in figure
    assert ">none<" in figure
    assert ">top<" not in figure


def decode(uri):
    data = base64.b64decode(uri.removeprefix("data:image/png;base64,"))
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
