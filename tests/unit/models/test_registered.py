"""Registration: what a cut and a stretch did is undone, what was complete stays."""

import pytest
import torch

from mimicgait.errors import ConfigError, ShapeError
from mimicgait.models import Registered, VisibilityNetwork, load_model, save_model
from mimicgait.models.backbones import GaitBase
from mimicgait.models.placing import unstretch
from mimicgait.occlusion import Bottom, Top
from mimicgait.occlusion.stretch import stretch

LENGTHS = torch.tensor([4, 2, 3])


def shape(frames):
    """Draw a body of ellipses into frames `[n, t, 64, 64]`."""
    y, x = torch.meshgrid(torch.arange(64), torch.arange(64), indexing="ij")
    body = ((x - 32) / 9) ** 2 + ((y - 36) / 26) ** 2 < 1
    head = ((x - 32) / 6) ** 2 + ((y - 7) / 7) ** 2 < 1
    arm = (abs(x - 20 - y // 4) < 3) & (y > 20) & (y < 50)
    return (body | head | arm).to(frames.dtype).expand_as(frames).clone()


FRAMES = shape(torch.zeros(3, 4, 64, 64, dtype=torch.uint8))


def said(network, kind, amount):
    """Let a VEN say the same of every frame, whatever it sees."""
    for head in (network.visibility.module.kind_head, network.visibility.module.amount_head):
        torch.nn.init.zeros_(head.weight)
    with torch.no_grad():
        bias = torch.full((3,), -50.0)
        bias[network.kinds.index(kind)] = 50.0
        network.visibility.module.kind_head.bias.copy_(bias)
        network.visibility.module.amount_head.bias.copy_(torch.tensor(amount).logit())
    return network


@pytest.fixture
def network():
    torch.manual_seed(0)
    return Registered(GaitBase(width="tiny"), VisibilityNetwork(width="tiny")).eval()


def overlap(a, b):
    """Intersection over union."""
    return ((a > 0) & (b > 0)).sum() / ((a > 0) | (b > 0)).sum()


def unstretched_by_loops(frame, above, below):
    """Place the rows of one frame `[h, w]` one by one."""
    h, w = frame.shape
    kept = h - above - below
    result = torch.zeros_like(frame)
    for row in range(above, above + kept):
        place = min(max((row - above + 0.5) / kept * h - 0.5, 0), h - 1)
        low = int(place)
        high = min(low + 1, h - 1)
        for x in range(w):
            value = (1 - place + low) * frame[low, x].item() + (place - low) * frame[high, x].item()
            result[row, x] = value >= 0.5 - 1e-6
    return result


@pytest.mark.parametrize("dtype", [torch.uint8, torch.float32])
def test_unstretch_equals_loops(dtype):
    generator = torch.Generator().manual_seed(0)
    frames = (torch.rand(1, 8, 16, 6, generator=generator) > 0.5).to(dtype)
    above = torch.tensor([[3, 0, 8, 5, 1, 15, 0, 0]])
    below = torch.tensor([[0, 5, 0, 6, 1, 0, 15, 0]])
    got = unstretch(frames, above, below)
    assert got.dtype == dtype
    for i in range(8):
        expected = unstretched_by_loops(frames[0, i], above[0, i].item(), below[0, i].item())
        assert torch.equal(got[0, i], expected), i
    assert torch.equal(got[0, 7], frames[0, 7])


def test_more_than_the_frame_leaves_one_row():
    frames = torch.ones(1, 1, 8, 2)
    assert unstretch(frames, torch.tensor([[6]]), torch.tensor([[9]])).sum() == 2


@pytest.mark.parametrize("rows", [13, 26, 38])
@pytest.mark.parametrize("side", ["top", "bottom"])
def test_unstretch_undoes_stretch(rows, side):
    one = torch.full(FRAMES.shape[:2], rows)
    none = torch.zeros_like(one)
    above, below = (one, none) if side == "top" else (none, one)
    cut = stretch(FRAMES, none if side == "top" else 64 - one, one if side == "top" else none + 64)
    back = unstretch(cut, above, below)
    original = FRAMES.clone()
    original[:, :, :rows] *= side != "top"
    original[:, :, 64 - rows :] *= side != "bottom"
    assert overlap(back, original) > 0.95
    assert overlap(cut, original) < 0.75


@pytest.mark.parametrize(("kind", "occlusion"), [("top", Top), ("bottom", Bottom)])
@pytest.mark.parametrize("assignment", ["argmax", "soft"])
def test_what_the_ven_says_is_undone(kind, occlusion, assignment, network):
    network = said(Registered(network.backbone, network.visibility.module, assignment), kind, 0.5).eval()
    hidden = occlusion(amount=(0.5, 0.5))(FRAMES, torch.Generator())
    back = network.align(hidden.frames)
    assert overlap(back, FRAMES * hidden.visible) > 0.95
    assert torch.equal(network(hidden.frames), network.backbone(back))
    assert not torch.allclose(network(hidden.frames), network.backbone(hidden.frames))


@pytest.mark.parametrize("assignment", ["argmax", "soft"])
def test_complete_frames_are_not_touched(assignment, network):
    network = said(Registered(network.backbone, network.visibility.module, assignment), "none", 0.5).eval()
    assert torch.equal(network.align(FRAMES), FRAMES)
    assert torch.equal(network(FRAMES, LENGTHS), network.backbone(FRAMES, LENGTHS))


def test_soft_shares_the_amount_out(network):
    soft = said(Registered(network.backbone, network.visibility.module, "soft"), "top", 0.5)
    with torch.no_grad():
        soft.visibility.module.kind_head.bias.copy_(torch.tensor([-50.0, 2.0, 2.0]))
    full = torch.ones(1, 1, 64, 64)
    rows = soft.align(full)[0, 0].any(1)
    assert rows.nonzero().flatten().tolist() == list(range(16, 48))


def test_every_frame_is_placed_on_its_own_and_padding_stays(network):
    """With a VEN of random weights that sees something cut away in every frame."""
    with torch.no_grad():
        network.visibility.module.kind_head.bias.copy_(torch.tensor([-9.0, 1.0, 1.0]))
    together = network.align(FRAMES, LENGTHS)
    assert not torch.equal(together[:, :2], FRAMES[:, :2])
    assert torch.equal(together[1, 2:], FRAMES[1, 2:])
    for i, length in enumerate(LENGTHS):
        assert torch.equal(together[i, :length], network.align(FRAMES[i : i + 1, :length])[0])


def test_is_saved_and_loaded(network, tmp_path):
    network.assignment = "soft"
    save_model(network, tmp_path / "model")
    loaded = load_model(tmp_path / "model")
    assert loaded.assignment == "soft"
    assert torch.equal(loaded(FRAMES, LENGTHS), network(FRAMES, LENGTHS))


def test_a_type_that_the_ven_does_not_know_is_left_alone():
    ven = VisibilityNetwork(kinds=("none", "bottom", "middle"), width="tiny")
    network = said(Registered(GaitBase(width="tiny"), ven), "middle", 0.5)
    assert torch.equal(network.align(FRAMES), FRAMES)
    assert said(network, "bottom", 0.5).align(FRAMES)[0, 0, 32:].sum() == 0


def test_refusals(network):
    backbone, ven = network.backbone, network.visibility.module
    with pytest.raises(ConfigError, match="only top and bottom can be undone"):
        Registered(backbone, VisibilityNetwork(kinds=("none", "middle"), width="tiny"))
    with pytest.raises(ConfigError, match="did you mean 'soft'"):
        Registered(backbone, ven, "sofd")
    with pytest.raises(ConfigError, match="cannot be a backbone"):
        Registered(torch.nn.Identity(), ven)
    with pytest.raises(ShapeError, match=r"above \[n, t\]"):
        unstretch(FRAMES, LENGTHS, LENGTHS)
