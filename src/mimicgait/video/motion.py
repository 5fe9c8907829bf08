"""Where a person who is being followed will be in the next frame, also while several share one outline."""

from dataclasses import dataclass, field

from mimicgait.video.regions import Box, Region, Segmented


@dataclass(frozen=True, slots=True)
class Observation:
    """A person in one frame: its number, time in seconds, region, and whether that is several people's.

    place: where the person is believed to be when the region is not theirs alone.
    """

    index: int
    time: float
    region: Region
    merged: bool = False
    place: Box | None = None

    @property
    def box(self) -> Box:
        """The person's own box: that of the region, or the part of it in which they are expected."""
        return self.place or self.region.box


@dataclass(slots=True)
class Track:
    """One person's observations, in time order; frames in which the person was not found are missing.

    parts: numbers of the tracks that were joined to make this one; its own alone when none were.
    """

    number: int
    observations: list[Observation] = field(default_factory=list)
    parts: tuple[int, ...] = ()

    @property
    def first(self) -> int:
        """Number of the first frame."""
        return self.observations[0].index

    @property
    def last(self) -> int:
        """Number of the last frame."""
        return self.observations[-1].index


class Live:
    """A track that may go on, with what is needed to say where the person is next.

    box: where the person was last; seen: when, in seconds; area: usual area of the outline; own: frames in
    which the region was this person's alone; riding: frames since then in which it was several people's.

    Args:
        track: an empty one.
        region: the first that was found.
        segmented: the frame in which it was found.
    """

    def __init__(self, track: Track, region: Region, segmented: Segmented) -> None:
        self.track = track
        self.box = region.box
        self.area = region.area
        self.velocity = (0.0, 0.0)
        self.seen = segmented.frame.time
        self.own, self.riding = 1, 0
        self._append(segmented, region)

    def expected(self, now: float) -> Box:
        """The last box, moved on at constant velocity."""
        ago = now - self.seen
        return self.box.moved(self.velocity[0] * ago, self.velocity[1] * ago)

    def add(self, segmented: Segmented, region: Region) -> None:
        """Go on with a region of this person's own; the velocity follows smoothly, within half a second."""
        now = segmented.frame.time
        ago = max(now - self.seen, 1e-3)
        (ax, ay), (bx, by) = self.box.centre, region.box.centre
        share = min(ago / 0.4, 1.0) if self.own > 1 else 1.0
        vx, vy = self.velocity
        self.velocity = (vx + share * ((bx - ax) / ago - vx), vy + share * ((by - ay) / ago - vy))
        self.area += min(ago / 0.5, 1.0) * (region.area - self.area)
        self.box, self.seen = region.box, now
        self.own, self.riding = self.own + 1, 0
        self._append(segmented, region)

    def add_hiding(self, segmented: Segmented, region: Region) -> None:
        """Go on with a region that is mostly this person's, while somebody may show from behind them."""
        self.box, self.seen = region.box, segmented.frame.time
        self._append(segmented, region, merged=True)

    def add_merged(self, segmented: Segmented, region: Region, place: Box) -> None:
        """Go on at the expected place inside of a region that several people share."""
        place = keep_inside(region.box, place)
        self.box, self.seen = place, segmented.frame.time
        self.riding += 1
        self._append(segmented, region, merged=True, place=place)

    def _append(
        self, segmented: Segmented, region: Region, merged: bool = False, place: Box | None = None
    ) -> None:
        frame = segmented.frame
        self.track.observations.append(Observation(frame.index, frame.time, region, merged, place))


def keep_inside(region: Box, place: Box) -> Box:
    """Move a place sideways and up or down by no more than it takes to lie in a region.

    So a wrong velocity does not carry anybody out of a group.

    >>> keep_inside(Box(0, 0, 100, 80), Box(90, 0, 30, 80)).x
    70
    """
    dx = max(region.x - place.x, 0) or min(region.x + region.width - place.x - place.width, 0)
    dy = max(region.y - place.y, 0) or min(region.bottom - place.bottom, 0)
    wide, high = place.width > region.width, place.height > region.height
    return place.moved(0 if wide else dx, 0 if high else dy)
