import cv2
import numpy as np
import pytest

from mimicgait.errors import DataError, ShapeError
from mimicgait.video import VideoReader, contact_sheet, overlay, save_png, save_preview


def test_silhouettes_stand_in_reading_order():
    frames = np.zeros((7, 64, 64), np.uint8)
    for i in range(7):
        frames[i, : 8 * (i + 1)] = 1
    sheet = contact_sheet(frames, columns=3, scale=1)
    assert sheet.shape == (3 * 65, 3 * 65)
    for i in range(7):
        y, x = 65 * (i // 3), 65 * (i % 3)
        np.testing.assert_array_equal(sheet[y : y + 64, x : x + 64], 255 * frames[i])
    assert not sheet[130:194, 65:129].any()


def test_a_long_sequence_is_thinned_and_enlarged():
    frames = np.ones((500, 64, 64), np.uint8)
    assert contact_sheet(frames, columns=5, pictures=10, scale=2).shape == (2 * 129, 5 * 129)
    assert contact_sheet(frames[:1], columns=5).shape == (129, 129)
    with pytest.raises(ShapeError, match="t > 0"):
        contact_sheet(frames[:0])


def test_people_are_drawn_where_they_are_and_only_in_their_frames(crossing, found):
    person = found.people[0]
    used = int(person.index[len(person) // 2])
    image = np.full((160, 240, 3), 100, np.uint8)
    drawn = overlay(image, found.people, used)
    assert (image == 100).all()
    changed = (drawn != 100).any(axis=2)
    truth = crossing.masks[0, used] > 0
    assert changed[truth].mean() > 0.85
    x, y, w, h = cv2.boundingRect(crossing.masks[0, used])
    outside = changed.copy()
    outside[max(y - 20, 0) : y + h + 8, max(x - 8, 0) : x + w + 8] = False
    assert not outside.any()
    unused = next(i for i in range(70) if i not in person.index)
    assert (overlay(image, found.people, unused) == 100).all()


def test_a_preview_is_a_picture_of_the_frames(tmp_path, crossing, found):
    save_preview(VideoReader(crossing.path), found.people, tmp_path / "preview.png", pictures=3)
    picture = cv2.imread(str(tmp_path / "preview.png"))
    assert picture.shape == (2 * 427, 2 * 640, 3)
    assert picture[:427, :640].std() > 10
    assert not picture[427:, 640:].any()
    with pytest.raises(DataError, match="nobody"):
        save_preview(VideoReader(crossing.path), [], tmp_path / "none.png")


def test_a_png_is_whole_or_not_there(tmp_path):
    picture = contact_sheet(np.ones((3, 64, 64), np.uint8))
    save_png(picture, tmp_path / "sheet.png")
    np.testing.assert_array_equal(cv2.imread(str(tmp_path / "sheet.png"), cv2.IMREAD_GRAYSCALE), picture)
    with pytest.raises(DataError, match="cannot be written"):
        save_png(picture, tmp_path / "no folder" / "sheet.png")
    assert [path.name for path in tmp_path.iterdir()] == ["sheet.png"]
