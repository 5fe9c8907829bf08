"""What a segmenter finds in one frame: boxes with a mask, in pixels of the video."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from mimicgait.errors import ShapeError
from mimicgait.types import Frames
from mimicgait.video.decode import VideoFrame


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels of the video: left and top edge, width and height."""

    x: float
    y: float
    width: float
    height: float

    @property
    def area(self) -> float:
        """Width times height."""
        return self.width * self.height

    @property
    def centre(self) -> tuple[float, float]:
        """The middle, x and y."""
        return self.x + self.width / 2, self.y + self.height / 2

    @property
    def bottom(self) -> float:
        """The row below the last one."""
        return self.y + self.height

    def overlap(self, other: "Box") -> float:
        """Area that both cover."""
        width = min(self.x + self.width, other.x + other.width) - max(self.x, other.x)
        height = min(self.bottom, other.bottom) - max(self.y, other.y)
        return max(width, 0.0) * max(height, 0.0)

    def iou(self, other: "Box") -> float:
        """Intersection over union, 0 for boxes that do not touch.

        >>> Box(0, 0, 2, 2).iou(Box(1, 0, 2, 2))
        0.3333333333333333
        """
        both = self.overlap(other)
        union = self.area + other.area - both
        return both / union if union else 0.0

    def moved(self, dx: float, dy: float) -> "Box":
        """The same box elsewhere."""
        return replace(self, x=self.x + dx, y=self.y + dy)


@dataclass(frozen=True, slots=True)
class Region:
    """One thing found in a frame.

    `mask [h, w]` of 0 and 1 covers exactly the box, at whatever resolution the segmenter works; `cut` names
    the edges of the image (left, right, top, bottom) at which the thing is cut off; `score` is how sure the
    segmenter is, in [0, 1].
    """

    box: Box
    mask: Frames
    cut: tuple[str, ...] = ()
    score: float = 1.0

    def __post_init__(self) -> None:
        if self.mask.ndim != 2 or self.mask.dtype != np.uint8 or not self.mask.size:
            raise ShapeError(f"expected a mask [h, w] of uint8, got {self.mask.shape} of {self.mask.dtype}")

    @property
    def area(self) -> float:
        """Area of the mask in square pixels of the video; steadier than that of the box, which strides."""
        return float(np.count_nonzero(self.mask)) / self.mask.size * self.box.area


@dataclass(frozen=True, slots=True)
class Segmented:
    """One frame and what was found in it; `ignored` counts what was too small or too faint to be kept."""

    frame: VideoFrame
    regions: tuple[Region, ...]
    ignored: int = 0


def cut_edges(left: int, top: int, right: int, bottom: int, shape: tuple[int, int]) -> tuple[str, ...]:
    """Name the edges of an image `(h, w)` that a rectangle touches; one pixel of air counts as touching.

    >>> cut_edges(0, 5, 9, 20, (20, 30))
    ('left', 'bottom')
    """
    height, width = shape
    touched = {
        "left": left <= 1,
        "right": right >= width - 1,
        "top": top <= 1,
        "bottom": bottom >= height - 1,
    }
    return tuple(edge for edge, touches in touched.items() if touches)


def tight(mask: npt.NDArray[np.uint8]) -> tuple[int, int, int, int] | None:
    """Left, top, right and bottom (exclusive) of what is not 0 in a mask `[h, w]`; None for an empty one."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return None
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1
