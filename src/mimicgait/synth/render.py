"""Drawing: hulls of ellipses as convex polygons, and polygons as silhouettes at video resolution."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from mimicgait.synth.camera import Seen
from mimicgait.types import Frames

Points = npt.NDArray[np.float32]

CORNERS = 18
"""Corners of every polygon: between two of them at most 1.5 % of an ellipse's radius is cut away."""

FRACTION_BITS = 4
"""Bits behind the point in OpenCV's polygon coordinates: corners are placed to a sixteenth of a pixel."""

_ANGLES = np.arange(CORNERS, dtype=np.float32) * np.float32(2 * np.pi / CORNERS)
_X, _Y = np.cos(_ANGLES), np.sin(_ANGLES)


def outlines(seen: Seen, hulls: npt.NDArray[np.int64]) -> Points:
    """Return the convex polygons `[2, t, s, corner]` (x and y) around the ellipses of every hull `[s, k]`.

    The corner in direction u is the farthest point in that direction, which lies on the ellipse with the
    largest support `u'centre + sqrt(u' covariance u)`; corners in the order of u are convex by construction.
    """
    x, y = (seen.centre[..., i, None].astype(np.float32) for i in (0, 1))
    xx, xy, yy = (seen.covariance[..., i, j, None].astype(np.float32) for i, j in ((0, 0), (0, 1), (1, 1)))
    along_x, along_y = xx * _X + xy * _Y, xy * _X + yy * _Y
    reach = np.sqrt(along_x * _X + along_y * _Y)
    support = x * _X + y * _Y + reach
    chosen = _farthest(support, hulls)
    t, beads, corners = support.shape
    place = (np.arange(t)[:, None, None] * beads + chosen) * corners + np.arange(corners)
    return np.stack([np.take(x + along_x / reach, place), np.take(y + along_y / reach, place)])


def _farthest(support: Points, hulls: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Which bead of every hull has the largest support `[t, b, corner]`: `[t, s, corner]`."""
    best = support[:, hulls[:, 0]]
    chosen = np.broadcast_to(hulls[:, 0, None], best.shape).copy()
    for column in hulls.T[1:]:
        rows = np.flatnonzero(column != hulls[:, 0])
        if not len(rows):
            break
        other, bead = support[:, column[rows]], column[rows, None]
        better = other > best[:, rows]
        chosen[:, rows] = np.where(better, bead, chosen[:, rows])
        best[:, rows] = np.where(better, other, best[:, rows])
    return chosen


@dataclass(frozen=True, slots=True)
class Canvas:
    """The box that follows the person: corner `[2, t]` (x, y) in pixels, and one size for all frames."""

    corner: Points
    height: int
    width: int


def follow(polygons: Points, margin: int = 4) -> Canvas:
    """Centre one box on the person in every frame, as large as the largest frame needs."""
    flat = polygons.reshape(*polygons.shape[:2], -1)
    low, high = flat.min(-1), flat.max(-1)
    width, height = np.ceil((high - low).max(1)).astype(int) + 2 * margin
    corner = (low + high - np.array([[width], [height]], np.float32)) / 2
    return Canvas(corner, int(height), int(width))


def draw(
    polygons: Points,
    canvas: Canvas,
    shown: npt.NDArray[np.bool_] | None = None,
    greys: npt.NDArray[np.uint8] | None = None,
) -> Frames:
    """Fill the polygons `[2, t, s, corner]` of each frame: masks `[t, h, w]` of 0 and 1.

    `shown [t, s]` leaves hulls out. `greys [s]` are levels to fill with instead of 1; later hulls cover
    earlier ones.
    """
    masks = np.zeros((polygons.shape[1], canvas.height, canvas.width), np.uint8)
    scaled = (polygons - canvas.corner[:, :, None, None] - 0.5) * np.float32(1 << FRACTION_BITS)
    corners = np.ascontiguousarray(np.rint(scaled).astype(np.int32).transpose(1, 2, 3, 0))
    levels = [1] * polygons.shape[2] if greys is None else greys.tolist()
    for t, mask in enumerate(masks):
        for s, polygon in enumerate(corners[t]):
            if shown is None or shown[t, s]:
                cv2.fillConvexPoly(mask, polygon, levels[s], cv2.LINE_8, FRACTION_BITS)
    return masks
