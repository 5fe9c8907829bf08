"""Middle, patch and pole against loops over sequences, frames and pixels."""

import math

import numpy as np
import pytest
import torch

from mimicgait.occlusion import Middle, MovingPatch, MovingPole


def share(uniform, span):
    return span[0] + (span[1] - span[0]) * uniform


def hidden_by_middle(occlusion, draws, frame, h, w):
    rows = round(share(draws[0], occlusion.amount) * h)
    top = (h - rows) // 2
    return range(top, top + rows), range(w)


def columns(occlusion, width, speed, side, frame, w):
    """Columns hidden in a frame by a thing that starts flush with the side where it enters."""
    way = math.floor(share(speed, occlusion.speed) * frame)
    cover = [x for x in range(w) if way <= x < way + width]
    from_left = occlusion.enter == "left" or (occlusion.enter == "either" and side < 0.5)
    return cover if from_left else [w - 1 - x for x in cover]


def hidden_by_patch(occlusion, draws, frame, h, w):
    rows, width = round(share(draws[0], occlusion.height) * h), round(share(draws[1], occlusion.width) * w)
    top = h - rows if occlusion.place == "bottom" else int(draws[2] * (h - rows + 1))
    return range(top, top + rows), columns(occlusion, width, draws[3], draws[4], frame, w)


def hidden_by_pole(occlusion, draws, frame, h, w):
    width = round(share(draws[0], occlusion.width) * w)
    return range(h), columns(occlusion, width, draws[1], draws[2], frame, w)


CASES = [
    (Middle(), hidden_by_middle),
    (Middle(amount=(0, 1)), hidden_by_middle),
    (MovingPatch(), hidden_by_patch),
    (MovingPatch(height=(0, 1), width=(0, 1), speed=(0, 9)), hidden_by_patch),
    (MovingPatch(enter="left", place="bottom", height=(0.3, 0.5), speed=(0.5, 2)), hidden_by_patch),
    (MovingPatch(enter="right"), hidden_by_patch),
    (MovingPole(), hidden_by_pole),
    (MovingPole(width=(0.9, 1.0), speed=(3, 3), enter="right"), hidden_by_pole),
]


@pytest.mark.parametrize(("occlusion", "hidden_by"), CASES, ids=[repr(case[0]) for case in CASES])
@pytest.mark.parametrize(("h", "w"), [(64, 64), (10, 7)])
@pytest.mark.parametrize("dtype", [torch.uint8, torch.float32])
def test_equals_loops_over_pixels(occlusion, hidden_by, h, w, dtype):
    rng = np.random.default_rng(0)
    n, t = 6, 12
    frames = torch.from_numpy(
        rng.random((n, t, h, w)) if dtype == torch.float32 else rng.integers(0, 2, (n, t, h, w))
    )
    frames = frames.to(dtype)
    draws = rng.random((n, occlusion.draws))
    lengths = [12, 12, 12, 5, 1, 0]
    visible = np.ones((n, t, h, w), bool)
    for i in range(n):
        for f in range(lengths[i]):
            rows, cols = hidden_by(occlusion, draws[i], f, h, w)
            for y in rows:
                for x in cols:
                    visible[i, f, y, x] = False
    seen = occlusion.apply(frames, torch.from_numpy(draws), torch.tensor(lengths))
    np.testing.assert_array_equal(seen.visible.numpy(), visible)
    np.testing.assert_array_equal(seen.frames.numpy(), np.where(visible, frames.numpy(), 0))
    for i in range(n):
        area = lengths[i] * h * w
        assert seen.amount[i].item() == pytest.approx((~visible[i]).sum() / area if area else 0, abs=1e-7)
