"""Ranking metrics against loops that a student could write."""

import numpy as np
import pytest
import torch

from mimicgait.evaluation.metrics import (
    cmc,
    mean_average_precision,
    mean_inverse_negative_penalty,
    rank_k,
)


def slow_matches(distances, probe_ids, gallery_ids, excluded, ties):
    """For each probe the ranked list of right and wrong, nearest first."""
    lists = []
    for i, probe in enumerate(probe_ids):
        items = []
        for j, person in enumerate(gallery_ids):
            if excluded is not None and excluded[i][j]:
                continue
            right = person == probe
            second = {"pessimistic": right, "optimistic": not right, "order": j}[ties]
            items.append((float(distances[i][j]), second, right))
        lists.append([right for _, _, right in sorted(items)])
    return lists


def slow_metrics(lists, absent, k):
    hits, precisions, penalties = [], [], []
    for ranked in lists:
        if not any(ranked):
            if absent == "miss":
                hits.append(0.0), precisions.append(0.0), penalties.append(0.0)
            continue
        hits.append(1.0 if any(ranked[:k]) else 0.0)
        found, precision, last = 0, 0.0, 0
        for place, right in enumerate(ranked, start=1):
            if right:
                found += 1
                precision += found / place
                last = place
        precisions.append(precision / found)
        penalties.append(found / last)
    return [sum(values) / len(values) for values in (hits, precisions, penalties)]


def random_case(seed, levels, excluded_share):
    rng = np.random.default_rng(seed)
    q, g, people = rng.integers(2, 12), rng.integers(1, 15), rng.integers(2, 6)
    distances = rng.integers(0, levels, (q, g)) / 7.0
    gallery = rng.integers(0, people, g)
    probes = rng.integers(0, people, q)
    probes[0] = gallery[0]
    excluded = rng.random((q, g)) < excluded_share if excluded_share else None
    if excluded is not None:
        excluded[0, 0] = False
    return distances, probes, gallery, excluded


@pytest.mark.parametrize("ties", ["pessimistic", "optimistic", "order"])
@pytest.mark.parametrize("absent", ["miss", "skip"])
@pytest.mark.parametrize("levels", [3, 10_000])
@pytest.mark.parametrize("share", [0.0, 0.3])
@pytest.mark.parametrize("seed", range(8))
def test_rank_map_minp_equal_their_slow_twins(seed, share, levels, absent, ties):
    distances, probes, gallery, excluded = random_case(seed, levels, share)
    policy = {"excluded": excluded, "absent": absent, "ties": ties}
    for k in (1, 2, 5, 100):
        expected = slow_metrics(slow_matches(distances, probes, gallery, excluded, ties), absent, k)
        got = [
            rank_k(distances, probes, gallery, k, **policy),
            mean_average_precision(distances, probes, gallery, **policy),
            mean_inverse_negative_penalty(distances, probes, gallery, **policy),
        ]
        assert got == pytest.approx(expected, abs=1e-12), f"k={k}: {got} against {expected}"


@pytest.mark.parametrize("seed", range(8))
def test_cmc_is_rank_k_at_every_k(seed):
    distances, probes, gallery, _ = random_case(seed, 5, 0.0)
    curve = cmc(distances, probes, gallery, absent="miss")
    lists = slow_matches(distances, probes, gallery, None, "pessimistic")
    expected = [slow_metrics(lists, "miss", k)[0] for k in range(1, len(gallery) + 1)]
    assert curve.tolist() == pytest.approx(expected, abs=1e-12)


def test_blocks_of_rows_change_nothing(monkeypatch):
    distances, probes, gallery, _ = random_case(3, 4, 0.0)
    whole = [f(distances, probes, gallery, absent="miss") for f in (rank_k, mean_average_precision)]
    monkeypatch.setattr("mimicgait.evaluation.pairs._BLOCK_CELLS", 2 * len(gallery))
    assert whole == [f(distances, probes, gallery, absent="miss") for f in (rank_k, mean_average_precision)]


def test_tensors_lists_strings_and_arrays_give_the_same():
    distances, probes, gallery, _ = random_case(5, 10_000, 0.0)
    expected = mean_average_precision(distances, probes, gallery, absent="miss")
    names = [f"p{i}" for i in probes], [f"p{i}" for i in gallery]
    tensors = torch.tensor(distances), torch.tensor(probes), torch.tensor(gallery)
    assert mean_average_precision(*tensors, absent="miss") == expected
    assert mean_average_precision(distances.tolist(), *names, absent="miss") == expected
