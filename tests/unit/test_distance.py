import math

import pytest
import torch

from mimicgait.distance import (
    NAMED,
    FlattenedEuclidean,
    PartwiseCosine,
    PartwiseEuclidean,
    VisibleEuclidean,
    at_least_float32,
    euclidean,
)
from mimicgait.errors import ShapeError

DISTANCES = [PartwiseEuclidean(), PartwiseCosine(), FlattenedEuclidean(), FlattenedEuclidean(normalize=False)]
every = pytest.mark.parametrize(
    "distance", DISTANCES, ids=["partwise euclidean", "partwise cosine", "flattened normalised", "flattened"]
)


def signatures(n, c=5, p=3, seed=0, dtype=torch.float64):
    return torch.randn(n, c, p, generator=torch.Generator().manual_seed(seed), dtype=torch.float64).to(dtype)


def unit(vector):
    return [v / math.hypot(*vector) for v in vector]


def slow(distance, a, b):
    """One distance in plain Python, from `[c, p]` and `[c, p]`."""
    parts = [(a[:, k].tolist(), b[:, k].tolist()) for k in range(a.shape[1])]
    if isinstance(distance, PartwiseEuclidean):
        return sum(math.dist(x, y) for x, y in parts) / len(parts)
    if isinstance(distance, PartwiseCosine):
        dots = [sum(u * v for u, v in zip(unit(x), unit(y), strict=True)) for x, y in parts]
        return 1 - sum(dots) / len(dots)
    x, y = a.flatten().tolist(), b.flatten().tolist()
    return math.dist(unit(x), unit(y)) if distance.normalize else math.dist(x, y)


@every
@pytest.mark.parametrize(("n", "m", "c", "p"), [(1, 1, 1, 1), (3, 4, 5, 3), (2, 6, 1, 16), (4, 1, 64, 2)])
def test_equals_the_slow_twin(distance, n, m, c, p):
    a, b = signatures(n, c, p, 1), signatures(m, c, p, 2)
    expected = torch.tensor([[slow(distance, x, y) for y in b] for x in a], dtype=torch.float64)
    torch.testing.assert_close(distance(a, b), expected, rtol=1e-12, atol=1e-12)
    in_float32 = distance(a.float(), b.float())
    assert in_float32.dtype == torch.float32
    torch.testing.assert_close(in_float32.double(), expected, rtol=1e-4, atol=2e-6)


def test_part_distances_average_to_the_whole():
    a, b = signatures(4, seed=1), signatures(6, seed=2)
    parts = PartwiseEuclidean().per_part(a, b)
    assert parts.shape == (3, 4, 6)
    for k in range(3):
        for i in range(4):
            for j in range(6):
                assert parts[k, i, j].item() == pytest.approx(math.dist(a[i, :, k], b[j, :, k]), rel=1e-12)
    torch.testing.assert_close(parts.mean(0), PartwiseEuclidean()(a, b))


def test_the_field_s_distances_are_means_over_parts_worked_by_hand():
    # c = 1, p = 2: parts differ by 4 and 0; the flattened distance would be 4.
    x, y = torch.tensor([[[0.0, 3.0]]]), torch.tensor([[[4.0, 3.0]]])
    assert PartwiseEuclidean()(x, y).item() == 2
    assert FlattenedEuclidean(normalize=False)(x, y).item() == 4
    # c = 2, p = 2: one part at a right angle, the other the same way at another length.
    x = torch.tensor([[[1.0, 2.0], [0.0, 0.0]]])
    y = torch.tensor([[[0.0, 5.0], [3.0, 0.0]]])
    assert PartwiseCosine()(x, y).item() == pytest.approx(0.5)
    assert FlattenedEuclidean()(x, -x).item() == pytest.approx(2)


