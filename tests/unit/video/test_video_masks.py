import cv2
import numpy as np
import pytest
from drawn_walkers import SHAPE

from mimicgait.errors import ConfigError, ShapeError, VideoError
from mimicgait.video import BackgroundSubtraction, MaskFolder, find_people, open_segmenter
from mimicgait.video.instances import regions_from_masks, regions_from_probability
from mimicgait.video.masks import list_pictures


def write_masks(folder, masks, *, digits: int = 4):
    folder.mkdir()
    for i, mask in enumerate(masks):
        cv2.imwrite(str(folder / f"{i:0{digits}d}.png"), mask)
    return folder


def test_masks_made_elsewhere_give_the_drawn_silhouettes(tmp_path, crossing, found):
    folder = write_masks(tmp_path / "masks", crossing.masks[0] * np.uint8(255), digits=1)
    person = find_people(crossing.path, segmenter=MaskFolder(folder)).people[0]
    assert abs(len(person) - len(found.people[0])) <= 8
    mask = crossing.masks[0, person.index[0]]
    box = person.boxes[0]
    np.testing.assert_allclose((box.x, box.y, box.width, box.height), cv2.boundingRect(mask), atol=3)


def test_one_value_a_person_keeps_people_apart_who_overlap(tmp_path, crossing):
    two = crossing.masks[0].copy()
    shifted = np.roll(two, 12, axis=2)
    labels = np.where(shifted, 7, np.where(two, 3, 0)).astype(np.uint8)
    folder = write_masks(tmp_path / "masks", labels)
    frames = list(MaskFolder(folder).segment(Still(crossing.path)))
    assert max(len(frame.regions) for frame in frames) == 2


class Still:
    def __init__(self, path):
        from mimicgait.video import VideoReader

        self.reader = VideoReader(path)
        self.info = self.reader.info

    def __iter__(self):
        return iter(self.reader)


@pytest.mark.parametrize("count", [60, 80])
def test_masks_and_frames_must_be_as_many(tmp_path, crossing, count):
    masks = np.zeros((count, *SHAPE), np.uint8)
    with pytest.raises(VideoError, match=f"{count} masks"):
        list(MaskFolder(write_masks(tmp_path / "m", masks)).segment(Still(crossing.path)))


def test_names_are_ordered_by_their_numbers(tmp_path):
    for name in ("10.png", "9.png", "a2.png", "a10.png", "notes.txt"):
        (tmp_path / name).write_bytes(b"x")
    assert [path.name for path in list_pictures(tmp_path)] == ["9.png", "10.png", "a2.png", "a10.png"]
    with pytest.raises(VideoError, match="no pictures"):
        list_pictures(tmp_path.joinpath("empty").mkdir() or tmp_path / "empty")


def test_a_damaged_mask_is_named(tmp_path, crossing):
    (tmp_path / "0.png").write_bytes(b"no picture")
    with pytest.raises(VideoError, match=r"0\.png"):
        next(MaskFolder(tmp_path).segment(Still(crossing.path)))


def test_the_most_certain_mask_gets_a_shared_pixel():
    masks = np.zeros((3, 40, 60), np.float32)
    masks[0, 5:35, 10:30] = 0.9
    masks[1, 5:35, 20:40] = 0.8
    masks[2, 5:35, 45:55] = 0.9
    regions, ignored = regions_from_masks(masks, np.array([0.6, 0.9, 0.2]), size=(80, 120))
    assert [(r.box.x, r.box.width, r.score) for r in regions] == [(40, 40, 0.9), (20, 20, 0.6)]
    assert ignored == 1


def test_a_probability_gives_an_outline_a_person():
    probability = np.zeros((100, 100))
    probability[10:90, 10:30] = 0.8
    probability[10:90, 40:60] = 0.6
    probability[80:83, 70:73] = 1
    probability[10:90, 80:90] = 0.4
    regions, ignored = regions_from_probability(probability, size=(100, 100))
    assert [r.box.x for r in regions] == [10, 40]
    assert ignored == 1


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(ShapeError, match="masks"):
        regions_from_masks(np.zeros((4, 4)), size=(4, 4))
    with pytest.raises(ShapeError, match="3 scores"):
        regions_from_masks(np.zeros((3, 4, 4)), np.ones(2), size=(4, 4))
    with pytest.raises(ShapeError, match="pixel"):
        regions_from_probability(np.zeros((1, 4, 4)), size=(4, 4))


def test_segmenters_by_name(tmp_path):
    assert isinstance(open_segmenter("background"), BackgroundSubtraction)
    with pytest.raises(ConfigError, match="did you mean 'maskrcnn'"):
        open_segmenter("maskrcn")
    with pytest.raises(VideoError, match="no pictures"):
        open_segmenter(tmp_path)


def test_without_torchvision_there_is_a_message_and_a_fallback(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "torchvision", None)
    monkeypatch.setitem(__import__("sys").modules, "torchvision.models.detection", None)
    with pytest.raises(ConfigError, match=r"mimicgait\[vision\]"):
        open_segmenter("maskrcnn")
    said = []
    assert isinstance(open_segmenter("maskrcnn", warn=said.append), BackgroundSubtraction)
    assert "background subtraction" in said[0]
