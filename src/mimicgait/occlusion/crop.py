"""Crop a mask to what it holds, enlarge it and centre it, as whole numbers: the same bits on every device."""

import torch
from torch import Tensor


def crop(masks: Tensor) -> Tensor:
    """Crop masks to the rows that hold something, enlarge them to the full height, and centre them.

    All in whole numbers, so that every device finds the same: places are told in units of 1 / (2 h) pixel.
    Columns outside of a mask are empty, and so is what an empty mask becomes.

    Args:
        masks: bool `[m, h, w]`.

    >>> crop(torch.tensor([[[0, 0, 0, 0], [0, 0, 0, 0], [1, 0, 0, 0], [1, 0, 0, 0]]]).bool()).int().tolist()
    [[[0, 1, 1, 0], [0, 1, 1, 0], [0, 1, 1, 0], [0, 1, 1, 0]]]
    """
    _, h, w = masks.shape
    unit = 2 * h
    row, column = torch.arange(h, device=masks.device), torch.arange(w, device=masks.device)
    filled = masks.any(2)
    top = torch.where(filled, row, h - 1).amin(1, keepdim=True)
    kept = (torch.where(filled, row + 1, 0).amax(1, keepdim=True) - top).clamp_min(1)
    down = ((2 * row + 1) * kept - h).clamp_min(0).minimum(unit * (kept - 1)) + unit * top
    centre = torch.div(_median(masks, unit), 2 * kept, rounding_mode="floor")  # column of the enlarged mask
    across = (2 * (column - w // 2 + centre) + 1) * kept - h
    blended = _between(masks.to(torch.int32), down, unit, dim=1)
    return 2 * _between(blended, across, unit, dim=2) >= unit * unit


def _median(masks: Tensor, unit: int) -> Tensor:
    """Return the place left and right of which lie as many pixels, in parts of a column, int64 `[m, 1]`."""
    mass = masks.sum(1)
    reached = mass.cumsum(1)
    whole = reached[:, -1:]
    column = (2 * reached <= whole).sum(1, keepdim=True).clamp_max(masks.shape[2] - 1)
    before = (reached - mass).gather(1, column)
    return unit * column + unit * (whole - 2 * before) // (2 * mass.gather(1, column)).clamp_min(1)


def _between(values: Tensor, place: Tensor, unit: int, *, dim: int) -> Tensor:
    """Interpolate integers `[m, h, w]` along a dimension at places `[m, k]`, times `unit`; 0 outside."""
    size = values.shape[dim]
    lower = torch.div(place, unit, rounding_mode="floor")
    share = (place - lower * unit).to(values.dtype)
    found = torch.zeros((), dtype=values.dtype, device=values.device)
    for index, weight in ((lower, unit - share), (lower + 1, share)):
        inside = (index >= 0) & (index < size)
        weight, index = weight * inside, index.clamp(0, size - 1)
        shape = list(values.shape)
        shape[dim] = place.shape[1]
        spread = (index[:, :, None], weight[:, :, None]) if dim == 1 else (index[:, None], weight[:, None])
        found = found + values.gather(dim, spread[0].expand(shape)) * spread[1]
    return found
