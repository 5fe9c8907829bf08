"""What a report is made of, besides the findings: training logs, a video, and the settings that made it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from mimicgait.errors import ShapeError
from mimicgait.evaluation.suite import Findings
from mimicgait.types import Frames


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoTrack:
    """One person in a video: silhouettes, and what the visibility network says of each frame.

    Attributes:
        name: of the person, such as "person 1".
        silhouettes: uint8 `[t, 64, 64]`.
        seconds: float `[t]`, when each frame was taken.
        kinds: names of what the visibility network can say.
        kind: int `[t]`, what it says: an index into `kinds`.
        amount: float `[t]`, hidden share as it estimates it.
        dropped: how many of the person's frames were left out, by reason.

    Raises:
        ShapeError: if the lengths differ.
    """

    name: str
    silhouettes: Frames
    seconds: npt.NDArray[np.floating]
    kinds: tuple[str, ...]
    kind: npt.NDArray[np.integer]
    amount: npt.NDArray[np.floating]
    dropped: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        sizes = [len(values) for values in (self.silhouettes, self.seconds, self.kind, self.amount)]
        if len(set(sizes)) != 1 or self.silhouettes.ndim != 3:
            raise ShapeError(
                f"{self.name}: expected silhouettes [t, h, w] and seconds, kind, amount [t], got "
                f"{list(self.silhouettes.shape)} and lengths {sizes[1:]}"
            )

    def as_json(self) -> dict[str, Any]:
        """Return everything but the pictures as JSON values."""
        return {
            "name": self.name,
            "frames": len(self.silhouettes),
            "seconds": self.seconds.tolist(),
            "kind": [self.kinds[i] for i in self.kind],
            "amount": self.amount.tolist(),
            "dropped": dict(self.dropped),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoSection:
    """What was found in a real video.

    Attributes:
        name: of the video.
        source: where it came from and under which licence.
        tracks: the people found; empty when there is none or no video.
        dropped: how much was found and left out (tracks that are no walking person, say), by reason.
        note: what else a reader should know, such as why there is no video; line breaks are kept.
    """

    name: str
    source: str = ""
    tracks: tuple[VideoTrack, ...] = ()
    dropped: Mapping[str, int] = field(default_factory=dict)
    note: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return everything but the pictures as JSON values."""
        return {
            "name": self.name,
            "source": self.source,
            "note": self.note,
            "dropped": dict(self.dropped),
            "tracks": [track.as_json() for track in self.tracks],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What made the report, so that it can be made again.

    Attributes:
        created: date and time, ISO 8601.
        command: the command line.
        seed: of the run.
        config: settings of every stage, nested as they were given.
        data: name, licence and fingerprint of each store.
        versions: of Python and the packages.
        machine: what it ran on.
        durations: seconds of each stage.
    """

    created: str = ""
    command: str = ""
    seed: int | None = None
    config: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    machine: Mapping[str, str] = field(default_factory=dict)
    durations: Mapping[str, float] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        return {name: _plain(getattr(self, name)) for name in self.__slots__}


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A whole report; `write_report` makes the files of it.

    Attributes:
        title: the first line.
        findings: what the examination found.
        histories: the training log of each stage: records with `step` and named values.
        video: what was found in a real video; None leaves the section out.
        settings: what made it.
    """

    title: str
    findings: Findings
    histories: Mapping[str, Sequence[Mapping[str, float]]] = field(default_factory=dict)
    video: VideoSection | None = None
    settings: Settings = field(default_factory=Settings)

    def as_json(self) -> dict[str, Any]:
        """Return every number of the report, in full precision and without pictures, as JSON values."""
        return {
            "format": 1,
            "title": self.title,
            **self.findings.as_json(),
            "histories": {stage: [dict(record) for record in log] for stage, log in self.histories.items()},
            "video": None if self.video is None else self.video.as_json(),
            "settings": self.settings.as_json(),
        }


def _plain(value: Any) -> Any:
    """Turn mappings and tuples into what JSON has, and anything unknown into its text."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
