"""PETS 2009: a dozen pedestrians who cross each other and are hidden by a lamp post."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from mimicgait.video import VideoFrame, VideoInfo, VideoReader, find_people

PLACES = (
    Path(__file__).resolve().parents[3] / "shared" / "data" / "vtest.avi",
    Path("/usr/share/doc/opencv-doc/examples/data/vtest.avi"),
)
VIDEO = next((path for path in PLACES if path.exists()), PLACES[0])
LAMP_POST = (404, 448)
"""Columns of the picture that the post and its sign cover."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not VIDEO.exists(), reason=f"{VIDEO} is not there; Debian's opencv-doc has it"),
]


class FirstFrames:
    """The beginning of a video: any source of frames will do."""

    def __init__(self, reader: VideoReader, count: int) -> None:
        self.reader, self.count = reader, count

    @property
    def info(self) -> VideoInfo:
        return self.reader.info

    def __iter__(self) -> Iterator[VideoFrame]:
        return islice(iter(self.reader), self.count)


@pytest.fixture(scope="module")
def found():
    return find_people(FirstFrames(VideoReader(VIDEO), 320))


def test_several_people_are_followed_for_thirty_frames_and_more(found):
    long = [person for person in found.people if len(person) >= 30]
    assert len(long) >= 10, found.report.text()


def test_who_passes_behind_the_lamp_post_stays_the_same_person(found):
    passed = []
    for person in found.people:
        x = np.array([box.centre[0] for box in person.boxes])
        if (x < LAMP_POST[0]).sum() >= 15 and (x > LAMP_POST[1]).sum() >= 15:
            passed.append(person.number)
    assert len(passed) >= 4, found.report.text()


def test_outlines_have_the_shape_of_people(found):
    for person in found.people:
        slim = np.array([box.height / box.width for box in person.boxes])
        assert 1.7 < np.median(slim) < 4, (person.number, np.median(slim))
        share = person.frames.mean(axis=(1, 2))
        assert 0.1 < np.median(share) < 0.35, (person.number, np.median(share))
        columns = person.frames.any(axis=1).sum(axis=1)
        assert np.median(columns) < 45, (person.number, np.median(columns))


def test_meetings_are_flagged(found):
    assert found.report.reasons["several people meet in one outline"] > 50
