"""Watch a stream: who appears, what their gait looks like, who they probably are, when they leave."""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from mimicgait.errors import ConfigError
from mimicgait.types import Frames
from mimicgait.video.assemble import Assembler
from mimicgait.video.decode import FrameSource
from mimicgait.video.events import (
    Appeared,
    Decided,
    Embed,
    Embedded,
    Ended,
    Event,
    Identify,
    Left,
    Returned,
    Votes,
)
from mimicgait.video.link import Linker
from mimicgait.video.live import Camera, RollingBackground
from mimicgait.video.motion import Live, Observation, Track
from mimicgait.video.regions import Segmented
from mimicgait.video.segment import BackgroundSubtraction, Segmenter
from mimicgait.video.sources import open_source
from mimicgait.video.track import Tracker
from mimicgait.video.walk import Gait, Reason

Hidden = Callable[[Frames], float]
"""Mean hidden share of silhouettes `[t, 64, 64]`, in [0, 1]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchSettings:
    """How a stream is cut into windows.

    Args:
        window: seconds that are embedded together, and that are remembered of everybody.
        step: seconds between two windows of a person.
        min_frames: usable frames that a window must have.
        mirror: as in `Assembler`.

    Raises:
        ConfigError: if a setting is out of range.
    """

    window: float = 3.0
    step: float = 1.0
    min_frames: int = 15
    mirror: str | None = None

    def __post_init__(self) -> None:
        if not 0 < self.step <= self.window or self.min_frames < 1:
            raise ConfigError(
                f"expected 0 < step <= window and min_frames >= 1, got {self.step}, {self.window} "
                f"and {self.min_frames}"
            )


def watch(
    source: FrameSource | int | str | os.PathLike[str],
    *,
    embed: Embed | None = None,
    identify: Identify | None = None,
    hidden: Hidden | None = None,
    segmenter: Segmenter | None = None,
    tracker: Tracker | None = None,
    linker: Linker | None = None,
    assembler: Assembler | None = None,
    settings: WatchSettings | None = None,
) -> Iterator[Event | Ended]:
    """Yield what happens in a video, a camera or a stream, as it happens; `Ended` comes last.

    Of everybody in sight the last window is held, of those who left it is held for as long as they may come
    back (`linker.max_seconds`), nothing else: a stream may run for ever.

    Args:
        source: a file, a folder of pictures, the number of a webcam, an address, or any source of frames.
        embed: makes a signature of a window (see `embedder`); None only tells who comes and goes.
        identify: names the owner of a signature.
        hidden: judges how much of a person was hidden.
        segmenter: by default background subtraction; for cameras one that learns while they run.
        tracker: links regions over time.
        linker: knows people again who were out of sight for some seconds.
        assembler: decides which frames show a walking person; by default as `settings` say.
        settings: length and number of windows.

    Raises:
        VideoError: if the source cannot be opened or read.
    """
    chosen = settings or WatchSettings()
    frames = open_source(source) if isinstance(source, int | str | os.PathLike) else source
    if segmenter is None:
        segmenter = RollingBackground() if isinstance(frames, Camera) else BackgroundSubtraction()
    if assembler is None:
        gait = Gait(min_frames=chosen.min_frames, min_travel=0.3)
        assembler = Assembler(gait, mirror=chosen.mirror)  # type: ignore[arg-type]
    watcher = _Watcher(embed, identify, hidden, linker or Linker(), assembler, chosen)
    tracking = (tracker or Tracker()).start()
    count = 0
    for segmented in segmenter.segment(frames):
        count += 1
        ended = tracking.step(segmented)
        yield from watcher.step(tracking.alive, ended, segmented)
    yield from watcher.finish(tracking.finish())
    yield Ended(frames.info.source, count, watcher.people, dict(watcher.others.most_common()))


@dataclass(slots=True)
class _Seen:
    """A track that is watched: the person's number (0 until they are known to be one), what they showed."""

    track: Track
    due: float
    since: float
    person: int = 0
    counted: int = -1
    used: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    why: str = "never seen for long enough"
    votes: Votes = field(default_factory=Votes)
    decision: Decided | None = None

    @property
    def latest(self) -> Observation:
        """The last sight."""
        return self.track.observations[-1]

    def count(
        self, used: set[int], reasons: Sequence[Reason | None], otherwise: str, until: float = np.inf
    ) -> None:
        """Count the frames that were not counted yet, up to a time: used, or dropped for a reason."""
        for observation, reason in zip(self.track.observations, reasons, strict=True):
            if observation.index > self.counted and observation.time <= until:
                self.counted = observation.index
                if observation.index in used:
                    self.used += 1
                else:
                    self.dropped[str(reason or otherwise or "not usable as a silhouette")] += 1


