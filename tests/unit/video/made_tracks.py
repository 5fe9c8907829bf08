"""Frames with boxes instead of pictures, for what comes after segmentation."""

from collections.abc import Iterable, Sequence

import numpy as np

from mimicgait.video import Box, Observation, Region, Segmented, Track, VideoFrame

NO_IMAGE = np.zeros((1, 1, 3), np.uint8)


def region(box: Box, *, cut: tuple[str, ...] = (), mask: np.ndarray | None = None) -> Region:
    """A region whose mask is a full-grown ellipse, a bit like a person."""
    if mask is None:
        h, w = max(round(box.height), 1), max(round(box.width), 1)
        y, x = np.mgrid[:h, :w]
        mask = (((x + 0.5) / w * 2 - 1) ** 2 + ((y + 0.5) / h * 2 - 1) ** 2 <= 1.05).astype(np.uint8)
    return Region(box, mask, cut)


def frames(boxes: Iterable[Sequence[Box]], fps: float = 10.0) -> list[Segmented]:
    """One segmented frame for each list of boxes."""
    return [
        Segmented(VideoFrame(i, i / fps, NO_IMAGE), tuple(region(box) for box in found))
        for i, found in enumerate(boxes)
    ]


def walk(
    count: int = 40, *, speed: float = 8.0, fps: float = 10.0, box: Box | None = None, number: int = 0
) -> Track:
    """A track that moves to the right by `speed` pixels a frame."""
    box = box or Box(10, 20, 40, 100)
    return Track(number, [Observation(i, i / fps, region(box.moved(speed * i, 0))) for i in range(count)])
