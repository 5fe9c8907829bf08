"""Networks that keep padding, as exported graphs do, give what they give without: any family, any length."""

import pytest
import torch

from mimicgait.errors import ConfigError
from mimicgait.models import MimicNetwork, VisibilityNetwork
from mimicgait.models.base import keeps_padding, padding_kept
from mimicgait.models.temporal import PaddedTimeline

ROUNDING = 1e-5
"""Allowed relative difference between two orders of the same float32 sums."""


def relative(got, expected):
    return ((got - expected).norm() / expected.norm()).item()


def computed_or_refused(network, batch, lengths):
    """What a network gives; None where an adapter says that its network cannot tell padding from frames."""
    try:
        return network(batch, lengths)
    except ConfigError as error:
        if lengths is None or "different lengths" not in str(error):
            raise
        return None


@pytest.mark.parametrize("lengths", [[9, 4, 3, 7], [1, 2, 6, 5], [7, 7, 7, 7], None])
@pytest.mark.parametrize("garbage", [0, 1])
def test_kept_padding_changes_nothing(backbone, frames, lengths, garbage):
    batch = frames(4, 9)
    if lengths is not None:
        lengths = torch.tensor(lengths)
        for sequence, length in zip(batch, lengths.tolist(), strict=True):
            sequence[length:] = garbage
    with torch.no_grad():
        expected = backbone(batch, lengths)
        with padding_kept():
            got = computed_or_refused(backbone, batch, lengths)
    if got is None:
        return
    differences = [relative(a, b) for a, b in zip(got, expected, strict=True)]
    assert max(differences) < ROUNDING, differences


def test_kept_padding_changes_no_guidance(frames):
    torch.manual_seed(0)
    ven, batch, lengths = VisibilityNetwork(width="tiny"), frames(3, 5), torch.tensor([5, 1, 3])
    with torch.no_grad():
        expected, whole = ven.guidance(batch, lengths), ven(batch, lengths)
        with padding_kept():
            torch.testing.assert_close(ven.guidance(batch, lengths), expected)
            torch.testing.assert_close(ven(batch, lengths).amount, whole.amount)
            assert not ven(batch, lengths).features[1, 1:].any()


def test_kept_padding_changes_no_guided_mimic(backbone, frames):
    torch.manual_seed(0)
    mimic = MimicNetwork(backbone, VisibilityNetwork(width="tiny")).eval()
    batch, lengths = frames(3, 6), torch.tensor([6, 2, 4])
    with torch.no_grad():
        expected = mimic(batch, lengths)
        with padding_kept():
            got = computed_or_refused(mimic, batch, lengths)
    assert got is None or relative(got, expected) < ROUNDING


def test_the_context_ends_also_after_an_error():
    def fail():
        with padding_kept():
            assert keeps_padding()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert not keeps_padding()


def test_padding_is_hidden_from_the_layers_along_time():
    maps = torch.arange(12.0).view(6, 2, 1, 1)  # two sequences of three frames, the second of two real ones
    time = PaddedTimeline(2, torch.tensor([3, 2]), maps.device)
    assert time.volumes(maps)[1, :, :, 0, 0].tolist() == [[6, 8, 0], [7, 9, 0]]
    assert torch.equal(time.images(time.volumes(maps))[:5], maps[:5])
    values, real = time.padded(maps[:, :, 0, 0])
    assert values[1].tolist() == [[6, 7], [8, 9], [0, 0]]
    assert real.tolist() == [[True, True, True], [True, True, False]]
