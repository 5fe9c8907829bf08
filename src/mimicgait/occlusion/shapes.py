"""Things that stand in streets and parks, drawn from a few numbers.

Lengths are shares of the frame's height, which is the walker's. A thing has its foot at y = 0 and its middle
at x = 0. Nothing but + - * / and comparisons of float64: the same numbers give the same pixels everywhere.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

DETAILS = 16
"""Uniform numbers that a thing's details take."""

LOBES = 14
"""Discs of which a bush, or the crown of a tree, is made."""


@dataclass(frozen=True, slots=True)
class Place:
    """Pixels of a drawing, and the thing that is drawn on them; r things.

    x: `[r, 1, p]` and y: `[r, h, 1]`, centres of the pixels. height, half: `[r, 1, 1]`, of the thing, half of
    its width. details: `[r, DETAILS]`, uniform.
    """

    x: Tensor
    y: Tensor
    height: Tensor
    half: Tensor
    details: Tensor

    def detail(self, index: int, low: float, high: float) -> Tensor:
        """Return one detail, from a range, `[r, 1, 1]`."""
        return (low + (high - low) * self.details[:, index])[:, None, None]


class Shape(NamedTuple):
    """How a thing is drawn: half of its width `[r]` (height and width wanted, details), and its pixels."""

    half: Callable[[Tensor, Tensor, Tensor], Tensor]
    drawn: Callable[[Place], Tensor]


def _slender(height: Tensor, width: Tensor, details: Tensor) -> Tensor:
    return width / 2


def _pole(place: Place) -> Tensor:
    """A lamp post: a shaft on a plinth, with a ring; higher than the frame."""
    x, y, half = place.x.abs(), place.y, place.half
    plinth = place.detail(0, 0.14, 0.26)
    shaft = x < 0.72 * half
    ring = (x < 0.86 * half) & (y > plinth + 0.06) & (y < plinth + 0.1)
    return shaft | ring | ((x < half) & (y < plinth))


def _tree(place: Place) -> Tensor:
    """A trunk that leans a little and widens towards the root, under a crown."""
    x, y, half = place.x - place.detail(0, -0.15, 0.15) * place.y, place.y, place.half
    root = (0.3 - y).clamp_min(0) / 0.3
    trunk = x.abs() < half * (0.66 + 0.34 * root * root + 0.12 * (y - 0.3).clamp_min(0))
    return trunk | _lobes(place, reach=2 * half + 0.25, low=place.detail(1, 1.1, 1.22), radius=0.16)


def _panel_half(height: Tensor, width: Tensor, details: Tensor) -> Tensor:
    return height * (0.42 + 0.24 * details[:, 0])


def _sign(place: Place) -> Tensor:
    """A board on two legs, such as a map of the town: about as high itself as lower things are."""
    x, y = place.x.abs(), place.y
    low = place.detail(1, 0.2, 0.42)
    high = low + 0.85 * place.height
    corner = (x - place.half + 0.04).clamp_min(0) + (y - high + 0.04).clamp_min(0)
    board = (x < place.half) & (y > low) & (y < high) & (corner < 0.06)
    return board | ((x - 0.72 * place.half).abs() < 0.022) & (y < high)


def _bench_half(height: Tensor, width: Tensor, details: Tensor) -> Tensor:
    return height * (0.95 + 0.35 * details[:, 0])


def _bench(place: Place) -> Tensor:
    """A park bench from the front: three slats of the back, seat, arm rests, legs; one sees through it."""
    x, y, half = place.x.abs(), place.y / place.height, place.half
    back = ((y > 0.9) & (y < 1)) | ((y > 0.74) & (y < 0.86)) | ((y > 0.58) & (y < 0.7))
    seat = (y > 0.4) & (y < 0.52)
    rest = (x > half - 0.05) & (y < 0.72)
    post = ((x - 0.6 * half).abs() < 0.025) & (y < 1)
    return (x < half) & (seat | rest | post | back & (x < 0.94 * half))


def _bush_half(height: Tensor, width: Tensor, details: Tensor) -> Tensor:
    return height * (0.6 + 0.5 * details[:, 0])


