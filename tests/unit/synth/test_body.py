import numpy as np
import pytest

from mimicgait.synth.body import GIRTHS, LENGTHS, draw_body

PEOPLE = [draw_body(np.random.default_rng(seed)) for seed in range(600)]


@pytest.mark.parametrize(("woman", "mean", "spread"), [(False, 1.756, 0.069), (True, 1.629, 0.064)])
def test_stature_follows_the_survey(woman, mean, spread):
    statures = np.array([body.stature for body in PEOPLE if body.woman is woman])
    assert 230 < len(statures) < 370
    # The mean of 300 people is known to 4 mm; the spread, cut off at 2.5 deviations, to a tenth.
    assert statures.mean() == pytest.approx(mean, abs=0.013)
    assert statures.std() == pytest.approx(spread, rel=0.15)


def test_the_parts_of_a_person_add_up_to_their_stature():
    chain = ("ankle_height", "shank", "thigh", "pelvis", "abdomen", "trunk", "neck")
    for body in PEOPLE:
        height = sum(body.lengths[name] for name in chain) + 0.98 * body.lengths["head"]
        assert height == pytest.approx(body.stature, rel=0.08)
    mean = sum(LENGTHS[name][0] for name in chain) + 0.98 * LENGTHS["head"][0]
    assert mean == pytest.approx(1.0, abs=0.01)


def test_everybody_has_every_measure_within_human_bounds():
    for body in PEOPLE:
        assert set(body.lengths) == set(LENGTHS)
        assert set(body.girths) == set(GIRTHS)
        assert min(*body.lengths.values(), *body.girths.values()) > 0.015
        assert 0.2 < body.girths["hip_breadth"] < 0.62
        assert body.girths["knee"] < body.girths["thigh"]
        assert body.girths["wrist"] < body.girths["elbow"] < body.girths["biceps"] * 1.35


def test_lengths_vary_by_their_coefficient_of_variation():
    share = np.array([body.lengths["forearm"] / body.stature for body in PEOPLE])
    assert share.std() / share.mean() == pytest.approx(LENGTHS["forearm"][1], rel=0.12)


def test_build_widens_all_girths_together():
    waist = [body.girths["waist_depth"] / body.stature for body in PEOPLE]
    thigh = [body.girths["thigh"] / body.stature for body in PEOPLE]
    assert np.corrcoef(waist, thigh)[0, 1] > 0.6


def test_the_same_stream_gives_the_same_person():
    assert draw_body(np.random.default_rng(5)) == draw_body(np.random.default_rng(5))
