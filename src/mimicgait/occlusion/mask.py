"""From the hidden pixels of every frame to the record of an occlusion."""

import torch
from torch import Tensor

from mimicgait.occlusion.base import Kind, Occluded
from mimicgait.types import frame_mask


def masked(
    frames: Tensor, hidden: Tensor, lengths: Tensor, kind: Kind, *, paint: Tensor | None = None
) -> Occluded:
    """Hide pixels of the real frames.

    Args:
        frames: `[n, t, h, w]`.
        hidden: bool `[n, t, h, w]`, on the device of the frames.
        lengths: int64 `[n]`.
        kind: what hides them.
        paint: what a hidden pixel becomes, broadcastable to the frames; 0 if not given.
    """
    _, t, h, w = frames.shape
    hidden = hidden & frame_mask(lengths, t)[..., None, None]
    visible = ~hidden
    count = hidden.flatten(1).sum(1)  # whole pixels, so that every device counts alike
    area = (lengths * (h * w)).clamp_min(1)
    return Occluded(
        frames=frames * visible if paint is None else torch.where(hidden, paint.to(frames.dtype), frames),
        visible=visible,
        kind=torch.where(count > 0, int(kind), int(Kind.NONE)),
        amount=count.float() / area.float(),
    )


def ink(frames: Tensor) -> Tensor:
    """Return the value of a person's pixels, `[n, 1, 1, 1]`: 1, or the highest among bytes."""
    n = len(frames)
    if frames.dtype != torch.uint8 or not frames.numel():
        return torch.ones(n, 1, 1, 1, dtype=frames.dtype, device=frames.device)
    return frames.flatten(1).amax(1).clamp_min(1).view(n, 1, 1, 1)
