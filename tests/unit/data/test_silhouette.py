import time

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimicgait.data import Dropped, DropReason, normalise, normalise_sequence
from mimicgait.errors import ConfigError, ShapeError


def person(h=220, w=160, left=60, top=20, bottom=200, width=40):
    """Draw a person: a box with a head."""
    mask = np.zeros((h, w), np.uint8)
    mask[top + 20 : bottom, left : left + width] = 255
    mask[top : top + 20, left + 10 : left + 30] = 255
    return mask


def test_the_person_fills_the_height_and_stands_in_the_middle():
    frame = normalise(person())
    assert frame.shape == (64, 64)
    assert frame.dtype == np.uint8
    assert set(np.unique(frame)) == {0, 1}
    assert frame[0].any()
    assert frame[-1].any()
    columns = np.flatnonzero(frame.any(axis=0))
    assert abs((columns[0] + columns[-1]) / 2 - 32) <= 1
    # 40 columns of a person 180 rows high become 40 * 64 / 180 = 14.2.
    assert len(columns) == pytest.approx(40 * 64 / 180, abs=1)


def test_worked_example_without_resampling():
    # 64 rows are not resized. Columns 10 to 19 hold 640 pixels. After column 14 there are 320, which is not
    # more than half; after column 15 there are 384. The centre is 15; column 10 lands at 10 - (15 - 32) = 27.
    mask = np.zeros((100, 50), np.uint8)
    mask[20:84, 10:20] = 255
    frame = normalise(mask)
    assert np.flatnonzero(frame.any(axis=0)).tolist() == list(range(27, 37))
    assert frame.sum() == 640


def test_a_mask_as_wide_as_the_window_needs_no_padding():
    mask = np.zeros((64, 200), np.uint8)
    mask[:, 90:110] = 255
    assert np.flatnonzero(normalise(mask).any(axis=0)).tolist() == list(range(22, 42))


