"""Find the people's pixels: segmenters behind one protocol. The default needs a static camera, no weights."""

from collections.abc import Iterator
from itertools import islice
from typing import Protocol

import cv2
import numpy as np
import numpy.typing as npt

from mimicgait.errors import ConfigError
from mimicgait.types import Frames
from mimicgait.video.background import Background, estimate_background
from mimicgait.video.blobs import Blobs, find_blobs
from mimicgait.video.decode import FrameSource, Image, VideoFrame
from mimicgait.video.refine import Rectangle, Shade, outline, part_people, person_score
from mimicgait.video.regions import Box, Region, Segmented, cut_edges, tight


class Segmenter(Protocol):
    """Turns frames into regions: background subtraction, a network, or masks made elsewhere."""

    def segment(self, source: FrameSource) -> Iterator[Segmented]:
        """Give every frame of the source once, in order, with the regions found in it.

        A segmenter may look ahead (for a background, for a batch on a GPU), but only by a bounded number of
        frames.
        """


class BackgroundSubtraction:
    """People are what differs from the median of the frames: for a camera that does not move.

    Works block by block: each block is decoded twice, first for a sample of frames whose median is the
    background, then to compare every frame with it. So a person who is there from the first to the last frame
    is found as long as they keep moving, light may change between blocks, and memory is bounded. Shadows,
    changes of exposure and noise are allowed for (`background`), outlines are cleaned (`refine`).

    Args:
        working_height: larger frames are reduced to this height first; a silhouette has only 64 rows.
        block_seconds: length of a block; shorter follows changes of light faster, longer forgives people who
            stand still.
        samples: frames of a block that the background is made of.
        low: score from which a pixel may belong to a person, in units of its noise.
        high: score that a good part of a person's pixels must reach.
        min_height: people less high than this share of the frame's height are ignored.
        shade: which darkening is shadow.

    Raises:
        ConfigError: if a setting is out of range.
    """

    def __init__(
        self,
        *,
        working_height: int = 576,
        block_seconds: float = 120.0,
        samples: int = 51,
        low: float = 3.0,
        high: float = 6.0,
        min_height: float = 0.06,
        shade: Shade | None = None,
    ) -> None:
        if working_height < 64 or samples < 3 or block_seconds <= 0 or not 0 < low < high:
            raise ConfigError(
                "expected working_height >= 64, samples >= 3, block_seconds > 0 and 0 < low < high, got "
                f"{working_height}, {samples}, {block_seconds}, {low} and {high}"
            )
        self.working_height = working_height
        self.block_seconds = block_seconds
        self.samples = samples
        self.low = low
        self.high = high
        self.min_height = min_height
        self.shade = shade or Shade()

    def segment(self, source: FrameSource) -> Iterator[Segmented]:
        """Segment a source that can be read twice, in blocks.

        Raises:
            VideoError: if the video has fewer than three frames, or as the source says.
        """
        length = max(round(self.block_seconds * source.info.fps), self.samples)
        ahead, frames = iter(source), iter(source)
        background = None
        while sample := self._sample(islice(ahead, length), self._expected(source, length)):
            if background is None or 2 * len(sample) >= self.samples:  # the last block may be too short
                background = estimate_background(sample)
            for frame in islice(frames, length):
                yield self.compare(frame, background)

    def _expected(self, source: FrameSource, length: int) -> int:
        """Frames of a block, as far as they are known beforehand."""
        return min(length, source.info.frames) if source.info.frames else length

    def _sample(self, block: Iterator[VideoFrame], expected: int) -> list[Image]:
        """Keep evenly spaced frames of a block; at most twice as many as asked for."""
        step = max(expected // self.samples, 1)
        kept: list[Image] = []
        for position, frame in enumerate(block):
            if position % step == 0:
                kept.append(self.prepare(frame.image))
                if len(kept) >= 2 * self.samples:
                    kept, step = kept[::2], step * 2
        return kept

    def prepare(self, image: Image) -> Image:
        """Reduce a BGR image to the working height and turn it into YCrCb."""
        height = self.working_height
        while image.shape[0] >= 2 * height:  # halving is exact and fast, unlike an area of any other size
            image = cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        if image.shape[0] > height:
            size = (max(round(image.shape[1] * height / image.shape[0]), 1), height)
            image = cv2.resize(image, size, interpolation=cv2.INTER_LINEAR)
        return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2YCrCb), dtype=np.uint8)

    def compare(self, frame: VideoFrame, background: Background) -> Segmented:
        """Find the regions of one frame."""
        image = self.prepare(frame.image)
        gain = background.gain(image)
        score = background.score(image, self.shade.ground * gain, self.shade.bright * gain)
        smallest = max(round(self.min_height * image.shape[0]), 8)
        blobs = find_blobs(score, low=self.low, high=self.high, min_height=smallest)
        scale = frame.image.shape[0] / image.shape[0]
        found = [self._regions(image, background, gain, blobs, i, scale) for i in range(len(blobs.things))]
        regions = tuple(region for parts in found for region in parts)
        return Segmented(frame, regions, blobs.ignored + found.count([]))

    def _regions(
        self, image: Image, background: Background, gain: float, blobs: Blobs, number: int, scale: float
    ) -> list[Region]:
        """Clean the outline of one thing, and part people who only touch; empty if nothing is left of it."""
        person = blobs.things[number]
        around = person.grown(max(6, person.height // 12), image.shape[:2])
        owner = blobs.owner[around.window()]
        score = person_score(image, background, person, around, self.shade, gain)
        score[(owner != 0) & (owner != number + 1)] = 0
        mask = outline(
            score, image[(*around.window(), 0)], self.low, radius=max(2, round(person.height / 40))
        )
        mask = _main_parts(mask, owner == number + 1)
        found = []
        for part in part_people(mask):
            bounds = tight(part)
            if bounds is not None:
                left, top, right, bottom = bounds
                place = Rectangle(left, top, right, bottom).moved(around.left, around.top)
                box = Box(place.left * scale, place.top * scale, place.width * scale, place.height * scale)
                edges = cut_edges(*place, image.shape[:2])
                found.append(Region(box, part[top:bottom, left:right].copy(), edges))
        return found


def _main_parts(mask: Frames, own: npt.NDArray[np.bool_]) -> Frames:
    """Keep the components that lie mostly on the thing itself and are not tiny; fill pinholes."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask)
    hits = np.bincount(labels[own], minlength=count)
    areas = stats[:, cv2.CC_STAT_AREA]
    mine = [label for label in range(1, count) if hits[label] >= 0.3 * areas[label]]
    largest = max((areas[label] for label in mine), default=0)
    keep = np.zeros(count, dtype=np.uint8)
    keep[[label for label in mine if areas[label] >= 0.04 * largest]] = 1
    return _without_pinholes(keep[labels])


def _without_pinholes(mask: Frames, share: float = 0.01) -> Frames:
    """Fill holes smaller than a share of the mask's area; the gap between arm and trunk is larger."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(1 - mask, connectivity=4)
    small = stats[:, cv2.CC_STAT_AREA] < share * int(mask.sum())
    small[0] = False
    filled: Frames = mask | small.astype(np.uint8)[labels]
    return filled
