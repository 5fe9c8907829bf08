import dataclasses
from collections import Counter

import numpy as np
import pytest
from made_tracks import region, walk

from mimicgait.data import normalise
from mimicgait.video import Assembler, Box, Gait


def test_frames_are_the_normalised_masks_with_their_places():
    track = walk(40)
    track.observations = [dataclasses.replace(o, index=o.index + 100) for o in track.observations]
    person, account = Assembler().assemble(track, "walk.avi")
    assert person is not None
    np.testing.assert_array_equal(person.index, np.arange(100, 140))
    np.testing.assert_allclose(person.times, np.arange(40) / 10)
    for frame, observation in zip(person.frames, track.observations, strict=True):
        np.testing.assert_array_equal(frame, normalise(observation.region.mask))
    assert person.boxes[3] == track.observations[3].region.box
    assert person.source == "walk.avi"
    assert (account.found, account.used, account.rejected) == (40, 40, "")


def test_what_normalisation_drops_is_listed_beside_the_rest():
    track = walk(40)
    faint = np.zeros((100, 40), np.uint8)
    faint[0, 20] = faint[-1, 20] = 1
    old = track.observations
    old[7] = dataclasses.replace(old[7], region=region(old[7].region.box, mask=faint))
    old[9] = dataclasses.replace(old[9], merged=True)
    person, account = Assembler().assemble(track, "walk.avi")
    assert person is not None
    assert [(d.index, d.reason) for d in person.dropped] == [
        (7, "the mask has fewer than 40 white pixels"),
        (9, "several people meet in one outline"),
    ]
    assert 7 not in person.index
    assert account.dropped == dict(Counter(d.reason for d in person.dropped))
    assert account.used == 38


@pytest.mark.parametrize(
    ("track", "reason"),
    [
        (walk(14), "seen in fewer than 15 frames"),
        (walk(40, speed=0), "fewer than 15 usable frames"),
        (walk(16, speed=1.4), "travels less than 1 of its own height"),
        (walk(40, box=Box(10, 20, 120, 100)), "no steady upright outline"),
    ],
    ids=["short", "standing", "near", "lying"],
)
def test_tracks_that_are_no_walk_are_rejected_with_the_reason(track, reason):
    person, account = Assembler().assemble(track, "walk.avi")
    assert person is None
    assert reason in account.rejected
    assert account.used == 0
    assert account.found == len(track.observations)


def test_limits_can_be_set():
    assert Assembler(Gait(min_frames=10)).assemble(walk(14, speed=12), "")[0] is not None
