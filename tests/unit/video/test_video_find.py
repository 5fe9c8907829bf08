import cv2
import numpy as np
import pytest
from drawn_walkers import Walker, film

from mimicgait.data import normalise
from mimicgait.errors import VideoError
from mimicgait.video import Assembler, BackgroundSubtraction, Gait, VideoReader, find_people


def overlap(a: np.ndarray, b: np.ndarray) -> float:
    return float((a & b).sum() / (a | b).sum())


def test_a_walker_is_found_once_with_the_silhouettes_that_were_drawn(crossing, found):
    assert len(found.people) == 1
    person = found.people[0]
    assert len(person) >= 45
    truth = [normalise(crossing.masks[0, i]) for i in person.index]
    agreement = [overlap(*pair) for pair in zip(person.frames, truth, strict=True)]
    assert np.median(agreement) > 0.84, agreement
    assert np.min(agreement) > 0.7, agreement


def test_boxes_and_times_are_those_of_the_video(crossing, found):
    person = found.people[0]
    np.testing.assert_allclose(person.times, person.index / 20.0, atol=1e-3)
    for box, i in zip(person.boxes, person.index, strict=True):
        truth = cv2.boundingRect(crossing.masks[0, i])
        np.testing.assert_allclose((box.x, box.y, box.width, box.height), truth, atol=8)


def test_entering_and_leaving_at_the_border_is_a_reason(found):
    person = found.people[0]
    cut = {frame.index for frame in person.dropped if "edge of the picture" in frame.reason}
    assert cut
    assert min(cut) < person.index[0]
    assert max(cut) > person.index[-1]
    assert not cut & set(person.index.tolist())


def test_every_frame_of_a_track_is_used_or_has_a_reason(found):
    person, account = found.people[0], found.report.people[0]
    assert account.found == len(person) + len(person.dropped)
    assert account.used == len(person)
    assert sum(account.dropped.values()) == len(person.dropped)
    assert person.reasons == account.dropped
    assert person.number == account.person == 1


def test_soft_shadow_does_not_lengthen_the_silhouette(tmp_path):
    drawn = film(tmp_path / "shadow.avi", [Walker(feet=110)], frames=40, shadow=0.88)
    person = find_people(drawn.path).people[0]
    truth = np.array([cv2.boundingRect(drawn.masks[0, i])[3] for i in person.index])
    heights = np.array([box.height for box in person.boxes])
    assert np.median(np.abs(heights - truth)) <= 4, np.c_[heights, truth]


def test_two_walkers_are_two_people_in_the_order_in_which_they_appear(tmp_path):
    walkers = [Walker(feet=150, height=80), Walker(start=210, end=60, feet=62, height=55)]
    people = find_people(film(tmp_path / "two.avi", walkers, frames=40).path).people
    assert [person.number for person in people] == [1, 2]
    heights = sorted(float(np.median([box.height for box in person.boxes])) for person in people)
    np.testing.assert_allclose(heights, (55, 80), atol=6)


def test_people_who_cross_keep_their_tracks_and_the_meeting_is_flagged(tmp_path):
    walkers = [Walker(start=30, end=200), Walker(start=215, end=25, colour=(200, 200, 30))]
    found = find_people(film(tmp_path / "cross.avi", walkers).path)
    assert len(found.people) == 2, found.report.text()
    assert all("several people" in " ".join(person.reasons) for person in found.people)
    travels = sorted(person.boxes[-1].x - person.boxes[0].x for person in found.people)
    assert travels[0] < -100
    assert travels[1] > 100


def test_a_video_without_people_says_what_was_seen_at_each_stage(empty_scene):
    with pytest.raises(VideoError) as caught:
        find_people(empty_scene)
    message = str(caught.value)
    for part in (str(empty_scene), "30 read", "0 regions", "0 tracks", "nothing differs from the background"):
        assert part in message


def test_somebody_who_sways_on_the_spot_is_no_walker(tmp_path):
    drawn = film(tmp_path / "sway.avi", [Walker(start=110, end=122)], frames=40)
    with pytest.raises(VideoError, match="does not walk through the picture"):
        find_people(drawn.path)


def test_somebody_who_passes_quickly_has_too_few_frames(tmp_path):
    drawn = film(tmp_path / "quick.avi", [Walker(start=40, end=200)], frames=12)
    with pytest.raises(VideoError, match="fewer than 15 frames"):
        find_people(drawn.path)
    assert len(find_people(drawn.path, assembler=Assembler(Gait(min_frames=5))).people) == 1


def test_a_video_of_two_frames_has_no_background(tmp_path):
    with pytest.raises(VideoError, match="at least 3 frames"):
        find_people(film(tmp_path / "two.avi", [Walker()], frames=2).path)


def test_blocks_give_every_frame_once_and_the_same_person(crossing):
    segmenter = BackgroundSubtraction(block_seconds=2.0, samples=20)
    frames = [segmented.frame.index for segmented in segmenter.segment(VideoReader(crossing.path))]
    assert frames == list(range(70))
    assert len(find_people(crossing.path, segmenter=segmenter).people) == 1


def test_a_short_last_block_keeps_the_background_before_it(crossing, found):
    segmenter = BackgroundSubtraction(block_seconds=3.4, samples=40)
    frames = list(segmenter.segment(VideoReader(crossing.path)))
    assert [segmented.frame.index for segmented in frames] == list(range(70))
    person = find_people(crossing.path, segmenter=segmenter).people[0]
    assert abs(len(person) - len(found.people[0])) <= 2


def test_large_videos_are_segmented_small_and_reported_large(crossing, found):
    small = find_people(crossing.path, segmenter=BackgroundSubtraction(working_height=80)).people[0]
    heights = [np.median([box.height for box in person.boxes]) for person in (small, found.people[0])]
    assert abs(heights[0] - heights[1]) <= 5, heights


def test_the_report_is_json_and_text(found):
    values = found.report.as_dict()
    assert values["frames"] == 70
    assert values["people"] == 1
    assert values["video"]["width"] == 240
    text = found.report.text()
    assert "person 1: frames" in text
    assert f"{len(found.people[0])} used" in text
