"""Rough places of the things in front of a background: components of the score, with fragments joined."""

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from mimicgait.video.background import Plane
from mimicgait.video.refine import Rectangle

_Piece = tuple[Rectangle, tuple[int, ...]]
"""A rectangle and the labels of the components in it."""


class Blobs(NamedTuple):
    """Rectangles of the things found; owner `[h, w]`: 1 for pixels of the first, 2 for the second, 0 else."""

    things: list[Rectangle]
    owner: npt.NDArray[np.int32]
    ignored: int


def find_blobs(score: Plane, *, low: float, high: float, min_height: int) -> Blobs:
    """Find connected pixels above `low` of which a good part is above `high`, and join what belongs together.

    A person in front of a background of similar colour falls apart: pieces one above the other, with a gap
    small against their common height, are taken as one thing.

    Args:
        score: distance from the background `[h, w]`.
        low: pixels below are background.
        high: a thing has at least 15 % of its pixels above this.
        min_height: things that are less high are ignored (and counted).
    """
    above = cv2.morphologyEx((score > low).astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    above = cv2.morphologyEx(above, cv2.MORPH_CLOSE, np.ones((9, 5), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(above)
    strong = np.bincount(labels[score > high], minlength=count)
    pieces: list[_Piece] = [
        (Rectangle(x, y, x + w, y + h), (label,))
        for label, (x, y, w, h, area) in enumerate(stats.tolist())
        if label and area >= 20 and strong[label] >= 0.15 * area
    ]
    joined = _join(pieces)
    things = [(rectangle, members) for rectangle, members in joined if rectangle.height >= min_height]
    owner = np.zeros(count, dtype=np.int32)
    for number, (_, members) in enumerate(things, 1):
        owner[list(members)] = number
    return Blobs([rectangle for rectangle, _ in things], owner[labels], len(joined) - len(things))


def _join(pieces: list[_Piece]) -> list[_Piece]:
    """Join pairs of pieces that belong together until none is left."""
    things = sorted(pieces, key=lambda piece: -piece[0].height)
    changed = True
    while changed:
        changed = False
        for i, (a, members) in enumerate(things):
            j = next((j for j in range(i + 1, len(things)) if _belong(a, things[j][0])), None)
            if j is not None:
                b, others = things.pop(j)
                things[i] = (_around(a, b), members + others)
                changed = True
                break
    return things


def _belong(a: Rectangle, b: Rectangle) -> bool:
    """Tell whether two pieces are close and make an upright whole: one above the other, or a limb beside.

    Two pieces of like height may be two people, one behind the other: they must all but touch.
    """
    whole = _around(a, b)
    large, small = (a, b) if a.height >= b.height else (b, a)
    if not (0.23 * whole.height <= whole.width <= 0.9 * whole.height or whole in (a, b)):
        return False
    sideways = max(a.left, b.left) - min(a.right, b.right)
    gap = max(a.top, b.top) - min(a.bottom, b.bottom)
    limb = small.height <= 0.6 * large.height
    if -sideways >= 0.5 * min(a.width, b.width):
        return gap <= (0.12 if limb else 0.03) * whole.height
    return limb and small.height >= 0.8 * small.width and max(sideways, gap) <= 0.04 * whole.height


def _around(a: Rectangle, b: Rectangle) -> Rectangle:
    """The smallest rectangle around two."""
    return Rectangle(min(a.left, b.left), min(a.top, b.top), max(a.right, b.right), max(a.bottom, b.bottom))
