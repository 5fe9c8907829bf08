"""What happens in front of a camera, as small records."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mimicgait.types import Frames
from mimicgait.video.regions import Box

SignatureArray = npt.NDArray[np.float32]
"""A signature `[c, p]`."""

Embed = Callable[[Frames], SignatureArray]
"""Turns silhouettes `[t, 64, 64]` into a signature `[c, p]`."""


class Named(NamedTuple):
    """A name that somebody may have, and how sure that is, in [0, 1]."""

    name: str
    confidence: float


Identify = Callable[[SignatureArray], Sequence[Named | str]]
"""Turns a signature into names, the likeliest first; a bare name is certain, no name means a stranger."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a person: their number, the frame's number, its time in seconds."""

    person: int
    index: int
    time: float

    def as_dict(self) -> dict[str, Any]:
        """The event as JSON values, with its kind."""
        values = {key: value for key, value in asdict(self).items() if not isinstance(value, np.ndarray)}
        return {"event": type(self).__name__.lower(), **values}


@dataclass(frozen=True, slots=True)
class Appeared(Event):
    """A walking person is seen for the first time; box: where."""

    box: Box


@dataclass(frozen=True, slots=True)
class Returned(Event):
    """A person who was out of sight is seen again; away: for how many seconds."""

    box: Box
    away: float


@dataclass(frozen=True, slots=True)
class Embedded(Event):
    """A window of a person's walk was embedded.

    signature `[c, p]`; frames `[t, 64, 64]`, the silhouettes; since: time of the first; hidden: mean hidden
    share of the body, None without a visibility network.
    """

    signature: SignatureArray = field(repr=False)
    frames: Frames = field(repr=False)
    since: float
    hidden: float | None


@dataclass(frozen=True, slots=True)
class Decided(Event):
    """The running decision after a window: ranking, the likeliest first; windows: number of them so far."""

    ranking: tuple[Named, ...]
    windows: int

    @property
    def name(self) -> str | None:
        """The likeliest name; None for a stranger."""
        return self.ranking[0].name if self.ranking else None

    @property
    def confidence(self) -> float:
        """How sure the likeliest name is, in [0, 1]; 0 for a stranger."""
        return self.ranking[0].confidence if self.ranking else 0.0


@dataclass(frozen=True, slots=True)
class Left(Event):
    """A person is gone for good; index and time are those of the last sight.

    since: time of the first sight; used: frames that a window had use for; dropped: the others by their
    reason; decision: the last one, None if no window was ever good enough.
    """

    since: float
    used: int
    dropped: dict[str, int]
    decision: Decided | None


@dataclass(frozen=True, slots=True)
class Ended:
    """The stream is over: what was seen in all.

    frames: read; people: who appeared; others: tracks of what was no walking person, by the reason.
    """

    source: str
    frames: int
    people: int
    others: dict[str, int]

    def as_dict(self) -> dict[str, Any]:
        """The event as JSON values, with its kind."""
        return {"event": "ended", **asdict(self)}


class Votes:
    """Adds up what the windows of one person say."""

    def __init__(self) -> None:
        self.windows = 0
        self._sums: dict[str, float] = {}

    def add(self, names: Sequence[Named | str]) -> tuple[Named, ...]:
        """Count a window's names and return the ranking so far.

        The confidence of a name is the sum of its confidences over one more than the number of windows: a
        single window is never more than half certain, and windows that disagree or see a stranger lower it.

        >>> votes = Votes()
        >>> votes.add(["ann"])
        (Named(name='ann', confidence=0.5),)
        >>> votes.add([Named("ann", 0.8), Named("bob", 0.2)])[0]
        Named(name='ann', confidence=0.6)
        """
        self.windows += 1
        for entry in names:
            named = Named(entry, 1.0) if isinstance(entry, str) else entry
            self._sums[named.name] = self._sums.get(named.name, 0.0) + named.confidence
            if isinstance(entry, str):
                break
        ranked = sorted(self._sums.items(), key=lambda pair: (-pair[1], pair[0]))
        return tuple(Named(name, round(total / (self.windows + 1), 6)) for name, total in ranked)
