"""Join the tracks of one person who was out of sight: by where they would have walked, and by their gait.

Position can be carried on for some seconds only. A gait distance reaches further, and vetoes joins over short
gaps. What counts as near is learned from the video itself: people who are seen at the same time are certainly
different, so their distances say how strangers look.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

from mimicgait.errors import ConfigError
from mimicgait.video.motion import Observation, Track

Floats = npt.NDArray[np.float64]
GaitDistance = Callable[[Track, Track], float | None]
"""Distance between the gaits of two tracks; None where one of them shows too little."""

_NEVER = 1e6
_STRANGERS = 6
"""Pairs of people seen together that are needed before their distances say what is near."""


class End(NamedTuple):
    """First or last second of a track: time, foot x and y, velocity, all of the frame next to the gap, in
    pixels and seconds; height in pixels."""

    time: float
    foot: Floats
    velocity: Floats
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Linker:
    """Joins tracks that end to tracks that begin. Lengths are in heights of the person.

    Args:
        max_seconds: longest gap over which a place is carried on.
        reach: error of a carried-on place that is allowed at once, in heights; drift: and more a second.
        max_growth: largest relative difference of heights on both sides of a gap.
        min_frames: observations that a track needs for its velocity to be believed.
        gait: distance between gaits; None goes by places and heights alone.
        max_distance: gait distance from which two tracks are two people; None learns it from people who are
            seen at the same time.
        gait_seconds: longest gap that a gait distance alone may bridge.

    Raises:
        ConfigError: if a setting is out of range.
    """

    max_seconds: float = 5.0
    reach: float = 0.35
    drift: float = 0.25
    max_growth: float = 0.25
    min_frames: int = 5
    gait: GaitDistance | None = None
    max_distance: float | None = None
    gait_seconds: float = 60.0

    def __post_init__(self) -> None:
        if min(self.max_seconds, self.reach, self.drift, self.max_growth, self.gait_seconds) < 0:
            raise ConfigError("max_seconds, reach, drift, max_growth and gait_seconds must be at least 0")
        if self.min_frames < 2:
            raise ConfigError(f"min_frames must be at least 2, got {self.min_frames}")

    def link(self, tracks: Sequence[Track]) -> list[Track]:
        """Return the tracks with those of one person joined, in the order in which they begin."""
        ordered = sorted(tracks, key=lambda track: (track.first, track.number))
        costs = self._costs(ordered)
        following: dict[int, int] = {}
        if len(ordered):
            rows, columns = linear_sum_assignment(costs)
            following = {
                int(r): int(c) for r, c in zip(rows, columns, strict=True) if costs[r, c] < _NEVER / 2
            }
        heads = set(range(len(ordered))) - set(following.values())
        return [_joined(_chain(head, following), ordered) for head in sorted(heads)]

    def _costs(self, tracks: Sequence[Track]) -> Floats:
        """Cost `[n, n]` of going on from one track (row) to another (column)."""
        costs = np.full((len(tracks), len(tracks)), _NEVER)
        near = self._near(tracks)
        for i, before in enumerate(tracks):
            for j, after in enumerate(tracks):
                gap = after.observations[0].time - before.observations[-1].time
                if gap > 0 and gap <= max(self.max_seconds, self.gait_seconds if self.gait else 0.0):
                    costs[i, j] = self._cost(before, after, gap, near)
        return costs

    def _cost(self, before: Track, after: Track, gap: float, near: "_Near") -> float:
        """Cost of one join: below 1 where the place fits, 1 to 2 where only the gait does."""
        distance = self.gait(before, after) if self.gait else None
        place = self._misplaced(before, after) if gap <= self.max_seconds else None
        if place is not None and place < 1:
            vetoed = distance is not None and distance > near.veto
            return _NEVER if vetoed else place
        alike = distance is not None and distance <= near.same
        return 1 + float(distance or 0.0) / (near.same + 1e-9) if alike else _NEVER

    def _misplaced(self, before: Track, after: Track) -> float | None:
        """How far a track begins from where the other would be, as a share of what is allowed."""
        a, b = (
            end_of(before, last=True, least=self.min_frames),
            end_of(after, last=False, least=self.min_frames),
        )
        if a is None or b is None or abs(np.log(b.height / a.height)) > np.log1p(self.max_growth):
            return None
        gap, height = b.time - a.time, (a.height + b.height) / 2
        forward = np.linalg.norm(a.foot + a.velocity * gap - b.foot) / height
        backward = np.linalg.norm(b.foot - b.velocity * gap - a.foot) / height
        return float((forward + backward) / 2 / (self.reach + self.drift * gap))

    def _near(self, tracks: Sequence[Track]) -> "_Near":
        """Which gait distances are one person's, judged by people who are seen at the same time."""
        if self.max_distance is not None:
            return _Near(self.max_distance, self.max_distance)
        if self.gait is None:
            return _Near(-1.0, np.inf)
        together = [
            distance
            for a, b in combinations(tracks, 2)
            if a.first <= b.last and b.first <= a.last and (distance := self.gait(a, b)) is not None
        ]
        if len(together) < _STRANGERS:
            return _Near(-1.0, np.inf)
        return _Near(float(min(together)) * 0.95, float(np.median(together)))


class _Near(NamedTuple):
    """Gait distance up to which two tracks are one person's, and from which they are not."""

    same: float
    veto: float


def end_of(track: Track, *, last: bool, least: int = 5, window: float = 1.0) -> End | None:
    """Fit place and velocity to the first or the last second in which a person was seen alone.

    None if that is in fewer than `least` frames.
    """
    alone = [o for o in track.observations if not o.merged and not o.region.cut] or track.observations
    edge = alone[-1].time if last else alone[0].time
    chosen = [o for o in alone if abs(o.time - edge) <= window]
    if len(chosen) < least:
        return None
    times = np.array([o.time for o in chosen]) - edge
    feet = np.array([_foot(o) for o in chosen])
    ago = times - times.mean()
    spread = float(ago @ ago)
    velocity = ago @ (feet - feet.mean(axis=0)) / spread if spread > 0 else np.zeros(2)
    foot = feet.mean(axis=0) - velocity * times.mean()
    return End(edge, foot, velocity, float(np.median([o.box.height for o in chosen])))


def _foot(observation: Observation) -> tuple[float, float]:
    box = observation.box
    return box.centre[0], box.bottom


def _chain(head: int, following: dict[int, int]) -> list[int]:
    """The positions of the tracks of one person, from the first on."""
    chain = [head]
    while chain[-1] in following:
        chain.append(following[chain[-1]])
    return chain


def _joined(chain: Sequence[int], tracks: Sequence[Track]) -> Track:
    """One track of several; a single one is returned as it is."""
    if len(chain) == 1:
        return tracks[chain[0]]
    own = [tracks[i] for i in chain]
    observations = [observation for track in own for observation in track.observations]
    return Track(own[0].number, observations, tuple(track.number for track in own))
