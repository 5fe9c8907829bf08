"""Cut rows away at the top or the bottom, stretch the rest to the full height, re-binarise at half."""

import torch
from torch import Tensor


def stretch(frames: Tensor, top: Tensor, bottom: Tensor) -> Tensor:
    """Cut the rows [top, bottom) and stretch what is left; frames that lose nothing come back as they were.

    Linear interpolation with half-pixel centres and the border repeated, as OpenCV's and torch's, then 1
    where the value is at least half of the maximum, which is 1.

    Between two pixels of 0 or 1 that is the nearer one: with the weight x of the second, "(1 - x) a + x b is
    at least 1/2" says a for x < 1/2, b for x > 1/2, and "a or b" for x = 1/2. So rows of uint8 and bool
    frames, which hold two values, are only gathered.

    Args:
        frames: `[n, t, h, w]`.
        top: first row of the cut, int64 `[n, t]`; 0 for a cut at the top.
        bottom: row after the cut, int64 `[n, t]`; `h` for a cut at the bottom. At least one row must be left.
    """
    h = frames.shape[2]
    first = torch.where(top > 0, 0, bottom)[..., None]  # first row that is kept
    kept = (h - (bottom - top))[..., None]
    row = torch.arange(h, device=frames.device)
    # Where the centre of an output row falls among the kept rows: integers, in units of 1 / (2 h) row.
    place = ((2 * row + 1) * kept - h).clamp_min(0)
    lower, remainder = place // (2 * h), place % (2 * h)
    upper = torch.minimum(lower + 1, kept - 1)
    if frames.is_floating_point():
        wide = torch.promote_types(frames.dtype, torch.float32)
        above = _rows(frames, first + lower).to(wide)
        below = _rows(frames, first + upper).to(wide)
        weight = (remainder.to(wide) / (2 * h))[..., None]
        blend = below.sub_(above).mul_(weight).add_(above)
        return torch.where((bottom > top)[..., None, None], (blend >= 0.5).to(frames.dtype), frames)
    nearer = _rows(frames, first + torch.where(remainder > h, upper, lower))
    if h & (h - 1) == 0:
        # x = 1/2 asks for (2 row + 1) kept to be a multiple of 2 h: with h a power of two, kept is too small.
        return nearer
    return nearer | _rows(frames, first + torch.where(remainder >= h, upper, lower))


def _rows(frames: Tensor, index: Tensor) -> Tensor:
    """Put row `index[n, t, r]` of each frame at row r."""
    n, t, h, w = frames.shape
    start = torch.arange(n * t, device=frames.device).view(n, t, 1) * h
    return frames.reshape(-1, w).index_select(0, (start + index).flatten()).view(n, t, h, w)
