import numpy as np
import pytest

from mimicgait.synth.gait import (
    CENTRAL_CURVES,
    CHANNELS,
    HARMONICS,
    NORMATIVE,
    SPREAD,
    deviate,
    draw_gait,
    normative,
    vary,
)

PHASE = np.arange(20) / 20


def mean_gait():
    return draw_gait(np.random.default_rng(0), scale=0.0)


def by_loops(coefficients, phase):
    """The slow twin: a sum of cosines and sines, one number at a time."""
    values = np.zeros((len(CHANNELS), len(phase)))
    for row in range(len(CHANNELS)):
        for i, p in enumerate(phase):
            for k in range(HARMONICS + 1):
                a, b = coefficients[row, k].real, -coefficients[row, k].imag
                values[row, i] += a * np.cos(2 * np.pi * k * p) + b * np.sin(2 * np.pi * k * p)
    return values


def test_angles_equal_the_slow_twin():
    gait = draw_gait(np.random.default_rng(4))
    phase = np.array([0.0, 0.13, 0.7, 1.4, -2.2])
    expected = by_loops(gait.coefficients, phase)
    angles = gait.angles(phase)
    for row, name in enumerate(CHANNELS):
        unit = 1 if name in ("sway", "bounce") else np.pi / 180
        np.testing.assert_allclose(angles[name], expected[row] * unit, atol=1e-12)


@pytest.mark.parametrize("joint", NORMATIVE)
def test_the_mean_person_walks_the_published_curve(joint):
    angles = mean_gait().angles(PHASE)
    np.testing.assert_allclose(np.degrees(angles[f"{joint}_l"]), NORMATIVE[joint], atol=1.6)
    # The right side does the same half a stride, ten twentieths, later.
    np.testing.assert_allclose(angles[f"{joint}_r"], np.roll(angles[f"{joint}_l"], 10), atol=1e-9)


def test_central_channels_have_the_stated_mean_amplitude_and_peak():
    fine = np.arange(400) / 400
    angles = mean_gait().angles(fine)
    for name, (mean, harmonic, amplitude, peak) in CENTRAL_CURVES.items():
        values = angles[name] if name in ("sway", "bounce") else np.degrees(angles[name])
        assert values.mean() == pytest.approx(mean, abs=1e-9)
        assert np.ptp(values) / 2 == pytest.approx(amplitude, rel=1e-3)
        assert fine[values.argmax()] % (1 / harmonic) == pytest.approx(peak % (1 / harmonic), abs=0.003)


def test_a_stride_repeats():
    gait = draw_gait(np.random.default_rng(1))
    first, second = gait.angles(PHASE), gait.angles(PHASE + 3)
    for name in CHANNELS:
        np.testing.assert_allclose(first[name], second[name], atol=1e-9)


def test_people_spread_around_the_mean_as_the_table_says():
    base = normative()
    draws = [deviate(base, np.random.default_rng(seed), 1.0, 0.35) for seed in range(800)]
    row = CHANNELS.index("knee_l")
    offset = np.std([c[row, 0].real for c in draws])
    # Cut off at 2.2, a standard normal keeps 95 % of its deviation.
    assert offset == pytest.approx(0.95 * SPREAD["knee"][0], rel=0.1)
    assert np.mean([c[row, 0].real for c in draws]) == pytest.approx(base[row, 0].real, abs=0.6)


def test_the_two_sides_are_alike_but_not_equal():
    base = normative()
    left, right = CHANNELS.index("thigh_l"), CHANNELS.index("thigh_r")
    moved = np.array(
        [deviate(base, np.random.default_rng(s), 1.0, 0.35)[[left, right], 0].real for s in range(400)]
    )
    assert 0.85 < np.corrcoef(moved.T)[0, 1] < 0.99
    even = deviate(base, np.random.default_rng(0), 1.0, asymmetry=0.0)
    shift = np.exp(1j * np.pi * np.arange(HARMONICS + 1))
    np.testing.assert_allclose(even[right], even[left] * shift, atol=1e-9)


def test_a_faster_walk_swings_further_and_steps_sooner():
    gait = mean_gait()
    fast = vary(gait, np.random.default_rng(0), speed=1.21, scale=0.0)
    assert fast.cadence == pytest.approx(1.1 * gait.cadence)
    assert np.ptp(fast.angles(PHASE)["thigh_l"]) == pytest.approx(1.1 * np.ptp(gait.angles(PHASE)["thigh_l"]))


def test_a_load_calms_its_own_arm_only():
    gait = draw_gait(np.random.default_rng(2))
    before, after = gait.angles(PHASE), gait.carrying(1).angles(PHASE)
    assert np.ptp(after["shoulder_r"]) == pytest.approx(0.4 * np.ptp(before["shoulder_r"]))
    assert abs(after["elbow_r"]).max() < abs(before["elbow_r"]).max()
    for name in CHANNELS:
        if name not in ("shoulder_r", "elbow_r"):
            np.testing.assert_array_equal(before[name], after[name])
