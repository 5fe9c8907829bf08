"""Lost frames: for a while nobody is detected, and the tracker keeps what it saw last."""

import math

import torch
from torch import Tensor

from mimicgait.errors import ConfigError
from mimicgait.occlusion.arguments import Span, checked_span
from mimicgait.occlusion.base import Kind, Occluded, Occlusion
from mimicgait.occlusion.box import between
from mimicgait.occlusion.mask import masked
from mimicgait.occlusion.tracking import hold, take
from mimicgait.types import frame_mask

BURSTS = 16
"""Bursts that have a place of their own in their part of the sequence; then the places come again."""


class LostFrames(Occlusion):
    """A share of the frames is lost in bursts; each of them shows the last frame before it that was not.

    Number and order of the frames stay, so that lengths and the rhythm of the walk do, as with a tracker that
    keeps a box while the detector finds nobody. Nothing of a lost frame counts as visible.

    Args:
        share: of the frames that is lost, U(0.4, 0.6); below 1.
        burst: frames in a row, U(4, 12); 1 or more.

    Raises:
        ConfigError: if a number is out of its range.

    >>> lost = LostFrames(share=(0.5, 0.5), burst=(2, 2))
    >>> walk = torch.arange(8.0).view(1, 8, 1, 1) / 8
    >>> (lost.apply(walk, torch.zeros(1, lost.draws)).frames.flatten() * 8).int().tolist()
    [2, 2, 2, 3, 3, 3, 6, 7]
    """

    kind = Kind.LOST
    draws = 3 + BURSTS

    def __init__(self, *, share: Span = (0.4, 0.6), burst: Span = (4, 12)) -> None:
        self.share = checked_span("share", share)
        self.burst = checked_span("burst", burst, least=1, limit=math.inf)
        if self.share[1] >= 1:
            raise ConfigError(f"share: expected less than 1, got {self.share[1]:g}: one frame must be seen")

    def hide(self, frames: Tensor, uniforms: Tensor, lengths: Tensor) -> Occluded:
        """Lose frames; draws: share, length of a burst, where the first part begins, places of bursts."""
        t = frames.shape[1]
        lost = self._lost(uniforms, t).to(frames.device)
        everything = (lost | ~frame_mask(lengths, t)).all(1)  # a short sequence inside of a burst
        lost = lost & ~(everything[:, None] & (torch.arange(t, device=frames.device) == 0))
        held = take(frames, hold(~lost, lengths))
        hidden = lost[..., None, None].expand(frames.shape)
        return masked(held, hidden, lengths, self.kind, paint=held)

    def cover(self, frames: Tensor, uniforms: Tensor, lengths: Tensor) -> Occluded:
        """Do as `hide`."""
        return self.hide(frames, uniforms, lengths)

    def _lost(self, uniforms: Tensor, t: int) -> Tensor:
        """Tell which frames `[n, t]` are lost: one burst somewhere in each part of the sequence."""
        share = between(uniforms[:, 0], self.share)[:, None]
        burst = between(uniforms[:, 1], self.burst).round()[:, None]
        part = burst / share.clamp_min(1e-9)  # frames
        time = torch.arange(t) + uniforms[:, 2:3] * part
        number = (time / part).floor()
        place = uniforms[:, 3:].gather(1, number.long() % BURSTS) * (part - burst)
        since = time - number * part - place
        return (since >= 0) & (since < burst) & (share > 0)
