"""FMR, FNMR, EER, DET and open-set figures against scikit-learn, SciPy and plain loops."""

import numpy as np
import pytest
from scipy.interpolate import interp1d
from scipy.optimize import brentq
from sklearn.metrics import roc_curve

from mimicgait.errors import ConfigError, ProtocolError
from mimicgait.evaluation.metrics import ErrorRates, fnir_at_fpir, unenrolled
from mimicgait.evaluation.tail import Smallest


def random_case(seed, levels):
    rng = np.random.default_rng(seed)
    probes, gallery = np.arange(12) % 4, np.arange(15) % 5
    same = probes[:, None] == gallery
    return rng.integers(0, levels, (12, 15)) / 3.0 - same * levels / 9, probes, gallery, same


@pytest.mark.parametrize("levels", [6, 100_000])
@pytest.mark.parametrize("seed", range(6))
def test_det_and_eer_are_those_of_the_roc_curve(seed, levels):
    distances, probes, gallery, same = random_case(seed, levels)
    rates = ErrorRates.of(distances, probes, gallery)
    fpr, tpr, _ = roc_curve(same.ravel(), -distances.ravel(), drop_intermediate=False)
    fmr, fnmr = rates.det()
    assert fmr == pytest.approx(fpr, abs=1e-12)
    assert fnmr == pytest.approx(1 - tpr, abs=1e-12)
    along = np.arange(len(fpr))
    crossing = brentq(interp1d(along, fpr - (1 - tpr)), 0, along[-1], xtol=1e-13)
    assert rates.eer() == pytest.approx(float(interp1d(along, fpr)(crossing)), abs=1e-9)


@pytest.mark.parametrize("kept", [1.0, 0.2])
def test_the_curve_that_is_saved_is_read_off_at_its_rates(kept):
    rng = np.random.default_rng(4)
    genuine, impostor = np.sort(rng.random(50)), np.sort(rng.random(400) + 0.3)
    rates = ErrorRates(genuine, impostor[: int(kept * 400)], 400)
    saved = rates.as_json()
    assert (saved["genuine"], saved["impostor"]) == (50, 400)
    assert saved["fmr"][0] == 1e-6
    assert saved["fmr"][-1] == 1.0
    assert max(rate for rate in saved["fmr"] if rate < 1) == pytest.approx(
        10**-0.25 if kept == 1 else 10**-0.75
    )
    for fmr, fnmr in zip(saved["fmr"][:-1], saved["fnmr"][:-1], strict=True):
        bound = sorted(impostor)[int(fmr * 400 + 1e-9)]  # the first stranger who must not match
        assert fnmr == pytest.approx(sum(distance >= bound for distance in genuine) / 50)
    assert saved["fnmr"][-1] == 0


@pytest.mark.parametrize("seed", range(6))
def test_rates_at_a_threshold_are_counts(seed):
    distances, probes, gallery, same = random_case(seed, 6)
    rates = ErrorRates.of(distances, probes, gallery)
    for threshold in np.unique(distances):
        matched = distances <= threshold
        assert rates.fmr(threshold) == pytest.approx((matched & ~same).sum() / (~same).sum())
        assert rates.fnmr(threshold) == pytest.approx((~matched & same).sum() / same.sum())
    assert rates.fnmr_at_fmr(1.0) == 0.0


def test_the_smallest_impostor_distances_are_enough_up_to_their_reach():
    distances, probes, gallery, _ = random_case(3, 100_000)
    whole = ErrorRates.of(distances, probes, gallery)
    part = ErrorRates(whole.genuine, whole.impostor[:60], whole.impostors)
    assert part.reach == pytest.approx(60 / 144)
    assert part.eer() == whole.eer()
    assert part.fnmr_at_fmr(0.3) == whole.fnmr_at_fmr(0.3)
    with pytest.raises(ProtocolError, match=r"up to an FMR of 0\.42, asked for 0\.9"):
        part.fnmr_at_fmr(0.9)
    with pytest.raises(ProtocolError, match="threshold lies beyond"):
        part.fmr(1e9)
    with pytest.raises(ProtocolError, match="EER is above"):
        ErrorRates(whole.genuine, whole.impostor[:1], whole.impostors).eer()


@pytest.mark.parametrize("count", [1, 7, 5000])
def test_smallest_values_of_many_blocks(count, monkeypatch):
    rng = np.random.default_rng(count)
    blocks = [rng.random((20, 50)).astype(np.float32) for _ in range(7)]
    tail = Smallest(count)
    for block in blocks:
        tail.show(block)
        tail._cut()
    assert tail.sorted().tolist() == np.sort(np.concatenate(blocks, axis=None))[:count].tolist()
    assert tail.shown == 7000
    with pytest.raises(ConfigError, match="count of 1 or more"):
        Smallest(0)


def slow_fnir(distances, probes, gallery, fpir, rank):
    """Try every threshold; keep the loosest that names few enough strangers."""
    known = [i for i, p in enumerate(probes) if p in gallery]
    others = [i for i, p in enumerate(probes) if p not in gallery]
    best = 1.0
    for threshold in [*np.unique(distances), np.inf]:
        if sum(min(distances[i]) < threshold for i in others) / len(others) > fpir:
            continue
        named = 0
        for i in known:
            own = min(d for d, g in zip(distances[i], gallery, strict=True) if g == probes[i])
            before = sum(d <= own for d, g in zip(distances[i], gallery, strict=True) if g != probes[i])
            named += before < rank and own < threshold
        best = min(best, 1 - named / len(known))
    return best


@pytest.mark.parametrize("fpir", [0.0, 0.1, 0.34, 1.0])
@pytest.mark.parametrize("rank", [1, 3])
@pytest.mark.parametrize("seed", range(4))
def test_fnir_equals_slow_twin(seed, rank, fpir):
    rng = np.random.default_rng(seed)
    probes, gallery = rng.integers(0, 8, 30), np.array([0, 1, 2, 3, 4, 0, 1])
    distances = rng.integers(0, 12, (30, 7)) - 5.0 * (probes[:, None] == gallery)
    found = fnir_at_fpir(distances, probes, gallery, fpir, rank)
    assert found.fnir == pytest.approx(slow_fnir(distances, probes, gallery, fpir, rank))
    assert found.fpir <= fpir
    assert found.enrolled + found.strangers == 30


def test_open_set_needs_both_kinds_of_searches():
    with pytest.raises(ProtocolError, match="got 1 and 0"):
        fnir_at_fpir([[0.1, 0.2]], [1], [1, 2])
    with pytest.raises(ConfigError, match="false positive identification rate"):
        fnir_at_fpir([[0.1, 0.2]], [1], [1, 2], fpir=2)


def test_people_left_out_follow_from_seed_and_name_alone():
    names = [f"p{i}" for i in range(20) for _ in range(3)]
    out = unenrolled(names, 0.3, seed=1)
    assert out.sum() == 18
    assert all(out[3 * i : 3 * i + 3].all() or not out[3 * i : 3 * i + 3].any() for i in range(20))
    chosen = {name for name, left in zip(names, out, strict=True) if left}
    shuffled = names[::-1]
    again = unenrolled(shuffled, 0.3, seed=1)
    assert {name for name, left in zip(shuffled, again, strict=True) if left} == chosen
    assert (unenrolled(names, 0.3, seed=2) != out).any()
