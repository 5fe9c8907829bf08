"""VEN: size, outputs, padding, guidance, and that it can learn what it is for."""

import pytest
import torch
from torch.nn.functional import cross_entropy, mse_loss

from mimicgait.errors import ConfigError, ShapeError
from mimicgait.models import Visibility, VisibilityNetwork

GENERATOR = torch.Generator().manual_seed(0)
FRAMES = (torch.rand(3, 5, 64, 64, generator=GENERATOR) > 0.5).to(torch.uint8)
LENGTHS = torch.tensor([5, 2, 1])


@pytest.fixture
def network():
    torch.manual_seed(0)
    return VisibilityNetwork(width="small")


def test_has_the_papers_size():
    network = VisibilityNetwork()
    assert [stage[0].out_channels for stage in network.convolutions] == [32, 64, 128]
    assert network.channels == 64
    assert sum(p.numel() for p in network.parameters()) == 101_188


def test_outputs(network):
    seen = network(FRAMES)
    assert seen.logits.shape == (3, 5, 3)
    assert seen.amount.shape == (3, 5)
    assert seen.features.shape == (3, 5, 16)
    assert ((seen.amount >= 0) & (seen.amount <= 1)).all()
    assert (seen.features >= 0).all()


def test_one_logit_a_kind():
    network = VisibilityNetwork(kinds=("none", "top", "bottom", "middle"), width="tiny")
    assert network(FRAMES).logits.shape == (3, 5, 4)
    assert network.config == {"kinds": ["none", "top", "bottom", "middle"], "width": "tiny"}


@pytest.mark.parametrize("kinds", ["none", ("none",), ("top", "top")])
def test_kinds_that_cannot_be(kinds):
    with pytest.raises(ConfigError, match="at least two different kinds"):
        VisibilityNetwork(kinds=kinds)


def test_each_frame_is_judged_on_its_own(network):
    together = network(FRAMES)
    alone = network(FRAMES[1:2, 3:4])
    torch.testing.assert_close(together.amount[1, 3], alone.amount[0, 0])
    torch.testing.assert_close(together.logits[1, 3], alone.logits[0, 0])


def test_padding_holds_zeros_and_changes_nothing(network):
    seen, full = network(FRAMES, LENGTHS), network(FRAMES)
    for got, expected in zip(
        (seen.logits, seen.amount, seen.features), (full.logits, full.amount, full.features), strict=True
    ):
        assert not got[1, 2:].any()
        assert not got[2, 1:].any()
        torch.testing.assert_close(got[1, :2], expected[1, :2])


def test_guidance_is_the_mean_over_real_frames(network):
    features = network(FRAMES).features
    expected = torch.stack([x[:k].mean(0) for x, k in zip(features, LENGTHS, strict=True)])
    torch.testing.assert_close(network.guidance(FRAMES, LENGTHS), expected)
    torch.testing.assert_close(network.guidance(FRAMES), features.mean(1))


def test_guidance_in_bfloat16_is_near_float32(network):
    full = network.guidance(FRAMES, LENGTHS)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        mixed = network.guidance(FRAMES, LENGTHS)
    assert mixed.dtype == torch.float32
    assert (mixed - full).norm() < 0.02 * full.norm()


def test_every_parameter_gets_a_gradient(network):
    seen = network(FRAMES, LENGTHS)
    (seen.logits.square().sum() + seen.amount.sum()).backward()
    assert all(p.grad is not None and p.grad.any() for p in network.parameters())


def test_learns_how_much_is_hidden():
    """Whole and half silhouettes are told apart after some steps on four of them."""
    torch.manual_seed(0)
    network = VisibilityNetwork(kinds=("none", "top"), width="small")
    optimiser = torch.optim.Adam(network.parameters(), lr=0.01)
    frames = torch.zeros(4, 1, 64, 64, dtype=torch.uint8)
    for i, frame in enumerate(frames):
        frame[:, 32 * (i % 2) :, 20 - i : 40 + i] = 1
    kinds = torch.arange(4) % 2
    for _ in range(50):
        seen = network(frames)
        error = mse_loss(seen.amount[:, 0], kinds / 2)
        optimiser.zero_grad()
        (cross_entropy(seen.logits[:, 0], kinds) + 10 * error).backward()
        optimiser.step()
    assert error < 0.01
    assert torch.equal(seen.logits[:, 0].argmax(1), kinds)


@pytest.mark.parametrize("shape", [(3, 64, 64), (3, 5, 64, 44)])
def test_refuses_other_shapes(network, shape):
    with pytest.raises(ShapeError, match="64x64"):
        network(torch.zeros(shape))


def test_visibility_checks_itself():
    with pytest.raises(ShapeError, match=r"expected \[n, t, k\]"):
        Visibility(torch.zeros(2, 3, 4), torch.zeros(2, 4), torch.zeros(2, 3, 8))
