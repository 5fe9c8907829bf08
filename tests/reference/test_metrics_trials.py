"""Every rule for views, absent probes and averages against loops that a student could write."""

import math

import numpy as np
import pytest
import torch

from mimicgait.distance import FlattenedEuclidean, PartwiseEuclidean
from mimicgait.errors import ProtocolError
from mimicgait.evaluation import trials
from mimicgait.evaluation.protocol import Protocol
from mimicgait.evaluation.score import Figures
from mimicgait.evaluation.trials import compare
from mimicgait.types import Embeddings, SequenceKey

RULES = [("any", "probes"), ("not same", "probes"), ("not same", "probe views"), ("any", "probe views")]
RULES += [("pairs", "probes"), ("all pairs", "probes")]


def random_side(rng, n, kind):
    """Sequences of four people from three views, each view at least once; signatures [n, 2, 1] on a grid."""
    views = np.concatenate([np.arange(3), rng.integers(0, 3, n - 3)])
    keys = [SequenceKey(f"p{rng.integers(0, 4)}", kind, f"{90 * v:03d}") for v in views]
    return Embeddings(torch.tensor(rng.integers(0, 4, (n, 2, 1)), dtype=torch.float32), tuple(keys))


def slow_cells(probe, gallery, views):
    """For each cell the list of (probe, allowed gallery items)."""
    everything = range(len(gallery))
    if views == "any":
        return {"": [(i, list(everything)) for i in range(len(probe))]}
    if views == "not same":
        known = [(key.subject, key.view) for key in gallery.keys]
        return {
            "": [
                (i, [j for j in everything if known[j] != (key.subject, key.view)])
                for i, key in enumerate(probe.keys)
            ]
        }
    places = sorted({key.view for key in probe.keys})
    return {
        (a, b): [
            (i, [j for j in everything if gallery.keys[j].view == b])
            for i, key in enumerate(probe.keys)
            if key.view == a
        ]
        for a in places
        for b in places
        if a != b or views == "all pairs"
    }


def slow_figures(probe, gallery, rule):
    cells = slow_cells(probe, gallery, rule.views)
    if rule.average == "probe views":
        views = sorted({key.view for key in probe.keys})
        cells = {v: [entry for entry in cells[""] if probe.keys[entry[0]].view == v] for v in views}
    rank1, precisions, genuine, impostor = [], [], [], []
    for entries in cells.values():
        hits, average = [], []
        for i, allowed in entries:
            who = probe.keys[i].subject
            asked, known = probe.values[i, :, 0].tolist(), gallery.values[:, :, 0].tolist()
            items = [(math.dist(asked, known[j]), gallery.keys[j].subject == who) for j in allowed]
            genuine += [d for d, right in items if right]
            impostor += [d for d, right in items if not right]
            ranked = [right for _, right in sorted(items)]
            if not any(ranked):
                if rule.absent == "miss":
                    hits.append(0.0), average.append(0.0)
                continue
            hits.append(float(ranked[0]))
            places = [place for place, right in enumerate(ranked, 1) if right]
            average.append(sum((n + 1) / place for n, place in enumerate(places)) / len(places))
        rank1.append(sum(hits) / len(hits))
        precisions.append(sum(average) / len(average))
    return sum(rank1) / len(rank1), sum(precisions) / len(precisions), sorted(genuine), sorted(impostor)


@pytest.mark.parametrize("absent", ["miss", "skip"])
@pytest.mark.parametrize(("views", "average"), RULES)
@pytest.mark.parametrize("seed", range(2))
def test_figures_equal_their_slow_twin(seed, views, average, absent, monkeypatch):
    monkeypatch.setattr(trials, "ROWS", 3)
    rng = np.random.default_rng(seed)
    probe, gallery = random_side(rng, 10, "b"), random_side(rng, 13, "a")
    rule = Protocol(name="t", gallery=("a",), probe=("b",), views=views, average=average, absent=absent)
    try:
        expected = slow_figures(probe, gallery, rule)
    except ZeroDivisionError:
        with pytest.raises(ProtocolError, match="nothing is left"):
            compare(probe, gallery, rule)
        return
    found = compare(probe, gallery, rule)
    figures = Figures.of_trials(found)
    assert (figures.rank1, figures.mAP) == pytest.approx(expected[:2], abs=1e-9)
    assert found.rates.genuine == pytest.approx(expected[2], abs=1e-6)
    assert found.rates.impostor == pytest.approx(expected[3], abs=1e-6)
    assert found.rates.impostors == len(expected[3])


@pytest.mark.parametrize("distance", [PartwiseEuclidean(), FlattenedEuclidean()])
def test_blocks_give_what_the_distance_gives(distance, monkeypatch):
    monkeypatch.setattr("mimicgait.evaluation.blocks.ROWS", 4)
    monkeypatch.setattr("mimicgait.evaluation.blocks._TILE", 5)
    torch.manual_seed(0)
    probe, gallery = torch.randn(9, 6, 3, dtype=torch.float64), torch.randn(11, 6, 3, dtype=torch.float64)
    blocks = trials.DistanceBlocks(distance, probe.float(), gallery.float())
    whole = torch.cat([block for _, block in blocks])
    assert whole.double() == pytest.approx(distance(probe, gallery).numpy(), abs=1e-5)


def test_threads_share_the_gallery_and_are_as_many_as_before(monkeypatch):
    monkeypatch.setattr("mimicgait.evaluation.blocks._SMALL", 0)
    monkeypatch.setattr("mimicgait.evaluation.blocks._TILE", 3)
    torch.manual_seed(0)
    probe, gallery = torch.randn(5, 4, 2), torch.randn(11, 4, 2)
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        blocks = trials.DistanceBlocks(PartwiseEuclidean(), probe, gallery)
        assert blocks.rows(slice(None)).numpy() == pytest.approx(
            PartwiseEuclidean()(probe, gallery).numpy(), abs=1e-5
        )
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)
