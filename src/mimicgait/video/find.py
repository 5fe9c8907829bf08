"""The whole way: a video, the people in it, and an account of every stage."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from tqdm import tqdm

from mimicgait.errors import VideoError
from mimicgait.video.assemble import Assembler
from mimicgait.video.decode import FrameSource, VideoReader
from mimicgait.video.link import Linker
from mimicgait.video.people import PersonSequence
from mimicgait.video.regions import Segmented
from mimicgait.video.report import VideoReport
from mimicgait.video.segment import BackgroundSubtraction, Segmenter
from mimicgait.video.track import Tracker


class Found(NamedTuple):
    """The walking people of a video in the order in which they appear, and what was seen at every stage."""

    people: tuple[PersonSequence, ...]
    report: VideoReport


def find_people(
    source: FrameSource | str | os.PathLike[str],
    *,
    segmenter: Segmenter | None = None,
    tracker: Tracker | None = None,
    assembler: Assembler | None = None,
    linker: Linker | None = None,
    progress: bool = False,
) -> Found:
    """Segment, track, join, normalise. Frames are read one by one; only outlines are kept.

    Args:
        source: a video file, or any source of frames.
        segmenter: by default background subtraction, for a camera that does not move.
        tracker: links regions over time.
        assembler: decides which frames show a walking person.
        linker: joins tracks of a person who was out of sight; by default by place and height alone.
        progress: draw a progress bar on standard error.

    Raises:
        VideoError: if the video cannot be read, or if nobody walks in it; the message then says what was seen
            at each stage.
    """
    if isinstance(source, str | os.PathLike):
        source = VideoReader(source)
    segmenter, tracker = segmenter or BackgroundSubtraction(), tracker or Tracker()
    assembler = assembler or Assembler()
    report = VideoReport(source.info)
    people: list[PersonSequence] = []
    frames = _counted(segmenter.segment(source), report)
    bar = tqdm(frames, total=source.info.frames or None, unit=" frames", disable=not progress, leave=False)
    for track in (linker or Linker()).link(list(tracker.track(bar))):
        person, account = assembler.assemble(track, source.info.source)
        report.tracks.append(account)
        if person is not None:
            people.append(person)
    report.tracks.sort(key=lambda account: account.number)
    people.sort(key=lambda person: person.number)
    if not people:
        raise VideoError(_nobody(report))
    return Found(_numbered(people, report), report)


def _counted(frames: Iterable[Segmented], report: VideoReport) -> Iterator[Segmented]:
    """Pass frames on and count them."""
    for segmented in frames:
        report.frames += 1
        report.frames_with_regions += bool(segmented.regions)
        report.regions += len(segmented.regions)
        report.ignored += segmented.ignored
        yield segmented


def _numbered(people: list[PersonSequence], report: VideoReport) -> tuple[PersonSequence, ...]:
    """Count the people from 1, here and in the report: most tracks of a video are nobody's."""
    numbers = {person.number: number for number, person in enumerate(people, 1)}
    report.tracks = [replace(track, person=numbers.get(track.number, 0)) for track in report.tracks]
    return tuple(replace(person, number=numbers[person.number]) for person in people)


def _nobody(report: VideoReport) -> str:
    """Say that nobody was found, what was seen, and what to try."""
    if not report.regions:
        hint = "nothing differs from the background: is there movement, and does the camera stand still?"
    elif not report.tracks:
        hint = "what moves is never seen twice in about the same place"
    else:
        hint = "what moves does not walk through the picture as a person does: see the reasons above"
    return f"no walking person was found.\n{report.text()}\n{hint}"
