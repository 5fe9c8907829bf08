"""k-reciprocal re-ranking against sets and loops, as the paper writes it down."""

import math

import numpy as np
import pytest

from mimicgait.errors import ConfigError, ShapeError
from mimicgait.evaluation.rerank import KReciprocal


def slow_rerank(q, square, k1, k2, lam):
    """Neighbours as sets (eq. 2 to 5), weights (eq. 7), local query expansion (eq. 11), Jaccard (eq. 10)."""
    n = len(square)
    square = [[value**2 for value in row] for row in square]
    square = [[value / max(row) for value in row] for row in square]
    order = [sorted(range(n), key=lambda j, i=i: (square[i][j], j)) for i in range(n)]

    def reciprocal(i, k):
        return {j for j in order[i][: k + 1] if i in order[j][: k + 1]}

    weights = []
    for i in range(n):
        members = set(reciprocal(i, k1))
        for j in reciprocal(i, k1):
            half = reciprocal(j, round(k1 / 2))
            if len(half & reciprocal(i, k1)) > 2 / 3 * len(half):
                members |= half
        total = sum(math.exp(-square[i][j]) for j in members)
        weights.append([math.exp(-square[i][j]) / total if j in members else 0.0 for j in range(n)])
    if k2 > 1:
        weights = [[sum(weights[m][j] for m in order[i][:k2]) / k2 for j in range(n)] for i in range(n)]
    result = []
    for i in range(q):
        row = []
        for j in range(q, n):
            smaller = sum(map(min, weights[i], weights[j]))
            larger = sum(map(max, weights[i], weights[j]))
            row.append((1 - lam) * (1 - smaller / larger) + lam * square[i][j])
        result.append(row)
    return np.array(result)


@pytest.mark.parametrize("settings", [(6, 6, 0.3), (4, 1, 0.5), (3, 2, 0.0)])
@pytest.mark.parametrize("seed", range(3))
def test_reranking_equals_its_slow_twin(seed, settings):
    k1, k2, lam = settings
    points = np.random.default_rng(seed).normal(size=(24, 3))
    square = np.linalg.norm(points[:, None] - points, axis=2).astype(np.float32)
    q = 7
    found = KReciprocal(k1=k1, k2=k2, lam=lam)(square[:q, q:], square[:q, :q], square[q:, q:])
    assert found == pytest.approx(slow_rerank(q, square.astype(float).tolist(), k1, k2, lam), abs=1e-5)


def test_lambda_of_one_keeps_the_order():
    square = np.random.default_rng(0).random((9, 9)).astype(np.float32)
    square = square + square.T
    np.fill_diagonal(square, 0)
    found = KReciprocal(lam=1.0)(square[:3, 3:], square[:3, :3], square[3:, 3:])
    assert (np.argsort(found, axis=1) == np.argsort(square[:3, 3:], axis=1)).all()


def test_what_cannot_be_reranked_is_refused(monkeypatch):
    zeros = np.zeros((2, 3), np.float32)
    with pytest.raises(ShapeError, match=r"\[2, 3\], \[2, 2\] and \[3, 3\]"):
        KReciprocal()(zeros, zeros, zeros)
    monkeypatch.setattr("mimicgait.evaluation.rerank.LARGEST", 4)
    with pytest.raises(ConfigError, match="5 are more than 4"):
        KReciprocal()(zeros, np.zeros((2, 2), np.float32), np.zeros((3, 3), np.float32))
    with pytest.raises(ConfigError, match="lambda"):
        KReciprocal(lam=2.0)
