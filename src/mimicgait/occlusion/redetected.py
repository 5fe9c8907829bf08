"""Re-detection: the person is cropped and normalised anew from what can be seen, as a detector does."""

import torch
from torch import Tensor

from mimicgait.errors import ConfigError
from mimicgait.occlusion.arguments import checked_share
from mimicgait.occlusion.base import Kind, Occluded, Occlusion
from mimicgait.occlusion.crop import crop
from mimicgait.occlusion.mask import ink
from mimicgait.occlusion.tracking import hold, take
from mimicgait.types import frame_mask

_PARTS = 10_000
"""Shares are compared in whole numbers, so that every device finds the same."""


class Redetected(Occlusion):
    """Another occlusion, after which the box follows what is left of the person.

    What can be seen is cropped to its rows, enlarged to the frame's height with its aspect kept (the paper's
    top and bottom stretch it instead), and centred where half of its pixels lie left and right, as
    `mimicgait.data.normalise` does. Interpolation is linear, re-binarised at half. Frames in which nothing of
    the person is hidden stay as they are.

    A frame is lost when less than `least` of the person's pixels can be seen: it shows the last frame before
    it that was not (see `LostFrames`), and nothing of it counts as visible. If that befalls all frames of a
    sequence, those with the most pixels count as found: a sequence that never was detected would not exist.

    Args:
        inner: what hides the person.
        least: share of the person's pixels that a detector needs.

    Raises:
        ConfigError: if `inner` is no occlusion, or `least` no share.
    """

    kind = Kind.REDETECT

    def __init__(self, inner: Occlusion, *, least: float = 0.15) -> None:
        if not isinstance(inner, Occlusion):
            raise ConfigError(f"inner: expected an occlusion, got {inner!r}. Try Redetected(Top()).")
        self.inner = inner
        self.least = checked_share("least", least)
        self.draws = inner.draws

    def hide(self, frames: Tensor, uniforms: Tensor, lengths: Tensor) -> Occluded:
        """Hide, without stretching, and crop what is left; the draws are those of the inner occlusion."""
        seen = self.inner.cover(frames, uniforms, lengths)
        person, left = _as_mask(frames), _as_mask(seen.frames)
        touched = (person != left).flatten(2).any(2)
        found = self._found(person, left, lengths)
        lost = ~found & frame_mask(lengths, frames.shape[1])
        result = seen.frames.clone()
        rows, places = touched.nonzero(as_tuple=True)
        result[rows, places] = (crop(left[rows, places]) * ink(frames)[rows, 0]).to(frames.dtype)
        visible = seen.visible & ~lost[..., None, None]
        hidden = (~visible).flatten(1).sum(1)
        area = (lengths * (frames.shape[2] * frames.shape[3])).clamp_min(1)
        return Occluded(
            frames=take(result, hold(found, lengths)),
            visible=visible,
            kind=torch.where(hidden > 0, int(self.kind), int(Kind.NONE)),
            amount=hidden.float() / area.float(),
        )

    def cover(self, frames: Tensor, uniforms: Tensor, lengths: Tensor) -> Occluded:
        """Do as `hide`."""
        return self.hide(frames, uniforms, lengths)

    def _found(self, person: Tensor, left: Tensor, lengths: Tensor) -> Tensor:
        """Tell in which frames `[n, t]` the person is detected; padding counts as found."""
        whole, rest = person.flatten(2).sum(2), left.flatten(2).sum(2)
        real = frame_mask(lengths, person.shape[1])
        enough = (rest * _PARTS >= round(self.least * _PARTS) * whole) & ((rest > 0) | (whole == 0))
        if not person.shape[1]:
            return enough
        most = torch.where(real, rest, -1)
        best = most == most.amax(1, keepdim=True)
        none = ~(enough & real).any(1, keepdim=True)
        return torch.where(none, best, enough) | ~real


def _as_mask(frames: Tensor) -> Tensor:
    """Return bool frames: not 0, or at least a half for grey ones."""
    return frames >= 0.5 if frames.is_floating_point() else frames != 0
