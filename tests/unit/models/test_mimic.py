"""Eq. 1: what the mimic network joins, what it starts from, what it refuses."""

import pytest
import torch
from torch import nn

from mimicgait.errors import ConfigError
from mimicgait.models import Frozen, MimicNetwork, VisibilityNetwork
from mimicgait.models.backbones import GaitBase

FRAMES = (torch.rand(3, 4, 64, 64, generator=torch.Generator().manual_seed(0)) > 0.5).to(torch.uint8)
LENGTHS = torch.tensor([4, 2, 3])


@pytest.fixture
def teacher():
    torch.manual_seed(0)
    return GaitBase(width="tiny").eval()


@pytest.fixture
def mimic():
    torch.manual_seed(1)
    return MimicNetwork(GaitBase(width="tiny"), VisibilityNetwork(width="tiny")).eval()


def test_is_as_wide_as_its_backbone(mimic):
    assert (mimic.channels, mimic.parts, mimic.input_size) == (16, 16, (64, 64))
    assert mimic.mixing.fc_bin.shape == (16, 16 + 4, 16)
    assert mimic(FRAMES, LENGTHS).shape == (3, 16, 16)


def test_full_width_mixes_320_channels_into_256():
    with torch.device("meta"):
        mimic = MimicNetwork(GaitBase(), VisibilityNetwork())
    assert mimic.mixing.fc_bin.shape == (16, 320, 256)


def test_starts_as_the_teacher(mimic, teacher):
    before = mimic(FRAMES, LENGTHS)
    mimic.initialise_from(Frozen(teacher))
    assert not torch.allclose(before, teacher(FRAMES, LENGTHS))
    torch.testing.assert_close(mimic(FRAMES, LENGTHS), teacher(FRAMES, LENGTHS))


def test_initialising_copies_and_leaves_the_teacher_alone(mimic, teacher):
    mimic.initialise_from(teacher)
    with torch.no_grad():
        mimic.backbone.conv1.weight.zero_()
    assert teacher.conv1.weight.any()
    assert mimic.backbone.conv1.weight.requires_grad


def test_guidance_reaches_the_signature(mimic):
    """Another VEN, another signature: the guidance is part of eq. 1 at inference too."""
    before = mimic(FRAMES)
    with torch.no_grad():
        mimic.visibility.module.features.bias.add_(1)
    assert not torch.allclose(mimic(FRAMES), before)


def test_one_path_for_training_and_inference(mimic):
    """With the BatchNorm of the backbone held still, train and eval give the same signature."""
    expected = mimic(FRAMES, LENGTHS)
    mimic.train()
    mimic.backbone.eval()
    assert torch.equal(mimic(FRAMES, LENGTHS), expected)


def test_without_visibility_there_is_no_mixing(teacher):
    mimic = MimicNetwork(GaitBase(width="tiny"), None).eval()
    mimic.initialise_from(teacher)
    assert mimic.mixing is None
    assert mimic.config["visibility"] is None
    assert torch.equal(mimic(FRAMES), teacher(FRAMES))


def test_ven_is_frozen_and_the_rest_is_not(mimic):
    mimic.train()
    assert not mimic.visibility.module.training
    assert not any(p.requires_grad for p in mimic.visibility.parameters())
    assert all(p.requires_grad for p in mimic.backbone.parameters())
    assert mimic.mixing.fc_bin.requires_grad


def test_refuses_a_teacher_of_another_architecture(mimic):
    with pytest.raises(ConfigError, match="other weights"):
        mimic.initialise_from(GaitBase(width="small"))


def test_refuses_what_is_no_backbone():
    with pytest.raises(ConfigError, match="channels, parts, input_size"):
        MimicNetwork(nn.Linear(2, 2))


def test_any_module_with_three_facts_is_a_backbone():
    class Mean(nn.Module):
        channels, parts, input_size = 64, 64, (64, 64)

        def forward(self, frames, lengths=None):
            return frames.float().mean(1)

    mimic = MimicNetwork(Mean(), VisibilityNetwork(width="tiny"))
    mimic.initialise_from(Mean())
    torch.testing.assert_close(mimic(FRAMES), FRAMES.float().mean(1))
