"""Drawing: hulls of ellipses as convex polygons, and polygons as silhouettes at video resolution."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from mimicgait.synth.camera import Seen
from mimicgait.types import Frames

CORNERS = 18
"""Corners of every polygon: the hull is cut short by at most 1.5 % of the ellipse's radius."""

FRACTION_BITS = 4
"""Bits behind the point in OpenCV's polygon coordinates: corners are placed to a sixteenth of a pixel."""

_ANGLES = np.arange(CORNERS) * (2 * np.pi / CORNERS)
_DIRECTIONS = np.stack([np.cos(_ANGLES), np.sin(_ANGLES)], axis=1)


def outlines(seen: Seen, hulls: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Return the convex polygons `[t, s, corner, 2]` around the ellipses of every hull `[s, k]`.

    The corner in direction u is the farthest point in that direction, which lies on the ellipse with the
    largest support `u'centre + sqrt(u' covariance u)`; corners in the order of u are convex by construction.
    """
    pushed = _DIRECTIONS @ seen.covariance
    reach = np.sqrt(np.einsum("tbkd,kd->tbk", pushed, _DIRECTIONS))
    points = seen.centre[:, :, None] + pushed / reach[..., None]
    support = seen.centre @ _DIRECTIONS.T + reach
    corner = np.arange(CORNERS)
    best, chosen = (
        support[:, hulls[:, 0]],
        np.broadcast_to(hulls[None, :, :1], (len(support), len(hulls), CORNERS)),
    )
    for column in hulls.T[1:]:
        other = support[:, column]
        better = other > best
        chosen = np.where(better, column[None, :, None], chosen)
        best = np.where(better, other, best)
    return points[np.arange(len(points))[:, None, None], chosen, corner]


@dataclass(frozen=True, slots=True)
class Canvas:
    """The box that follows the person: corner `[t, 2]` (x, y) in pixels, and one size for all frames."""

    corner: npt.NDArray[np.float64]
    height: int
    width: int


def follow(polygons: npt.NDArray[np.float64], margin: int = 4) -> Canvas:
    """Centre one box on the person in every frame, as large as the largest frame needs."""
    low, high = polygons.min((1, 2)), polygons.max((1, 2))
    width, height = np.ceil((high - low).max(0)).astype(int) + 2 * margin
    corner = (low + high) / 2 - np.array([width, height]) / 2
    return Canvas(corner, int(height), int(width))


def draw(
    polygons: npt.NDArray[np.float64], canvas: Canvas, shown: npt.NDArray[np.bool_] | None = None
) -> Frames:
    """Fill the polygons `[t, s, corner, 2]` of each frame: masks `[t, h, w]` of 0 and 1.

    `shown [t, s]` leaves hulls out.
    """
    masks = np.zeros((len(polygons), canvas.height, canvas.width), np.uint8)
    scaled = (polygons - canvas.corner[:, None, None] - 0.5) * (1 << FRACTION_BITS)
    corners = np.rint(scaled).astype(np.int32)
    for t, mask in enumerate(masks):
        for polygon in corners[t] if shown is None else corners[t][shown[t]]:
            cv2.fillConvexPoly(mask, polygon, 1, cv2.LINE_8, FRACTION_BITS)
    return masks