@every
def test_autocast_does_not_touch_the_precision(distance):
    a, b = signatures(8, 256, 16, 1, torch.float32), signatures(9, 256, 16, 2, torch.float32)
    outside = distance(a, b)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        inside = distance(a, b)
        from_half = distance(a.bfloat16(), b.bfloat16())
    assert inside.dtype == from_half.dtype == torch.float32
    assert torch.equal(inside, outside)
    # Products in bfloat16 would be off by some thousandths; the order of a sum by some millionths.
    widened = distance(a.bfloat16().float(), b.bfloat16().float())
    torch.testing.assert_close(from_half, widened, rtol=2e-6, atol=2e-6)


def test_distances_far_below_the_norm_survive_in_float32():
    # Flattened signatures of a trained teacher: norm 1 after normalisation, distances near 0.1.
    common = signatures(1, 64, 16, 1)
    a, b = common + 0.07 * signatures(8, 64, 16, 2), common + 0.07 * signatures(8, 64, 16, 3)
    exact = FlattenedEuclidean()(a, b)
    assert 0.08 < exact.mean() < 0.12
    torch.testing.assert_close(FlattenedEuclidean()(a.float(), b.float()).double(), exact, rtol=1e-4, atol=0)


@every
def test_gradients_are_right(distance):
    a, b = signatures(3, seed=1).requires_grad_(), signatures(4, seed=2).requires_grad_()
    assert torch.autograd.gradcheck(distance, (a, b))


@every
def test_gradient_at_distance_0_is_0_instead_of_infinite(distance):
    a, b = torch.ones(1, 2, 2, requires_grad=True), torch.ones(1, 2, 2)
    value = distance(a, b)
    value.sum().backward()
    assert value.item() == pytest.approx(0, abs=1e-6)
    assert a.grad.isfinite().all()
    assert a.grad.abs().max() < 1e-6


def test_gradient_of_exactly_equal_rows_is_exactly_0():
    a = torch.tensor([[3.0, 4.0]], requires_grad=True)
    euclidean(a, torch.tensor([[3.0, 4.0]])).sum().backward()
    assert a.grad.tolist() == [[0, 0]]


@every
def test_zero_signatures_are_finite(distance):
    a = torch.zeros(2, 3, 2, requires_grad=True)
    value = distance(a, torch.cat([a.detach(), torch.ones(1, 3, 2)]))
    value.sum().backward()
    assert value.isfinite().all()
    assert a.grad.isfinite().all()


def test_rounding_never_makes_a_square_negative():
    x = 1000 + 1e-3 * signatures(50, 32, 1, dtype=torch.float32)
    value = PartwiseEuclidean()(x, x)
    assert value.isfinite().all()
    assert (value >= 0).all()


@every
def test_nobody_on_either_side(distance):
    assert distance(signatures(0), signatures(3)).shape == (0, 3)
    assert distance(signatures(3), signatures(0)).shape == (3, 0)


@every
def test_symmetric_and_in_the_order_given(distance):
    a, b = signatures(3, seed=1), signatures(4, seed=2)
    torch.testing.assert_close(distance(a, b), distance(b, a).T)
    torch.testing.assert_close(distance(a, b[[2, 0]]), distance(a, b)[:, [2, 0]])


@every
@pytest.mark.parametrize("shape", [(4, 5), (4, 5, 2), (4, 6, 3), (4, 5, 3, 1)])
def test_signatures_that_do_not_fit_are_refused(distance, shape):
    with pytest.raises(ShapeError, match=r"\(2, 5, 3\) and \(4, "):
        distance(signatures(2), torch.zeros(shape))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_only_half_precision_is_widened(dtype):
    x = torch.ones(2, dtype=dtype)
    got = at_least_float32(x)
    assert got.dtype == (dtype if dtype in (torch.float32, torch.float64) else torch.float32)
    assert (got is x) == (got.dtype == dtype)


def test_distances_with_the_same_settings_are_equal():
    assert VisibleEuclidean() == VisibleEuclidean(unknown=1.2)
    assert len({*DISTANCES, *(type(d)() for d in DISTANCES[:3])}) == len(DISTANCES)
    assert VisibleEuclidean() != VisibleEuclidean(unknown=1)
    assert PartwiseEuclidean() != PartwiseCosine()
    assert NAMED["VisibleEuclidean"] == VisibleEuclidean()
