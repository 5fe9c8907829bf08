"""From tracks to silhouette sequences, with a reason for every frame and track that is left out."""

from collections import Counter
from typing import Literal

import numpy as np
import numpy.typing as npt

from mimicgait.data import normalise_sequence
from mimicgait.errors import ConfigError
from mimicgait.video.people import DroppedFrame, PersonSequence
from mimicgait.video.report import TrackReport
from mimicgait.video.track import Track
from mimicgait.video.walk import UNSTABLE, Gait


class Assembler:
    """Turns a track into a sequence, or says why it is none.

    Args:
        gait: which frames show a walking person, and how many make a sequence.
        mirror: turn silhouettes so that everybody walks to this side of the picture; None leaves them as they
            were filmed. A network tells walks to the left from walks to the right, and was perhaps trained on
            one of them only.

    Raises:
        ConfigError: if `mirror` is neither a side nor None.
    """

    def __init__(self, gait: Gait | None = None, *, mirror: Literal["left", "right"] | None = None) -> None:
        if mirror not in (None, "left", "right"):
            raise ConfigError(f"mirror must be left, right or None, got {mirror!r}")
        self.gait = gait or Gait()
        self.mirror = mirror

    def assemble(self, track: Track, source: str) -> tuple[PersonSequence | None, TrackReport]:
        """Normalise the usable frames of a track.

        Returns:
            The sequence, or None if the track is too short, does not travel or has too few usable frames; and
            the account of the track.
        """
        found = len(track.observations)
        if found < self.gait.min_frames:
            return None, _account(track, (), f"seen in fewer than {self.gait.min_frames} frames")
        reasons: list[str | None] = list(self.gait.judge(track))
        usable = [i for i, reason in enumerate(reasons) if reason is None]
        normalised = normalise_sequence(track.observations[i].region.mask for i in usable)
        for position, reason in normalised.dropped.items():
            reasons[usable[position]] = str(reason)
        kept = [usable[position] for position in normalised.kept.tolist()]
        dropped = tuple(
            DroppedFrame(observation.index, str(reason), observation.box)
            for observation, reason in zip(track.observations, reasons, strict=True)
            if reason is not None
        )
        rejected = self._rejected(track, kept, reasons)
        if rejected:
            return None, _account(track, dropped, rejected)
        chosen = [track.observations[i] for i in kept]
        turned = self._turned(track)[kept]
        frames = np.where(turned[:, None, None], normalised.frames[..., ::-1], normalised.frames)
        person = PersonSequence(
            number=track.number,
            frames=frames,
            index=np.array([o.index for o in chosen], dtype=np.int64),
            times=np.array([o.time for o in chosen], dtype=np.float64),
            boxes=tuple(o.region.box for o in chosen),
            dropped=dropped,
            source=source,
            mirrored=turned,
        )
        return person, _account(track, dropped, "")

    def _turned(self, track: Track) -> npt.NDArray[np.bool_]:
        """Which observations are to be mirrored, `[t]`."""
        if self.mirror is None:
            return np.zeros(len(track.observations), dtype=np.bool_)
        wrong = 1 if self.mirror == "left" else -1
        return np.asarray(self.gait.heading(track) == wrong, dtype=np.bool_)

    def _rejected(self, track: Track, kept: list[int], reasons: list[str | None]) -> str:
        """Why a track is no walking person; empty if it is one."""
        unstable = sum(reason in UNSTABLE for reason in reasons)
        if unstable > self.gait.max_unstable * (unstable + len(kept)):
            return "no steady upright outline: parts of something, or no person"
        if len(kept) < self.gait.min_frames:
            return f"fewer than {self.gait.min_frames} usable frames"
        usable = np.zeros(len(track.observations), dtype=np.bool_)
        usable[kept] = True
        if self.gait.travels(track, usable) < self.gait.min_travel:
            return f"moves, but travels less than {self.gait.min_travel:g} of its own height"
        return ""


def _account(track: Track, dropped: tuple[DroppedFrame, ...], rejected: str) -> TrackReport:
    """Count what became of a track."""
    found = len(track.observations)
    reasons = dict(Counter(frame.reason for frame in dropped).most_common())
    used = 0 if rejected else found - len(dropped)
    merged = sum(observation.merged for observation in track.observations)
    return TrackReport(
        track.number,
        track.first,
        track.last,
        found,
        used,
        reasons,
        rejected,
        parts=track.parts,
        merged=merged,
    )
