import numpy as np
import pytest

from mimicgait.video.blobs import Blobs, find_blobs
from mimicgait.video.refine import Rectangle


def find(*rectangles: tuple[int, int, int, int], value: float = 9.0) -> Blobs:
    """Look for things in a picture in which the given (left, top, right, bottom) stand out."""
    score = np.ones((200, 200), np.float32)
    for left, top, right, bottom in rectangles:
        score[top:bottom, left:right] = value
    return find_blobs(score, low=3.0, high=6.0, min_height=20)


def test_each_thing_has_its_rectangle_and_its_pixels():
    blobs = find((20, 30, 50, 130), (120, 40, 150, 160))
    assert sorted(blobs.things) == [Rectangle(20, 30, 50, 130), Rectangle(120, 40, 150, 160)]
    for number, thing in enumerate(blobs.things, 1):
        assert (blobs.owner[thing.window()] == number).all()
        assert (blobs.owner == number).sum() == thing.width * thing.height
    assert blobs.ignored == 0


def test_what_is_faint_or_small_is_left_out():
    assert find((20, 30, 50, 130), value=4.0).things == []
    small = find((20, 30, 30, 45), (100, 30, 130, 130))
    assert small.things == [Rectangle(100, 30, 130, 130)]
    assert small.ignored == 1
    assert find().things == []


@pytest.mark.parametrize(
    ("pieces", "joined"),
    [
        (((40, 20, 70, 90), (45, 100, 65, 135)), True),  # shin under a trunk, a gap of 10 in 115 rows
        (((40, 20, 70, 90), (45, 130, 65, 165)), False),  # the same, too far away
        (((40, 20, 70, 90), (45, 102, 75, 165)), False),  # two of like height with a gap: two people
        (((40, 20, 70, 90), (130, 20, 160, 90)), False),  # side by side
        (((40, 20, 80, 190), (86, 120, 100, 160)), True),  # a leg beside, close
        (((40, 20, 80, 190), (86, 80, 130, 88)), False),  # a flat thing beside: a tape, a fence
        (((40, 20, 50, 90), (42, 100, 48, 135)), False),  # far too slender for a person: a post
    ],
)
def test_pieces_of_one_person_are_joined_and_others_are_not(pieces, joined):
    blobs = find(*pieces)
    whole = Rectangle(
        min(p[0] for p in pieces),
        min(p[1] for p in pieces),
        max(p[2] for p in pieces),
        max(p[3] for p in pieces),
    )
    assert (whole in blobs.things) == joined, blobs.things
    assert len(blobs.things) + blobs.ignored == (1 if joined else 2)
