"""The four settings that widen the walkers: each changes the frames, and only when it is on."""

import hashlib
from dataclasses import replace

import numpy as np
import pytest

from mimicgait.errors import ConfigError
from mimicgait.synth import SIZES, SynthConfig, generate
from mimicgait.synth.walkers import WIDER, draw_scene, walk_person

PLAIN = SynthConfig(people=2, sequences=4, frames=12)
WIDE = replace(SIZES["wide"]["train"], people=3, sequences=8, frames=12)


def digest(config):
    total = hashlib.sha256()
    for item in generate(config):
        total.update(str(item.key).encode() + item.frames.tobytes())
    return total.hexdigest()[:16]


def test_walkers_without_the_settings_are_the_walkers_of_before_there_were_any():
    # Written down from the version before; if OpenCV draws otherwise one day, both numbers change together.
    assert digest(SynthConfig(people=2, sequences=8, frames=12)) == "623fcc12943d901b"
    assert digest(SynthConfig(people=2, sequences=8, frames=12, seed=3, faults=2.0)) == "2b1e7a20a24910c6"


@pytest.mark.parametrize("name", WIDER)
def test_each_setting_changes_frames_and_nothing_of_the_other_kinds(name):
    wide = replace(PLAIN, **{name: 1.0})
    assert digest(wide) != digest(PLAIN)
    before, after = (draw_scene(c, 1, 2, "nm-03") for c in (PLAIN, wide))
    all_on = draw_scene(replace(PLAIN, **dict.fromkeys(WIDER, 1.0)), 1, 2, "nm-03")
    parts = {
        "bodies": lambda s: (s.body, s.outfit, s.extras),
        "gaits": lambda s: (s.seconds.tobytes(), None if s.heading is None else s.heading.tobytes()),
        "cameras": lambda s: (s.camera, s.sensor),
        "segmentation": lambda s: None if s.subtraction is None else s.subtraction.seed,
    }
    for kind, part in parts.items():
        if kind == name:
            assert part(after) != part(before)
        else:
            assert part(after) == part(before), kind
    if name != "cameras":  # a camera knows the person's height, which is nobody's draw here
        assert parts[name](after) == parts[name](all_on)


def test_wide_walkers_are_the_same_for_any_number_of_workers():
    one, two = list(generate(WIDE)), list(generate(WIDE, workers=2))
    assert all(a.key == b.key and np.array_equal(a.frames, b.frames) for a, b in zip(one, two, strict=True))


def test_wide_walkers_are_never_empty_and_have_most_of_their_frames():
    for item in generate(replace(WIDE, people=6, start=40, frames=20)):
        assert item.frames.shape[1:] == (64, 64)
        assert item.frames.max() == 1
        assert (item.frames.mean((1, 2)) > 0.03).all(), item.key
        assert len(item.frames) >= 10, item.key


def test_a_person_keeps_build_and_manner_through_all_their_sequences():
    first, second, other = (draw_scene(WIDE, p, s, "nm-01") for p, s in ((7, 0), (7, 1), (8, 0)))
    assert first.body.lengths == second.body.lengths
    assert first.body.girths == second.body.girths
    assert first.body.girths != other.body.girths
    days, people = (np.abs(first.gait.coefficients - s.gait.coefficients).mean() for s in (second, other))
    assert people > 1.5 * days


def test_builds_and_speeds_spread_as_said():
    scenes = [draw_scene(replace(PLAIN, bodies=1.0, gaits=1.0), p, 0, "nm-01") for p in range(200)]
    plain = [draw_scene(PLAIN, p, 0, "nm-01") for p in range(200)]
    wider, usual = (np.std([np.log(s.body.girths["waist_depth"]) for s in c]) for c in (scenes, plain))
    assert 1.15 * usual < wider < 1.7 * usual
    turns = [np.degrees(np.ptp(s.heading)) for s in scenes if s.heading is not None]
    assert 50 < len(turns) < 110
    assert 5 < np.mean(turns) < max(turns) <= 50


def test_cameras_look_from_the_side_within_the_range_and_have_few_pixels():
    cameras = [draw_scene(WIDE, p, 0, "nm-01").camera for p in range(200)]
    side = np.mean([45 <= abs(c.azimuth) <= 135 for c in cameras])
    assert side > 0.6
    assert min(c.azimuth for c in cameras) < -90
    heights = np.array([c.height for c in cameras])
    assert 24 <= heights.min() < 30
    assert 130 < heights.max() <= 160
    assert 50 < np.median(heights) < 75
    for range_ in ((80.0, 100.0), (10.0, 20.0), (200.0, 210.0)):
        for p in range(20):
            camera = draw_scene(replace(WIDE, azimuth=range_), p, 0, "nm-01").camera
            assert range_[0] <= camera.azimuth <= range_[1]


def test_half_a_setting_changes_less_than_all_of_it():
    def share(amount):
        config = replace(PLAIN, sequences=8, segmentation=amount, faults=0.0)
        clean, wide = (
            [s.frames for p in range(4) for s in walk_person(c, p)]
            for c in (replace(config, segmentation=0.0), config)
        )
        pairs = list(zip(clean, wide, strict=True))
        return np.mean([(a != b).mean() for a, b in pairs if len(a) == len(b)])

    assert 0 < share(0.4) < share(1.0)


@pytest.mark.parametrize("name", WIDER)
@pytest.mark.parametrize("amount", [-0.1, 1.5])
def test_amounts_outside_zero_to_one_are_refused(name, amount):
    with pytest.raises(ConfigError, match=f"{name} must be 0 to 1"):
        SynthConfig(**{name: amount})
