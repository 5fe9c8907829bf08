"""The four settings that widen the walkers: each changes the frames, and only when it is on."""

import hashlib
from dataclasses import replace

import cv2
import numpy as np
import pytest

from mimicgait.errors import ConfigError
from mimicgait.synth import SIZES, SynthConfig, generate, sequence_types
from mimicgait.synth.anatomy import build_figure
from mimicgait.synth.camera import see
from mimicgait.synth.clothing import dress
from mimicgait.synth.faults import flatten_to_ground, spoil
from mimicgait.synth.figure import Limb
from mimicgait.synth.render import follow, outlines
from mimicgait.synth.scene import film
from mimicgait.synth.skeleton import pose
from mimicgait.synth.walkers import WIDER, draw_scene, walk_person

PLAIN = SynthConfig(people=2, sequences=4, frames=12)
WIDE = replace(SIZES["wide"]["train"], people=2, sequences=8, frames=12)


def digest(config):
    total = hashlib.sha256()
    for item in generate(config):
        total.update(str(item.key).encode() + item.frames.tobytes())
    return total.hexdigest()[:16]


def test_what_was_drawn_stays_what_it_was():
    # Numbers rather than pixels, whose last bits are the processor's: stores and networks are made of these.
    wide = SIZES["wide"]["train"]
    plain, first, second = draw(SynthConfig()), draw(wide), draw(wide, sequence=6)
    assert plain == pytest.approx((0.2035998673, 107.146104640, 160.280296230, 171.884598510, 0.29796314))
    assert first == pytest.approx((0.1361755931, 106.707212437, 43.632186219, 35.541387683, 0.31260207))
    assert second == pytest.approx((0.1361755931, 116.957986535, -38.215711010, 24.131834662, -0.33615139))
    seeds = [draw_scene(c, 1, 2, "nm-03").faults.seed for c in (SynthConfig(), wide)]
    assert seeds == [1373650696, 1373650696]
    assert draw_scene(wide, 1, 2, "nm-03").subtraction.seed == 1781590146


def draw(config, sequence=2):
    scene = draw_scene(config, 1, sequence, "nm-03")
    camera = scene.camera
    waist, begin = scene.body.girths["waist_depth"], scene.phase[0]
    return waist, scene.gait.cadence, camera.azimuth, camera.height, begin


def test_without_the_settings_a_scene_is_drawn_as_before_there_were_any():
    for sequence, condition in enumerate(sequence_types(8)):
        scene = draw_scene(replace(PLAIN, faults=2.0), 0, sequence, condition)
        assert (scene.extras, scene.heading, scene.sensor, scene.subtraction) == (None, None, None, None)
        np.testing.assert_array_equal(film(scene), drawn_by_hand(scene))


def drawn_by_hand(scene):
    """The steps that every walker went through before the settings came."""
    solid = dress(build_figure(scene.body), scene.body, scene.outfit).solid()
    posed = pose(scene.body, scene.gait, scene.phase, scene.seconds)
    polygons, limbs = outlines(see(scene.camera, posed, solid), solid.hulls), solid.limb
    if scene.faults.shadow is not None:
        low = np.isin(limbs, (Limb.FOOT_L, Limb.FOOT_R, Limb.LEG_L, Limb.LEG_R))
        cast = see(scene.camera, posed, solid, flatten_to_ground(scene.faults.shadow))
        polygons = np.concatenate([polygons, outlines(cast, solid.hulls[low])], axis=2)
        limbs = np.concatenate([limbs, np.full(low.sum(), Limb.CARRIED)])
    canvas, shown = follow(polygons), scene.faults.shown(limbs)
    masks = np.zeros((polygons.shape[1], canvas.height, canvas.width), np.uint8)
    for t, mask in enumerate(masks):
        for s in range(len(limbs)):
            if shown is None or shown[t, s]:
                corners = (polygons[:, t, s] - canvas.corner[:, t, None] - 0.5) * np.float32(16)
                cv2.fillConvexPoly(mask, np.rint(corners).astype(np.int32).T.copy(), 1, cv2.LINE_8, 4)
    return spoil(masks, scene.faults)


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
    for item in generate(replace(WIDE, start=40, frames=20)):
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
    scenes = [draw_scene(replace(PLAIN, bodies=1.0, gaits=1.0), p, 0, "nm-01") for p in range(100)]
    plain = [draw_scene(PLAIN, p, 0, "nm-01") for p in range(100)]
    wider, usual = (np.std([np.log(s.body.girths["waist_depth"]) for s in c]) for c in (scenes, plain))
    assert 1.15 * usual < wider < 1.7 * usual
    turns = [np.degrees(np.ptp(s.heading)) for s in scenes if s.heading is not None]
    assert 25 < len(turns) < 55
    assert 5 < np.mean(turns) < max(turns) <= 50


def test_cameras_look_from_the_side_within_the_range_and_have_few_pixels():
    cameras = [draw_scene(WIDE, p, 0, "nm-01").camera for p in range(100)]
    side = np.mean([45 <= abs(c.azimuth) <= 135 for c in cameras])
    assert side > 0.6
    assert min(c.azimuth for c in cameras) < -90
    heights = np.array([c.height for c in cameras])
    assert 24 <= heights.min() < 32
    assert 120 < heights.max() <= 160
    assert 48 < np.median(heights) < 78
    for range_ in ((80.0, 100.0), (10.0, 20.0), (200.0, 210.0)):
        for p in range(8):
            camera = draw_scene(replace(WIDE, azimuth=range_), p, 0, "nm-01").camera
            assert range_[0] <= camera.azimuth <= range_[1]


def test_half_a_setting_changes_less_than_all_of_it():
    def share(amount):
        config = replace(PLAIN, segmentation=amount, faults=0.0)
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
