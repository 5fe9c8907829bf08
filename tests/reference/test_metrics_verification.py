"""TAR at FAR against a slow twin and scikit-learn's ROC curve."""

import numpy as np
import pytest
from sklearn.metrics import roc_curve

from mimicgait.evaluation.metrics import tar_at_far


def slow_tar(distances, probes, gallery, far):
    """Try every threshold there is; keep the best true accept rate among those that are allowed."""
    genuine = [
        distances[i][j] for i in range(len(probes)) for j in range(len(gallery)) if probes[i] == gallery[j]
    ]
    impostor = [
        distances[i][j] for i in range(len(probes)) for j in range(len(gallery)) if probes[i] != gallery[j]
    ]
    best = 0.0
    for threshold in [*genuine, *impostor]:
        if sum(d <= threshold for d in impostor) / len(impostor) <= far:
            best = max(best, sum(d <= threshold for d in genuine) / len(genuine))
    return best


def random_case(seed, levels):
    rng = np.random.default_rng(seed)
    probes, gallery = np.arange(12) % 4, np.arange(15) % 5
    return rng.integers(0, levels, (12, 15)) / 3.0, probes, gallery


@pytest.mark.parametrize("far", [0.0, 0.01, 0.1, 0.29, 0.5, 1.0])
@pytest.mark.parametrize("levels", [4, 100_000])
@pytest.mark.parametrize("seed", range(5))
def test_tar_equals_slow_twin_and_scikit_learn(seed, levels, far):
    distances, probes, gallery = random_case(seed, levels)
    got = tar_at_far(distances, probes, gallery, far)
    assert got == pytest.approx(slow_tar(distances, probes, gallery, far), abs=1e-12)
    same = probes[:, None] == gallery[None, :]
    fpr, tpr, _ = roc_curve(same.ravel(), -distances.ravel(), drop_intermediate=False)
    assert got == pytest.approx(tpr[fpr <= far].max(), abs=1e-12)


def test_share_that_floating_point_cannot_hit_is_still_reached():
    """0.29 * 100 is 28.999999999999996, and 29 of 100 impostors are allowed."""
    distances = np.arange(1, 102, dtype=float)[None, :]
    gallery = np.array([1] * 29 + [0] + [1] * 71)
    assert tar_at_far(distances, [0], gallery, 0.29) == 1.0
    assert tar_at_far(distances, [0], gallery, 0.28) == 0.0
