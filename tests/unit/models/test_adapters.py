"""Adapters: what they find out about a network, what they refuse, and which frames a window holds."""

import copy
import sys
from pathlib import Path

import pytest
import torch
from torch import nn

sys.path.append(str(Path(__file__).parents[2] / "contract"))

from plain_networks import Clips, Images, Masked, Sequences, Vectors

from mimicgait.errors import CheckpointError, ConfigError
from mimicgait.models import construct, load_model, save_model
from mimicgait.models.adapters import ClipEncoder, FrameEncoder, SequenceEncoder, TimmModel, VideoResNet
from mimicgait.models.adapters.windows import padded_window_frames, window_frames


class Told(nn.Module):
    """Gives whatever it was told to."""

    def __init__(self, *, answer):
        super().__init__()
        self.answer = answer

    def forward(self, *_):
        return self.answer


@pytest.mark.parametrize("window", [1, 3, 4, 7])
@pytest.mark.parametrize("stride", [1, 2, 3, 4])
def test_windows_by_hand(window, stride):
    if stride > window:
        return
    lengths = [1, 2, 3, 4, 5, 8, 11]
    expected, counts, first = [], [], 0
    for length in lengths:
        starts = [0]
        while starts[-1] + window < length:
            starts.append(min(starts[-1] + stride, length - window))
        expected += [[first + (start + i) % length for i in range(window)] for start in starts]
        counts.append(len(starts))
        first += length
    places, got = window_frames(torch.tensor(lengths), window, stride)
    assert got.tolist() == counts
    assert places.tolist() == expected
    padded = padded_window_frames(torch.tensor(lengths), 11, window, stride).view(len(lengths), -1, window)
    offset, row = 0, 0
    for i, (length, count) in enumerate(zip(lengths, counts, strict=True)):
        own = {tuple(p - offset for p in places) for places in expected[row : row + count]}
        assert {tuple(p - 11 * i for p in places) for places in padded[i].tolist()} == own
        offset, row = offset + length, row + count


def test_an_adapter_states_what_it_found():
    assert (FrameEncoder(network=Images(4), channels=None, strips=8).channels) == 8
    assert (FrameEncoder(network=Vectors()).channels, FrameEncoder(network=Vectors()).parts) == (256, 1)
    clips = ClipEncoder(network=Clips(6), channels=None, strips=2)
    assert (clips.channels, clips.parts, clips.window, clips.stride) == (6, 2, 16, 16)
    assert (SequenceEncoder(network=Sequences(5)).channels, SequenceEncoder(network=Sequences(5)).parts) == (
        5,
        1,
    )
    masked = SequenceEncoder(network=Masked(5), layout="ncthw", takes_lengths=True)
    assert (masked.channels, masked.parts) == (5, 8)


def test_finding_out_leaves_the_network_as_it_was():
    network = Images()
    network.norm.eval()
    before = copy.deepcopy(network.state_dict())
    FrameEncoder(network=network)
    assert network.training
    assert not network.norm.training
    assert all(torch.equal(value, before[key]) for key, value in network.state_dict().items())


def test_embeddings_are_strips_of_the_maximum_over_frames():
    torch.manual_seed(0)
    network = Images(4).eval()
    encoder = FrameEncoder(network=network, channels=None, strips=4).eval()
    frames = (torch.rand(2, 5, 64, 64) > 0.5).float()
    maps = torch.stack([network(sequence[:, None]).amax(0) for sequence in frames])
    strips = maps.view(2, 8, 4, -1)
    torch.testing.assert_close(encoder(frames), strips.mean(-1) + strips.amax(-1))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: FrameEncoder(network=Images(), strips=3), r"8 rows .* got 3; possible are 1, 2, 4, 8"),
        (lambda: FrameEncoder(network=Vectors(), strips=2), "possible are 1;"),
        (lambda: FrameEncoder(network=Images(), channels=0), "channels must be positive"),
        (lambda: FrameEncoder(network=Images(), size=[64]), "two positive numbers"),
        (lambda: FrameEncoder(network=Images(), colours=2), "colours must be 1, or 3"),
        (lambda: FrameEncoder(network=Images(colours=3)), r"Images cannot take an input of \(1, 1, 64, 64\)"),
        (lambda: FrameEncoder(network=Told(answer=(1, 2))), "Told gave a tuple; expected one tensor"),
        (lambda: FrameEncoder(network=Told(answer=torch.zeros(1, 17, 9))), r"Told gave \(1, 17, 9\)"),
        (lambda: ClipEncoder(network=Clips(), window=None, stride=2), "stride needs a window"),
        (lambda: ClipEncoder(network=Clips(), window=4, stride=5), "1 <= stride <= window, got 4 and 5"),
        (lambda: ClipEncoder(network=Clips(), window=0), "window >= 1"),
        (lambda: SequenceEncoder(network=Sequences(), layout="nhwt"), "did you mean 'nthw'"),
        (lambda: SequenceEncoder(network=Clips(), layout="ncthw"), r"expected embeddings \[n, c\]"),
    ],
)
def test_what_cannot_work_is_refused_with_what_can(make, message):
    with pytest.raises(ConfigError, match=message):
        make()


@pytest.mark.parametrize(
    ("package", "make"),
    [("timm", lambda: TimmModel(model="resnet18")), ("torchvision", lambda: VideoResNet())],
)
def test_a_missing_extra_is_named(package, make, monkeypatch):
    for name in (package, f"{package}.models", f"{package}.models.video"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ConfigError, match=rf"{package} cannot be used here .* 'mimicgait\[vision\]'"):
        make()


def test_a_network_that_nobody_can_describe_is_refused_before_anything_is_written(tmp_path):
    with pytest.raises(CheckpointError, match=r"Images cannot be saved: .* mimicgait.models.construct"):
        save_model(FrameEncoder(network=Images()), tmp_path / "model")
    assert not list(tmp_path.iterdir())


def test_a_checkpoint_with_a_users_network_needs_trust(tmp_path):
    save_model(FrameEncoder(network=construct(Images, {"width": 4})), tmp_path / "model")
    with pytest.raises(CheckpointError, match=r"'plain_networks.Images' is outside the trusted packages"):
        load_model(tmp_path / "model")
    assert load_model(tmp_path / "model", trust=["plain_networks"]).network.conv1.out_channels == 4
