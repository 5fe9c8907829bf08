"""The hidden rectangle of every frame, and the occlusions that can be told by one."""

from abc import abstractmethod
from dataclasses import dataclass

import torch
from torch import Tensor

from mimicgait.occlusion.arguments import Span
from mimicgait.occlusion.base import Kind, Occluded, Occlusion
from mimicgait.occlusion.stretch import stretch
from mimicgait.types import frame_mask


@dataclass(frozen=True, slots=True)
class Box:
    """The rows [top, bottom) and columns [left, right) that are hidden, int64 `[n, t]` or `[n, 1]` each."""

    top: Tensor
    bottom: Tensor
    left: Tensor
    right: Tensor

    @classmethod
    def band(cls, top: Tensor, bottom: Tensor, width: int) -> "Box":
        """Hide whole rows of frames that are `width` pixels wide."""
        return cls(top, bottom, torch.zeros_like(top), torch.full_like(top, width))

    def on_real_frames(self, real: Tensor) -> "Box":
        """Move to the device of `real` `[n, t]` and hide nothing where a frame is padding."""
        top, bottom, left, right = (x.to(real.device) for x in (self.top, self.bottom, self.left, self.right))
        return Box(top.expand(real.shape), torch.where(real, bottom, top), left, right)


class BoxOcclusion(Occlusion):
    """An occlusion that hides one rectangle a frame."""

    kind: Kind
    stretches: bool
    """Whether the rest is stretched to the frame's height (a re-cropped person) or the rectangle set to 0."""

    @abstractmethod
    def boxes(self, uniforms: Tensor, t: int, h: int, w: int, lengths: Tensor) -> Box:
        """Say what the draws `[n, draws]` hide of `t` frames of `h` x `w` pixels; all on the CPU."""

    def hide(self, frames: Tensor, uniforms: Tensor, lengths: Tensor) -> Occluded:
        """Draw the rectangles, count what they hide, and cut or blacken the frames."""
        _, t, h, w = frames.shape
        box = self.boxes(uniforms, t, h, w, lengths).on_real_frames(frame_mask(lengths, t))
        rows, columns = _inside(box.top, box.bottom, h), _inside(box.left, box.right, w)
        visible = _outside(rows, columns)
        hidden = (rows.sum(-1) * columns.sum(-1)).sum(1)  # whole pixels, so that every device counts alike
        area = (lengths * (h * w)).clamp_min(1)
        return Occluded(
            frames=stretch(frames, box.top, box.bottom) if self.stretches else frames * visible,
            visible=visible,
            kind=torch.where(hidden > 0, int(self.kind), int(Kind.NONE)),
            amount=hidden.float() / area.float(),
        )


def between(uniform: Tensor, span: Span) -> Tensor:
    """Map uniform numbers from [0, 1) to a range."""
    low, high = span
    return low + (high - low) * uniform


def pixels(share: Tensor, size: int) -> Tensor:
    """Round a share of a side to whole pixels, halves to even as Python does."""
    return (share * size).round().long()


def _inside(start: Tensor, stop: Tensor, size: int) -> Tensor:
    """Tell which of `size` positions lie in [start, stop): bool `[n, t, size]`."""
    position = torch.arange(size, device=start.device)
    return (position >= start[..., None]) & (position < stop[..., None])


def _outside(rows: Tensor, columns: Tensor) -> Tensor:
    """Tell which pixels are in none of the rows `[n, t, h]` or in none of the columns `[n, t, w]`.

    The bytes are joined, not the bools: torch's broadcast over bool is twenty times slower on the CPU.
    """
    rows, columns = (~rows).view(torch.uint8), (~columns).view(torch.uint8)
    return (rows[..., :, None] | columns[..., None, :]).view(torch.bool)
