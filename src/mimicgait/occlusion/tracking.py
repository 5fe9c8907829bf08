"""What a tracker does about frames in which it lost the person: it keeps the last one that it saw."""

import torch
from torch import Tensor

from mimicgait.types import frame_mask


def hold(kept: Tensor, lengths: Tensor) -> Tensor:
    """Say which frame stands in each place: itself, or the last one before it that was kept.

    The first frames, if they are lost, show the first one that was kept. A sequence of which nothing is kept,
    and padding, stay as they are.

    Args:
        kept: bool `[n, t]`.
        lengths: int64 `[n]`.

    Returns:
        int64 `[n, t]`, positions of frames.

    >>> hold(torch.tensor([[False, True, False, False, True, False]]), torch.tensor([5])).tolist()
    [[1, 1, 1, 1, 4, 5]]
    """
    n, t = kept.shape
    place = torch.arange(t, device=kept.device).expand(n, t)
    if not t:
        return place
    real = frame_mask(lengths, t)
    kept = kept & real
    first = torch.where(kept, place, t).amin(1, keepdim=True)
    last = torch.where(kept, place, -1).cummax(1).values
    return torch.where(real & (first < t), torch.where(last < 0, first, last), place)


def take(frames: Tensor, chosen: Tensor) -> Tensor:
    """Put frame `chosen[n, t]` of each sequence in place t: `[n, t, h, w]`."""
    row = torch.arange(len(frames), device=frames.device)[:, None]
    return frames[row, chosen]
