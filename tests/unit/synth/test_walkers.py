from dataclasses import replace

import cv2
import numpy as np
import pytest
from walker_cases import scene, share_changed, silhouettes

from mimicgait.errors import ConfigError
from mimicgait.synth import SIZES, SynthConfig, generate, sequence_types
from mimicgait.synth.gait import draw_gait, vary
from mimicgait.synth.walkers import WITHIN_PERSON, walk_person

FEW = SynthConfig(people=3, sequences=8, frames=12)


def same(a, b):
    return a.key == b.key and np.array_equal(a.frames, b.frames)


def test_walkers_are_the_same_for_any_number_of_people_and_workers():
    alone = list(generate(FEW))
    many = list(generate(replace(FEW, people=6), workers=2))
    late = list(generate(replace(FEW, people=1, start=2)))
    assert len(alone) == 24
    assert all(same(a, b) for a, b in zip(alone, many[:24], strict=True))
    assert all(same(a, b) for a, b in zip(alone[16:], late, strict=True))


def test_another_seed_gives_other_people():
    first, second = walk_person(FEW, 0)[0], walk_person(replace(FEW, seed=1), 0)[0]
    assert first.key.subject == second.key.subject
    assert first.frames.shape != second.frames.shape or (first.frames != second.frames).any()


def test_fewer_sequences_are_the_first_of_many():
    # The conditions are named by count, the chance by position: normal walks come first in both.
    two, eight = walk_person(replace(FEW, sequences=2), 1), walk_person(FEW, 1)
    assert all(same(a, b) for a, b in zip(two, eight[:2], strict=True))


def test_keys_are_unique_and_tell_condition_and_view():
    made = list(generate(FEW))
    assert len({item.key for item in made}) == len(made)
    assert [item.key.type for item in made[:8]] == list(sequence_types(8))
    assert {item.key.subject for item in made} == {"p00000", "p00001", "p00002"}
    for item in made:
        azimuth, elevation = map(int, item.key.view.split("e"))
        assert 0 <= azimuth <= 180
        assert 0 <= elevation <= 35


@pytest.mark.parametrize("sequences", [1, 2, 4, 7, 8, 12])
def test_conditions_fill_the_sequences(sequences):
    names = sequence_types(sequences)
    assert len(set(names)) == len(names) == sequences
    assert sum(name.startswith("bg") for name in names) == sum(name.startswith("cl") for name in names)


def test_frames_are_normalised_silhouettes():
    for item in generate(FEW):
        assert item.frames.shape[1:] == (64, 64)
        assert set(np.unique(item.frames)) == {0, 1}
        assert item.frames[:, 0].any(1).all()
        assert item.frames[:, -3:].any((1, 2)).all()
        assert 0.6 * FEW.frames < len(item.frames) <= FEW.frames


@pytest.mark.parametrize("azimuth", [0.0, 30.0, 60.0, 90.0, 135.0, 180.0])
def test_a_clean_person_is_one_piece_of_human_proportions(azimuth):
    for seed in range(4):
        frames = silhouettes(scene(seed, azimuth))
        for frame in frames:
            assert cv2.connectedComponents(frame, connectivity=8)[0] == 2
            widths = frame.sum(1)
            head, trunk = widths[1:6].mean(), widths[16:28].mean()
            assert 4 < head < 14
            assert head < trunk < 30
            assert 0.13 < frame.mean() < 0.45


def test_two_gaits_on_one_body_look_more_different_than_two_days_of_one_gait():
    for seed in range(3):
        rng = np.random.default_rng(100 + seed)
        first = scene(seed)
        other = replace(first, gait=draw_gait(rng, first.body.woman))
        today = replace(first, gait=vary(first.gait, rng, 1.0, WITHIN_PERSON))
        frames = silhouettes(first)
        between, within = share_changed(frames, silhouettes(other)), share_changed(frames, silhouettes(today))
        assert between > 0.1
        assert between > 2 * within, f"{between} between people, {within} between days"


@pytest.mark.parametrize("what", ["gait", "body"])
def test_people_are_told_apart_by_gait_alone_and_by_shape_alone(what):
    # Twelve people who share everything else, each seen twice; the energy image finds the other walk.
    base, found = scene(0), 0
    images = []
    for person in range(12):
        own = scene(person + 20)
        shown = replace(base, **{what: getattr(own, what)})
        rng = np.random.default_rng(person)
        again = replace(
            shown, gait=vary(shown.gait, rng, 1.0, WITHIN_PERSON), phase=base.phase + rng.random()
        )
        images.append([silhouettes(s).mean(0).ravel() for s in (shown, again)])
    for i, (_, probe) in enumerate(images):
        found += int(np.argmin([np.linalg.norm(gallery - probe) for gallery, _ in images]) == i)
    assert found >= 11, f"{found} of 12 by {what}"


def test_a_person_without_variety_is_the_mean_person():
    same_gait = [draw_gait(np.random.default_rng(seed), scale=0.0) for seed in range(2)]
    np.testing.assert_array_equal(same_gait[0].coefficients, same_gait[1].coefficients)


@pytest.mark.parametrize("size", SIZES)
def test_splits_of_every_size_share_nobody(size):
    people = [set(range(c.start, c.start + c.people)) for c in SIZES[size].values()]
    assert list(SIZES[size]) == ["train", "val", "test"]
    assert len(set.union(*people)) == sum(map(len, people))


def test_sizes_cannot_be_changed():
    with pytest.raises(TypeError):
        SIZES["small"] = {}  # type: ignore[index]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"people": 0}, "people must be at least 1, got 0"),
        ({"frames": 1}, "frames must be at least 2"),
        ({"seed": -1}, "seed must be at least 0"),
        ({"elevation": (0.0, 60.0)}, "within 0 to 35"),
        ({"azimuth": (90.0, 10.0)}, "azimuth must be a range"),
        ({"faults": 9.0}, "faults and variety must be 0 to 2"),
    ],
)
def test_impossible_settings_are_refused(change, words):
    with pytest.raises(ConfigError, match=words):
        SynthConfig(**change)
