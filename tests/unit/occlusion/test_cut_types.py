import pytest
import torch

from mimicgait.errors import ConfigError, ShapeError
from mimicgait.occlusion import Bottom, Changing, Kind, Middle, Occluded, Top


def column(values, dtype=torch.uint8):
    return torch.tensor(values, dtype=dtype).view(1, 1, -1, 1)


def test_top_worked_by_hand():
    # rows 0-2 of 8 cut; the rest 1 0 0 1 1 over 8 rows: centres at (r + .5) * 5/8 - .5 =
    # 0 (clamped), .44, 1.06, 1.69, 2.31, 2.94, 3.56, 4.19, whose nearest rows are 0 0 1 2 2 3 4 4
    seen = Top(amount=(0.375, 0.375))(column([1, 1, 1, 1, 0, 0, 1, 1]), torch.Generator())
    assert seen.frames.flatten().tolist() == [1, 1, 0, 0, 0, 1, 1, 1]
    assert seen.visible.flatten().tolist() == [False] * 3 + [True] * 5
    assert (seen.amount.item(), seen.kind.item()) == (0.375, Kind.TOP)


def test_bottom_worked_by_hand():
    seen = Bottom(amount=(0.375, 0.375))(column([1, 0, 0, 1, 1, 0, 0, 0]), torch.Generator())
    assert seen.frames.flatten().tolist() == [1, 1, 0, 0, 0, 1, 1, 1]
    assert seen.visible.flatten().tolist() == [True] * 5 + [False] * 3


def test_bottom_is_top_upside_down():
    frames = (torch.rand(20, 3, 64, 64, generator=torch.Generator().manual_seed(0)) < 0.5).to(torch.uint8)
    draws = torch.rand(20, 1, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    top, bottom = Top().apply(frames, draws), Bottom().apply(frames.flip(2), draws)
    assert torch.equal(top.frames, bottom.frames.flip(2))
    assert torch.equal(top.visible, bottom.visible.flip(2))


@pytest.mark.parametrize("kind", [Top, Bottom, Middle, Changing])
def test_amounts_fill_their_range_evenly(kind):
    seen = kind()(torch.ones(2000, 2, 64, 1, dtype=torch.uint8), torch.Generator().manual_seed(0))
    rows = (seen.amount * 64).round().int()
    counts = torch.bincount(rows)[26:39]
    assert counts.sum() == 2000
    assert counts[1:-1].min() > 110  # 156 expected of each but the outermost
    assert counts[1:-1].max() < 210


@pytest.mark.parametrize("dtype", [torch.uint8, torch.float32])
@pytest.mark.parametrize("kind", [Top, Bottom, Middle, Changing])
def test_amount_0_gives_the_frames_as_they_came(kind, dtype):
    frames = (torch.rand(2, 3, 64, 64) * 2).to(dtype)
    seen = kind(amount=(0, 0))(frames, torch.Generator())
    assert torch.equal(seen.frames, frames)
    assert seen.kind.tolist() == [Kind.NONE] * 2
    assert seen.amount.tolist() == [0, 0]


@pytest.mark.parametrize("kind", [Top, Bottom, Changing])
def test_one_row_always_stays(kind):
    seen = kind(amount=(1, 1))(torch.ones(1, 2, 64, 4, dtype=torch.uint8), torch.Generator())
    assert seen.amount.item() == 63 / 64
    assert seen.frames.all()


def test_middle_worked_by_hand():
    seen = Middle(amount=(0.4, 0.4))(column([1.0, 0.5, 0.5, 1.0, 1.0], torch.float32), torch.Generator())
    assert seen.frames.flatten().tolist() == [1.0, 0.0, 0.0, 1.0, 1.0]


def test_amounts_are_rounded_to_rows_halves_to_even():
    frames = torch.ones(1, 1, 10, 1, dtype=torch.uint8)
    rows = [
        round(10 * Top(amount=(a, a))(frames, torch.Generator()).amount.item()) for a in (0.44, 0.45, 0.46)
    ]
    assert rows == [4, 4, 5]


@pytest.mark.parametrize("kind", [Top, Bottom, Middle, Changing])
@pytest.mark.parametrize("amount", [(0.4, 1.1), (0.6, 0.4), 0.5, "ab", (True, None), (0.1,)])
def test_bad_amounts(kind, amount):
    with pytest.raises(ConfigError, match=r"^amount: expected"):
        kind(amount=amount)


def test_the_record_checks_itself():
    frames, visible = torch.zeros(2, 3, 4, 4), torch.ones(2, 3, 4, 4, dtype=torch.bool)
    kind, amount = torch.zeros(2, dtype=torch.int64), torch.zeros(2)
    assert Occluded(frames, visible, kind, amount).frame_amount.tolist() == [[0, 0, 0]] * 2
    for wrong in (
        (frames[0], visible[0], kind, amount),
        (frames, visible[:, :1], kind, amount),
        (frames, visible, kind[:1], amount),
        (frames, visible, kind, amount[:, None]),
    ):
        with pytest.raises(ShapeError, match="expected frames and visible"):
            Occluded(*wrong)