class _Watcher:
    """Keeps account of everybody in sight, and of those who left a moment ago."""

    def __init__(
        self,
        embed: Embed | None,
        identify: Identify | None,
        hidden: Hidden | None,
        linker: Linker,
        assembler: Assembler,
        settings: WatchSettings,
    ) -> None:
        self.embed, self.identify, self.hidden = embed, identify, hidden
        self.linker, self.assembler, self.settings = linker, assembler, settings
        self.people = 0
        self.others: Counter[str] = Counter()
        self._seen: dict[int, _Seen] = {}
        self._away: list[_Seen] = []

    def step(self, alive: list[Live], ended: list[Track], segmented: Segmented) -> Iterator[Event]:
        """Take one frame."""
        now = segmented.frame.time
        yield from self._end(ended)
        for live in alive:
            track = live.track
            seen = self._seen.setdefault(track.number, _Seen(track, now + self.settings.step, now))
            if now >= seen.due:
                seen.due = now + self.settings.step
                _forget(track, now - self.settings.window)
                yield from self._look(seen)
        for seen in [seen for seen in self._away if now - seen.latest.time > self.linker.max_seconds]:
            self._away.remove(seen)
            yield _left(seen)

    def finish(self, ended: list[Track]) -> Iterator[Event]:
        """End the stream: everybody leaves."""
        yield from self._end(ended)
        yield from (_left(seen) for seen in self._away)

    def _end(self, ended: list[Track]) -> Iterator[Event]:
        """Take leave of tracks, after a last look."""
        for track in ended:
            seen = self._seen.get(track.number)
            if seen is not None and seen.latest.index > seen.counted:
                _forget(track, seen.latest.time - self.settings.window)
                yield from self._look(seen, last=True)
            self._leave(track)

    def _count_lost(self, seen: _Seen, rejected: str, last: bool) -> None:
        """Count the frames that no window can use any more: those that the next one will not hold."""
        seen.why = rejected or seen.why
        until = np.inf if last else seen.latest.time - (self.settings.window - self.settings.step)
        seen.count(set(), self.assembler.gait.judge(seen.track), rejected, until)

    def _look(self, seen: _Seen, last: bool = False) -> Iterator[Event]:
        """Judge the last window of one person."""
        person, account = self.assembler.assemble(seen.track, "")
        if person is not None:
            seen.count(set(person.index.tolist()), self.assembler.gait.judge(seen.track), "")
        else:
            self._count_lost(seen, account.rejected, last)
            return
        at = seen.latest
        if not seen.person:
            yield self._welcome(seen)
        if self.embed is None:
            return
        signature = np.asarray(self.embed(person.frames), dtype=np.float32)
        share = None if self.hidden is None else float(self.hidden(person.frames))
        since = float(person.times[0])
        yield Embedded(seen.person, at.index, at.time, signature, person.frames, since, share)
        if self.identify is not None:
            ranking = seen.votes.add(self.identify(signature))
            seen.decision = Decided(seen.person, at.index, at.time, ranking, seen.votes.windows)
            yield seen.decision

    def _welcome(self, seen: _Seen) -> Event:
        """Know somebody again who left a moment ago, or give them a new number."""
        at = seen.latest
        for before in sorted(self._away, key=lambda other: -other.latest.time):
            if len(self.linker.link([before.track, seen.track])) == 1:
                self._away.remove(before)
                away = seen.track.observations[0].time - before.latest.time
                seen.person, seen.since, seen.votes = before.person, before.since, before.votes
                seen.used += before.used
                seen.dropped += before.dropped
                seen.decision = before.decision
                return Returned(seen.person, at.index, at.time, at.box, away)
        self.people += 1
        seen.person = self.people
        return Appeared(seen.person, at.index, at.time, at.box)

    def _leave(self, track: Track) -> None:
        """Hold who left for a while; count what was no person."""
        seen = self._seen.pop(track.number, None)
        if seen is None:
            self.others["seen in one frame only"] += 1
        elif seen.person:
            seen.track = replace(track, observations=track.observations[-200:])
            self._away.append(seen)
        else:
            self.others[seen.why] += 1


def _forget(track: Track, before: float) -> None:
    """Drop the observations of a track that are older than a time; the last one always stays."""
    old = sum(observation.time < before for observation in track.observations[:-1])
    del track.observations[:old]


def _left(seen: _Seen) -> Left:
    """Tell that somebody is gone."""
    at, dropped = seen.latest, dict(seen.dropped.most_common())
    return Left(seen.person, at.index, at.time, seen.since, seen.used, dropped, seen.decision)
