"""Sequences of any length as clips of one length: sliding windows over the frames."""

import torch
from torch import Tensor


def window_frames(lengths: Tensor, window: int, stride: int) -> tuple[Tensor, Tensor]:
    """Say which packed frames make up each window, and how many windows a sequence has.

    The last window ends with the last frame, so that every frame is in one and none is invented; a sequence
    that is shorter than a window is repeated until it fills one.

    Args:
        lengths: `[n]`; the frames lie packed, sequence behind sequence.
        window: frames of a window.
        stride: from the start of a window to that of the next; at most `window`.

    Returns:
        Positions `[k, window]` among the packed frames, and the number of windows of each sequence, `[n]`.

    >>> positions, counts = window_frames(torch.tensor([5, 2]), window=4, stride=4)
    >>> positions.tolist(), counts.tolist()
    ([[0, 1, 2, 3], [1, 2, 3, 4], [5, 6, 5, 6]], [2, 1])
    """
    counts = (lengths - window + stride - 1).clamp_min(0) // stride + 1
    sequence = torch.arange(len(lengths), device=lengths.device).repeat_interleave(counts)
    number = torch.arange(len(sequence), device=lengths.device) - (counts.cumsum(0) - counts)[sequence]
    return _places(lengths, lengths.cumsum(0) - lengths, sequence, number, window, stride), counts


def padded_window_frames(lengths: Tensor, t: int, window: int, stride: int) -> Tensor:
    """Say the same where padding was kept, with as many windows for all as t frames need: `[n * k, window]`.

    A sequence that needs fewer has its last window more than once, which no maximum over windows notices.
    Nothing here depends on the values of the lengths, save the positions (see `padding_kept`).
    """
    n = lengths.shape[0]
    numbers = torch.arange(t // stride + 1, device=lengths.device)
    sequence = torch.arange(n, device=lengths.device)[:, None].expand(-1, numbers.shape[0]).flatten()
    number = numbers.expand(n, -1).flatten()
    first = torch.arange(n, device=lengths.device) * t
    return _places(lengths, first, sequence, number, window, stride)


def _places(
    lengths: Tensor, first: Tensor, sequence: Tensor, number: Tensor, window: int, stride: int
) -> Tensor:
    own = lengths[sequence]
    start = torch.minimum(number * stride, (own - window).clamp_min(0))
    inside = start[:, None] + torch.arange(window, device=lengths.device)
    return first[sequence, None] + inside % own[:, None]
