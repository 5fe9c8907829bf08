"""A walk as the service knows it, and how it comes from the process that reads videos."""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from mimicgait.types import Frames


@dataclass(frozen=True, slots=True)
class Walker:
    """One person of one upload.

    number: 1 for who appears first; frames `[t, 64, 64]` of 0 and 1; times `[t]` in seconds; boxes
    `[t, 4]`: left, top, width and height in pixels of the video, all 0 for silhouettes; dropped: how many
    frames were left out for which reason.
    """

    number: int
    frames: Frames
    times: npt.NDArray[np.float64]
    boxes: npt.NDArray[np.float64]
    dropped: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Watched:
    """What was found in an upload: the people, facts about the video (none for silhouettes), and a note.

    The note says why nobody was found, or how many people more there were than are reported.
    """

    walkers: tuple[Walker, ...]
    video: Mapping[str, float] | None = None
    note: str = ""


def silhouettes_only(frames: Frames, fps: float = 25.0) -> Watched:
    """Make a single walker of uploaded silhouettes `[t, 64, 64]`; their times follow from a usual rate."""
    t = len(frames)
    return Watched((Walker(1, frames, np.arange(t) / fps, np.zeros((t, 4))),))


def pack(watched: Watched) -> bytes:
    """Write everything down as plain arrays and JSON: nothing that is unpacked can do anything."""
    facts = {
        "video": watched.video,
        "note": watched.note,
        "walkers": [{"number": w.number, "dropped": dict(w.dropped)} for w in watched.walkers],
    }
    arrays: dict[str, Any] = {"facts": np.frombuffer(json.dumps(facts).encode(), np.uint8)}
    for position, walker in enumerate(watched.walkers):
        arrays[f"frames{position}"] = np.packbits(walker.frames)
        arrays[f"times{position}"], arrays[f"boxes{position}"] = walker.times, walker.boxes
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()


def unpack(data: bytes) -> Watched:
    """Read what `pack` wrote."""
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        facts = json.loads(arrays["facts"].tobytes())
        walkers = [_walker(arrays, position, about) for position, about in enumerate(facts["walkers"])]
    return Watched(tuple(walkers), facts["video"], facts["note"])


def middle(walkers: Sequence[Walker], most: int) -> list[Frames]:
    """Return the middle of every walk, `[t, 64, 64]` with `most` frames at most."""
    starts = [max(0, len(walker.frames) - most) // 2 for walker in walkers]
    return [walker.frames[start : start + most] for walker, start in zip(walkers, starts, strict=True)]


def _walker(arrays: Mapping[str, Any], position: int, about: Mapping[str, Any]) -> Walker:
    times = arrays[f"times{position}"]
    frames = np.unpackbits(arrays[f"frames{position}"]).reshape(len(times), 64, 64)
    return Walker(about["number"], frames, times, arrays[f"boxes{position}"], about["dropped"])
