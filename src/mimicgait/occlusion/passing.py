"""Where things are that stand in the scene, or walk in it, as a camera sees them that follows the walker.

Frames are centred on the person. What stands still passes through them against the walk, as fast as the
person walks across the picture, and stays where it is for somebody who comes towards the camera. Things come
in rows: when one has passed there is the next, as with parked cars, hedges and posts.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from mimicgait.occlusion.arguments import Span
from mimicgait.occlusion.box import between

DRAWS = 5
"""Uniform numbers that `Passage.drawn` takes."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Where the middle of the first thing is in every frame, and after how many columns the next one comes.

    Attributes:
        middle: int64 `[n, t]`, a column, which may lie outside of the frame.
        period: int64 `[n]`, columns from one thing to the next, 1 or more.
    """

    middle: Tensor
    period: Tensor

    @classmethod
    def drawn(
        cls,
        uniforms: Tensor,
        width: Tensor,
        *,
        speed: Span,
        gap: Span,
        standing: float,
        aside: Span,
        lengths: Tensor,
        t: int,
        w: int,
    ) -> "Passage":
        """Work a passage out; all on the CPU.

        Args:
            uniforms: `[n, 5]`: when it is in the middle, speed, direction, whether it stays, gap.
            width: float64 `[n]`, of the things, in columns.
            speed: columns a frame, least and most.
            gap: between one thing and the next, as a share of the frame's width, least and most.
            standing: probability that it stays in front of the person.
            aside: how far from the middle of the frame it stays then, as a share of the width.
            lengths: real frames, int64 `[n]`.
            t, w: number of frames, and their width.
        """
        u_when, u_speed, u_side, u_stay, u_gap = uniforms.unbind(1)
        stays = u_stay < standing
        when = torch.where(stays, 0.0, u_when * lengths)[:, None]
        side = torch.where(u_side < 0.5, 1.0, -1.0)
        speed_of = torch.where(stays, 0.0, side * between(u_speed, speed))
        apart = between((2 * u_when - 1).abs(), aside) * w
        apart = torch.where(stays, torch.where(u_when < 0.5, -apart, apart), 0.0)
        way = speed_of[:, None] * (torch.arange(t, dtype=torch.float64) - when)
        middle = (w / 2 + apart[:, None] + way).floor().long()
        period = (width + between(u_gap, gap) * w).round().long().clamp_min(1)
        return cls(middle, period)

    @property
    def most(self) -> int:
        """The longest period among the sequences, 1 without any."""
        return int(self.period.max()) if len(self.period) else 1

    @property
    def offsets(self) -> Tensor:
        """How far each column of a drawing is from the middle of the thing, int64 `[n, most]`, on the CPU."""
        return torch.arange(self.most) - (self.period // 2)[:, None]

    def columns(self, w: int, device: torch.device) -> tuple[Tensor, Tensor]:
        """Say which column of the drawing stands in every column of every frame, and of which thing.

        Returns:
            column: int64 `[n, t, w]`, from 0 on, less than `period`.
            place: int64 `[n, t, w]`, number of the thing in its row, 0 for the first.
        """
        period = self.period.to(device)[:, None, None]
        far = torch.arange(w, device=device) - self.middle.to(device)[..., None] + period // 2
        place = torch.div(far, period, rounding_mode="floor")
        return far - place * period, place
