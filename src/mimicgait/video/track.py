"""Follow the regions from frame to frame: one track a person."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from mimicgait.errors import ConfigError
from mimicgait.video.regions import Box, Region, Segmented


@dataclass(frozen=True, slots=True)
class Observation:
    """A person in one frame: its number, time in seconds, region, and whether that is several people's."""

    index: int
    time: float
    region: Region
    merged: bool = False


@dataclass(slots=True)
class Track:
    """One person's observations, in time order; frames in which the person was not found are missing."""

    number: int
    observations: list[Observation] = field(default_factory=list)

    @property
    def first(self) -> int:
        """Number of the first frame."""
        return self.observations[0].index

    @property
    def last(self) -> int:
        """Number of the last frame."""
        return self.observations[-1].index


class Tracker:
    """Links regions to tracks by where a track is expected: constant velocity, then overlap or nearness.

    A region that covers the expected places of several tracks is theirs together: each of them gets it,
    marked as merged, and goes on by its own velocity until they part.

    Args:
        max_gap: seconds for which a track that is not seen is kept alive.
        min_overlap: intersection over union from which a region may continue a track.
        reach: else, the largest distance between centres, as a share of the person's height.
        confirmed: observations after which a track counts when merging is judged.

    Raises:
        ConfigError: if a setting is out of range.
    """

    def __init__(
        self, *, max_gap: float = 1.0, min_overlap: float = 0.2, reach: float = 0.45, confirmed: int = 5
    ) -> None:
        if max_gap < 0 or not 0 < min_overlap < 1 or reach < 0 or confirmed < 1:
            raise ConfigError(
                "expected max_gap >= 0, 0 < min_overlap < 1, reach >= 0 and confirmed >= 1, got "
                f"{max_gap}, {min_overlap}, {reach} and {confirmed}"
            )
        self.max_gap = max_gap
        self.min_overlap = min_overlap
        self.reach = reach
        self.confirmed = confirmed

    def track(self, frames: Iterable[Segmented]) -> Iterator[Track]:
        """Give every track once it has ended; those that end together come in the order of their numbers."""
        alive: list[_Live] = []
        born = 0
        for segmented in frames:
            now = segmented.frame.time
            for ended in [live for live in alive if now - live.seen > self.max_gap]:
                alive.remove(ended)
                yield ended.track
            for region in self._link(alive, segmented):
                alive.append(_Live(Track(born), region, segmented))
                born += 1
        yield from (live.track for live in alive)

    def _link(self, alive: list["_Live"], segmented: Segmented) -> list[Region]:
        """Give the regions of a frame to the tracks; return those that start a new one."""
        now = segmented.frame.time
        places = [live.expected(now) for live in alive]
        left = list(range(len(segmented.regions)))
        open_tracks = set(range(len(alive)))
        for number in list(left):
            region = segmented.regions[number]
            inside = self._covered(region, alive, places, open_tracks)
            if len(inside) > 1:
                left.remove(number)
                for i in inside:
                    open_tracks.discard(i)
                    alive[i].add_merged(segmented, region, places[i])
        pairs = [(self._fit(places[i], segmented.regions[j].box), i, j) for i in open_tracks for j in left]
        for fit, i, j in sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2])):
            if fit > 0 and i in open_tracks and j in left:
                open_tracks.discard(i)
                left.remove(j)
                alive[i].add(segmented, segmented.regions[j])
        return [segmented.regions[j] for j in left]

    def _covered(
        self, region: Region, alive: list["_Live"], places: list[Box], open_tracks: set[int]
    ) -> list[int]:
        """The tracks of which a region covers the most; one no larger than a person covers none."""
        inside = [
            i
            for i in open_tracks
            if len(alive[i].track.observations) >= self.confirmed
            and region.box.overlap(places[i]) >= 0.6 * places[i].area
        ]
        area = max((places[i].area for i in inside), default=0.0)
        return sorted(inside) if region.box.area > 1.25 * area else []

    def _fit(self, place: Box, box: Box) -> float:
        """How well a region continues a track: above 0 if it may, larger is better."""
        overlap = place.iou(box)
        if overlap >= self.min_overlap:
            return 1 + overlap
        (ax, ay), (bx, by) = place.centre, box.centre
        distance = ((ax - bx) ** 2 + (ay - by) ** 2) ** 0.5 / max(place.height, box.height)
        alike = 0.5 <= box.height / place.height <= 2.0
        return 1 - distance / self.reach if alike and distance < self.reach else 0.0


class _Live:
    """A track that may go on, with what is needed to say where the person is next."""

    def __init__(self, track: Track, region: Region, segmented: Segmented) -> None:
        self.track = track
        self.box = region.box
        self.velocity = (0.0, 0.0)
        self.seen = segmented.frame.time
        self._append(segmented, region, merged=False)

    def expected(self, now: float) -> Box:
        """The last box, moved on at constant velocity."""
        ago = now - self.seen
        return self.box.moved(self.velocity[0] * ago, self.velocity[1] * ago)

    def add(self, segmented: Segmented, region: Region) -> None:
        """Go on with a region of this person's own; the velocity follows smoothly, within half a second."""
        now = segmented.frame.time
        ago = max(now - self.seen, 1e-3)
        (ax, ay), (bx, by) = self.box.centre, region.box.centre
        share = min(ago / 0.4, 1.0) if len(self.track.observations) > 1 else 1.0
        vx, vy = self.velocity
        self.velocity = (vx + share * ((bx - ax) / ago - vx), vy + share * ((by - ay) / ago - vy))
        self.box, self.seen = region.box, now
        self._append(segmented, region, merged=False)

    def add_merged(self, segmented: Segmented, region: Region, place: Box) -> None:
        """Go on at the expected place inside of a region that several people share."""
        self.box, self.seen = place, segmented.frame.time
        self._append(segmented, region, merged=True)

    def _append(self, segmented: Segmented, region: Region, merged: bool) -> None:
        frame = segmented.frame
        self.track.observations.append(Observation(frame.index, frame.time, region, merged))
