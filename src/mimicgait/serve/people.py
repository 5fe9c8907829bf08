"""The one place that asks `mimicgait.video` who walks in a video."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from mimicgait.errors import VideoError
from mimicgait.models import VisibilityNetwork
from mimicgait.serve.limits import Limits
from mimicgait.serve.walkers import Walker, Watched
from mimicgait.video import (
    Box,
    FrameSource,
    PersonSequence,
    VideoFrame,
    VideoInfo,
    VideoReader,
    VisibilityTimeline,
    find_people,
    visibility_timeline,
)

Progress = Callable[[float], None]
"""Is told the share of the work that is done, from 0 to 1."""

SMOOTH_SECONDS = 0.2
"""Over which the visibility estimate is averaged."""

_NOBODY = "no walking person was found"
_READINGS = 2
"""How often every frame is decoded: once for the background, once to compare it with that."""


def watch(path: Path, limits: Limits, progress: Progress) -> Watched:
    """Find the people who walk in a video; nobody at all is an answer too, and comes with the reason.

    Raises:
        VideoError: if the video cannot be read or exceeds a limit; the path does not stand in the message.
    """
    try:
        reader = VideoReader(
            path,
            max_seconds=limits.video_seconds,
            max_frames=limits.video_frames,
            max_pixels=limits.video_pixels,
        )
        found = find_people(_Counted(reader, progress))
    except VideoError as error:
        reason = _without_path(str(error), path)
        if not reason.startswith(_NOBODY):
            raise VideoError(reason) from error
        return Watched((), _facts(reader.info), reason)
    more = len(found.people) - limits.people
    note = f"{more} more people walk in the video than are reported" if more > 0 else ""
    people = tuple(_walker(person) for person in found.people[: limits.people])
    return Watched(people, _facts(reader.info), note)


def timeline(walker: Walker, network: VisibilityNetwork) -> VisibilityTimeline:
    """Let a visibility network judge every frame of a walker, a little smoothed over time."""
    person = PersonSequence(
        number=walker.number,
        frames=walker.frames,
        index=np.arange(len(walker.frames)),
        times=walker.times,
        boxes=tuple(Box(*box) for box in walker.boxes.tolist()),
        dropped=(),
        source="",
    )
    return visibility_timeline(person, network, smooth=SMOOTH_SECONDS)


class _Counted(FrameSource):
    """Frames of a video that are counted while they are read."""

    def __init__(self, reader: VideoReader, progress: Progress) -> None:
        self._reader, self._progress = reader, progress
        self._total = _READINGS * max(reader.info.frames, 1)
        self._read = 0

    @property
    def info(self) -> VideoInfo:
        """Size, rate and length."""
        return self._reader.info

    def __iter__(self) -> Iterator[VideoFrame]:
        for frame in self._reader:
            self._read += 1
            self._progress(min(1.0, self._read / self._total))
            yield frame


def _walker(person: PersonSequence) -> Walker:
    boxes = np.array([(box.x, box.y, box.width, box.height) for box in person.boxes], dtype=np.float64)
    return Walker(person.number, person.frames, person.times, boxes, person.reasons)


def _facts(info: VideoInfo) -> dict[str, float]:
    return {"width": info.width, "height": info.height, "fps": info.fps, "frames": info.frames}


def _without_path(message: str, path: Path) -> str:
    """Take our own file's name out of a message that a client reads."""
    return message.replace(f"{path}: ", "the video ").replace(str(path), "the video")
