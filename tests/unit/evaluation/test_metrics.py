"""Worked examples and degenerate inputs of the metrics."""

import numpy as np
import pytest
import torch

from mimicgait.errors import ConfigError, ProtocolError, ShapeError
from mimicgait.evaluation.metrics import (
    cmc,
    mean_average_precision,
    mean_inverse_negative_penalty,
    mean_without_identical_views,
    rank,
    rank_k,
    relative_performance,
    tar_at_far,
    view_accuracies,
)

RIGHT_WRONG_RIGHT = [[0.1, 0.2, 0.3]], ["a"], ["a", "b", "a"]


def test_ranked_right_wrong_right_worked_by_hand():
    assert mean_average_precision(*RIGHT_WRONG_RIGHT) == pytest.approx((1 / 1 + 2 / 3) / 2, abs=1e-15)
    assert mean_inverse_negative_penalty(*RIGHT_WRONG_RIGHT) == pytest.approx(2 / 3, abs=1e-15)
    assert rank_k(*RIGHT_WRONG_RIGHT) == 1.0


def test_identical_views_worked_by_hand():
    assert mean_without_identical_views([[100, 50], [60, 100]]) == 55


def test_mean_is_not_rounded_before_it_is_averaged():
    cells = [[0, 1 / 3], [1 / 7, 0]]
    assert mean_without_identical_views(cells) == pytest.approx((1 / 3 + 1 / 7) / 2, abs=1e-15)


@pytest.mark.parametrize("cells", [[[1.0]], [[1.0, 2.0]], [[1.0, np.nan], [0.5, 1.0]]])
def test_view_matrix_that_has_no_mean_is_refused(cells):
    with pytest.raises(ShapeError, match="at least two views"):
        mean_without_identical_views(cells)


def test_view_without_gallery_is_refused_by_name():
    with pytest.raises(ProtocolError, match="gallery view 090 has 0"):
        view_accuracies(np.ones((2, 1)), [0, 0], [0], ["000", "090"], ["000"])


def test_absent_probe_is_refused_counted_or_left_out_as_told():
    case = [[0.1, 0.2], [0.3, 0.4]], ["a", "c"], ["a", "b"]
    with pytest.raises(ProtocolError, match=r"1 of 2 probes .* \(rows 1\).*absent='miss'"):
        rank_k(*case)
    assert rank_k(*case, absent="miss") == 0.5
    assert rank_k(*case, absent="skip") == 1.0
    assert cmc(*case, absent="miss").tolist() == [0.5, 0.5]
    assert mean_average_precision(*case, absent="miss") == 0.5
    assert mean_inverse_negative_penalty(*case, absent="miss") == 0.5
    assert rank(*case, absent="skip").probes.tolist() == [0]


def test_nobody_left_is_an_error():
    with pytest.raises(ProtocolError, match="none of the 1 probes"):
        rank_k([[0.1]], ["a"], ["b"], absent="skip")
    assert rank_k([[0.1]], ["a"], ["b"], absent="miss") == 0.0
    assert mean_inverse_negative_penalty([[0.1]], ["a"], ["b"], absent="miss") == 0.0


def test_network_that_maps_everybody_to_one_point_scores_nothing():
    distances, ids = np.zeros((4, 4)), [0, 1, 2, 3]
    assert rank_k(distances, ids, ids) == 0.0
    assert rank_k(distances, ids, ids, ties="optimistic") == 1.0
    assert rank_k(distances, ids, ids, ties="order") == 0.25
    assert tar_at_far(distances, ids, ids, far=0.1) == 0.0


def test_one_gallery_item():
    assert rank_k([[0.5], [0.7]], [1, 2], [1], absent="miss") == 0.5
    assert cmc([[0.5]], [1], [1]).tolist() == [1.0]


def test_excluded_pairs_are_neither_right_nor_wrong():
    distances, probes, gallery = [[0.1, 0.2, 0.3]], ["a"], ["a", "b", "a"]
    assert rank_k(distances, probes, gallery, excluded=[[True, False, False]]) == 0.0
    assert rank_k(distances, probes, gallery, excluded=[[True, True, False]]) == 1.0
    with pytest.raises(ProtocolError, match="no mate"):
        rank_k(distances, probes, gallery, excluded=[[True, False, True]])
    assert tar_at_far(distances, probes, gallery, 0.0, excluded=[[False, False, True]]) == 1.0


def test_k_beyond_the_gallery_finds_everybody_and_cmc_is_cut_there():
    assert rank_k([[0.9, 0.1]], ["a"], ["a", "b"], k=50) == 1.0
    assert cmc([[0.9, 0.1]], ["a"], ["a", "b"], ranks=50).tolist() == [0.0, 1.0]
    assert cmc([[0.9, 0.1]], ["a"], ["a", "b"], ranks=1).tolist() == [0.0]


def test_half_precision_distances_are_taken():
    distances = torch.tensor([[0.1, 0.9], [0.2, 0.3]], dtype=torch.bfloat16, requires_grad=True)
    assert rank_k(distances, torch.tensor([0, 1]), torch.tensor([0, 1])) == 0.5


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (([[0.1, 0.2]], ["a"], ["a"]), ShapeError, r"\[1, 1\].*got \[1, 2\]"),
        (([[np.nan]], ["a"], ["a"]), ShapeError, "not a number"),
        (([[np.inf]], ["a"], ["a"]), ShapeError, "excluded"),
        (([[0.1]], ["1"], [1]), ProtocolError, "nobody could match"),
        (([[0.1]], [1.0], [1.0]), ShapeError, "integers or of strings"),
        ((np.zeros((0, 3)), np.zeros(0, int), [1, 2, 3]), ProtocolError, "nothing to compare"),
        ((np.zeros((2, 0)), [1, 2], np.zeros(0, int)), ProtocolError, "nothing to compare"),
    ],
)
def test_bad_input_is_refused_with_a_reason(arguments, error, words):
    with pytest.raises(error, match=words):
        rank_k(*arguments)


def test_unknown_settings_are_refused():
    with pytest.raises(ConfigError, match="rank k"):
        rank_k(*RIGHT_WRONG_RIGHT, k=0)
    with pytest.raises(ConfigError, match="ranks of 1 or more"):
        cmc(*RIGHT_WRONG_RIGHT, ranks=0)
    with pytest.raises(ConfigError, match="'drop'"):
        rank_k(*RIGHT_WRONG_RIGHT, absent="drop")
    with pytest.raises(ConfigError, match="'random'"):
        rank_k(*RIGHT_WRONG_RIGHT, ties="random")
    with pytest.raises(ShapeError, match="bool"):
        rank_k(*RIGHT_WRONG_RIGHT, excluded=[[0, 0, 1]])
    with pytest.raises(ConfigError, match="false accept rate"):
        tar_at_far(*RIGHT_WRONG_RIGHT, far=1.5)


def test_verification_needs_both_kinds_of_pairs():
    with pytest.raises(ProtocolError, match="1 and 0"):
        tar_at_far([[0.1]], ["a"], ["a"])


def test_relative_performance_is_the_ratio():
    assert relative_performance(0.2272, 0.71) == pytest.approx(0.32)
    assert relative_performance(0.0, 0.5) == 0.0


@pytest.mark.parametrize(("occluded", "holistic"), [(0.2, 0.0), (-0.1, 0.5), (0.2, float("nan"))])
def test_relative_performance_of_nonsense_is_refused(occluded, holistic):
    with pytest.raises(ProtocolError, match=r"holistic score is 0|0 or more"):
        relative_performance(occluded, holistic)
