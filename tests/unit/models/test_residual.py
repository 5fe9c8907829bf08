"""RG-Gait: the teacher's signature, and a residual as large as what is hidden."""

import pytest
import torch

from mimicgait.errors import ConfigError
from mimicgait.models import Frozen, ResidualNetwork, VisibilityNetwork, load_model, save_model
from mimicgait.models.backbones import GaitBase

FRAMES = (torch.rand(3, 4, 64, 64, generator=torch.Generator().manual_seed(0)) > 0.5).to(torch.uint8)
LENGTHS = torch.tensor([4, 2, 3])


@pytest.fixture
def network():
    torch.manual_seed(0)
    ven = VisibilityNetwork(width="tiny")
    network = ResidualNetwork(GaitBase(width="tiny"), GaitBase(width="tiny"), ven)
    torch.nn.init.xavier_uniform_(network.mixing.fc_bin)
    return network.eval()


def test_starts_as_the_teacher():
    teacher = GaitBase(width="tiny")
    network = ResidualNetwork(teacher, GaitBase(width="tiny"), VisibilityNetwork(width="tiny")).eval()
    assert (network.channels, network.parts, network.input_size) == (16, 16, (64, 64))
    assert torch.equal(network(FRAMES, LENGTHS), teacher.eval()(FRAMES, LENGTHS))


def test_is_what_its_formula_says(network):
    """One sequence and one part at a time, from the networks' own outputs."""
    ven, signatures = network.visibility.module, network(FRAMES, LENGTHS)
    for i, length in enumerate(LENGTHS):
        one = FRAMES[i : i + 1, :length]
        seen, own, complete = ven(one), network.backbone(one), network.teacher(one)
        amount = sum(seen.amount[0]) / length
        guide = seen.features[0].mean(0)
        for part in range(16):
            joined = torch.cat([own[0, :, part], guide])
            expected = complete[0, :, part] + amount * (joined @ network.mixing.fc_bin[part])
            torch.testing.assert_close(signatures[i, :, part], expected, rtol=1e-4, atol=1e-5)


def test_what_is_not_hidden_keeps_the_teachers_signature(network):
    with torch.no_grad():
        network.visibility.module.amount_head.bias.fill_(-200)
    assert torch.equal(network(FRAMES), network.teacher(FRAMES))


def test_only_the_residual_is_trained(network):
    network.train()
    network(FRAMES, LENGTHS).square().sum().backward()
    trained = {name.split(".")[0] for name, p in network.named_parameters() if p.grad is not None}
    assert trained == {"backbone", "mixing"}
    assert not network.teacher.module.training
    assert not network.visibility.module.training


def test_is_saved_and_loaded_bit_by_bit(network, tmp_path):
    save_model(network, tmp_path / "model")
    assert torch.equal(load_model(tmp_path / "model")(FRAMES, LENGTHS), network(FRAMES, LENGTHS))


def test_bfloat16_is_near_float32(network):
    full = network(FRAMES, LENGTHS)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        mixed = network(FRAMES, LENGTHS)
    assert mixed.dtype == torch.float32
    assert (mixed - full).norm() < 0.03 * full.norm()


def test_refuses_networks_that_do_not_fit():
    ven = VisibilityNetwork(width="tiny")
    with pytest.raises(ConfigError, match=r"teacher's channels, parts and input size \(16, 16"):
        ResidualNetwork(GaitBase(width="tiny"), GaitBase(width="small"), ven)
    with pytest.raises(ConfigError, match="cannot be a backbone"):
        ResidualNetwork(Frozen(GaitBase(width="tiny")), GaitBase(width="tiny"), ven)
