"""GaitBase: widths, cutting, and the memory layout that its speed rests on."""

import pytest
import torch

from mimicgait.errors import ConfigError, ShapeError
from mimicgait.models.backbones import GaitBase
from mimicgait.models.base import as_images

FRAMES = (torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(0)) > 0.5).to(torch.uint8)


@pytest.mark.parametrize(
    ("width", "channels", "embedding"),
    [("full", [64, 128, 256, 512], 256), ("small", [16, 32, 64, 128], 64), ("tiny", [4, 8, 16, 32], 16)],
)
def test_widths(width, channels, embedding):
    model = GaitBase(width=width)
    stages = (model.layer1, model.layer2, model.layer3, model.layer4)
    assert [stage[0].conv1.out_channels for stage in stages] == channels
    assert model.channels == embedding
    assert model.head.fc_bin.shape == (16, channels[-1], embedding)


@pytest.mark.parametrize("cut", [False, True])
def test_maps_are_a_quarter_as_high_and_wide(cut):
    model = GaitBase(width="tiny", cut=cut).eval()
    width = 44 if cut else 64
    images = as_images(torch.zeros(2, 64, width, dtype=torch.uint8), like=model.conv1.weight)
    assert model.frame_maps(images).shape == (2, 32, 16, width // 4)


def test_maps_stay_channels_last_forward_and_backward():
    model = GaitBase(width="tiny")
    gradients = []
    model.layer1.register_full_backward_hook(lambda module, inputs, outputs: gradients.append(outputs[0]))
    maps = model.frame_maps(as_images(FRAMES.flatten(0, 1), like=model.conv1.weight))
    assert maps.is_contiguous(memory_format=torch.channels_last)
    maps.square().sum().backward()
    assert gradients[0].is_contiguous(memory_format=torch.channels_last)


def test_cut_takes_64_and_44_columns_alike():
    torch.manual_seed(0)
    model = GaitBase(width="tiny", cut=True).eval()
    assert torch.equal(model(FRAMES), model(FRAMES[..., 10:54]))
    changed = FRAMES.clone()
    changed[..., :10] = 1
    assert torch.equal(model(FRAMES), model(changed))


def test_without_cut_only_64_columns_will_do():
    with pytest.raises(ShapeError, match="64x64 pixels"):
        GaitBase(width="tiny")(FRAMES[..., 10:54])


def test_order_of_frames_does_not_matter():
    model = GaitBase(width="tiny").eval()
    torch.testing.assert_close(model(FRAMES), model(FRAMES.flip(1)))


def test_unknown_width_suggests_the_nearest():
    with pytest.raises(ConfigError, match="did you mean 'small'"):
        GaitBase(width="smal")
