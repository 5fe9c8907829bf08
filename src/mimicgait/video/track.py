"""Follow the regions from frame to frame: one track a person."""

from collections.abc import Iterable, Iterator

import numpy as np
from scipy.optimize import linear_sum_assignment

from mimicgait.errors import ConfigError
from mimicgait.video.motion import Live, Observation, Track
from mimicgait.video.regions import Box, Region, Segmented

__all__ = ["Observation", "Track", "Tracker", "Tracking"]

MORE_THAN_ONE = 1.15
"""An outline is several people's from this multiple of the usual area of the largest of them."""


class Tracker:
    """Links regions to tracks by where a track is expected: constant velocity, then overlap or nearness.

    All pairs of a frame are settled together (linear assignment), so that people who pass each other do not
    take each other's region. A region that covers the expected places of several tracks is theirs together:
    each of them gets it, marked as merged, and goes on by its own velocity until they part.

    Args:
        max_gap: seconds for which a track that is not seen is kept alive.
        min_overlap: intersection over union from which a region may continue a track.
        reach: else, the largest distance between centres, as a share of the person's height.
        confirmed: observations after which a track counts when merging is judged.
        max_hidden: seconds for which a track is kept alive while somebody else is where it should be.

    Raises:
        ConfigError: if a setting is out of range.
    """

    def __init__(
        self,
        *,
        max_gap: float = 1.0,
        min_overlap: float = 0.2,
        reach: float = 0.45,
        confirmed: int = 5,
        max_hidden: float = 2.5,
    ) -> None:
        if max_gap < 0 or not 0 < min_overlap < 1 or reach < 0 or confirmed < 1 or max_hidden < 0:
            raise ConfigError(
                "expected max_gap >= 0, 0 < min_overlap < 1, reach >= 0, confirmed >= 1 and max_hidden >= 0, "
                f"got {max_gap}, {min_overlap}, {reach}, {confirmed} and {max_hidden}"
            )
        self.max_gap = max_gap
        self.max_hidden = max_hidden
        self.min_overlap = min_overlap
        self.reach = reach
        self.confirmed = confirmed

    def track(self, frames: Iterable[Segmented]) -> Iterator[Track]:
        """Give every track once it has ended; those that end together come in the order of their numbers."""
        tracking = self.start()
        for segmented in frames:
            yield from tracking.step(segmented)
        yield from tracking.finish()

    def start(self) -> "Tracking":
        """Begin to follow a stream, frame by frame."""
        return Tracking(self)


class Tracking:
    """One stream that is being followed; made by `Tracker.start`.

    alive: the tracks that may go on, in the order of their numbers.
    """

    def __init__(self, tracker: Tracker) -> None:
        self.settings = tracker
        self.alive: list[Live] = []
        self._born = 0

    def step(self, segmented: Segmented) -> list[Track]:
        """Take the next frame; return the tracks that have ended."""
        ended = [live for live in self.alive if self._is_over(live, segmented)]
        self.alive = [live for live in self.alive if live not in ended]
        for region in self._link(segmented):
            self.alive.append(Live(Track(self._born), region, segmented))
            self._born += 1
        return [live.track for live in ended]

    def finish(self) -> list[Track]:
        """End the stream; return the tracks that were still alive."""
        ended, self.alive = self.alive, []
        return [live.track for live in ended]

    def _link(self, segmented: Segmented) -> list[Region]:
        """Give the regions of a frame to the tracks; return those that start a new one."""
        now, regions = segmented.frame.time, segmented.regions
        places = [live.expected(now) for live in self.alive]
        open_tracks = set(range(len(self.alive)))
        left = set(range(len(regions)))
        for number, region in enumerate(regions):
            inside = self._covered(region, places, open_tracks)
            if len(inside) > 1:
                left.remove(number)
                open_tracks.difference_update(inside)
                for i in inside:
                    self.alive[i].add_merged(segmented, region, places[i])
        for i, j in self._pairs(places, regions, sorted(open_tracks), sorted(left)):
            left.remove(j)
            self._continue(i, segmented, regions[j], places)
        return [regions[j] for j in sorted(left)]

    def _covered(self, region: Region, places: list[Box], open_tracks: set[int]) -> list[int]:
        """The tracks of which a region covers the most; an outline as large as one person covers none.

        Who has shared outlines for longer than they were ever seen alone is no longer believed to be there.
        """
        inside = [
            i
            for i in open_tracks
            if self.settings.confirmed <= (live := self.alive[i]).own
            and live.riding <= 2 * live.own
            and region.box.overlap(places[i]) >= 0.6 * places[i].area
        ]
        area = max((self.alive[i].area for i in inside), default=0.0)
        return sorted(inside) if region.area > MORE_THAN_ONE * area else []

    def _pairs(
        self, places: list[Box], regions: tuple[Region, ...], tracks: list[int], left: list[int]
    ) -> list[tuple[int, int]]:
        """The best pairs of tracks and regions, all settled together."""
        if not tracks or not left:
            return []
        fit = np.array([[self._fit(places[i], regions[j].box) for j in left] for i in tracks])
        rows, columns = linear_sum_assignment(fit, maximize=True)
        return [(tracks[r], left[c]) for r, c in zip(rows, columns, strict=True) if fit[r, c] > 0]

    def _fit(self, place: Box, box: Box) -> float:
        """How well a region continues a track: above 0 if it may, larger is better."""
        overlap = place.iou(box)
        if overlap >= self.settings.min_overlap:
            return 1 + overlap
        (ax, ay), (bx, by) = place.centre, box.centre
        distance = ((ax - bx) ** 2 + (ay - by) ** 2) ** 0.5 / max(place.height, box.height)
        alike = 0.5 <= box.height / place.height <= 2.0
        reach = self.settings.reach
        return 1 - distance / reach if alike and distance < reach else 0.0

    def _continue(self, i: int, segmented: Segmented, region: Region, places: list[Box]) -> None:
        """Go on with a region; the outline is not clean where somebody who is out of sight should be."""
        hides = any(
            other != i
            and live.seen < segmented.frame.time
            and live.own >= self.settings.confirmed
            and region.box.overlap(places[other]) >= 0.5 * places[other].area
            for other, live in enumerate(self.alive)
        )
        (self.alive[i].add_hiding if hides else self.alive[i].add)(segmented, region)

    def _is_over(self, live: Live, segmented: Segmented) -> bool:
        """Whether a track was not seen for too long; who should be behind somebody is waited for longer."""
        now = segmented.frame.time
        if now - live.seen <= self.settings.max_gap:
            return False
        place = live.expected(now)
        behind = any(region.box.overlap(place) >= 0.5 * place.area for region in segmented.regions)
        confirmed = live.own >= self.settings.confirmed
        return now - live.seen > (self.settings.max_hidden if behind and confirmed else self.settings.max_gap)
