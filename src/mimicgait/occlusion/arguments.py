"""The checks of what users hand to an occlusion: ranges, frames, draws and lengths."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from mimicgait.errors import ConfigError, ShapeError, suggest

Span = tuple[float, float]
"""Lowest and highest value of a uniform draw."""


def checked_span(name: str, span: Sequence[float], *, least: float = 0.0, limit: float = 1.0) -> Span:
    """Return a range as two floats.

    Raises:
        ConfigError: unless it holds two numbers with least <= low <= high <= limit.
    """
    pair = isinstance(span, tuple | list) and len(span) == 2
    if not pair or not all(isinstance(x, int | float) and math.isfinite(x) for x in span):
        raise ConfigError(
            f"{name}: expected two numbers (low, high), got {span!r}. Write (x, x) for a fixed value."
        )
    low, high = float(span[0]), float(span[1])
    if not least <= low <= high <= limit:
        top = "" if math.isinf(limit) else f" <= {limit:g}"
        hint = " Shares are fractions, not per cent." if high > limit else ""
        raise ConfigError(f"{name}: expected {least:g} <= low <= high{top}, got ({low:g}, {high:g}).{hint}")
    return low, high


def checked_choice(name: str, value: str, allowed: Sequence[str]) -> str:
    """Return a word that is among the allowed ones.

    Raises:
        ConfigError: if it is not, with the nearest one.
    """
    if value not in allowed:
        raise ConfigError(f"{name}: {value!r} is unknown; {suggest(str(value), allowed)}")
    return value


def checked_share(name: str, share: float) -> float:
    """Return a probability or a share as a float.

    Raises:
        ConfigError: unless it is a number between 0 and 1.
    """
    if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= 1:
        raise ConfigError(f"{name}: expected a number between 0 and 1, got {share!r}. 40 % is 0.4.")
    return float(share)


def checked_frames(frames: Tensor) -> None:
    """Refuse what is not a batch of silhouettes `[n, t, h, w]`.

    Raises:
        ShapeError: if the number of dimensions or the type does not fit, or a frame has no pixels.
    """
    if frames.ndim != 4 or not frames.shape[2] or not frames.shape[3]:
        hint = " Add the batch dimension with frames[None]." if frames.ndim == 3 else ""
        raise ShapeError(f"expected frames [n, t, h, w], got {tuple(frames.shape)}.{hint}")
    if frames.dtype not in (torch.uint8, torch.bool) and not frames.is_floating_point():
        raise ShapeError(
            f"expected frames of uint8, bool or a float type, got {frames.dtype}. Try .to(torch.uint8)."
        )


def checked_uniforms(uniforms: Tensor, n: int, draws: int) -> Tensor:
    """Return the draws `[n, draws]` in float64 on the CPU.

    Raises:
        ShapeError: if there are too few or too many of them.
        ConfigError: if one lies outside [0, 1).
    """
    if uniforms.shape != (n, draws):
        raise ShapeError(f"expected uniforms [{n}, {draws}] (n, draws), got {tuple(uniforms.shape)}")
    uniforms = uniforms.to("cpu", torch.float64)
    if not bool(((uniforms >= 0) & (uniforms < 1)).all()):
        raise ConfigError("expected uniforms in [0, 1), got one outside. Draw them with torch.rand.")
    return uniforms


def checked_lengths(lengths: Tensor | None, frames: Tensor) -> Tensor:
    """Return the lengths `[n]` in int64 on the device of the frames; every frame is real when there are none.

    Raises:
        ShapeError: if shape or type does not fit, or (checked on the CPU only: elsewhere it would make the
            device wait) a length is negative or beyond the number of frames.
    """
    n, t = frames.shape[:2]
    if lengths is None:
        return torch.full((n,), t, device=frames.device)
    if lengths.shape != (n,) or lengths.is_floating_point() or lengths.dtype == torch.bool:
        raise ShapeError(f"expected lengths [{n}] of integers, got {tuple(lengths.shape)} of {lengths.dtype}")
    if lengths.device.type == "cpu" and bool(((lengths < 0) | (lengths > t)).any()):
        raise ShapeError(f"expected lengths between 0 and {t} (the frames given), got {lengths.tolist()}")
    return lengths.to(frames.device, torch.int64)
