"""The benchmark of a film's clips beside a twin that goes through every gallery of one clip a person."""

from itertools import product
from pathlib import Path

import numpy as np
import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def twin(apart, people):
    """Everybody's mean over their clips of the share of all galleries in which their own clip is nearest."""
    scores = {who: [] for who in people}
    for probe, who in enumerate(people):
        choices = [[i for i, p in enumerate(people) if p == other and i != probe] for other in scores]
        found = [people[min(gallery, key=lambda i: apart[probe, i])] == who for gallery in product(*choices)]
        scores[who].append(sum(found) / len(found))
    return sum(sum(s) / len(s) for s in scores.values()) / len(scores)


@pytest.mark.parametrize("seed", range(5))
def test_clips_as_by_going_through_all_galleries(seed, monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    from _clips import clip_rank1

    people = [0, 0, 0, 1, 1, 2, 2, 2, 2]
    apart = np.random.default_rng(seed).random((9, 9))
    apart -= 0.3 * np.equal.outer(people, people)
    assert 0 < twin(apart, people) < 1
    assert clip_rank1(apart, np.array(people)) == pytest.approx(twin(apart, people))