@pytest.mark.parametrize("scale", [1, 255])
@pytest.mark.parametrize("kind", [np.uint8, np.bool_])
def test_zero_and_one_mean_the_same_as_black_and_white(scale, kind):
    mask = person()
    assert np.array_equal(normalise((mask // 255 * scale).astype(kind)), normalise(mask))


def test_a_reader_only_and_a_strided_mask_are_taken_as_they_are():
    mask = person(440, 320, left=120, width=80, bottom=400)[::2, ::2]
    expected = normalise(np.ascontiguousarray(mask))
    mask.flags.writeable = False
    before = mask.copy()
    assert np.array_equal(normalise(mask), expected)
    assert np.array_equal(mask, before)


def test_grey_is_kept_on_request():
    grey = normalise(person(), threshold=None)
    assert grey.max() == 255
    assert len(np.unique(grey)) > 2
    assert np.array_equal((grey > 127).astype(np.uint8), normalise(person()))


def test_threshold_moves_the_edge():
    sizes = [normalise(person(), threshold=share).sum() for share in (0.1, 0.5, 0.9)]
    assert sizes[0] > sizes[1] > sizes[2]


def test_interpolations_differ_only_at_the_edge():
    mask = np.zeros((220, 160), np.uint8)
    cv2.ellipse(mask, (80, 110), (35, 90), 8, 0, 360, 255, -1)
    cubic, area, linear = (normalise(mask, interpolation=name) for name in ("cubic", "area", "linear"))
    assert 0 < (cubic != area).sum() < 40
    assert (cubic != linear).sum() < 40
    greys = [normalise(mask, interpolation=name, threshold=None) for name in ("cubic", "linear")]
    assert (greys[0] != greys[1]).any()


def test_another_size():
    frame = normalise(person(), size=128)
    assert frame.shape == (128, 128)
    assert frame[0].any()
    assert frame[-1].any()


@pytest.mark.parametrize(
    ("mask", "reason"),
    [
        (np.zeros((100, 80), np.uint8), DropReason.EMPTY),
        (np.zeros((0, 80), np.uint8), DropReason.EMPTY),
        (np.pad(np.full((39, 1), 255, np.uint8), 9), DropReason.TOO_SMALL),
        (np.full((1000, 3), 255, np.uint8), DropReason.TOO_NARROW),
        (np.pad(np.full((64, 3), 255, np.uint8), ((0, 0), (0, 0))), None),
        (np.pad(np.full((64, 1), 255, np.uint8), ((0, 0), (0, 9))), DropReason.OFF_CENTRE),
    ],
)
def test_reasons_for_dropping(mask, reason):
    result = normalise(mask)
    assert (result.reason if isinstance(result, Dropped) else None) == reason


def test_the_limit_of_mass_is_that_of_the_field():
    # 39 white pixels sum up to 9945, 40 to 10200; a mask is dropped at 10000 or less.
    mask = np.zeros((60, 60), np.uint8)
    mask[10:50, 30] = 255
    assert not isinstance(normalise(mask), Dropped)
    mask[10, 30] = 0
    assert normalise(mask) == Dropped(DropReason.TOO_SMALL)
    assert normalise(mask // 255) == Dropped(DropReason.TOO_SMALL)


def test_thin_things_may_vanish():
    # One grey row below half of white is the whole person.
    mask = np.zeros((300, 300), np.uint8)
    mask[10:200, 100:140] = 100
    assert normalise(mask) == Dropped(DropReason.VANISHED)


def test_sequence_keeps_order_and_gives_every_reason():
    masks = [person(), np.zeros((9, 9), np.uint8), person(left=20), person(h=300, w=500)]
    frames, kept, dropped = normalise_sequence(masks)
    assert kept.tolist() == [0, 2, 3]
    assert dropped == {1: DropReason.EMPTY}
    assert all(np.array_equal(frames[row], normalise(masks[i])) for row, i in enumerate(kept))


def test_sequence_of_nothing():
    frames, kept, dropped = normalise_sequence(np.zeros((2, 30, 30), np.uint8))
    assert (frames.shape, frames.dtype, kept.shape, len(dropped)) == ((0, 64, 64), np.uint8, (0,), 2)
    assert normalise_sequence([]).frames.shape == (0, 64, 64)


@pytest.mark.parametrize(
    "mask", [np.zeros((3, 4, 4), np.uint8), np.zeros((4, 4), np.float32), np.zeros(4, bool)]
)
def test_other_arrays_are_refused(mask):
    with pytest.raises(ShapeError, match=r"\[h, w\]"):
        normalise(mask)


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"interpolation": "cubik"}, "did you mean 'cubic'"),
        ({"size": 63}, "even"),
        ({"threshold": 1.0}, "threshold"),
        ({"threshold": -0.1}, "threshold"),
    ],
)
def test_other_settings_are_refused(setting, message):
    with pytest.raises(ConfigError, match=message):
        normalise(person(), **setting)


@given(
    h=st.integers(1, 90),
    w=st.integers(1, 90),
    density=st.floats(0, 1),
    seed=st.integers(0, 99),
    grey=st.booleans(),
)
def test_any_mask_gives_a_full_height_silhouette_or_a_reason(h, w, density, seed, grey):
    rng = np.random.default_rng(seed)
    mask = (rng.random((h, w)) < density) * rng.integers(1, 256, (h, w) if grey else 1)
    result = normalise(mask.astype(np.uint8))
    if not isinstance(result, Dropped):
        assert result.shape == (64, 64)
        assert set(np.unique(result)) <= {0, 1}
        assert result.any()


def test_a_mask_is_normalised_quickly():
    mask, blocks = person(), []
    for _ in range(20):
        start = time.process_time()
        for _ in range(20):
            normalise(mask)
        blocks.append((time.process_time() - start) / 20)
    assert min(blocks) < 150e-6, f"{min(blocks) * 1e6:.0f} us for a mask of {mask.shape}"
