"""People: somebody else walks between the camera and the walker."""

import math
from functools import cache

import numpy as np
import torch
from torch import Tensor

from mimicgait.occlusion.arguments import Span, checked_share, checked_span
from mimicgait.occlusion.base import Kind, Occluded, Occlusion
from mimicgait.occlusion.box import between
from mimicgait.occlusion.mask import ink, masked
from mimicgait.occlusion.passing import DRAWS, Passage
from mimicgait.synth import SynthConfig, generate
from mimicgait.types import FRAME_SIZE

PASSERS_BY = 12
"""People in the pool."""

FIRST_NUMBER = 900_000
"""Number of the first of them among all walkers: no store of walkers is meant to reach that far."""

POOL_FRAMES = 32
"""Frames of each, about a stride; then it begins anew."""

BODY_WIDTH = 0.5
"""How wide somebody who walks past is, as a share of their height."""

APART = 11
"""Frames by which the next one's walk is ahead."""


class People(Occlusion):
    """Passers-by, one after the other, walk across in front of the walker.

    They come from a pool of walkers that `mimicgait.synth` renders once: other people than those of any
    store. They are nearer to the camera, so larger, and their feet are lower.

    Args:
        scale: how much larger a passer-by looks than the walker.
        speed: pixels a frame at which they pass; somebody who overtakes is slow, somebody who comes the other
            way is fast.
        gap: between two passers-by, as a share of the frame's width.
        standing: probability that somebody keeps beside the walker, at the same pace.
        merged: what the segmenter makes of it. False: it gives those pixels to the passer-by, so that they
            are 0 in the walker's mask. True: it takes both for one person as long as they overlap, so that
            the passer-by's pixels are 1.

    Raises:
        ConfigError: if a number is out of its range.
    """

    kind = Kind.PEOPLE
    draws = 4 + DRAWS

    def __init__(
        self,
        *,
        scale: Span = (1.05, 1.4),
        speed: Span = (0.5, 2.0),
        gap: Span = (0.2, 0.6),
        standing: float = 0.25,
        merged: bool = False,
    ) -> None:
        self.scale = checked_span("scale", scale, limit=10, least=0.1)
        self.speed = checked_span("speed", speed, limit=math.inf)
        self.gap = checked_span("gap", gap, limit=math.inf)
        self.standing = checked_share("standing", standing)
        self.merged = bool(merged)

    def hide(self, frames: Tensor, uniforms: Tensor, lengths: Tensor) -> Occluded:
        """Hide what lies behind the passers-by. Draws: who, step, scale, nearness, then the passage's."""
        _, t, h, w = frames.shape
        u_who, u_step, u_scale, u_near = uniforms[:, :4].unbind(1)
        scale = between(u_scale, self.scale)
        passage = Passage.drawn(
            uniforms[:, 4:],
            BODY_WIDTH * scale * h,
            speed=self.speed,
            gap=self.gap,
            standing=self.standing,
            aside=(0.15, 0.3),
            lengths=lengths.cpu(),
            t=t,
            w=w,
        )
        # Feet are lower by what the nearer person is larger, if the camera is at the height of their heads.
        below = (scale - 1).clamp_min(0) * between(u_near, (0.4, 1.0))
        column, place = passage.columns(w, frames.device)
        order = torch.arange(len(frames), device=frames.device)[:, None, None]
        hidden = _pool(frames.device)[
            ((u_who * PASSERS_BY).long().to(frames.device)[:, None, None] + place)[:, :, None] % PASSERS_BY,
            _steps(u_step, place)[:, :, None] % POOL_FRAMES,
            _rows(scale, below, h).to(frames.device)[:, None, :, None],
            _columns(passage, scale, h, uniforms[:, 6]).to(frames.device)[order, column][:, :, None],
        ]
        if not self.merged:
            return masked(frames, hidden, lengths, self.kind)
        most = w // int(passage.period.min()) + 2 if len(frames) else 0
        white = hidden & _touching(hidden, frames, place, most)
        return masked(frames, hidden, lengths, self.kind, paint=torch.where(white, ink(frames), frames))

    def cover(self, frames: Tensor, uniforms: Tensor, lengths: Tensor) -> Occluded:
        """Do as `hide`: nothing was stretched, and a merged passer-by is part of what is seen."""
        return self.hide(frames, uniforms, lengths)


def _touching(hidden: Tensor, frames: Tensor, place: Tensor, most: int) -> Tensor:
    """Tell in which columns there is a passer-by who overlaps the walker, bool `[n, t, 1, w]`.

    Args:
        hidden: bool `[n, t, h, w]`, all passers-by.
        frames: `[n, t, h, w]`, the walker.
        place: int64 `[n, t, w]`, which passer-by a column belongs to.
        most: no frame shows more of them.
    """
    overlap = (hidden & (frames > 0)).any(2)
    found = torch.zeros_like(overlap)
    for number in range(most):
        columns = place == place[..., :1] + number
        found |= columns & (overlap & columns).any(2, keepdim=True)
    return found[:, :, None]


def _steps(uniform: Tensor, place: Tensor) -> Tensor:
    """Where in their walk the passers-by in each column are, `[n, t, w]`; each begins elsewhere."""
    first = (uniform * POOL_FRAMES).long().to(place.device)[:, None, None]
    return first + torch.arange(place.shape[1], device=place.device)[:, None] + APART * place


def _rows(scale: Tensor, below: Tensor, h: int) -> Tensor:
    """Which row of a pool's picture each row of the frame shows, int64 `[n, h]`; the last one is empty."""
    height = (h - 0.5 - torch.arange(h, dtype=torch.float64)) / h
    share = (height + below[:, None]) / scale[:, None]
    return torch.where((share >= 0) & (share < 1), ((1 - share) * FRAME_SIZE).long(), FRAME_SIZE)


def _columns(passage: Passage, scale: Tensor, h: int, side: Tensor) -> Tensor:
    """Which column of a pool's picture each column around a passer-by shows, int64 `[n, most]`."""
    share = (passage.offsets + 0.5) / (scale[:, None] * h) + 0.5
    column = torch.where(side[:, None] < 0.5, 1 - share, share) * FRAME_SIZE  # they look where they go
    return torch.where((share >= 0) & (share < 1), column.floor().long().clamp(0, FRAME_SIZE - 1), FRAME_SIZE)


@cache
def _pool(device: torch.device) -> Tensor:
    """Return the passers-by, who walk to the left, bool `[k, t, 65, 65]`; last row and column are empty."""
    config = SynthConfig(
        people=PASSERS_BY,
        sequences=1,
        frames=POOL_FRAMES,
        start=FIRST_NUMBER,
        azimuth=(60.0, 120.0),
        elevation=(0.0, 10.0),
        faults=0.0,
    )
    pool = torch.zeros(PASSERS_BY, POOL_FRAMES, FRAME_SIZE + 1, FRAME_SIZE + 1, dtype=torch.bool)
    for place, walker in zip(pool, generate(config), strict=True):
        place[:, :FRAME_SIZE, :FRAME_SIZE] = torch.from_numpy(walker.frames.astype(np.bool_))
    return pool.to(device)
