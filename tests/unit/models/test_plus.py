"""MimicPlus: parts in their place, as long as they were seen, and compared where both have seen something."""

import pytest
import torch

from mimicgait.distance import VisibleEuclidean, distance_of
from mimicgait.errors import ConfigError
from mimicgait.models import Frozen, MimicPlusNetwork, VisibilityNetwork, load_model, save_model
from mimicgait.models.backbones import GaitBase, GaitSet
from mimicgait.models.placing import unstretch, visible_parts

LENGTHS = torch.tensor([4, 2, 3])


def bodies(n=3, t=4):
    """Draw ellipses that fill their frames `[n, t, 64, 64]`, each frame a little different."""
    y, x = torch.meshgrid(torch.arange(64), torch.arange(64), indexing="ij")
    wide = 8 + 3 * torch.rand(n, t, 1, 1, generator=torch.Generator().manual_seed(0))
    return (((x - 32) / wide) ** 2 + ((y - 31.5) / 33) ** 2 < 1).to(torch.uint8)


FRAMES = bodies()


def saying(network, kind, amount):
    """Let the VEN say the same of every frame, whatever it sees."""
    ven = network.visibility.module
    for head in (ven.kind_head, ven.amount_head):
        torch.nn.init.zeros_(head.weight)
    with torch.no_grad():
        bias = torch.full((3,), -50.0)
        bias[network.kinds.index(kind)] = 50.0
        ven.kind_head.bias.copy_(bias)
        ven.amount_head.bias.copy_(torch.tensor(amount).logit())
    return network


@pytest.fixture
def network():
    torch.manual_seed(0)
    network = MimicPlusNetwork(GaitBase(width="tiny"), VisibilityNetwork(width="tiny"))
    torch.nn.init.normal_(network.centre, std=0.1)
    return network.eval()


def test_is_what_its_formula_says(network):
    saying(network, "top", 0.4)  # 25.6, so 26 of 64 rows: six and a half of sixteen strips
    signatures = network(FRAMES, LENGTHS)
    for i, length in enumerate(LENGTHS):
        one = FRAMES[i : i + 1, :length]
        rows = torch.full((1, int(length)), 26)
        own = network.backbone(unstretch(one, rows, 0 * rows))[0]
        for part in range(16):
            direction = own[:, part] - network.centre[:, part]
            seen = 0 if part < 6 else 0.5 if part == 6 else 1
            expected = seen * direction / direction.norm()
            torch.testing.assert_close(signatures[i, :, part], expected, rtol=1e-4, atol=1e-5)


def test_complete_sequences_reach_the_backbone_as_they_are(network):
    saying(network, "none", 0.3)
    placed, visible = network.place(FRAMES, LENGTHS)
    assert torch.equal(placed, FRAMES)
    assert torch.equal(visible, torch.ones(3, 16))


def test_what_is_set_to_zero_is_not_seen_unless_another_frame_shows_it(network):
    saying(network, "none", 0.3)
    frames = FRAMES.clone()
    frames[0, :, 16:32] = 0
    frames[1, 0, 16:32] = 0
    visible = network.place(frames, LENGTHS)[1]
    assert visible[0].tolist() == [1] * 4 + [0] * 4 + [1] * 8
    assert visible[1].tolist() == [1] * 16


def test_padding_shows_nothing(network):
    saying(network, "none", 0.3)
    frames = FRAMES.clone()
    frames[2, :3, 60:] = 0
    frames[2, 3] = 1
    assert network.place(frames, LENGTHS)[1][2, -1] == 0


def test_pyramids_have_parts_of_several_heights():
    frames = torch.ones(1, 1, 64, 64)
    above = torch.full((1, 1), 32)
    visible = visible_parts(frames, above, 0 * above, GaitSet(width="tiny").spans)[0]
    assert len(visible) == 62
    assert visible[:16].tolist() == [0] * 8 + [1] * 8
    assert visible[30].item() == 0.5
    assert torch.equal(visible[:31], visible[31:])


def test_ablations_leave_out_what_they_say(network):
    kept = {"backbone": network.backbone, "visibility": network.visibility.module}
    unplaced = saying(MimicPlusNetwork(**kept, placed=False), "top", 0.4)
    placed, visible = unplaced.place(FRAMES)
    assert torch.equal(placed, FRAMES)
    assert visible.min() == 1
    unweighted = saying(MimicPlusNetwork(**kept, weighted=False), "top", 0.4)
    placed, visible = unweighted.place(FRAMES)
    assert not torch.equal(placed, FRAMES)
    assert visible.min() == 1
    assert unplaced.config["placed"] is False
    assert "weighted" not in unplaced.config


def test_what_only_one_has_seen_is_neither_for_nor_against(network):
    assert isinstance(distance_of(network), VisibleEuclidean)
    assert not isinstance(distance_of(network.backbone), VisibleEuclidean)
    signatures = network(FRAMES)
    hidden = signatures.clone()
    hidden[:, :, 8:] = 0
    to_itself = distance_of(network)(hidden, signatures).diagonal()
    torch.testing.assert_close(to_itself, torch.full((3,), 0.6), atol=2e-3, rtol=0)


def test_only_backbone_and_centre_are_trained(network):
    network.train()
    network(FRAMES, LENGTHS).square().sum().backward()
    trained = {name.split(".")[0] for name, p in network.named_parameters() if p.grad is not None}
    assert trained == {"backbone", "centre"}
    assert not network.visibility.module.training


def test_is_saved_and_loaded_bit_by_bit(network, tmp_path):
    save_model(network, tmp_path / "model")
    loaded = load_model(tmp_path / "model")
    assert torch.equal(loaded(FRAMES, LENGTHS), network(FRAMES, LENGTHS))
    assert isinstance(distance_of(loaded), VisibleEuclidean)


def test_refuses_networks_that_do_not_fit():
    ven = VisibilityNetwork(width="tiny")
    with pytest.raises(ConfigError, match="cannot be a backbone"):
        MimicPlusNetwork(Frozen(GaitBase(width="tiny")), ven)
    with pytest.raises(ConfigError, match="assignment: 'hard' is unknown"):
        MimicPlusNetwork(GaitBase(width="tiny"), ven, "hard")
    blind = VisibilityNetwork(kinds=("none", "middle"), width="tiny")
    with pytest.raises(ConfigError, match="only top and bottom can be undone"):
        MimicPlusNetwork(GaitBase(width="tiny"), blind)
