import dataclasses

import numpy as np
import pytest
from made_tracks import region, walk

from mimicgait.errors import ConfigError
from mimicgait.video import Box, Gait, Observation, Reason, Track


def change(track, index, **changes):
    """Replace one observation's box, cut or merged flag."""
    old = track.observations[index]
    new = region(
        changes.pop("box", old.region.box), cut=changes.pop("cut", ()), mask=changes.pop("mask", None)
    )
    track.observations[index] = dataclasses.replace(old, region=new, **changes)
    return track


def test_a_steady_walk_is_usable_from_end_to_end():
    assert set(Gait().judge(walk())) == {None}


def test_each_fault_has_its_reason():
    box = walk().observations[20].region.box
    wide = np.ones((100, 90), np.uint8)
    cases = {
        Reason.MERGED: {"merged": True},
        Reason.CUT: {"cut": ("left",)},
        Reason.NOT_UPRIGHT: {"box": dataclasses.replace(box, width=95)},
        Reason.TOO_WIDE: {"box": dataclasses.replace(box, width=80), "mask": wide},
    }
    for reason, fault in cases.items():
        reasons = Gait().judge(change(walk(), 20, **fault))
        assert reasons[20] == reason, reasons[20]
        assert [r for i, r in enumerate(reasons) if i != 20] == [None] * 39


def test_a_part_that_is_missing_or_sticks_on_is_unsteady():
    box = walk().observations[20].region.box
    half = dataclasses.replace(box, height=60, width=25)
    assert Gait().judge(change(walk(), 20, box=half))[20] == Reason.UNSTEADY
    full = np.ones((100, 40), np.uint8)
    full[10:33, :] = 0
    full[10:33, :20] = 1
    assert Gait().judge(change(walk(), 20, mask=full))[20] is None
    wide = dataclasses.replace(box, width=50)
    assert Gait().judge(change(walk(), 20, box=wide, mask=full))[20] == Reason.UNSTEADY


def test_far_away_people_are_too_small():
    reasons = Gait(min_rows=32).judge(walk(box=Box(10, 20, 12, 30), speed=3))
    assert set(reasons) == {Reason.TOO_SMALL}


@pytest.mark.parametrize(
    ("speed", "fps", "walking"), [(0.0, 10, False), (1.0, 10, False), (2.0, 10, True), (0.7, 30, True)]
)
def test_speed_is_in_heights_a_second_at_any_frame_rate(speed, fps, walking):
    reasons = Gait(min_speed=0.12).judge(walk(60, speed=speed, fps=fps))
    assert (reasons[30] is None) == walking


def test_travel_is_measured_in_heights():
    track = walk(41, speed=10)
    usable = np.ones(41, bool)
    assert Gait().travels(track, usable) == pytest.approx(400 / 100 * 0.9, abs=0.01)
    assert Gait().travels(track, ~usable) == 0
    usable[20:] = False
    assert Gait().travels(track, usable) == pytest.approx(190 / 100 * 0.9, abs=0.01)


def test_walking_towards_the_camera_is_travelling():
    boxes = [Box(100 - 0.2 * h, 60 - 0.1 * h, 0.4 * h, h) for h in np.geomspace(60, 180, 60)]
    track = Track(0, [Observation(i, i / 10, region(box)) for i, box in enumerate(boxes)])
    assert Gait().travels(track, np.ones(60, bool)) > 1
    assert Gait().judge(track).count(None) > 40


def test_too_few_neighbours_give_no_speed():
    track = walk(2)
    assert set(Gait().judge(track)) == {Reason.STANDING}


def test_settings_are_checked():
    with pytest.raises(ConfigError, match="min_frames"):
        Gait(min_frames=0)
