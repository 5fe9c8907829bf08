"""What the page's figures are made of: bands, neighbours, styles, chosen pairs, the best of a column."""

import numpy as np
import pytest
import torch

from mimicgait.bench.report.drawing import Axis, Plot
from mimicgait.bench.report.scatter import make_scatter, shared_neighbours
from mimicgait.bench.report.styles import group_styles, method_styles
from mimicgait.bench.report.tables import suite_grid
from mimicgait.bench.report.votes import bands_of, choose_pairs, in_bands
from mimicgait.distance import PartwiseEuclidean
from mimicgait.types import Embeddings, SequenceKey


def signatures(values, names):
    keys = tuple(SequenceKey(name, "nm-01", str(i)) for i, name in enumerate(names))
    return Embeddings(torch.tensor(values, dtype=torch.float32).reshape(len(names), -1, 1), keys)


@pytest.mark.parametrize("parts", [1, 15, 16, 31, 62, 64])
def test_bands_have_the_mean_of_the_parts(parts):
    values = np.random.default_rng(0).random(parts)
    bands = in_bands(values)
    assert len(bands) <= 16
    assert bands.mean() == pytest.approx(values.mean())


def test_a_pyramids_parts_count_where_they_lie():
    head = np.zeros(31)
    head[0] = 1  # the topmost of 16 strips
    upper = np.zeros(31)
    upper[16 + 8 + 4] = 1  # the upper of 2 strips
    assert np.flatnonzero(in_bands(head)).tolist() == [0]
    assert np.flatnonzero(in_bands(upper)).tolist() == list(range(8))


def test_bands_are_the_distance_that_decides():
    a, b, c = torch.randn(3, 7, 16, generator=torch.Generator().manual_seed(0))
    bands = bands_of(a, b, c)
    for row, other in zip(bands, (b, c), strict=True):
        assert row.mean() == pytest.approx(PartwiseEuclidean()(a[None], other[None]).item(), rel=1e-5)


def test_pairs_are_what_the_method_repaired_and_what_it_lost():
    gallery = signatures([0.0, 10.0, 20.0], ["ann", "ben", "cid"])
    teacher = signatures([9.0, 11.0, 19.0], ["ann", "ben", "cid"])  # takes ann for ben
    method = signatures([1.0, 11.0, 11.0], ["ann", "ben", "cid"])  # finds ann, takes cid for ben
    found = choose_pairs((teacher, gallery), (method, gallery))
    assert [(pair.probe, pair.right, pair.wrong) for pair in found] == [(0, 0, 1), (2, 2, 1)]
    alone = signatures([0.0, 10.0], ["ann", "ben"])
    assert choose_pairs((signatures([9.0], ["dan"]), alone), (signatures([1.0], ["dan"]), alone)) == []


def test_neighbours_are_counted_as_a_slow_twin_does():
    rng = np.random.default_rng(1)
    points = rng.random((24, 3))
    distances = np.linalg.norm(points[:, None] - points[None], axis=-1)
    keys = [SequenceKey(f"p{i % 3}", "nm", str(i // 6)) for i in range(24)]
    labels = [key.subject for key in keys]
    shares, chances = [], []
    for i in range(24):
        others = [j for j in range(24) if str(keys[j]) != str(keys[i])]
        nearest = sorted(others, key=lambda j: distances[i, j])[:5]
        shares += [labels[j] == labels[i] for j in nearest]
        chances += [labels[j] == labels[i] for j in others]
    assert shared_neighbours(distances, keys, labels) == pytest.approx((np.mean(shares), np.mean(chances)))


def test_a_map_is_repeatable_and_keeps_clusters_apart():
    values = np.repeat(np.eye(3) * 50, 4, axis=0) + np.random.default_rng(0).random((12, 3))
    names = np.repeat(["ann", "ben", "cid"], 4)
    found = signatures(values.tolist(), names)
    first, second = (make_scatter({"complete": found}, PartwiseEuclidean()) for _ in range(2))
    assert first.places.tolist() == second.places.tolist()
    assert first.same_type == (1, 1)
    centres = np.stack([first.places[names == name].mean(0) for name in ("ann", "ben", "cid")])
    spread = max(first.places[names == name].std(0).max() for name in ("ann", "ben", "cid"))
    assert min(np.linalg.norm(centres[i] - centres[j]) for i, j in ((0, 1), (0, 2), (1, 2))) > spread


def test_no_two_methods_or_people_look_alike():
    methods = ["baseline1", *(f"m{i}" for i in range(14)), "mimic"]
    styles = method_styles(methods, "mimic")
    assert len(set(styles.values())) == len(methods)
    assert [name for name, style in styles.items() if style.strong] == ["mimic"]
    looks = group_styles([f"p{i}" for i in range(30)])
    assert len({(style.colour, style.marker) for style in looks.values()}) == 30


def test_places_in_a_plot():
    plot = Plot(Axis(0, 10), Axis(0, 100), width=148, height=142, left=38)
    assert (plot.across(0), plot.across(10)) == (38, 138)
    assert (plot.up(0), plot.up(100)) == (108, 8)
    plot.mark((5, 50), method_styles(["mimic"], "mimic")["mimic"], "a < b & c")
    assert "a &lt; b &amp; c" in plot.as_svg("x")


def test_what_is_written_alike_is_marked_alike():
    def line(method, rp):
        interval = {"value": rp, "low": 0.1, "high": 0.9}
        same = {"complete_rank1": 0.5, "rank1": interval, "rank1_std": 0.0, "hpr": 1.0, "rank5": 0.5}
        return {
            "backbone": "small", "method": method, "rp": interval, "mAP": 0.5, "tar_at_far_0.01": 0.5,
            "tests": {}, **same,
        }  # fmt: skip

    grid = suite_grid([line("baseline1", 0.101), line("baseline2", 0.504), line("mimic", 0.4999)])
    column = grid.columns.index("RP") - 1
    assert [cells[column].best for _, cells in grid.groups[0].rows] == [False, True, True]
    column = grid.columns.index("HPR") - 1
    assert not any(cells[column].best for _, cells in grid.groups[0].rows)
