from dataclasses import replace

import cv2
import numpy as np
import pytest
from walker_cases import scene

from mimicgait.synth.faults import CHANCES, Faults, draw_faults, noise_field, spoil
from mimicgait.synth.figure import Limb
from mimicgait.synth.scene import film

T = 24
NONE = Faults(0.0, 0, (), (), None, np.zeros(T, bool), 0)


def spoiled(**changes):
    """A clean film and the same film with some faults."""
    clean = scene(t=T)
    return film(clean), film(replace(clean, faults=replace(NONE, **changes)))


def test_no_faults_change_nothing():
    clean, same = spoiled()
    np.testing.assert_array_equal(clean, same)


def test_a_hole_is_where_and_when_it_should_be():
    clean, holed = spoiled(holes=((5, 9, 0.5, 0.4, 0.1, 0.05),))
    _, h, w = clean.shape
    changed = (clean != holed).any((1, 2))
    assert changed.nonzero()[0].tolist() == [5, 6, 7, 8]
    assert not holed[5, int(0.4 * h), int(0.5 * w)]
    assert (holed <= clean).all()


def test_a_lost_limb_is_gone_for_its_frames():
    clean, lost = spoiled(lost=((Limb.HEAD, 2, 6),))
    changed = (clean != lost).any((1, 2))
    assert changed.nonzero()[0].tolist() == [2, 3, 4, 5]
    top = [frame.any(1).argmax() for frame in (clean[3], lost[3])]
    assert top[1] > top[0] + 5


def test_a_shadow_sticks_to_the_feet_and_only_adds():
    clean = scene(elevation=25.0, t=T)
    masks = film(clean), film(replace(clean, faults=replace(NONE, shadow=(0.3, 0.9))))
    rows = [np.stack([m[: m.any(1).nonzero()[0][0] + 90].sum() for m in mask]) for mask in masks]
    assert masks[1].sum() > 1.05 * masks[0].sum()
    # From the crown to the knees, the first 90 rows of some 120, nothing is added.
    np.testing.assert_allclose(rows[1], rows[0], rtol=0.03)


def test_dropped_frames_never_arrive():
    dropped = np.zeros(T, bool)
    dropped[[0, 7, 8]] = True
    clean, fewer = spoiled(dropped=dropped)
    np.testing.assert_array_equal(fewer, clean[~dropped])


@pytest.mark.parametrize(("bias", "least", "most"), [(-1, 0.85, 0.99), (1, 1.01, 1.15), (2, 1.03, 1.3)])
def test_a_biased_mask_is_fat_or_thin(bias, least, most):
    clean, biased = spoiled(bias=bias)
    assert least < biased.sum() / clean.sum() < most


def test_ragged_edges_touch_the_rim_only_and_differ_between_frames():
    clean, ragged = spoiled(ragged=0.02)
    changed = clean != ragged
    assert 0.01 < changed.sum() / clean.sum() < 0.25
    assert set(np.unique(ragged)) == {0, 1}
    # A pixel whose whole neighbourhood is person stays person.
    inside = cv2.erode(clean[0], np.ones((13, 13), np.uint8)).astype(bool)
    assert inside.any()
    assert ragged[0][inside].all()
    again = spoil(clean.copy(), replace(NONE, ragged=0.02, seed=1))
    assert (again != ragged).any()


def test_faults_come_as_often_as_stated():
    drawn = [draw_faults(np.random.default_rng(seed), 30, 1.0) for seed in range(1500)]
    found = {
        "ragged": np.mean([f.ragged > 0 for f in drawn]),
        "bias": np.mean([f.bias != 0 for f in drawn]),
        "holes": np.mean([bool(f.holes) for f in drawn]),
        "limb": np.mean([bool(f.lost) for f in drawn]),
        "shadow": np.mean([f.shadow is not None for f in drawn]),
        "dropped": np.mean([f.dropped.any() for f in drawn]),
    }
    for name, chance in CHANCES.items():
        # Some of the sequences that may drop frames happen to drop none.
        assert found[name] == pytest.approx(chance, abs=0.045), f"{name}: {found[name]} and {chance}"


def test_strength_zero_gives_perfect_masks_and_something_always_arrives():
    for seed in range(200):
        perfect = draw_faults(np.random.default_rng(seed), 30, 0.0)
        assert (perfect.ragged, perfect.bias, perfect.holes, perfect.lost) == (0.0, 0, (), ())
        assert perfect.shadow is None
        assert not perfect.dropped.any()
        assert not draw_faults(np.random.default_rng(seed), 2, 2.0).dropped.all()


def test_the_noise_is_the_same_everywhere():
    noise = noise_field()
    assert noise.min() >= 40
    assert noise.max() <= 215
    assert noise.mean() == pytest.approx(128, abs=2)
    np.testing.assert_array_equal(noise, noise_field.__wrapped__())
