"""Pooling over time and strips, one matrix a part, the BNNeck: cases worked by hand, and refusals."""

import pytest
import torch

from mimicgait.errors import ShapeError
from mimicgait.models.heads import (
    BNNeck,
    SeparateLinear,
    horizontal_pyramid,
    packed_temporal_max,
    temporal_max,
)


def test_each_part_has_its_own_matrix():
    layer = SeparateLinear(parts=2, inputs=2, outputs=1)
    with torch.no_grad():
        layer.fc_bin.copy_(torch.tensor([[[1.0], [10.0]], [[100.0], [1000.0]]]))
    x = torch.tensor([[[1.0, 2.0], [3.0, 4.0]]])  # channels 0 and 1, parts 0 and 1
    assert layer(x).tolist() == [[[31.0, 4200.0]]]


def test_matrices_run_in_float32_inside_autocast():
    layer, x = SeparateLinear(4, 64, 8), torch.randn(3, 64, 4)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert torch.equal(layer(x), layer(x.clone()))
        inside = layer(x)
    assert inside.dtype == torch.float32
    assert torch.equal(inside, layer(x))


@pytest.mark.parametrize("shape", [(3, 64, 5), (3, 63, 4), (3, 64), (3, 4, 64)])
def test_matrices_refuse_other_shapes(shape):
    with pytest.raises(ShapeError, match=r"expected \[n, 64, 4\]"):
        SeparateLinear(4, 64, 8)(torch.zeros(shape))


def test_pyramid_puts_coarse_and_fine_strips_side_by_side():
    x = torch.arange(8.0).view(1, 1, 4, 2)
    assert horizontal_pyramid(x, [1, 4]).tolist() == [[[10.5, 1.5, 5.5, 9.5, 13.5]]]


def test_pyramid_refuses_a_height_that_does_not_divide():
    with pytest.raises(ShapeError, match="multiple"):
        horizontal_pyramid(torch.zeros(1, 1, 10, 4), [4])


def test_temporal_max_leaves_padding_out_even_where_it_is_larger():
    x = torch.tensor([[[-3.0], [-1.0], [9.0]], [[-2.0], [-5.0], [-1.0]]])
    assert temporal_max(x, torch.tensor([2, 3])).tolist() == [[-1.0], [-1.0]]
    assert temporal_max(x).tolist() == [[9.0], [-1.0]]


@pytest.mark.parametrize("lengths", [[4, 4, 4], [4, 1, 2]])
def test_packed_maximum_equals_the_padded_one(lengths):
    torch.manual_seed(0)
    padded = torch.randn(3, 4, 5, 2, 3)
    packed = torch.cat([x[:k] for x, k in zip(padded, lengths, strict=True)])
    kept = None if set(lengths) == {4} else torch.tensor(lengths)
    expected = temporal_max(padded, torch.tensor(lengths))
    assert torch.equal(packed_temporal_max(packed, 3, kept), expected)
    assert torch.equal(
        packed_temporal_max(packed.contiguous(memory_format=torch.channels_last), 3, kept), expected
    )


def test_neck_gives_unit_features_and_cosines():
    torch.manual_seed(0)
    neck = BNNeck(parts=3, channels=8, classes=5)
    features, logits = neck(torch.randn(6, 8, 3))
    assert features.shape == (6, 8, 3)
    assert logits.shape == (6, 5, 3)
    torch.testing.assert_close(features.norm(dim=1), torch.ones(6, 3))
    assert logits.abs().max() <= 1 + 1e-6


def test_neck_starts_like_the_field_and_learns_its_statistics():
    torch.manual_seed(0)
    neck = BNNeck(parts=16, channels=64, classes=2)
    assert abs(neck.bn1d.weight.std().item() - 0.02) < 0.002
    assert not neck.bn1d.bias.any()
    neck(torch.randn(6, 64, 16) + 5)
    assert neck.bn1d.running_mean.mean() > 0.4


def test_neck_runs_in_float32_inside_autocast():
    neck = BNNeck(2, 4, 3).eval()
    x = torch.randn(5, 4, 2)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        features, logits = neck(x)
    assert features.dtype == logits.dtype == torch.float32
    assert torch.equal(logits, neck(x)[1])


def test_neck_refuses_other_shapes():
    with pytest.raises(ShapeError, match=r"expected \[n, 4, 2\]"):
        BNNeck(2, 4, 3)(torch.zeros(5, 2, 4))
