import cv2
import numpy as np
import pytest

from mimicgait.video.background import estimate_background
from mimicgait.video.refine import Rectangle, Shade, outline, part_people, person_score


def test_pinholes_close_and_specks_vanish():
    luma = np.full((60, 60), 100, np.uint8)
    luma[15:45, 20:40] = 200
    score = np.where(luma == 200, 8.0, 1.0).astype(np.float32)
    score[30, 30] = score[20, 25] = 0.5
    score[5, 5] = 8
    mask = outline(score, luma, threshold=3.0, radius=3)
    truth = (luma == 200).astype(np.uint8)
    assert (mask & truth).sum() / (mask | truth).sum() > 0.93
    assert mask[30, 30] == mask[20, 25] == 1
    assert mask[5, 5] == 0


def test_an_outline_settles_on_the_edge_of_the_picture():
    """Scores that reach three pixels too far are pulled back to where the brightness changes."""
    luma = np.full((60, 60), 60, np.uint8)
    luma[:, 30:] = 180
    score = np.full((60, 60), 1.0, np.float32)
    score[:, 30:] = 8
    score[:, 27:30] = 3.2
    assert abs(outline(score, luma, 3.0, 4)[30].argmax() - 30) <= 1
    blind = outline(score, np.full_like(luma, 100), 3.0, 4)[30].argmax()
    assert blind < 30


def test_forbidden_pixels_are_never_taken():
    score = np.full((40, 40), 8.0, np.float32)
    score[:, :20] = 0
    mask = outline(score, np.full((40, 40), 100, np.uint8), 3.0, 2)
    assert not mask[:, :17].any()
    assert mask[:, 23:].all()


@pytest.mark.parametrize(
    ("factor", "row", "is_person"), [(0.6, 20, True), (0.6, 95, False), (0.9, 70, False)]
)
def test_textured_shadow_is_forgiven_at_the_feet_only(factor, row, is_person):
    rng = np.random.default_rng(0)
    ground = rng.integers(80, 200, (120, 80, 3), dtype=np.uint8)
    ground[..., 1:] = 128
    background = estimate_background([ground] * 5)
    image = ground.copy()
    darker = slice(row - 8, row + 8)
    image[darker, 25:55, 0] = np.round(factor * ground[darker, 25:55, 0])
    person = Rectangle(20, 5, 60, 105)
    around = person.grown(6, image.shape[:2])
    score = person_score(image, background, person, around, Shade(), gain=1.0)
    inside = score[row - 4 - around.top : row + 4 - around.top, 30 - around.left : 50 - around.left]
    assert (np.median(inside) > 3) == is_person, np.median(inside)


def test_rectangles_grow_within_the_picture():
    person = Rectangle(2, 10, 30, 50)
    assert person.grown(5, (52, 100)) == (0, 5, 35, 52)
    assert (person.width, person.height) == (28, 40)
    picture = np.zeros((60, 40))
    picture[person.window()] = 1
    assert cv2.boundingRect(picture.astype(np.uint8)) == (2, 10, 28, 40)


def test_people_who_only_touch_are_parted():
    mask = np.zeros((100, 130), np.uint8)
    mask[5:95, 10:40] = 1
    mask[15:95, 60:85] = 1
    mask[50:54, 40:60] = 1
    left, right = part_people(mask)
    assert left.any()
    assert right.any()
    np.testing.assert_array_equal(left | right, mask)
    assert not (left & right).any()
    assert not left[:, 60:].any()
    assert not right[:, :40].any()


def test_one_person_stays_whole():
    mask = np.zeros((100, 90), np.uint8)
    mask[5:95, 30:55] = 1
    mask[60:95, 40:45] = 0  # a stride
    mask[30:34, 55:80] = 1  # an arm, with something in the hand
    mask[25:50, 80:88] = 1
    assert len(part_people(mask)) == 1
    assert part_people(np.zeros((9, 9), np.uint8)) == []
