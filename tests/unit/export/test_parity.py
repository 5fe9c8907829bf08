"""The measures by which a graph is judged, against numbers worked out by hand."""

import math

import pytest
import torch

from mimicgait.export.parity import check_walks, compare_signatures, drift, spread


def test_the_largest_difference_counts_as_a_share_of_its_own_signature():
    expected = torch.tensor([[[100.0, 1.0]], [[0.1, 0.2]]])
    got = torch.tensor([[[100.0, 2.0]], [[0.1, 0.19]]])
    assert compare_signatures(got, expected) == pytest.approx(0.05)  # 0.01 of 0.2, not 1 of 100
    assert compare_signatures(expected, expected) == 0


def test_other_shapes_and_no_numbers_are_never_near():
    expected = torch.ones(2, 3, 4)
    assert compare_signatures(torch.ones(1, 3, 4), expected) == math.inf
    assert not compare_signatures(torch.full((2, 3, 4), math.nan), expected) <= 1


def test_drift_is_a_share_of_the_distance_between_sequences():
    expected = torch.tensor([[[0.0], [0.0]], [[3.0], [4.0]]])  # 5 apart
    got = expected + torch.tensor([[[0.0], [1.0]], [[0.0], [0.0]]])  # half up and half down of their mean
    assert drift(got, expected) == pytest.approx(0.5 / 5)
    assert drift(expected + 7, expected) == pytest.approx(0)


@pytest.mark.parametrize(("count", "wanted", "positions"), [(1, 5, [0]), (5, 1, [0]), (100, 3, [0, 50, 99])])
def test_positions_from_all_over(count, wanted, positions):
    got = spread(count, wanted)
    assert all(abs(a - b) <= 1 for a, b in zip(got, positions, strict=True))


def test_walks_to_check_with(walks):
    made, read = check_walks(None), check_walks(walks)
    assert all(walk.dtype == torch.uint8 and walk.ndim == 3 for walk in [*made, *read])
    assert len(made) == 6
    assert torch.equal(read[0], torch.from_numpy(walks[0].frames))
