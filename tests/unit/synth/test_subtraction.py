"""Parts of the wide walkers by themselves: sensor, background subtraction, cleaning, turns and loads."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from walker_cases import scene, share_changed, silhouettes

from mimicgait.synth.clean import Cleaning
from mimicgait.synth.faults import flatten_to_ground
from mimicgait.synth.figure import Limb
from mimicgait.synth.gait import hold, stand
from mimicgait.synth.scene import film
from mimicgait.synth.sensor import Sensor
from mimicgait.synth.skeleton import Part, lead, pose, soles, walking_speed
from mimicgait.synth.subtraction import Subtraction, limb_levels, texture
from mimicgait.synth.wardrobe import LOADS, Extras

T = 24
PERFECT = Subtraction(
    levels=limb_levels(1.0, {}, 0.6),
    shadow=None,
    clothes=0.0,
    wall=0.0,
    grain=(4.0, 4.0),
    fading=np.ones(T, np.float32),
    noise=0.0,
    noise_grain=1.0,
    cut=np.full(T, 0.5, np.float32),
    blot=None,
    border=None,
    cleaning=Cleaning(),
    seed=0,
)


def test_a_perfect_subtraction_sees_what_is_drawn():
    np.testing.assert_array_equal(film(scene(subtraction=PERFECT)), film(scene()))


def test_a_sensor_sees_what_is_drawn_twice_as_fine_and_averaged():
    sharp = film(scene(sensor=Sensor(finer=1)))
    np.testing.assert_array_equal(sharp, film(scene()))
    fine = silhouettes(scene(sensor=Sensor(finer=2)))
    assert share_changed(fine, silhouettes(scene())) < 0.06


def test_pixels_covered_less_than_the_cut_are_dark():
    drawn = np.zeros((1, 4, 4), np.uint8)
    drawn[0, :2, :1] = 255
    np.testing.assert_array_equal(Sensor(finer=2).expose(drawn)[0], [[128, 0], [0, 0]])
    areas = [film(scene(sensor=Sensor(finer=2, cut=cut))).sum() for cut in (0.3, 0.5, 0.7)]
    assert areas[0] > areas[1] > areas[2]


def test_an_open_shutter_blurs_legs_more_than_the_head():
    moments = Sensor(exposure=0.5).moments
    np.testing.assert_allclose(moments, [-0.25, 0.0, 0.25])
    np.testing.assert_allclose(Sensor(exposure=0.5).during(np.array([0.0, 2.0, 4.0]))[:3], [-0.5, 0.0, 0.5])
    sharp, blurred = (silhouettes(scene(sensor=Sensor(exposure=e, cut=0.2))) for e in (0.0, 0.9))
    changed = (sharp != blurred).mean((0, 2))
    assert changed[44:62].mean() > 2 * changed[1:12].mean() > 0


def test_a_limb_like_the_background_is_lost_and_the_rest_stays():
    hidden = replace(PERFECT, levels=limb_levels(1.0, {Limb.HEAD: 0.3}, 0.6))
    whole, headless = film(scene()), film(scene(subtraction=hidden))
    assert (headless <= whole).all()
    top = np.flatnonzero(whole.any((0, 2)))[0]
    assert not headless[:, top : top + 10].any()
    assert headless.sum() > 0.85 * whole.sum()


@pytest.mark.parametrize("what", ["clothes", "wall"])
def test_textures_make_holes_that_stay_with_the_clothes_or_move_with_the_background(what):
    walking = scene(seconds=np.arange(T) / 25 - 0.5)
    spoiled = replace(PERFECT, **{what: 0.7})
    whole, torn = film(walking), film(replace(walking, subtraction=spoiled))
    assert (torn <= whole).all()
    missing = (whole - torn)[:, whole.all(0)]
    assert 0.02 < missing.mean() < 0.5
    # What stands still on the body is missing in all frames or in none.
    fixed = np.isin(missing.mean(0), (0.0, 1.0)).mean()
    assert fixed == 1 if what == "clothes" else fixed < 0.8


def test_a_person_who_would_vanish_is_seen():
    dark = replace(PERFECT, wall=1.0, clothes=1.0, grain=(32.0, 32.0))
    area, left = film(scene()).sum((1, 2)), film(scene(subtraction=dark)).sum((1, 2))
    assert (left > 0.45 * area).all()


@pytest.mark.parametrize(
    "matrix", [flatten_to_ground((0.3, 0.8)), np.diag([1.0, 1.0, -0.6])], ids=["shadow", "mirror"]
)
def test_shadows_and_reflections_add_to_the_person_below_the_hips(matrix):
    lit = replace(PERFECT, shadow=matrix)
    frames = film(scene(subtraction=lit))
    assert frames.sum() > 1.05 * film(scene()).sum()
    dark = film(scene(subtraction=replace(lit, levels=limb_levels(1.0, {}, 0.4))))
    # Not to the pixel: the box is larger, and its corner lies elsewhere within a pixel.
    assert int(dark.sum()) == pytest.approx(int(film(scene()).sum()), rel=2e-3)


def test_noise_is_another_in_every_frame_and_the_same_for_a_seed():
    noisy = replace(PERFECT, noise=0.25)
    still = scene(phase=np.zeros(T))
    frames = film(replace(still, subtraction=noisy))
    assert (frames[0] != frames[1]).any()
    np.testing.assert_array_equal(frames, film(replace(still, subtraction=noisy)))
    assert (frames != film(replace(still, subtraction=replace(noisy, seed=1)))).any()


def test_borders_hide_the_first_the_last_or_the_lowest():
    whole = film(scene())
    for side, part in (("coming", slice(0, 3)), ("going", slice(-3, None))):
        cut = film(scene(subtraction=replace(PERFECT, border=(side, 0.4, 0.2))))
        assert cut[part].sum() < whole[part].sum()
        rest = slice(6, None) if side == "coming" else slice(0, -6)
        np.testing.assert_array_equal(cut[rest], whole[rest])
    below = film(scene(subtraction=replace(PERFECT, border=("below", 0.1, 0.0))))
    assert not below[:, -round(0.1 * below.shape[1]) :].any()


def test_a_blot_is_there_for_its_frames():
    blotted = film(scene(subtraction=replace(PERFECT, blot=(0.05, 0.3, 0.03, 4, 9))))
    changed = (blotted != film(scene())).any((1, 2))
    np.testing.assert_array_equal(np.flatnonzero(changed), np.arange(4, 9))


def test_cleaning_steps_do_what_they_say():
    mask = np.zeros((20, 20), np.uint8)
    mask[3:17, 4:8] = mask[3:17, 10:14] = 1
    mask[8:10, 5:7] = 0
    mask[1, 18] = 1

    def cleaned(**steps):
        out = mask.copy()
        Cleaning(**steps).apply(out)
        return out

    np.testing.assert_array_equal(cleaned(median=3), cv2.medianBlur(mask, 3))
    np.testing.assert_array_equal(cleaned(median=5), cv2.medianBlur(mask, 5))
    assert cleaned(opened=2)[1, 18] == 0
    assert cleaned(closed=4)[10, 8:10].all()
    assert cleaned(filled=True)[8:10, 5:7].all()
    assert cleaned(largest=True).sum() == 14 * 4
    np.testing.assert_array_equal(cleaned(), mask)


def test_textures_repeat_without_a_seam():
    field = texture(4.0)
    half = len(field) // 2
    np.testing.assert_array_equal(field[:half], field[half:])
    inside, seam = np.abs(np.diff(field[:, 100:110], axis=0)).max(1), np.abs(field[half] - field[half - 1])
    assert seam[100:110].max() <= inside.max()
    assert abs(field.std() - 1) < 1e-3


def test_who_turns_goes_on_standing_on_the_ground_and_sees_another_side_of_the_camera():
    straight = scene(seconds=np.arange(T) / 25 - 0.5)
    turned = replace(straight, heading=np.linspace(-0.4, 0.4, T))
    assert share_changed(silhouettes(turned), silhouettes(straight)) > 0.05
    none = replace(straight, heading=np.zeros(T))
    np.testing.assert_array_equal(film(none), film(straight))


def test_a_straight_way_in_another_direction_is_the_same_way_turned():
    case = scene(seconds=np.arange(T) / 25 - 0.5)
    built = pose(case.body, case.gait, case.phase, case.seconds)
    travelled = walking_speed(case.body, case.gait) * case.seconds
    led = lead(built, np.full(T, np.pi / 2), travelled)
    np.testing.assert_allclose(led.origin[..., 1], built.origin[..., 0], atol=1e-9)
    np.testing.assert_allclose(led.origin[..., 0], -built.origin[..., 1], atol=1e-9)
    np.testing.assert_allclose(soles(led, case.body)[..., 2], soles(built, case.body)[..., 2], atol=1e-9)


def test_a_held_arm_hardly_swings_and_a_stoop_leans_forward():
    case = scene()
    held = pose(case.body, hold(case.gait, 0, shoulder=0, elbow=90), case.phase, case.seconds)
    free = pose(case.body, case.gait, case.phase, case.seconds)
    reach = [np.ptp(p.origin[:, Part.HAND_L, 0] - p.origin[:, Part.TRUNK, 0]) for p in (held, free)]
    assert reach[0] < 0.5 * reach[1]
    bent = pose(case.body, stand(case.gait, lean=15, nod=10), case.phase, case.seconds)
    assert (bent.origin[:, Part.HEAD, 0] > free.origin[:, Part.HEAD, 0] + 0.05).all()


@pytest.mark.parametrize("load", LOADS)
def test_every_load_is_seen_from_the_side(load):
    plain, loaded = film(scene()), film(scene(extras=Extras(load=load)))
    assert loaded.sum() > 1.03 * plain.sum()


@pytest.mark.parametrize("extras", [Extras(hood=0.04), Extras(flare=0.04), Extras(tails=1.0)])
def test_rarer_clothes_only_add(extras):
    plain, worn = film(scene()), film(scene(extras=extras))
    assert plain.sum() < worn.sum() < 1.4 * plain.sum()
