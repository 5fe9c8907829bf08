"""Augmentation of whole batches on their device: one draw for each sequence, the same for its frames.

Padding stays black under all of these. Which sequences change, and how, depends on the generator alone.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.functional import grid_sample

from mimicgait.errors import ConfigError, ShapeError


class Augmentation(ABC):
    """Changes each sequence of a batch with probability `p`.

    Attributes:
        p: the probability.
        draws: how many numbers are drawn for each sequence, besides the one that decides.

    Raises:
        ConfigError: if `p` is no probability.
    """

    draws: int = 0

    def __init__(self, p: float = 0.5) -> None:
        if not 0 <= p <= 1:
            raise ConfigError(f"{type(self).__name__}: p must be between 0 and 1, got {p}")
        self.p = p

    def __call__(self, frames: Tensor, generator: torch.Generator) -> Tensor:
        """Return changed frames `[n, t, h, w]` of the same type; the input is left alone.

        Frames of uint8 are 0 and 1 before and after; frames of floating point get intermediate values.

        Raises:
            ShapeError: if the frames are not `[n, t, h, w]`.
        """
        if frames.ndim != 4:
            raise ShapeError(f"expected frames [n, t, h, w], got {tuple(frames.shape)}")
        uniforms = torch.rand(len(frames), 1 + self.draws, generator=generator, device=generator.device)
        changed = (uniforms[:, 0] < self.p).nonzero()[:, 0]
        result = frames.clone()
        if len(changed):
            where, draws = changed.to(frames.device), uniforms[changed, 1:].to(frames.device)
            result[where] = self.change(frames[where], draws)
        return result

    @abstractmethod
    def change(self, frames: Tensor, uniforms: Tensor) -> Tensor:
        """Change every sequence of `[n, t, h, w]`, given numbers `[n, draws]` in [0, 1)."""


class Flip(Augmentation):
    """Mirrors left and right."""

    def change(self, frames: Tensor, uniforms: Tensor) -> Tensor:
        """Mirror all sequences."""
        return frames.flip(-1)


class Rotate(Augmentation):
    """Turns around the centre by up to `degrees` either way."""

    draws = 1

    def __init__(self, p: float = 0.5, *, degrees: float = 10.0) -> None:
        super().__init__(p)
        if not 0 <= degrees <= 180:
            raise ConfigError(f"Rotate: degrees must be between 0 and 180, got {degrees}")
        self.degrees = degrees

    def change(self, frames: Tensor, uniforms: Tensor) -> Tensor:
        """Turn each sequence by its own angle."""
        angle = (2 * uniforms[:, 0] - 1) * math.radians(self.degrees)
        h, w = frames.shape[-2:]
        cos, sin, zero, one = angle.cos(), angle.sin(), torch.zeros_like(angle), torch.ones_like(angle)
        rows = [cos, -sin * h / w, zero, sin * w / h, cos, zero, zero, zero, one]
        return warp(frames, torch.stack(rows, dim=1).view(-1, 3, 3))


class Perspective(Augmentation):
    """Moves the four corners sideways, each on its own, within the outer columns.

    Args:
        p: probability.
        columns: how far a corner may move, in columns of a 64 pixels wide frame.
    """

    draws = 4

    def __init__(self, p: float = 0.5, *, columns: float = 10.0) -> None:
        super().__init__(p)
        if not 0 <= columns < 32:
            raise ConfigError(f"Perspective: columns must be at least 0 and below 32, got {columns}")
        self.columns = columns

    def change(self, frames: Tensor, uniforms: Tensor) -> Tensor:
        """Squeeze each frame into the trapezoid between its corners, which move inwards."""
        inset = uniforms * 2 * self.columns / 64  # in half widths: the frame reaches from -1 to 1
        top_left, top_right = -1 + inset[:, 0], 1 - inset[:, 1]
        bottom_left, bottom_right = -1 + inset[:, 2], 1 - inset[:, 3]
        return warp(frames, trapezoid(top_left, top_right, bottom_left, bottom_right))


class Erase(Augmentation):
    """Blackens one rectangle, the same in all frames of a sequence.

    Args:
        p: probability.
        area: least and largest share of the frame that it covers.
        aspect: least ratio of its height to its width; the largest is one over it.
    """

    draws = 4

    def __init__(
        self, p: float = 0.5, *, area: tuple[float, float] = (0.05, 0.2), aspect: float = 0.3
    ) -> None:
        super().__init__(p)
        if not 0 <= area[0] <= area[1] <= 1 or not 0 < aspect <= 1:
            raise ConfigError(f"Erase: expected 0 <= area <= 1 and 0 < aspect <= 1, got {area}, {aspect}")
        self.area, self.aspect = area, aspect

    def change(self, frames: Tensor, uniforms: Tensor) -> Tensor:
        """Blacken a rectangle of each sequence."""
        h, w = frames.shape[-2:]
        area = (self.area[0] + uniforms[:, 0] * (self.area[1] - self.area[0])) * h * w
        ratio = self.aspect + uniforms[:, 1] * (1 / self.aspect - self.aspect)
        height, width = (area * ratio).sqrt().round().clamp_max(h), (area / ratio).sqrt().round().clamp_max(w)
        top, left = (uniforms[:, 2] * (h - height + 1)).floor(), (uniforms[:, 3] * (w - width + 1)).floor()
        rows = _between(top, top + height, h)
        columns = _between(left, left + width, w)
        return frames.masked_fill((rows[:, :, None] & columns[:, None, :])[:, None], 0)


class Augment:
    """Applies augmentations one after the other.

    >>> augment = Augment([Flip(1.0), Flip(1.0)])
    >>> frames = torch.rand(2, 3, 64, 64)
    >>> torch.equal(augment(frames, torch.Generator()), frames)
    True
    """

    def __init__(self, augmentations: Sequence[Augmentation]) -> None:
        self.augmentations = tuple(augmentations)

    def __call__(self, frames: Tensor, generator: torch.Generator) -> Tensor:
        """Return changed frames `[n, t, h, w]` of the same type."""
        for augmentation in self.augmentations:
            frames = augmentation(frames, generator)
        return frames


def warp(frames: Tensor, matrices: Tensor) -> Tensor:
    """Resample each sequence of `[n, t, h, w]` through its homography `[n, 3, 3]`, linearly, black outside.

    A matrix maps coordinates of the result to those of the source; both reach from -1 to 1 over the frame.
    """
    h, w = frames.shape[-2:]
    y = (torch.arange(h, device=frames.device, dtype=matrices.dtype) * 2 + 1) / h - 1
    x = (torch.arange(w, device=frames.device, dtype=matrices.dtype) * 2 + 1) / w - 1
    points = torch.stack([x.expand(h, w), y[:, None].expand(h, w), x.new_ones(h, w)], dim=-1)
    mapped = torch.einsum("nij,hwj->nhwi", matrices, points)
    source = frames if frames.is_floating_point() else frames.float()
    grid = (mapped[..., :2] / mapped[..., 2:]).to(source.dtype)
    result = grid_sample(source, grid, mode="bilinear", padding_mode="zeros", align_corners=False)
    return result if frames.is_floating_point() else (result > 0.5).to(frames.dtype)


def trapezoid(top_left: Tensor, top_right: Tensor, bottom_left: Tensor, bottom_right: Tensor) -> Tensor:
    """Homographies `[n, 3, 3]` that map a trapezoid with level top and bottom onto the whole frame.

    The corners are columns `[n]` at heights -1 and 1. Rows stay level, so that
    x' = (a x + b y + c) / (1 + g y) and y' = (y + g) / (1 + g y); g follows from the ratio of the widths.
    """
    top, bottom = top_right - top_left, bottom_right - bottom_left
    g = (bottom - top) / (bottom + top)
    # Solve x'(top_left) = x'(bottom_left) = -1 and x'(top_right) = x'(bottom_right) = 1 for a, b and c.
    a = 2 * (1 - g) / top
    left_top, left_bottom = -(1 - g) - a * top_left, -(1 + g) - a * bottom_left
    b, c = (left_bottom - left_top) / 2, (left_bottom + left_top) / 2
    zero, one = torch.zeros_like(g), torch.ones_like(g)
    return torch.stack([a, b, c, zero, one, g, zero, g, one], dim=1).view(-1, 3, 3)


def _between(first: Tensor, end: Tensor, size: int) -> Tensor:
    """Bool `[n, size]`: true from `first` up to, but not including, `end`."""
    positions = torch.arange(size, device=first.device)
    return (positions >= first[:, None]) & (positions < end[:, None])
