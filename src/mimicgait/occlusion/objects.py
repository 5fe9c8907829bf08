"""Objects: things of a street or a park stand between the camera and the walker."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from mimicgait.errors import ConfigError
from mimicgait.occlusion.arguments import Span, checked_choice, checked_share, checked_span, checked_uniforms
from mimicgait.occlusion.base import Kind, Occluded, Occlusion
from mimicgait.occlusion.box import between
from mimicgait.occlusion.mask import masked
from mimicgait.occlusion.passing import DRAWS, Passage
from mimicgait.occlusion.shapes import DETAILS, SHAPES, Place

NEARER = (0.05, 0.14)
"""How far below the walker's feet a thing stands, as a share of the frame: it is nearer to the camera."""


class Objects(Occlusion):
    """A row of poles, trees, signs, benches, bushes, cars or fences (one kind a sequence) hides pixels.

    They are set to 0. Things stand still, so that they pass through the frames of somebody who walks across
    the picture, and stay in front of somebody who comes towards the camera. What is seen keeps its place and
    size, as behind `Middle`; `Redetected` crops it anew. The paper has nothing of the kind; the shares are
    like those of its types.

    Args:
        kinds: which of them, each as likely as the others; a single one may be given by its name alone.
        height: how far the lower things (bench, bush, car, fence) reach above the walker's feet, as a share
            of the frame's height; U(0.4, 0.6) as the paper's bottom type. A sign's board is about that high.
        width: of the upright things (pole, tree) at their widest, as a share of the frame's height; as the
            paper's tall patch.
        speed: pixels a frame, U(0.5, 1.5): somebody who walks across the picture makes about 2 of 64.
        gap: between two things, as a share of the frame's width.
        standing: probability that the thing stays in front of the walker.

    Raises:
        ConfigError: if a kind is unknown or none is given, or a number is out of its range.
    """

    kind = Kind.OBJECTS
    draws = 4 + DRAWS + DETAILS

    def __init__(
        self,
        *,
        kinds: Sequence[str] | str = tuple(SHAPES),
        height: Span = (0.4, 0.6),
        width: Span = (0.2, 0.4),
        speed: Span = (0.5, 1.5),
        gap: Span = (0.6, 1.2),
        standing: float = 0.4,
    ) -> None:
        names = (kinds,) if isinstance(kinds, str) else tuple(kinds)
        if not names or len(set(names)) != len(names):
            raise ConfigError(f"kinds: expected one or more of {', '.join(SHAPES)}, each once, got {kinds!r}")
        self.kinds = tuple(checked_choice("kinds", name, list(SHAPES)) for name in names)
        self.height = checked_span("height", height)
        self.width = checked_span("width", width)
        self.speed = checked_span("speed", speed, limit=math.inf)
        self.gap = checked_span("gap", gap, limit=math.inf)
        self.standing = checked_share("standing", standing)

    def hide(self, frames: Tensor, uniforms: Tensor, lengths: Tensor) -> Occluded:
        """Draw each sequence's thing once, and hide what lies behind it where it is in each frame.

        Draws: kind, height, width, nearness, then those of the passage and of the thing's details.
        """
        _, t, h, w = frames.shape
        sizes = self._sizes(uniforms)
        passage = Passage.drawn(
            uniforms[:, 4 : 4 + DRAWS],
            2 * sizes.half * h,
            speed=self.speed,
            gap=self.gap,
            standing=self.standing,
            aside=(0.0, 0.12),
            lengths=lengths.cpu(),
            t=t,
            w=w,
        )
        picture = self._drawn(sizes, passage.offsets, h, 0).to(frames.device)
        column, _ = passage.columns(w, frames.device)
        row = torch.arange(len(frames), device=frames.device)[:, None, None]
        shown = picture.transpose(1, 2)[row, column].transpose(2, 3)
        return masked(frames, shown, lengths, self.kind)

    def draw_things(self, uniforms: Tensor, h: int, w: int, *, under: int = 0) -> Tensor:
        """Draw the things alone, in the middle of a picture.

        Args:
            uniforms: `[n, draws]`.
            h: rows of a frame, which a walker fills.
            w: columns of the picture.
            under: rows below the walker's feet.

        Returns:
            bool `[n, h + under, w]`.
        """
        sizes = self._sizes(checked_uniforms(uniforms, len(uniforms), self.draws))
        return self._drawn(sizes, torch.arange(w).expand(len(uniforms), -1) - w // 2, h, under)

    def _sizes(self, uniforms: Tensor) -> "_Sizes":
        kind = (uniforms[:, 0] * len(self.kinds)).long()
        below = between(uniforms[:, 3], NEARER)
        height, width = between(uniforms[:, 1], self.height), between(uniforms[:, 2], self.width)
        details = uniforms[:, 4 + DRAWS :]
        half = torch.zeros_like(height)
        for i, name in enumerate(self.kinds):
            half = torch.where(kind == i, SHAPES[name].half(height + below, width, details), half)
        return _Sizes(kind, height, below, half, details)

    def _drawn(self, sizes: "_Sizes", offsets: Tensor, h: int, under: int) -> Tensor:
        """Draw things `[n, h + under, p]` on columns at `offsets` `[n, p]` from their middles."""
        picture = torch.zeros(len(offsets), h + under, offsets.shape[1], dtype=torch.bool)
        y = (h - 0.5 - torch.arange(h + under, dtype=torch.float64)) / h
        for i, name in enumerate(self.kinds):
            rows = (sizes.kind == i).nonzero().flatten()
            if len(rows):
                place = Place(
                    x=((offsets[rows] + 0.5) / h)[:, None, :],
                    y=(y + sizes.below[rows, None])[..., None],
                    height=(sizes.height + sizes.below)[rows, None, None],
                    half=sizes.half[rows, None, None],
                    details=sizes.details[rows],
                )
                picture[rows] = SHAPES[name].drawn(place) & (place.y > 0)
        return picture


@dataclass(frozen=True, slots=True)
class _Sizes:
    """What each sequence's thing is: kind (int64), height above the walker's feet, how far it stands below
    them, half of its width, each `[n]`; details `[n, DETAILS]`.
    """

    kind: Tensor
    height: Tensor
    below: Tensor
    half: Tensor
    details: Tensor
