import numpy as np
import pytest
import torch

from mimicgait.data import Augment, Erase, Flip, Perspective, Rotate
from mimicgait.errors import ConfigError, ShapeError

ALL = [Flip, Rotate, Perspective, Erase]


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.fixture
def frames():
    """Make 6 sequences of 4 frames: blobs with a ragged edge, the last frames being padding."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:64, :64]
    centre = rng.uniform(24, 40, (2, 6, 4, 1, 1))
    blobs = ((y - centre[0]) / 24) ** 2 + ((x - centre[1]) / 12) ** 2 < 1
    blobs &= rng.random((6, 4, 64, 64)) < 0.95
    blobs[:, 3] = False
    return torch.from_numpy(blobs.astype(np.uint8))


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize("dtype", [torch.uint8, torch.float32])
def test_type_shape_range_and_input_are_kept(frames, kind, dtype):
    frames = frames.to(dtype)
    before = frames.clone()
    result = kind(1.0)(frames, generator())
    assert (result.shape, result.dtype) == (frames.shape, dtype)
    assert torch.equal(frames, before)
    assert not torch.equal(result, frames)
    assert result.min() >= 0
    assert result.max() <= 1


@pytest.mark.parametrize("kind", ALL)
def test_padding_stays_black(frames, kind):
    assert not kind(1.0)(frames, generator())[:, 3].any()


@pytest.mark.parametrize("kind", ALL)
def test_never_and_always(frames, kind):
    assert torch.equal(kind(0.0)(frames, generator()), frames)
    changed = (kind(1.0)(frames, generator()) != frames).flatten(1).any(1)
    assert changed.all()


@pytest.mark.parametrize("kind", ALL)
def test_the_generator_decides(frames, kind):
    first, again = kind(0.5)(frames, generator(1)), kind(0.5)(frames, generator(1))
    assert torch.equal(first, again)
    assert any(not torch.equal(first, kind(0.5)(frames, generator(seed))) for seed in range(2, 6))


@pytest.mark.parametrize("kind", ALL)
def test_a_share_of_the_sequences_is_changed(kind):
    frames = (torch.rand(600, 1, 64, 64, generator=generator()) < 0.5).to(torch.uint8)
    changed = (kind(0.3)(frames, generator()) != frames).flatten(1).any(1).float().mean().item()
    assert changed == pytest.approx(0.3, abs=0.06)


@pytest.mark.parametrize("kind", ALL)
def test_one_draw_for_all_frames_of_a_sequence(kind, frames):
    still = frames[:, :1].expand(-1, 4, -1, -1)
    result = kind(1.0)(still, generator())
    assert torch.equal(result, result[:, :1].expand_as(result))


@pytest.mark.parametrize("kind", ALL)
def test_every_sequence_has_its_own_draw(kind, frames):
    if kind is Flip:
        return
    same = frames[:1].expand(6, -1, -1, -1)
    result = kind(1.0)(same, generator())
    assert len({row.numpy().tobytes() for row in result}) == 6


@pytest.mark.parametrize("kind", ALL)
def test_a_sequence_does_not_depend_on_the_frames_of_others(kind, frames):
    result = kind(0.5)(frames, generator())
    others = frames.clone()
    others[1:] = 1 - others[1:]
    assert torch.equal(kind(0.5)(others, generator())[0], result[0])


def test_flip_mirrors(frames):
    assert torch.equal(Flip(1.0)(frames, generator()), frames.flip(3))


@pytest.mark.parametrize("angle", [-90, 90])
def test_a_quarter_turn(frames, angle):
    turned = Rotate(1.0, degrees=90).change(frames, torch.full((6, 1), angle / 180 + 0.5))
    expected = torch.rot90(frames, 1 if angle > 0 else -1, (2, 3))
    assert (turned != expected).float().mean() < 0.001


def test_rotation_stays_within_its_limit():
    # A bar of 60 rows leans by at most 30 * tan(10 degrees) = 5.3 columns at its ends.
    bar = torch.zeros(200, 1, 64, 64, dtype=torch.uint8)
    bar[:, :, 2:62, 31:33] = 1
    result = Rotate(1.0, degrees=10)(bar, generator())
    columns = torch.where(result[:, 0, 4] > 0, torch.arange(64.0), torch.nan).nanmean(-1)
    assert columns.min() >= 31.5 - 6
    assert columns.max() <= 31.5 + 6
    assert columns.max() - columns.min() > 7


def test_perspective_moves_corners_sideways_within_ten_columns():
    full = torch.ones(300, 1, 64, 64, dtype=torch.uint8)
    result = Perspective(1.0)(full, generator())[:, 0]
    assert result[:, :, 10:54].all()
    assert result.any(-1).all()  # every row is still there
    for row in (0, 63):
        left = result[:, row].int().argmax(-1)
        assert set(left.tolist()) == set(range(11))


def test_perspective_of_nothing_is_nothing(frames):
    assert torch.equal(Perspective(1.0, columns=0)(frames, generator()), frames)


def test_erased_rectangles_have_the_area_and_aspect_that_were_asked_for():
    full = torch.ones(500, 2, 64, 64, dtype=torch.uint8)
    gone = 1 - Erase(1.0, area=(0.05, 0.2), aspect=0.3)(full, generator())[:, 0]
    heights, widths = gone.any(2).sum(1), gone.any(1).sum(1)
    assert torch.equal(heights * widths, gone.flatten(1).sum(1))  # they are rectangles
    share = gone.float().flatten(1).mean(1)
    assert share.min() >= 0.045
    assert share.max() <= 0.21
    assert share.mean().item() == pytest.approx(0.125, abs=0.01)
    ratio = heights / widths
    assert ratio.min() >= 0.25
    assert ratio.max() <= 3.7
    assert gone.any(0).any(0).all()  # they reach every column
    assert gone.any(0).any(1).all()  # and every row


def test_they_are_applied_in_order(frames):
    augment = Augment([Flip(0.5), Erase(0.5)])
    draws = generator(3)
    expected = Erase(0.5)(Flip(0.5)(frames, draws), draws)
    assert torch.equal(augment(frames, generator(3)), expected)
    assert torch.equal(Augment([])(frames, generator()), frames)


def test_no_sequence_at_all(frames):
    for kind in ALL:
        assert kind(1.0)(frames[:0], generator()).shape == (0, 4, 64, 64)


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize("p", [-0.1, 1.1])
def test_other_probabilities_are_refused(kind, p):
    with pytest.raises(ConfigError, match=f"{kind.__name__}: p must be between 0 and 1"):
        kind(p)


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        (Perspective, {"columns": 32}),
        (Perspective, {"columns": -1}),
        (Erase, {"area": (0.3, 0.2)}),
        (Erase, {"area": (0.1, 1.2)}),
        (Erase, {"aspect": 0}),
        (Rotate, {"degrees": -1}),
    ],
)
def test_other_settings_are_refused(kind, settings):
    with pytest.raises(ConfigError, match=kind.__name__):
        kind(**settings)


def test_other_shapes_are_refused(frames):
    with pytest.raises(ShapeError, match=r"\[n, t, h, w\]"):
        Flip()(frames[0], generator())
