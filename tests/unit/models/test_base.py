"""What every backbone begins with: checks, packing, images, the field's initialisation."""

import pytest
import torch
from torch import nn

from mimicgait.errors import ConfigError, ShapeError
from mimicgait.models.base import (
    as_images,
    check_frames,
    cut_columns,
    initialise,
    pack_frames,
    resolve_width,
    unpack,
)

SIZES = ((64, 64), (64, 44))


@pytest.mark.parametrize(("width", "factor"), [("tiny", 0.0625), ("full", 1.0), (0.5, 0.5), (2, 2.0)])
def test_widths(width, factor):
    assert resolve_width(width) == factor


@pytest.mark.parametrize(
    ("width", "message"), [("smal", "did you mean 'small'"), (0, "positive"), (-1, "-1")]
)
def test_widths_that_cannot_be(width, message):
    with pytest.raises(ConfigError, match=message):
        resolve_width(width)


def test_a_not_a_number_is_no_width():
    with pytest.raises(ConfigError, match="nan"):
        resolve_width(float("nan"))


def test_good_frames_pass():
    check_frames(torch.zeros(2, 3, 64, 44, dtype=torch.uint8), torch.tensor([1, 3]), SIZES)
    check_frames(torch.zeros(2, 3, 64, 64, dtype=torch.bfloat16), None, SIZES)


def test_refusal_names_what_was_expected_and_what_came():
    with pytest.raises(ShapeError, match=r"64x64 or 64x44 pixels, got \(2, 3, 64, 63\)"):
        check_frames(torch.zeros(2, 3, 64, 63), None, SIZES)
    with pytest.raises(ShapeError, match=r"between 1 and 3, got \[4, 1\]"):
        check_frames(torch.zeros(2, 3, 64, 64), torch.tensor([4, 1]), SIZES)


def test_cut_keeps_the_middle_44_columns():
    frames = torch.arange(64).expand(1, 1, 64, 64)
    assert cut_columns(frames)[0, 0, 0].tolist() == list(range(10, 54))
    assert cut_columns(frames[..., :44]).shape == (1, 1, 64, 44)


def test_packing_keeps_the_real_frames_in_order_and_unpack_undoes_it():
    frames = torch.arange(12).view(3, 4, 1, 1).expand(3, 4, 2, 2)
    lengths = torch.tensor([2, 4, 1])
    packed, kept = pack_frames(frames, lengths)
    assert packed[:, 0, 0].tolist() == [0, 1, 4, 5, 6, 7, 8]
    assert kept is lengths
    spread = unpack(packed[:, 0, 0], 3, 4, kept)
    assert spread.tolist() == [[0, 1, 0, 0], [4, 5, 6, 7], [8, 0, 0, 0]]


@pytest.mark.parametrize("lengths", [None, torch.tensor([4, 4, 4])])
def test_packing_full_sequences_copies_nothing(lengths):
    frames = torch.zeros(3, 4, 2, 2, dtype=torch.uint8)
    packed, kept = pack_frames(frames, lengths)
    assert kept is None
    assert packed.data_ptr() == frames.data_ptr()
    assert unpack(packed, 3, 4, kept).shape == frames.shape


def test_images_are_channels_last_and_so_is_what_a_convolution_makes_of_them():
    convolution = nn.Conv2d(1, 8, 3, padding=1)
    images = as_images(torch.ones(5, 64, 44, dtype=torch.uint8), like=convolution.weight)
    assert images.shape == (5, 1, 64, 44)
    assert images.dtype == torch.float32
    assert convolution(images).is_contiguous(memory_format=torch.channels_last)


def test_images_have_the_type_that_autocast_computes_in():
    like = torch.zeros(1)
    frames = torch.ones(1, 64, 64, dtype=torch.uint8)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert as_images(frames, like).dtype == torch.bfloat16
    assert as_images(frames, like.double()).dtype == torch.float64


def test_initialisation_is_the_fields():
    torch.manual_seed(0)
    network = nn.Sequential(nn.Conv2d(50, 100, 3), nn.BatchNorm2d(1000), nn.Linear(30, 60)).apply(initialise)
    convolution, norm, linear = network
    bound = (6 / (50 * 9 + 100 * 9)) ** 0.5
    assert bound * 0.99 < convolution.weight.abs().max() <= bound
    assert not convolution.bias.any()
    assert linear.weight.abs().max() <= (6 / 90) ** 0.5
    assert not linear.bias.any()
    assert abs(norm.weight.mean().item() - 1) < 0.005
    assert abs(norm.weight.std().item() - 0.02) < 0.003
    assert not norm.bias.any()
