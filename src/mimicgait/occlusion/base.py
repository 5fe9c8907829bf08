"""What every occlusion is: frames in; occluded frames, visibility, kind and hidden share out."""

import inspect
from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any

import torch
from torch import Tensor

from mimicgait.errors import ShapeError
from mimicgait.occlusion.arguments import checked_frames, checked_lengths, checked_uniforms


class Kind(IntEnum):
    """What is hidden of the person, or by what; the numbers never change, because labels follow them."""

    NONE = 0
    TOP = 1
    BOTTOM = 2
    MIDDLE = 3
    PATCH = 4
    POLE = 5
    CHANGING = 6
    OBJECTS = 7
    PEOPLE = 8
    REDETECT = 9
    LOST = 10


@dataclass(frozen=True, slots=True)
class Occluded:
    """Occluded sequences, and what is known about the occlusion.

    Attributes:
        frames: `[n, t, h, w]`, of the type of the frames that came in.
        visible: bool `[n, t, h, w]`, true where a pixel of the original frame could be seen; padding counts
            as seen.
        kind: int64 `[n]`, a `Kind`; `NONE` where nothing was hidden, whatever was drawn.
        amount: float32 `[n]`, hidden share of the frame's area, averaged over the real frames.
    """

    frames: Tensor
    visible: Tensor
    kind: Tensor
    amount: Tensor

    def __post_init__(self) -> None:
        n = len(self.frames)
        same = self.visible.shape == self.frames.shape
        if self.frames.ndim != 4 or not same or self.kind.shape != (n,) or self.amount.shape != (n,):
            raise ShapeError(
                "expected frames and visible [n, t, h, w], kind [n] and amount [n], got "
                f"{tuple(self.frames.shape)}, {tuple(self.visible.shape)}, {tuple(self.kind.shape)} "
                f"and {tuple(self.amount.shape)}"
            )

    @property
    def frame_amount(self) -> Tensor:
        """Hidden share of every single frame, float32 `[n, t]`; 0 for padding."""
        return 1 - self.visible.flatten(2).float().mean(2)


class Occlusion(ABC):
    """Hides part of each sequence, every sequence by its own draw.

    A draw is a row of `draws` uniform numbers, so what happens to a sequence depends on its row alone: not on
    the batch around it, nor on the device. The constructor's arguments are the configuration.
    """

    draws: int
    """How many uniform numbers one sequence takes."""

    @property
    def config(self) -> dict[str, Any]:
        """The constructor's arguments, kept under their own names, as JSON values; and `kind`, the class."""
        arguments = inspect.signature(type(self)).parameters
        return {"kind": type(self).__name__} | {name: _as_json(getattr(self, name)) for name in arguments}

    @abstractmethod
    def hide(self, frames: Tensor, uniforms: Tensor, lengths: Tensor) -> Occluded:
        """Do the work of `apply` on arguments that are known to fit; `uniforms` lie on the CPU."""

    def cover(self, frames: Tensor, uniforms: Tensor, lengths: Tensor) -> Occluded:
        """Do as `hide`, but leave what can be seen where it is: nothing is stretched."""
        seen = self.hide(frames, uniforms, lengths)
        return replace(seen, frames=frames * seen.visible)

    def apply(self, frames: Tensor, uniforms: Tensor, lengths: Tensor | None = None) -> Occluded:
        """Occlude sequences by given draws; the same draws give the same bits on any device and in any batch.

        Args:
            frames: `[n, t, h, w]` of uint8 or bool (two values, 0 and another) or float in [0, 1]; never
                changed in place.
            uniforms: `[n, draws]`, in [0, 1). The few numbers are worked out on the CPU in float64.
            lengths: int `[n]`, real frames of each sequence; all `t` when left out. Padding comes back
                untouched.

        Raises:
            ShapeError: if a shape or a type does not fit, or a length is beyond `t`.
            ConfigError: if a uniform lies outside [0, 1).
        """
        checked_frames(frames)
        return self.hide(
            frames,
            checked_uniforms(uniforms, len(frames), self.draws),
            checked_lengths(lengths, frames),
        )

    def __call__(
        self,
        frames: Tensor,
        generator: torch.Generator,
        lengths: Tensor | None = None,
        *,
        shared: bool = False,
    ) -> Occluded:
        """Occlude sequences by draws from a generator; see `apply`.

        Args:
            frames: `[n, t, h, w]`.
            generator: source of the draws, on any device that has float64.
            lengths: int `[n]` or none.
            shared: one draw for the whole batch, which is what the released MimicGait code does to packed
                batches; the paper draws for every sequence.
        """
        checked_frames(frames)
        rows = 1 if shared else len(frames)
        uniforms = torch.rand(
            rows, self.draws, generator=generator, device=generator.device, dtype=torch.float64
        )
        return self.apply(frames, uniforms.expand(len(frames), -1), lengths)

    def __repr__(self) -> str:
        arguments = {name: value for name, value in self.config.items() if name != "kind"}
        return f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in arguments.items())})"


def _as_json(value: Any) -> Any:
    """Turn tuples to lists and occlusions to their configurations."""
    if isinstance(value, Occlusion):
        return value.config
    return [_as_json(item) for item in value] if isinstance(value, tuple) else value
