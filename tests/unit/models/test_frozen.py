"""Frozen means frozen: real training steps around it leave every weight and buffer as it was."""

import copy

import torch
from torch import nn

from mimicgait.models import Frozen, MimicNetwork, VisibilityNetwork
from mimicgait.models.backbones import GaitBase

FRAMES = (torch.rand(4, 3, 64, 64, generator=torch.Generator().manual_seed(0)) > 0.5).to(torch.uint8)


def trained_a_little():
    """Make a GaitBase whose BatchNorm statistics are not the initial ones."""
    torch.manual_seed(0)
    network = GaitBase(width="tiny")
    network(FRAMES)
    return network


def test_teacher_and_ven_are_bit_identical_after_training():
    teacher = Frozen(trained_a_little())
    mimic = MimicNetwork(GaitBase(width="tiny"), VisibilityNetwork(width="tiny"))
    mimic.initialise_from(teacher)
    both = nn.ModuleDict({"teacher": teacher, "mimic": mimic})
    before = copy.deepcopy(both.state_dict())
    optimiser = torch.optim.AdamW(both.parameters(), lr=0.1, weight_decay=0.1)  # all of them, by mistake
    for _ in range(3):
        both.train()
        loss = (mimic(FRAMES[:, :2]) - teacher(FRAMES)).square().mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    changed = {key for key, value in both.state_dict().items() if not torch.equal(value, before[key])}
    assert {key.split(".")[0] for key in changed} == {"mimic"}
    assert not any(key.startswith("mimic.visibility") for key in changed)
    assert "mimic.backbone.bn1.running_mean" in changed
    assert "mimic.mixing.fc_bin" in changed


def test_train_has_no_effect_inside():
    frozen = Frozen(trained_a_little().train())
    holder = nn.Sequential(frozen).train()
    assert holder.training
    assert not any(module.training for module in frozen.modules())


def test_train_called_on_the_network_inside_is_undone_before_use():
    frozen = Frozen(trained_a_little())
    before = copy.deepcopy(frozen.state_dict())
    frozen.module.bn1.train()
    frozen(FRAMES)
    assert all(torch.equal(value, before[key]) for key, value in frozen.state_dict().items())


def test_no_gradients_are_recorded_even_if_asked_for():
    frozen = Frozen(trained_a_little())
    frozen.requires_grad_(True)
    assert not frozen(FRAMES).requires_grad


def test_call_reaches_other_methods():
    torch.manual_seed(0)
    network = VisibilityNetwork(width="tiny")
    expected = network.guidance(FRAMES)
    assert expected.requires_grad
    got = Frozen(network).call("guidance", FRAMES)
    assert torch.equal(got, expected)
    assert not got.requires_grad
