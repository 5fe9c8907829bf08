"""Make one person's outline out of noisy scores: neighbours of like brightness vote, shadows are let go.

The vote is mean-field inference of a binary random field whose pairwise term is an edge-aware average (the
guided filter of He et al., "Guided image filtering", TPAMI 2013): holes and ragged edges close where the
image has no edge, and the outline settles on one where it has.
"""

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from mimicgait.types import Frames
from mimicgait.video.background import Background, Plane, same_texture
from mimicgait.video.decode import Image


class Rectangle(NamedTuple):
    """Whole pixels of the working image: first column and row, and one past the last."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def height(self) -> int:
        """Number of rows."""
        return self.bottom - self.top

    @property
    def width(self) -> int:
        """Number of columns."""
        return self.right - self.left

    def grown(self, by: int, shape: tuple[int, int]) -> "Rectangle":
        """Add a margin, within an image `(h, w)`."""
        return Rectangle(
            max(self.left - by, 0),
            max(self.top - by, 0),
            min(self.right + by, shape[1]),
            min(self.bottom + by, shape[0]),
        )

    def moved(self, dx: int, dy: int) -> "Rectangle":
        """The same rectangle elsewhere."""
        return Rectangle(self.left + dx, self.top + dy, self.right + dx, self.bottom + dy)

    def window(self) -> tuple[slice, slice]:
        """The same as an index of an image."""
        return slice(self.top, self.bottom), slice(self.left, self.right)


class Shade(NamedTuple):
    """Which darkening is taken for shadow rather than for a person, as the least factor left of brightness.

    body: anywhere; ground: in the lower half of a person, where soft shadows lie; textured: taken off in
    addition in the lowest quarter where the ground's texture shows through (sunlit grass). bright: the
    largest factor of brightening, for passing clouds and lens flare.
    """

    body: float = 0.93
    ground: float = 0.86
    textured: float = 0.45
    bright: float = 1.04


def person_score(
    image: Image, background: Background, person: Rectangle, around: Rectangle, shade: Shade, gain: float
) -> Plane:
    """Distance from the background around one person, with shadows at the feet left out.

    Args:
        image: the whole frame `[h, w, 3]` in YCrCb.
        background: of the same size.
        person: the rough place of the person.
        around: the window to look at.
        shade: what counts as shadow.
        gain: the frame's exposure against the background's.
    """
    window = around.window()
    luma = image[(*window, 0)].astype(np.float32)
    rows = np.arange(around.top, around.bottom, dtype=np.float32)[:, None]
    height = (rows - person.top) / person.height
    ground = np.clip((height - 0.45) / 0.15, 0, 1)
    feet = np.clip((height - 0.75) / 0.10, 0, 1)
    # Correlations of legs with the ground behind them stay below 0.1; those of shadows lie at 0.3 to 0.9.
    textured = np.clip((same_texture(luma, background.luma[window]) - 0.1) / 0.2, 0, 1) * feet
    darkest = shade.body - (shade.body - shade.ground) * ground - shade.textured * textured
    # In the sun a shadow is also bluer than the ground; where its texture is seen, that is half forgiven.
    score = background.score(image, darkest * gain, shade.bright * gain, window)
    forgiven: Plane = score * (1 - 0.5 * textured)
    return forgiven


def outline(score: Plane, luma: Image, threshold: float, radius: int) -> Frames:
    """Turn scores `[h, w]` into a mask of 0 and 1 whose edges follow those of the picture.

    Args:
        score: distance from the background; 0 where the person certainly is not.
        luma: brightness `[h, w]` of uint8, the guide.
        threshold: score at which background and person are equally likely.
        radius: how far pixels vote, in pixels.
    """
    # A score of twice the threshold is clear evidence. Cut alike on both sides: were the evidence for the
    # person the stronger one, votes would push the outline outwards.
    odds = np.clip(2.5 * np.log((score + 0.3) / threshold), -2.5, 2.5)
    odds[score <= 0] = -5
    likely = _vote(odds.astype(np.float32), (luma / 255).astype(np.float32), radius)
    return (likely > 0.5).astype(np.uint8)


def part_people(mask: Frames, bridge: float = 0.08, least: float = 0.6) -> list[Frames]:
    """Part an outline of people who walk side by side and only touch, from left to right.

    Args:
        mask: `[h, w]` of 0 and 1.
        bridge: columns with fewer pixels than this share of the height are a gap, or a touch of arms.
        least: both sides must be at least this share of the whole in height, and as wide as a person is.
    """
    columns = mask.sum(axis=0, dtype=np.int64)
    rows, used = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(columns)
    if not len(used):
        return []
    height = int(rows[-1] - rows[0] + 1)
    slimmest = max(round(0.15 * height), 2)
    for gap in _runs(columns[used[0] : used[-1] + 1] < bridge * height, int(used[0])):
        cut = gap[len(gap) // 2]
        left, right = mask.copy(), mask.copy()
        left[:, cut:] = 0
        right[:, :cut] = 0
        if all(_is_tall(side, least * height, slimmest) for side in (left, right)):
            return [left, *part_people(right, bridge, least)]
    return [mask]


def _runs(flags: npt.NDArray[np.bool_], start: int) -> list[npt.NDArray[np.int64]]:
    """Positions of each run of true values, counted from `start`."""
    places = np.flatnonzero(flags) + start
    return [run for run in np.split(places, np.flatnonzero(np.diff(places) > 1) + 1) if len(run)]


def _is_tall(mask: Frames, height: float, width: int) -> bool:
    """Whether an outline is as high as asked for, and has enough columns of a good height."""
    _, _, _, high = cv2.boundingRect(mask)
    return high >= height and int((mask.sum(axis=0) > 0.3 * high).sum()) >= width


def _vote(evidence: Plane, guide: Plane, radius: int, rounds: int = 5, strength: float = 3.0) -> Plane:
    """Mean-field rounds: each pixel's probability follows its own evidence and its neighbours' average."""
    kernel = (2 * radius + 1, 2 * radius + 1)
    mean = cv2.blur(guide, kernel)
    spread = cv2.blur(guide * guide, kernel) - mean * mean + 1e-3
    likely = _sigmoid(evidence)
    for _ in range(rounds):
        average = cv2.blur(likely, kernel)
        slope = (cv2.blur(guide * likely, kernel) - mean * average) / spread
        smooth = cv2.blur(slope, kernel) * guide + cv2.blur(average - slope * mean, kernel)
        likely = _sigmoid(evidence + strength * (2 * smooth - 1))
    return likely


def _sigmoid(x: Plane) -> Plane:
    """Turn log-odds into probabilities."""
    return (1 / (1 + np.exp(-x))).astype(np.float32)
