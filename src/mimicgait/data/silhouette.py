"""From a mask at video resolution to a normalised silhouette: crop, stretch to full height, centre.

The steps and constants are those of the field's preparation of silhouettes (CASIA-B, OU-MVLP, Gait3D, ...),
so that what comes from a video, from a renderer or from a data set looks alike to a network.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from mimicgait.errors import ConfigError, ShapeError, suggest
from mimicgait.types import FRAME_SIZE, Frames

Interpolation = Literal["cubic", "area", "linear"]
"""How a mask is resized: cubic is the field's choice, area that of CCPG."""

MINIMUM_MASS = 10_000
"""A mask whose pixels (0 to 255) sum up to this or less is dropped: about 39 white pixels."""

_FLAGS = {"cubic": cv2.INTER_CUBIC, "area": cv2.INTER_AREA, "linear": cv2.INTER_LINEAR}


class DropReason(StrEnum):
    """Why a mask gives no silhouette."""

    EMPTY = "the mask has no white pixel"
    TOO_SMALL = "the mask has fewer than 40 white pixels"
    TOO_NARROW = "the mask is so much higher than wide that no column is left after resizing"
    OFF_CENTRE = "half of the mask lies in its first column"
    VANISHED = "nothing is left of the mask after resizing"


@dataclass(frozen=True, slots=True)
class Dropped:
    """A mask that gives no silhouette, and why."""

    reason: DropReason


class Normalised(NamedTuple):
    """Silhouettes `[t, size, size]`, the positions `[t]` of their masks, a reason for every other mask."""

    frames: Frames
    kept: npt.NDArray[np.int64]
    dropped: dict[int, DropReason]


def normalise(
    mask: npt.NDArray[np.uint8],
    *,
    size: int = FRAME_SIZE,
    interpolation: Interpolation = "cubic",
    threshold: float | None = 0.5,
) -> Frames | Dropped:
    """Crop a mask to the person's height, stretch it to `size` rows and centre it in `size` columns.

    Args:
        mask: `[h, w]` of uint8 (0 and 1, or grey up to 255) or bool, at any resolution.
        size: height and width of the result, even.
        interpolation: how to resize; the aspect ratio is kept.
        threshold: share of full white above which a resized pixel is 1. None keeps the grey values 0 to 255
            of the resizing, as the field's files do.

    Returns:
        The silhouette `[size, size]` of 0 and 1, or the reason why there is none.

    Raises:
        ShapeError: if the mask is not `[h, w]` of uint8 or bool.
        ConfigError: if a setting is not one of those above.
    """
    flag = _check(mask, size, interpolation, threshold)
    white = mask.view(np.uint8)
    x, y, w, h = cv2.boundingRect(white)
    if not h:
        return Dropped(DropReason.EMPTY)
    person = white[y : y + h]
    if cv2.minMaxLoc(person[:, x : x + w])[1] <= 1:
        person = person * np.uint8(255)
    if cv2.sumElems(person)[0] <= MINIMUM_MASS:
        return Dropped(DropReason.TOO_SMALL)
    width = int(size * (person.shape[1] / h))
    if not width:
        return Dropped(DropReason.TOO_NARROW)
    resized = cv2.resize(person, (width, size), interpolation=flag)
    mass = cv2.reduce(resized, 0, cv2.REDUCE_SUM, dtype=cv2.CV_32S)[0].cumsum()
    centre = int(mass.searchsorted(mass[-1] / 2, side="right"))
    if centre == 0:
        return Dropped(DropReason.OFF_CENTRE)
    frame = _window(resized, centre, size)
    if threshold is not None:
        frame = (frame > threshold * 255).view(np.uint8)
    return frame if frame.any() else Dropped(DropReason.VANISHED)


def normalise_sequence(
    masks: Iterable[npt.NDArray[np.uint8]],
    *,
    size: int = FRAME_SIZE,
    interpolation: Interpolation = "cubic",
    threshold: float | None = 0.5,
) -> Normalised:
    """Normalise every mask of a sequence on its own; nothing is dropped without a reason.

    Args:
        masks: masks `[h, w]`, or one array `[t, h, w]`; the masks may differ in size.
        size: as in `normalise`, and so are `interpolation` and `threshold`.

    Raises:
        ShapeError, ConfigError: as `normalise` does.
    """
    frames: list[Frames] = []
    kept: list[int] = []
    dropped: dict[int, DropReason] = {}
    for position, mask in enumerate(masks):
        frame = normalise(mask, size=size, interpolation=interpolation, threshold=threshold)
        if isinstance(frame, Dropped):
            dropped[position] = frame.reason
        else:
            frames.append(frame)
            kept.append(position)
    stacked = np.stack(frames) if frames else np.zeros((0, size, size), dtype=np.uint8)
    return Normalised(stacked, np.array(kept, dtype=np.int64), dropped)


def _check(mask: npt.NDArray[np.uint8], size: int, interpolation: str, threshold: float | None) -> int:
    """Refuse what cannot be normalised; return OpenCV's flag for the interpolation."""
    if mask.ndim != 2 or mask.dtype not in (np.uint8, np.bool_):
        raise ShapeError(f"expected a mask [h, w] of uint8 or bool, got {mask.shape} of {mask.dtype}")
    if interpolation not in _FLAGS:
        raise ConfigError(f"interpolation {interpolation!r} is unknown: {suggest(interpolation, _FLAGS)}")
    if size < 2 or size % 2:
        raise ConfigError(f"size must be even and at least 2, got {size}")
    if threshold is not None and not 0 <= threshold < 1:
        raise ConfigError(f"threshold must be None or in [0, 1), got {threshold}")
    return int(_FLAGS[interpolation])


def _window(image: Frames, centre: int, size: int) -> Frames:
    """Cut `size` columns around a column; columns outside of the image are black."""
    left = centre - size // 2
    if left >= 0 and left + size <= image.shape[1]:
        return image[:, left : left + size].copy()
    window = np.zeros((size, size), dtype=np.uint8)
    first, last = max(left, 0), min(left + size, image.shape[1])
    window[:, first - left : last - left] = image[:, first:last]
    return window
