"""What was seen at every stage on the way from a video to silhouettes."""

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

from mimicgait.video.decode import VideoInfo


@dataclass(frozen=True, slots=True)
class TrackReport:
    """One track: its frames, how many are used, why the others are not.

    A track that is nobody's has the reason in `rejected`; else `person` is the number of the person. parts:
    numbers of the tracks that were joined across gaps to make it, if any; merged: frames in which several
    people shared one outline.
    """

    number: int
    first: int
    last: int
    found: int
    used: int
    dropped: dict[str, int]
    rejected: str = ""
    person: int = 0
    parts: tuple[int, ...] = ()
    merged: int = 0


@dataclass(slots=True)
class VideoReport:
    """Counts of a whole video, filled while it is read: also there when nobody is found."""

    video: VideoInfo
    frames: int = 0
    frames_with_regions: int = 0
    regions: int = 0
    ignored: int = 0
    tracks: list[TrackReport] = field(default_factory=list)

    @property
    def people(self) -> list[TrackReport]:
        """The tracks that are people."""
        return [track for track in self.tracks if not track.rejected]

    @property
    def rejected(self) -> dict[str, int]:
        """How many tracks were rejected for which reason, most frequent first."""
        return dict(Counter(track.rejected for track in self.tracks if track.rejected).most_common())

    @property
    def reasons(self) -> dict[str, int]:
        """How many frames of the people were dropped for which reason, most frequent first."""
        total: Counter[str] = Counter()
        for track in self.people:
            total.update(track.dropped)
        return dict(total.most_common())

    def as_dict(self) -> dict[str, Any]:
        """The same as JSON values."""
        return asdict(self) | {"people": len(self.people), "rejected": self.rejected, "reasons": self.reasons}

    def text(self) -> str:
        """One line a stage, then one line a person."""
        video = self.video
        lines = [
            f"{video.source}: {video.width} x {video.height}, {video.fps:g} frames/s, {self.frames} read",
            f"segmentation: {self.regions} regions in {self.frames_with_regions} frames "
            f"({self.ignored} ignored as too small)",
            f"tracking: {len(self.tracks)} tracks, {len(self.people)} of them walking people",
        ]
        lines += [f"  rejected: {reason} ({count})" for reason, count in self.rejected.items()]
        lines += [_line(track) for track in self.people]
        return "\n".join(lines)


def _line(track: TrackReport) -> str:
    """Describe one person."""
    why = ", ".join(f"{count} {reason}" for reason, count in track.dropped.items())
    dropped = f"; {track.found - track.used} dropped ({why})" if why else ""
    joined = f"; joined from {len(track.parts)} tracks" if track.parts else ""
    return f"  person {track.person}: frames {track.first}-{track.last}, {track.used} used{joined}{dropped}"
