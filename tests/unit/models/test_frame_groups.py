"""FrameGroups: which frames belong together, and that a group's signature counts as much as any other."""

from itertools import chain, pairwise

import pytest
import torch
from torch import nn

from mimicgait.errors import ConfigError, ShapeError
from mimicgait.models import load_model, save_model
from mimicgait.models.adapters import FrameGroups
from mimicgait.models.backbones import GaitBase, GaitSet


class Counts(nn.Module):
    """The largest value of any real frame: what a maximum over time makes of a single bad one."""

    channels, parts, input_size = 1, 1, (64, 64)

    def forward(self, frames, lengths=None):
        real = torch.arange(frames.shape[1]) < lengths[:, None]
        return frames.amax((2, 3)).where(real, 0).amax(1)[:, None, None].float()


def numbered(*lengths):
    """Sequences whose frame i is i + 1 throughout."""
    frames = torch.arange(1.0, max(lengths) + 1).expand(len(lengths), -1)
    return frames[:, :, None, None].expand(-1, -1, 64, 64) / 100, torch.tensor(lengths)


def twin(length, frames, order):
    """The groups of one sequence, as a list would be cut by hand."""
    count = max(1, int(length / frames + 0.5))
    if order == "interleaved":
        return [list(range(length))[first::count] for first in range(count)]
    edges = [i * length // count for i in range(count + 1)]
    return [list(range(a, b)) for a, b in pairwise(edges)]


@pytest.mark.parametrize("order", ["interleaved", "consecutive"])
@pytest.mark.parametrize("frames", range(1, 8))
def test_every_frame_is_in_one_group_as_by_hand(frames, order):
    lengths = list(range(1, 40))
    grouped = FrameGroups(network=Counts(), frames=frames, order=order)
    index, member = grouped.members(torch.tensor(lengths), 45)
    for row, there, length in zip(index, member, lengths, strict=True):
        got = [group[m].tolist() for group, m in zip(row, there, strict=True) if m.any()]
        assert got == twin(length, frames, order)
        assert sorted(chain(*got)) == list(range(length))
        assert len({len(group) for group in got}) <= 2


@pytest.mark.parametrize("order", ["interleaved", "consecutive"])
def test_the_mean_of_the_groups_by_hand(order):
    frames, lengths = numbered(10, 4, 1)
    got = FrameGroups(network=Counts(), frames=3, order=order)(frames, lengths).flatten()
    expected = [sum(max(g) + 1 for g in twin(n, 3, order)) / len(twin(n, 3, order)) for n in (10, 4, 1)]
    torch.testing.assert_close(100 * got, torch.tensor(expected))


def test_one_bad_frame_of_a_hundred_moves_it_by_its_share_only():
    frames, lengths = torch.zeros(1, 100, 64, 64), torch.tensor([100])
    frames[0, 7] = 1
    assert FrameGroups(network=Counts(), frames=4)(frames, lengths).item() == pytest.approx(1 / 25)
    assert Counts()(frames, lengths).item() == 1


def test_a_sequence_as_long_as_in_training_goes_through_as_it_is():
    torch.manual_seed(0)
    network = GaitBase(width="tiny").eval()
    frames = (torch.rand(3, 4, 64, 64) < 0.5).to(torch.uint8)
    with torch.no_grad():
        assert torch.equal(FrameGroups(network=network, frames=4)(frames), network(frames))


def test_spans_facts_and_settings_are_kept(tmp_path):
    grouped = FrameGroups(network=GaitSet(width="tiny"), frames=5)
    assert grouped.spans == grouped.network.spans
    assert (grouped.channels, grouped.parts) == (grouped.network.channels, grouped.network.parts)
    save_model(grouped, tmp_path / "model")
    again = load_model(tmp_path / "model")
    assert isinstance(again, FrameGroups)
    assert (again.frames, again.order) == (5, "interleaved")


def test_settings_that_mean_nothing_are_refused():
    with pytest.raises(ConfigError, match="at least one, got 0"):
        FrameGroups(network=GaitBase(width="tiny"), frames=0)
    with pytest.raises(ConfigError, match="consecutive"):
        FrameGroups(network=GaitBase(width="tiny"), order="consecutve")
    with pytest.raises(ConfigError, match="cannot be a backbone"):
        FrameGroups(network=nn.Linear(2, 2))


def test_shapes_that_do_not_fit_are_refused():
    grouped = FrameGroups(network=GaitBase(width="tiny"))
    with pytest.raises(ShapeError, match=r"expected frames \[n, t, h, w\]"):
        grouped(torch.zeros(2, 64, 64))
    with pytest.raises(ShapeError, match="64x64"):
        grouped(torch.zeros(1, 6, 32, 32))
    with pytest.raises(ShapeError, match="between 1 and 6"):
        grouped(torch.zeros(2, 6, 64, 64), torch.tensor([6, 7]))
