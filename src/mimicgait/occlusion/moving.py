"""Dynamic occlusions: something passes between the camera and the walker."""

import math
from typing import Literal

import torch
from torch import Tensor

from mimicgait.occlusion.arguments import Span, checked_choice, checked_span
from mimicgait.occlusion.base import Kind
from mimicgait.occlusion.box import Box, BoxOcclusion, between, pixels

Enter = Literal["left", "right", "either"]
"""The side where the thing enters; `either` draws one for each sequence."""

Place = Literal["anywhere", "bottom"]
"""The vertical place of a small patch; `anywhere` draws one for each sequence."""


class _Moving(BoxOcclusion):
    """Shared by what crosses the frame.

    In the first frame it lies inside, flush with the side where it enters; then it moves to the other side by
    `floor(speed * frame)` pixels, and leaves the frame when the sequence is long enough.
    """

    stretches = False
    speed: Span
    enter: Enter

    def _columns(self, width: Tensor, speed: Tensor, side: Tensor, t: int, w: int) -> tuple[Tensor, Tensor]:
        """Hidden columns [left, right), `[n, t]`; `width` in pixels, `speed` and `side` drawn, all `[n]`."""
        way = (between(speed, self.speed)[:, None] * torch.arange(t)).floor().long()
        near, far = way.clamp_max(w), (way + width[:, None]).clamp_max(w)
        from_left = side[:, None] < {"left": 1.0, "either": 0.5, "right": 0.0}[self.enter]
        return torch.where(from_left, near, w - far), torch.where(from_left, far, w - near)


class MovingPatch(_Moving):
    """A small patch moves across the frame and is set to 0.

    Height and width are each U(0.4, 0.6) of the frame's, the speed is U(0.5, 1) pixels a frame, from the left
    or from the right. The paper says nothing about the patch's vertical place: here it is uniform over the
    places where the whole patch is inside the frame.

    The released code differs: its defaults are those of
    `MovingPatch(enter="left", place="bottom", height=(0.3, 0.5), speed=(0.5, 2.0))`.

    >>> patch = MovingPatch(height=(1, 1), width=(0.5, 0.5), speed=(1, 1), enter="left")
    >>> patch(torch.ones(1, 3, 1, 4), torch.Generator()).frames[0, :, 0].tolist()
    [[0.0, 0.0, 1.0, 1.0], [1.0, 0.0, 0.0, 1.0], [1.0, 1.0, 0.0, 0.0]]
    """

    kind = Kind.PATCH
    draws = 5

    def __init__(
        self,
        *,
        height: Span = (0.4, 0.6),
        width: Span = (0.4, 0.6),
        speed: Span = (0.5, 1.0),
        enter: Enter = "either",
        place: Place = "anywhere",
    ) -> None:
        self.height = checked_span("height", height)
        self.width = checked_span("width", width)
        self.speed = checked_span("speed", speed, limit=math.inf)
        checked_choice("enter", enter, ("left", "right", "either"))
        checked_choice("place", place, ("anywhere", "bottom"))
        self.enter, self.place = enter, place

    def boxes(self, uniforms: Tensor, t: int, h: int, w: int, lengths: Tensor) -> Box:
        """Hide a rectangle that moves; draws: height, width, vertical place, speed, side."""
        u_height, u_width, u_place, u_speed, u_side = uniforms.unbind(1)
        rows = pixels(between(u_height, self.height), h)
        columns = pixels(between(u_width, self.width), w)
        room = h - rows
        top = room if self.place == "bottom" else (u_place * (room + 1)).floor().long()
        left, right = self._columns(columns, u_speed, u_side, t, w)
        return Box(top[:, None], (top + rows)[:, None], left, right)


class MovingPole(_Moving):
    """A tall patch moves across: as high as the frame, U(0.2, 0.4) of its width; see `MovingPatch`."""

    kind = Kind.POLE
    draws = 3

    def __init__(
        self, *, width: Span = (0.2, 0.4), speed: Span = (0.5, 1.0), enter: Enter = "either"
    ) -> None:
        self.width = checked_span("width", width)
        self.speed = checked_span("speed", speed, limit=math.inf)
        checked_choice("enter", enter, ("left", "right", "either"))
        self.enter = enter

    def boxes(self, uniforms: Tensor, t: int, h: int, w: int, lengths: Tensor) -> Box:
        """Hide all rows of columns that move; draws: width, speed, side."""
        u_width, u_speed, u_side = uniforms.unbind(1)
        left, right = self._columns(pixels(between(u_width, self.width), w), u_speed, u_side, t, w)
        return Box(torch.zeros_like(left), torch.full_like(left, h), left, right)
