import pytest
from made_tracks import frames

from mimicgait.errors import ConfigError
from mimicgait.video import Box, Tracker


def tracks(boxes, **settings):
    return sorted(Tracker(**settings).track(frames(boxes)), key=lambda track: track.number)


def at(x: float, y: float = 50, width: float = 40, height: float = 100) -> Box:
    return Box(x, y, width, height)


def test_one_mover_is_one_track():
    found = tracks([[at(10 + 9 * i)] for i in range(30)])
    assert len(found) == 1
    assert [o.index for o in found[0].observations] == list(range(30))
    assert [o.region.box.x for o in found[0].observations] == [10 + 9 * i for i in range(30)]
    assert (found[0].first, found[0].last) == (0, 29)


def test_two_who_walk_apart_are_two_tracks():
    found = tracks([[at(10 + 5 * i), at(500 - 5 * i, y=60)] for i in range(20)])
    assert [len(track.observations) for track in found] == [20, 20]
    assert {o.region.box.y for o in found[0].observations} == {50}


def test_fast_movers_are_followed_by_prediction():
    """Boxes that do not overlap from frame to frame: only the expected place does."""
    boxes = [[at(10 + 12 * i + 0.9 * i * i)] for i in range(25)]
    step = boxes[-1][0].x - boxes[-2][0].x
    assert step > 40
    assert len(tracks(boxes)) == 1


@pytest.mark.parametrize(("hidden", "expected"), [(5, 1), (9, 1), (15, 2)])
def test_a_short_gap_is_bridged_and_a_long_one_is_not(hidden, expected):
    boxes = [[] if 15 <= i < 15 + hidden else [at(10 + 9 * i)] for i in range(45)]
    found = tracks(boxes, max_gap=1.0)
    assert len(found) == expected
    assert sum(len(track.observations) for track in found) == 45 - hidden


def test_somebody_who_appears_elsewhere_is_somebody_else():
    boxes = [[at(10 + 4 * i)] for i in range(10)] + [[at(400 + 4 * i)] for i in range(10)]
    assert len(tracks(boxes)) == 2


def test_crossing_is_flagged_and_both_go_on():
    def seen(i):
        a, b = at(10 + 10 * i), at(410 - 10 * i, y=55)
        if a.overlap(b) > 0:
            left, right = min(a.x, b.x), max(a.x, b.x) + 40
            return [Box(left, 50, right - left, 105)]
        return [a, b]

    found = tracks([seen(i) for i in range(41)])
    assert len(found) == 2, [(t.first, t.last) for t in found]
    for track in found:
        merged = [o.index for o in track.observations if o.merged]
        assert merged
        assert all(17 <= index <= 23 for index in merged), merged
        assert (track.first, track.last) == (0, 40)
    assert found[0].observations[-1].region.box.x == 410
    assert found[1].observations[-1].region.box.x == 10


def test_who_walks_behind_somebody_keeps_the_track_and_the_others_frames_are_flagged():
    """One region as large as the person in front: the other is out of sight for a second and a half."""

    def seen(i):
        a, b = at(10 + 10 * i, width=60, height=140), at(410 - 10 * i, y=85)
        return [a] if a.overlap(b) >= 0.5 * b.area else [a, b]

    found = tracks([seen(i) for i in range(41)])
    assert len(found) == 2, [(t.first, t.last) for t in found]
    front, behind = found
    assert len(front.observations) == 41
    assert behind.observations[-1].region.box.x == 10
    flagged = [o.index for o in front.observations if o.merged]
    missing = set(range(41)) - {o.index for o in behind.observations}
    assert len(missing) >= 3
    assert len(flagged) >= 3
    assert set(flagged) <= missing


def test_whoever_shares_an_outline_has_a_place_in_it():
    apart = [[at(10 + 8 * i), at(250 - 8 * i)] for i in range(12)]
    together = [[Box(90, 50, 90, 100)]] * 4
    for track in tracks(apart + together):
        shared = [o for o in track.observations if o.merged]
        assert len(shared) == 4
        for o in shared:
            assert o.box != o.region.box
            assert 90 <= o.box.x <= o.box.x + o.box.width <= 180


def test_a_flash_among_people_merges_nobody():
    """A region as large as one person is not several people's."""
    found = tracks([[at(10 + 5 * i), at(300)] for i in range(20)])
    assert not any(o.merged for track in found for o in track.observations)


def test_tracks_come_as_soon_as_they_end():
    boxes = [[at(10 + 4 * i)] if i < 10 else [] for i in range(60)]
    source = iter(frames(boxes))
    first = next(Tracker(max_gap=1.0).track(source))
    assert len(first.observations) == 10
    assert next(source).frame.index < 25


def test_settings_are_checked():
    with pytest.raises(ConfigError, match="min_overlap"):
        Tracker(min_overlap=0)
    with pytest.raises(ConfigError, match="max_gap"):
        Tracker(max_gap=-1)
