import pytest
import torch

from mimicgait.errors import ConfigError
from mimicgait.occlusion import Kind, MovingPatch, MovingPole

FRAMES = torch.ones(1, 130, 64, 64, dtype=torch.uint8)


def hidden_columns(seen, frame):
    return (~seen.visible[0, frame]).any(0).nonzero().flatten().tolist()


def test_a_pole_worked_by_hand():
    # 0.25 of 64 columns at 0.5 pixels a frame from the left: one column every second frame.
    pole = MovingPole(width=(0.25, 0.25), speed=(0.5, 0.5), enter="left")
    seen = pole(FRAMES, torch.Generator())
    assert hidden_columns(seen, 0) == list(range(16))
    assert hidden_columns(seen, 1) == list(range(16))
    assert hidden_columns(seen, 2) == list(range(1, 17))
    assert hidden_columns(seen, 100) == list(range(50, 64))
    assert hidden_columns(seen, 127) == [63]
    assert hidden_columns(seen, 128) == []
    assert (~seen.visible[0, 5]).sum() == 16 * 64


@pytest.mark.parametrize("kind", [MovingPatch, MovingPole])
def test_from_the_right_is_the_mirror_of_from_the_left(kind):
    draws = torch.rand(9, kind.draws, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    frames = FRAMES.expand(9, -1, -1, -1)
    left, right = kind(enter="left").apply(frames, draws), kind(enter="right").apply(frames, draws)
    assert torch.equal(left.visible.flip(3), right.visible)
    assert not torch.equal(left.visible, right.visible)


def test_either_takes_both_sides_and_the_first_frame_holds_the_whole_thing():
    pole = MovingPole(width=(0.25, 0.25))
    frames = FRAMES[:, :1].expand(200, -1, -1, -1)
    seen = pole(frames, torch.Generator().manual_seed(0))
    left, right = ~seen.visible[:, 0, 0, 0], ~seen.visible[:, 0, 0, 63]
    assert bool((left ^ right).all())
    assert 60 < int(left.sum()) < 140
    assert torch.equal(seen.amount, torch.full((200,), 0.25))


def test_the_patch_lies_inside_and_its_vertical_place_is_uniform():
    patch = MovingPatch(height=(0.5, 0.5), width=(0.5, 0.5), enter="left")
    frames = FRAMES[:, :1].expand(3300, -1, -1, -1)
    seen = patch(frames, torch.Generator().manual_seed(0))
    hidden = ~seen.visible[:, 0, :, 0]
    assert torch.equal(hidden.sum(1), torch.full((3300,), 32))
    counts = torch.bincount(hidden.int().argmax(1), minlength=33)
    assert len(counts) == 33  # 0 to 32: the whole patch inside
    assert counts.min() > 60  # 100 expected of each
    assert counts.max() < 145
    assert seen.kind.unique().tolist() == [Kind.PATCH]


def test_sizes_and_speeds_stay_in_their_ranges():
    seen = MovingPatch(enter="left")(FRAMES[:, :60].expand(300, -1, -1, -1), torch.Generator().manual_seed(0))
    hidden = ~seen.visible
    rows, columns = hidden[:, 0].any(2).sum(1), hidden[:, 0].any(1).sum(1)
    for size in (rows, columns):
        assert size.min() in (26, 27)  # 0.4 * 64 = 25.6
        assert size.max() in (37, 38)  # 0.6 * 64 = 38.4
    assert torch.corrcoef(torch.stack([rows, columns]).float())[0, 1].abs() < 0.2
    way = (~hidden[:, 20].any(1)).int().argmin(1)  # leading columns that are free again
    assert way.min() >= 10
    assert way.max() <= 20


def test_a_hidden_share_of_nothing_is_no_occlusion():
    seen = MovingPole(width=(0, 0))(FRAMES, torch.Generator())
    assert seen.kind.tolist() == [Kind.NONE]
    assert seen.amount.tolist() == [0]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"width": (40, 60)}, "not per cent"),
        ({"width": 0.5}, r"Write \(x, x\)"),
        ({"height": (0.6, 0.4)}, "low <= high"),
        ({"height": (-0.1, 0.4)}, "0 <= low"),
        ({"height": ("a", 0.4)}, "two numbers"),
        ({"speed": (0.5, float("nan"))}, "two numbers"),
        ({"speed": (0.5, 1.0, 2.0)}, "two numbers"),
        ({"enter": "lefft"}, "did you mean 'left'"),
        ({"place": "top"}, "anywhere, bottom"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ConfigError, match=message):
        MovingPatch(**arguments)
