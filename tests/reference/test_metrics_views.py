"""Accuracy by pair of views and its mean without identical views, against plain loops."""

import numpy as np
import pytest

from mimicgait.evaluation.metrics import mean_without_identical_views, view_accuracies


def slow_mean(cells):
    """Per probe view the mean of the off-diagonal cells, then the mean over probe views."""
    views = len(cells)
    rows = [sum(cells[i][j] for j in range(views) if j != i) / (views - 1) for i in range(views)]
    return sum(rows) / views


@pytest.mark.parametrize("views", [2, 3, 11])
def test_mean_without_identical_views_equals_slow_twin(views):
    cells = np.random.default_rng(views).random((views, views))
    assert mean_without_identical_views(cells) == pytest.approx(slow_mean(cells.tolist()), abs=1e-12)


def test_cells_are_rank_1_of_one_view_against_another():
    rng = np.random.default_rng(0)
    ids, views = np.repeat(np.arange(6), 3), np.tile(["000", "090", "180"], 6)
    distances = rng.random((18, 18))
    got = view_accuracies(distances, ids, ids, views, views)
    for i, a in enumerate(["000", "090", "180"]):
        for j, b in enumerate(["000", "090", "180"]):
            rows = [r for r in range(18) if views[r] == a]
            columns = [c for c in range(18) if views[c] == b]
            right = [ids[min(columns, key=lambda c, r=r: distances[r, c])] == ids[r] for r in rows]
            assert got[i, j] == pytest.approx(sum(right) / len(right))