def _bush(place: Place) -> Tensor:
    """A round mass of leaves with a bumpy, ragged outline."""
    x, y, half = place.x / place.half, place.y / place.height, place.half
    body = x * x + (y - 0.3) * (y - 0.3) / 0.4 < 0.6 + 0.25 * _leaves(place)
    return (body | _lobes(place, reach=half, low=0.55 * place.height, radius=0.24)) & (y < 1)


def _car_half(height: Tensor, width: Tensor, details: Tensor) -> Tensor:
    return height * (1.35 + 0.2 * details[:, 0])


def _car(place: Place) -> Tensor:
    """A car from the side: bonnet, cabin with a sloping windscreen, two wheels, light under the sill."""
    facing = torch.where(place.detail(1, 0.0, 1.0) < 0.5, -1.0, 1.0)
    x, y = facing * place.x / place.half, place.y / place.height
    rear, belt = place.detail(2, 0.5, 0.86), place.detail(3, 0.56, 0.62)
    bonnet = belt - 0.14 * (-0.35 - x).clamp_min(0) / 0.6
    sill = (x.abs() < 1 - 0.12 * (0.3 - y).abs()) & (y > 0.17) & (y < bonnet)
    rise = (y - belt) / (1 - belt)
    cabin = (y >= belt) & (y < 1 - 0.05 * x * x) & (x > -0.42 + 0.3 * rise) & (x < rear - 0.16 * rise)
    across = place.half / place.height
    from_hub = (x.abs() - 0.62) * across
    wheel = from_hub * from_hub + (y - 0.2) * (y - 0.2) < 0.04
    return sill | cabin | wheel


def _fence_half(height: Tensor, width: Tensor, details: Tensor) -> Tensor:
    return height * 0 + 0.9 + 0.6 * details[:, 0]


def _fence(place: Place) -> Tensor:
    """Pickets with points, side by side on two rails."""
    x, y = place.x, place.y / place.height
    step = place.detail(1, 0.1, 0.14)
    within = x / step - (x / step).floor() - 0.5
    picket = (within.abs() < 0.34) & (y < 1 - 0.3 * within.abs())
    rail = ((y - 0.25).abs() < 0.05) | ((y - 0.75).abs() < 0.05)
    return (x.abs() < place.half) & (picket | rail)


def _lobes(place: Place, *, reach: Tensor, low: Tensor, radius: float) -> Tensor:
    """Overlapping ragged discs, higher in the middle, over a width of twice `reach`, above `low`."""
    grown = 0.5 + _leaves(place)
    size = radius * (place.height if radius > 0.2 else 1 + 0 * place.height)
    found = torch.zeros((), dtype=torch.bool)
    for lobe in range(LOBES):
        first, second = place.detail(2 + lobe % 7, 0, 1), place.detail(9 + lobe % 7, 0, 1)
        across = (lobe + 0.5 + 0.8 * (first - 0.5)) / LOBES * 2 - 1  # one in each part of the width
        r = size * (0.75 + 0.5 * second)
        top = low + (place.height - low).clamp_min(0.1) * (1 - across * across) - r
        dx, dy = place.x - across * (reach - r).clamp_min(0), place.y - top.clamp_min(0)
        found = found | (dx * dx + dy * dy < r * r * grown.clamp_max(1.2))
    return found


def _leaves(place: Place) -> Tensor:
    """Noise in [0, 1) for every pixel, `[r, h, p]`: what frays the edge of leaves."""
    rows = torch.arange(place.y.shape[1])[:, None] // 2
    columns = torch.arange(place.x.shape[2])[None, :] // 2
    salt = (place.details[:, 0] * 1009).long()[:, None, None]
    mixed = (rows * 7919 + columns * 104729 + salt * 15485863) % 65521
    return (mixed * mixed % 65521).double() / 65521


SHAPES: dict[str, Shape] = {
    "pole": Shape(_slender, _pole),
    "tree": Shape(_slender, _tree),
    "sign": Shape(_panel_half, _sign),
    "bench": Shape(_bench_half, _bench),
    "bush": Shape(_bush_half, _bush),
    "car": Shape(_car_half, _car),
    "fence": Shape(_fence_half, _fence),
}
"""What `Objects` can draw, by name."""
