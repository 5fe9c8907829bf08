import numpy as np
import pytest
from made_tracks import region

from mimicgait.errors import ConfigError
from mimicgait.video import Assembler, Box, Linker, Observation, Track, find_people


def piece(
    number: int, first: int, last: int, *, x=lambda i: 8.0 * i, height: float = 100, y: float = 20
) -> Track:
    """Observations at 10 frames a second of somebody who walks to the right by 8 pixels a frame."""
    box = Box(0, y + 100 - height, 0.4 * height, height)
    frames = range(first, last)
    return Track(number, [Observation(i, i / 10, region(box.moved(x(i), 0))) for i in frames])


def joined(tracks, **settings):
    return [track.parts or (track.number,) for track in Linker(**settings).link(tracks)]


def test_a_walk_behind_a_post_is_joined_where_it_would_have_gone_on():
    linked = Linker().link([piece(4, 0, 20), piece(7, 45, 70)])
    assert [track.parts for track in linked] == [(4, 7)]
    assert linked[0].number == 4
    assert [o.index for o in linked[0].observations] == [*range(20), *range(45, 70)]


def test_three_pieces_make_one_chain():
    assert joined([piece(3, 60, 80), piece(1, 0, 20), piece(2, 30, 50)]) == [(1, 2, 3)]


@pytest.mark.parametrize(
    "second",
    [
        piece(2, 90, 110),  # after more than five seconds
        piece(2, 40, 60, x=lambda i: 8.0 * i + 250),  # elsewhere
        piece(2, 40, 60, x=lambda i: 8.0 * 40 - 8.0 * (i - 40)),  # comes back, although nobody turned
        piece(2, 40, 60, height=60),  # a child
        piece(2, 10, 40, y=300),  # seen at the same time
    ],
)
def test_somebody_else_is_not_joined(second):
    assert joined([piece(1, 0, 20), second]) == [(1,), (2,)]


def test_of_two_who_may_follow_the_nearer_is_taken():
    near, far = piece(2, 30, 50), piece(3, 30, 50, x=lambda i: 8.0 * i + 40)
    assert sorted(joined([piece(1, 0, 20), near, far])) == [(1, 2), (3,)]


def by_number(distances):
    """A gait distance from a table of pairs; 1 for all others."""
    return lambda a, b: distances.get((min(a.number, b.number), max(a.number, b.number)), 1.0)


def test_gait_forbids_what_the_place_allows_and_joins_what_it_cannot():
    short, long = [piece(1, 0, 20), piece(2, 30, 50)], [piece(1, 0, 20), piece(2, 200, 220, x=lambda i: 90.0)]
    assert joined(short, gait=by_number({}), max_distance=0.5) == [(1,), (2,)]
    assert joined(short, gait=by_number({(1, 2): 0.4}), max_distance=0.5) == [(1, 2)]
    assert joined(long, gait=by_number({(1, 2): 0.4}), max_distance=0.5) == [(1, 2)]
    assert joined(long, gait=by_number({(1, 2): 0.4}), max_distance=0.5, gait_seconds=10) == [(1,), (2,)]
    assert joined(long) == [(1,), (2,)]


def test_what_is_near_is_learned_from_people_who_are_seen_together():
    crowd = [piece(k, 0, 20, y=100.0 * k) for k in range(5)]
    back = piece(9, 200, 220, x=lambda i: 90.0)
    near, far = by_number({(3, 9): 0.6}), by_number({(3, 9): 0.99})
    assert (3, 9) in joined([*crowd, back], gait=near)
    assert (9,) in joined([*crowd, back], gait=far)
    assert (9,) in joined([crowd[3], back], gait=near), "nobody to learn from"


def test_settings_are_checked():
    with pytest.raises(ConfigError, match="at least 0"):
        Linker(drift=-1)
    with pytest.raises(ConfigError, match="min_frames"):
        Linker(min_frames=1)
    with pytest.raises(ConfigError, match="mirror"):
        Assembler(mirror="up")


def test_the_report_tells_what_was_joined():
    pieces = Linker().link([piece(0, 0, 25), piece(1, 40, 70)])
    person, account = Assembler().assemble(pieces[0], "made.avi")
    assert person is not None
    assert account.parts == (0, 1)
    assert account.found == 55


def test_both_directions_look_alike_when_mirrored(found, crossing):
    """The walker of the film goes to the right."""
    person = found.people[0]
    assert not person.mirrored.any()
    left = find_people(crossing.path, assembler=Assembler(mirror="left")).people[0]
    right = find_people(crossing.path, assembler=Assembler(mirror="right")).people[0]
    assert left.mirrored.all()
    np.testing.assert_array_equal(left.frames, person.frames[..., ::-1])
    np.testing.assert_array_equal(right.frames, person.frames)
