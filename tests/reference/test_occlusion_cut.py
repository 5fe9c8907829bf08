"""Top, bottom and changing against OpenCV's and torch's resize, and against exact fractions."""

from fractions import Fraction

import cv2
import numpy as np
import pytest
import torch
from torch.nn.functional import interpolate

from mimicgait.occlusion import Bottom, Changing, Top
from mimicgait.occlusion.stretch import stretch


def masks(*shape, seed=0, share=0.5):
    return np.random.default_rng(seed).random(shape) < share


def blob_masks(n):
    """Blurred noise at half: borders as smooth as those of silhouettes."""
    noise = np.random.default_rng(1).random((n, 64, 64)).astype(np.float32)
    return np.stack([cv2.GaussianBlur(frame, (0, 0), 3) > 0.5 for frame in noise])


@pytest.mark.parametrize("cut", range(64))
@pytest.mark.parametrize("side", [Top, Bottom])
def test_equals_opencv_and_torch_for_every_cut(side, cut):
    original = np.concatenate([masks(4, 64, 64), masks(2, 64, 64, share=0.9), blob_masks(4)])
    rest = original[:, cut:] if side is Top else original[:, : 64 - cut]
    occlusion = side(amount=(cut / 64, cut / 64))
    frames = torch.from_numpy(original.astype(np.uint8))[None]
    seen = occlusion(frames, torch.Generator())
    ours = seen.frames[0].numpy()
    assert seen.amount.item() == cut / 64

    by_torch = interpolate(torch.from_numpy(rest).double()[None], (64, 64), mode="bilinear")[0] >= 0.5
    np.testing.assert_array_equal(ours, by_torch.numpy())
    for i, frame in enumerate(rest):
        as_float = cv2.resize(frame.astype(np.float32), (64, 64), interpolation=cv2.INTER_LINEAR) >= 0.5
        np.testing.assert_array_equal(ours[i], as_float)
        as_bytes = cv2.resize(frame.astype(np.uint8) * 255, (64, 64), interpolation=cv2.INTER_LINEAR)
        np.testing.assert_array_equal(ours[i], as_bytes >= 128)
    in_float = occlusion(frames.float(), torch.Generator()).frames[0].numpy()
    np.testing.assert_array_equal(in_float, ours)


def exact_stretch(values, height):
    """Linear interpolation of a column of pixels to a height, thresholded at half, in exact fractions."""
    kept = len(values)
    out = []
    for row in range(height):
        place = max(Fraction(2 * row + 1, 2) * Fraction(kept, height) - Fraction(1, 2), Fraction(0))
        first = int(place)
        second = min(first + 1, kept - 1)
        weight = place - first
        value = (1 - weight) * Fraction(values[first]) + weight * Fraction(values[second])
        out.append(int(value >= Fraction(1, 2)))
    return out


@pytest.mark.parametrize("height", [*range(1, 21), 24, 30, 40])
def test_gathering_rows_equals_interpolation_in_exact_fractions_ties_included(height):
    columns = masks(height, 5, seed=height).astype(np.uint8)
    frames = torch.from_numpy(columns)[None, None]
    for kept in range(1, height + 1):
        for top, bottom in ((0, height - kept), (kept, height)):
            rest = columns[bottom:] if top == 0 else columns[:top]
            expected = np.array([exact_stretch(column.tolist(), height) for column in rest.T]).T
            edges = torch.tensor([[top]]), torch.tensor([[bottom]])
            for dtype in (torch.uint8, torch.bool, torch.float32, torch.float64):
                got = stretch(frames.to(dtype), *edges)[0, 0].to(torch.uint8).numpy()
                np.testing.assert_array_equal(got, expected, err_msg=f"{kept} of {height} rows, {dtype}")


def test_there_are_ties_in_the_heights_tested_above():
    ties = [
        (r, k, h)
        for h in range(1, 25)
        for k in range(1, h)
        for r in range(h)
        if (2 * r + 1) * k % (2 * h) == 0
    ]
    assert (1, 2, 3) in ties
    assert not any(h & (h - 1) == 0 for _, _, h in ties)


@pytest.mark.parametrize("side", [Top, Bottom])
def test_grey_frames_are_truly_interpolated(side):
    grey = np.random.default_rng(4).random((5, 16, 6))
    frames = torch.from_numpy(grey)[None]
    got = side(amount=(0.4, 0.4))(frames, torch.Generator()).frames[0]
    rest = grey[:, 6:] if side is Top else grey[:, :10]
    for f in range(5):
        for x in range(6):
            assert got[f, :, x].tolist() == exact_stretch(rest[f, :, x].tolist(), 16)
    nearest = side(amount=(0.4, 0.4))((frames >= 0.5).to(torch.uint8), torch.Generator()).frames[0]
    assert (nearest != got).any(), "the case must tell interpolation from picking rows"


@pytest.mark.parametrize("value", [255, 7])
def test_bytes_of_other_two_values_are_cut_alike(value):
    frames = torch.from_numpy(masks(1, 3, 64, 64).astype(np.uint8))
    ones = Top()(frames, torch.Generator().manual_seed(0)).frames
    assert torch.equal(Top()(frames * value, torch.Generator().manual_seed(0)).frames, ones * value)


def test_changing_is_top_then_bottom_or_the_reverse_at_half_the_length():
    frames = torch.from_numpy(masks(3, 7, 64, 64).astype(np.uint8))
    lengths = [7, 4, 1]
    for order, (first, second) in {0.49: (Top, Bottom), 0.5: (Bottom, Top)}.items():
        draws = torch.tensor([[0.0, order], [0.5, order], [0.99, order]], dtype=torch.float64)
        seen = Changing().apply(frames, draws, torch.tensor(lengths))
        for i, length in enumerate(lengths):
            for f in range(length):
                side = first if f < length // 2 else second
                one = side().apply(frames[i : i + 1, f : f + 1], draws[i : i + 1, :1])
                assert torch.equal(seen.frames[i, f], one.frames[0, 0])
                assert torch.equal(seen.visible[i, f], one.visible[0, 0])
                assert seen.amount[i] == pytest.approx(one.amount[0].item(), abs=1e-7)
