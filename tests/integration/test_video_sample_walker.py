"""The sample video: a walker crosses the picture while somebody else exercises on a roof and jumps down."""

import numpy as np
import pytest

from mimicgait.errors import VideoError
from mimicgait.video import VideoReader, find_people, sample_video

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def found():
    try:
        path = sample_video()
    except VideoError as error:
        pytest.skip(f"the sample video cannot be had: {error}")
    return find_people(VideoReader(path))


def test_exactly_one_person_walks_and_most_frames_are_used(found):
    assert len(found.people) == 1, found.report.text()
    assert len(found.people[0]) >= 100, found.report.text()
    assert found.report.frames == 230


def test_the_walker_crosses_from_right_to_left(found):
    boxes = found.people[0].boxes
    assert boxes[0].centre[0] > 1400
    assert boxes[-1].centre[0] < 300
    heights = np.array([box.height for box in boxes])
    assert heights.std() / heights.mean() < 0.1, heights


def test_silhouettes_are_whole_and_change_with_the_steps(found):
    frames = found.people[0].frames[15:].astype(float)
    share = frames.mean(axis=(1, 2))
    assert 0.1 < share.min() < share.max() < 0.35, share
    upper, lower = frames[:, :20].any(axis=1).sum(axis=1), frames[:, 44:].any(axis=1).sum(axis=1)
    assert lower.max() > 24, "a stride is wide"
    assert lower.min() < 16, "legs that pass each other are narrow"
    assert lower.std() > 1.5 * upper.std(), "the legs move more than head and shoulders"
    steps = np.abs(np.fft.rfft((lower - lower.mean()) * np.hanning(len(lower))))
    assert 4 <= steps.argmax() <= 14, "four to fourteen steps in four or five seconds"


def test_whoever_does_not_walk_is_rejected_with_a_reason(found):
    assert len(found.report.tracks) > 1
    assert all(track.rejected for track in found.report.tracks if not track.person)
