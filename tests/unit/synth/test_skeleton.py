import numpy as np
import pytest
from walker_cases import scene

from mimicgait.synth.body import draw_body
from mimicgait.synth.gait import draw_gait
from mimicgait.synth.skeleton import Part, pose, rotation, soles, walking_speed


def posed(seed=3, t=40, moving=True):
    case = scene(seed, t=t)
    seconds = case.phase * 120 / case.gait.cadence * moving
    return case, pose(case.body, case.gait, case.phase, seconds)


def test_rotations_turn_the_way_their_names_say():
    quarter = np.array(np.pi / 2)
    down, forward, left = np.array([0, 0, -1.0]), np.array([1.0, 0, 0]), np.array([0, 1.0, 0])
    np.testing.assert_allclose(rotation("flex", quarter) @ down, forward, atol=1e-12)
    np.testing.assert_allclose(rotation("z", quarter) @ forward, left, atol=1e-12)
    np.testing.assert_allclose(rotation("x", quarter) @ left, -down, atol=1e-12)


@pytest.mark.parametrize("seed", range(4))
def test_bones_keep_their_length_and_axes_stay_square(seed):
    case, built = posed(seed)
    bones = (
        (Part.THIGH_L, Part.SHANK_L, "thigh"),
        (Part.SHANK_R, Part.FOOT_R, "shank"),
        (Part.UPPER_ARM_L, Part.FOREARM_L, "upper_arm"),
        (Part.FOREARM_R, Part.HAND_R, "forearm"),
        (Part.PELVIS, Part.ABDOMEN, "pelvis"),
        (Part.TRUNK, Part.NECK, "trunk"),
    )
    for start, end, name in bones:
        length = np.linalg.norm(built.origin[:, end] - built.origin[:, start], axis=-1)
        np.testing.assert_allclose(length, case.body.lengths[name], rtol=1e-9)
    square = built.rotation @ np.swapaxes(built.rotation, -1, -2)
    np.testing.assert_allclose(square, np.broadcast_to(np.eye(3), square.shape), atol=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_somebody_always_stands_on_the_ground(seed):
    case, built = posed(seed)
    lowest = soles(built, case.body)[..., 2].min(-1)
    np.testing.assert_allclose(lowest, 0, atol=1e-9)


def test_the_standing_foot_stays_where_it_is():
    # Between 12 and 35 % of the stride the left foot is flat: its heel travels far less than the person.
    case = scene(0, variety=0.0)
    phase = np.linspace(0.12, 0.35, 24)
    seconds = phase * 120 / case.gait.cadence
    built = pose(case.body, case.gait, phase, seconds)
    foot, pelvis = built.origin[:, Part.FOOT_L, 0], built.origin[:, Part.PELVIS, 0]
    assert pelvis[-1] - pelvis[0] > 0.25
    assert abs(foot[-1] - foot[0]) < 0.25 * (pelvis[-1] - pelvis[0])
    heights = built.origin[:, Part.FOOT_L, 2]
    assert np.ptp(heights) < 0.02


def test_the_swinging_foot_clears_the_ground():
    case = scene(0, variety=0.0)
    built = pose(case.body, case.gait, np.linspace(0.65, 0.9, 20), np.zeros(20))
    left = soles(built, case.body)[:, :3, 2].min(-1)
    assert left.max() > 0.03


def test_people_walk_at_human_speeds():
    speeds = []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        body = draw_body(rng)
        speeds.append(walking_speed(body, draw_gait(rng, body.woman)))
    # Free walking speed of adults: about 1.2 to 1.5 m/s on average (Bohannon, 1997), single people 0.9 to 2.
    assert 1.15 < np.mean(speeds) < 1.6
    assert 0.6 < min(speeds) < max(speeds) < 2.4


def test_the_mean_person_stands_as_tall_as_drawn():
    case = scene(0, variety=0.0)
    built = pose(case.body, case.gait, case.phase, np.zeros_like(case.phase))
    top = built.origin[:, Part.HEAD, 2] + 0.98 * case.body.lengths["head"]
    assert top.max() == pytest.approx(case.body.stature, rel=0.05)


def test_arms_swing_against_the_legs():
    case = scene(0, variety=0.0, t=40)
    built = pose(case.body, case.gait, case.phase, np.zeros(40))
    hand = built.origin[:, Part.HAND_L, 0] - built.origin[:, Part.PELVIS, 0]
    foot = built.origin[:, Part.FOOT_L, 0] - built.origin[:, Part.PELVIS, 0]
    assert np.corrcoef(hand, foot)[0, 1] < -0.6
