"""Which frames of a track show a person walking, and why the others do not."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mimicgait.errors import ConfigError
from mimicgait.video.regions import Region
from mimicgait.video.track import Track

Floats = npt.NDArray[np.float64]


class Reason(StrEnum):
    """Why a frame of a track is not used; reasons of the normalisation come beside these."""

    MERGED = "several people meet in one outline"
    CUT = "cut off at the edge of the picture"
    TOO_SMALL = "too small in the picture"
    NOT_UPRIGHT = "not upright"
    TOO_WIDE = "too wide at the shoulders for one person"
    UNSTEADY = "the outline jumps in size"
    STANDING = "not walking"


UNSTABLE = (Reason.NOT_UPRIGHT, Reason.UNSTEADY)
"""Reasons that are the exception in an outline of one walking person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gait:
    """What counts as walking. Lengths are in heights of the person, so that they hold at any distance.

    Args:
        min_rows: rows that an outline must have in the segmenter's working picture.
        min_aspect: height over width; a stride with swinging arms has about 1.4.
        max_shoulders: width over height of the outline between a tenth and a third of its height; arms that
            swing reach 0.4.
        max_jump: largest difference between a height and its median over `window`, as a share.
        max_growth: largest share by which an area exceeds its median. Half an outline may be hidden, hence
            there is no limit below.
        min_speed: slowest walk, in heights a second (a stroll has 0.4; seen head-on, a third of that).
        min_travel: distance over all frames, growing and shrinking in the picture included.
        window: seconds over which speed and median height are taken.
        max_unstable: largest share of frames that are not upright or jump in height.
        min_frames: frames that a sequence must have.
    """

    min_rows: int = 32
    min_aspect: float = 1.15
    max_shoulders: float = 0.5
    max_jump: float = 0.2
    max_growth: float = 0.3
    min_speed: float = 0.12
    min_travel: float = 1.0
    window: float = 2.0
    max_unstable: float = 0.4
    min_frames: int = 15

    def __post_init__(self) -> None:
        if self.min_frames < 1 or self.window <= 0 or not self.max_jump > 0:
            raise ConfigError(
                "expected min_frames >= 1, window > 0 and max_jump > 0, got "
                f"{self.min_frames}, {self.window} and {self.max_jump}"
            )

    def judge(self, track: Track) -> list[Reason | None]:
        """Say for every observation why it cannot be used; None where it can."""
        path = Path.of(track)
        usual = path.usual(self.window)
        return [self._judge(path, usual, i) for i in range(len(path.times))]

    def _judge(self, path: "Path", usual: "Usual", i: int) -> Reason | None:
        jumps = abs(path.height[i] / usual.height[i] - 1) > self.max_jump
        checks = (
            (Reason.MERGED, bool(path.merged[i])),
            (Reason.CUT, bool(path.cut[i])),
            (Reason.TOO_SMALL, path.rows[i] < self.min_rows),
            (Reason.NOT_UPRIGHT, path.height[i] < self.min_aspect * path.width[i]),
            (Reason.TOO_WIDE, path.shoulders[i] > self.max_shoulders * path.height[i]),
            (Reason.UNSTEADY, bool(jumps or path.area[i] > (1 + self.max_growth) * usual.area[i])),
            (Reason.STANDING, usual.speed[i] < self.min_speed),
        )
        return next((reason for reason, applies in checks if applies), None)

    def heading(self, track: Track) -> npt.NDArray[np.int64]:
        """Which way a person walks in every observation, `[t]`: -1 left, 1 right, 0 neither.

        Sideways means at least at the slowest walk; whoever turns and comes back changes heading on the way,
        and a moment of standing keeps the heading that was before it.
        """
        usual = Path.of(track).usual(self.window)
        side = np.where(np.abs(usual.sideways) >= self.min_speed, np.sign(usual.sideways), 0).astype(np.int64)
        known = np.flatnonzero(side)
        if not len(known):
            return side
        before = np.searchsorted(known, np.arange(len(side)), side="right") - 1
        filled: npt.NDArray[np.int64] = side[known[np.maximum(before, 0)]]
        return filled

    def travels(self, track: Track, usable: npt.NDArray[np.bool_]) -> float:
        """How far a person comes in the usable frames, in heights; outliers left out.

        Growing or shrinking by a factor of e counts as one height: a walk along the line of sight.
        """
        if not usable.any():
            return 0.0
        path = Path.of(track)
        size = np.log(path.usual(self.window).height)
        dx, dy, growth = (float(np.ptp(np.percentile(v[usable], [5, 95]))) for v in (path.x, path.y, size))
        return float(np.hypot(dx, dy) / np.median(path.height[usable]) + growth)


class Usual(NamedTuple):
    """What is usual around each frame, `[t]`: height in pixels, area, speed in heights a second, and the part
    of the speed that goes to the right."""

    height: Floats
    area: Floats
    speed: Floats
    sideways: Floats


@dataclass(frozen=True, slots=True)
class Path:
    """A track as arrays `[t]`: times; the foot's x and y, height, width and width at the shoulders in pixels
    of the video, area in its square pixels; rows of the mask; flags.
    """

    times: Floats
    x: Floats
    y: Floats
    height: Floats
    width: Floats
    shoulders: Floats
    area: Floats
    rows: Floats
    merged: npt.NDArray[np.bool_]
    cut: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, track: Track) -> "Path":
        """Collect the arrays of a track."""
        boxes = [o.region.box for o in track.observations]
        return cls(
            times=np.array([o.time for o in track.observations]),
            x=np.array([box.centre[0] for box in boxes]),
            y=np.array([box.bottom for box in boxes]),
            height=np.array([box.height for box in boxes]),
            width=np.array([box.width for box in boxes]),
            shoulders=np.array([_shoulders(o.region) for o in track.observations]),
            area=np.array([o.region.area for o in track.observations]),
            rows=np.array([float(o.region.mask.shape[0]) for o in track.observations]),
            merged=np.array([o.merged for o in track.observations]),
            cut=np.array([bool(o.region.cut) for o in track.observations]),
        )

    def usual(self, window: float) -> Usual:
        """Medians over a window of seconds around each frame, and the speed of a line fitted to the foot.

        Frames in which people are merged do not count. Where fewer than three frames are left, height and
        area are the frame's own and the speed is 0.
        """
        height, area = self.height.copy(), self.area.copy()
        speed, sideways = np.zeros(len(self.times)), np.zeros(len(self.times))
        for i, now in enumerate(self.times):
            near = (np.abs(self.times - now) <= window / 2 + 1e-9) & ~self.merged
            if near.sum() < 3:
                continue
            height[i], area[i] = np.median(self.height[near]), np.median(self.area[near])
            ago = self.times[near] - self.times[near].mean()
            spread = float(ago @ ago)
            if spread > 0:
                sideways[i] = ago @ self.x[near] / spread / height[i]
                speed[i] = np.hypot(sideways[i], ago @ self.y[near] / spread / height[i])
        return Usual(height, area, speed, sideways)


def _shoulders(region: Region) -> float:
    """Width of the upper trunk in pixels of the video, from the first to the last column."""
    rows = len(region.mask)
    upper = np.flatnonzero(region.mask[rows // 10 : max(rows // 3, rows // 10 + 1)].any(axis=0))
    share = (upper[-1] + 1 - upper[0]) / region.mask.shape[1] if len(upper) else 0.0
    return float(share * region.box.width)
