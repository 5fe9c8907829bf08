"""Named, unknown, too little seen: answers that keep what they promise."""

import dataclasses
import json

import numpy as np
import pytest
import torch

from mimicgait.distance import PartwiseEuclidean, VisibleEuclidean
from mimicgait.errors import ConfigError, DataError, ProtocolError
from mimicgait.gallery import (
    Answer,
    Calibration,
    Candidate,
    Gallery,
    Ranking,
    Signature,
    check_held_out,
    decide,
    decide_verification,
    fit_calibration,
    seen_share,
)
from mimicgait.gallery.tail import Tail

MODEL = "a" * 64
NOISE = {0.05: 0.35, 0.4: 0.7, 0.6: 1.1, 0.9: 4.0}
"""How much a walk differs from its person, by how much of it is hidden: at 0.9 nothing is left."""


def person(number):
    return np.random.default_rng([5, number]).normal(size=(8, 4))


def walk(number, hidden, seed):
    noise = np.random.default_rng([9, number, seed, round(100 * hidden)]).normal(size=(8, 4)) * NOISE[hidden]
    return Signature(values=person(number) + noise, model=MODEL, frames=40, hidden=hidden)


def population(numbers, draws=3):
    enrolled = [(str(n), walk(n, 0.05, 0)) for n in numbers]
    probes = [(str(n), walk(n, hidden, draw)) for n in numbers for hidden in NOISE for draw in range(draws)]
    return enrolled, probes


@pytest.fixture(scope="module")
def calibration():
    return fit_calibration(*population(range(60), 1), fpir=0.05)


def stacked(walks):
    return torch.from_numpy(np.stack([s.values for _, s in walks]).astype(np.float32))


def search(tmp_path, numbers):
    gallery = Gallery(tmp_path / "people.db")
    gallery.enroll_many([(name, [s]) for name, s in population(numbers, 0)[0]], consent="form")
    return gallery


def test_strangers_are_named_no_more_often_than_was_wanted_on_average_over_calibration_sets():
    wanted, sizes, rates = 0.1, (10, 40, 160), []
    for number in range(10):
        start = 10_000 * (number + 1)
        enrolled = [(str(n), walk(n, 0.05, 0)) for n in range(start, start + 40)]
        probes = [(str(n), walk(n, 0.4, 1)) for n in range(start, start + 40)]
        calibration = fit_calibration(enrolled, probes, fpir=wanted)
        strangers = [(str(n), walk(n, 0.4, 1)) for n in range(start + 5000, start + 5080)]
        others = [(str(n), walk(n, 0.05, 0)) for n in range(start + 1000, start + 1160)]
        distances = PartwiseEuclidean()(stacked(strangers), stacked(others)).numpy()
        level = calibration.level(0.6)
        rates.append([(distances[:, :n].min(1) < calibration.threshold(level, n)).mean() for n in sizes])
    mean, deviation = np.mean(rates, axis=0), np.std(rates, axis=0) / len(rates) ** 0.5
    assert (mean <= wanted + 2 * deviation).all(), (mean, deviation)
    assert (mean > wanted / 10).all(), "needlessly strict"


def test_enrolled_people_are_named_when_much_is_seen_and_the_reason_is_given_when_not(tmp_path, calibration):
    gallery = search(tmp_path, range(1000, 1030))
    answers = {hidden: [] for hidden in NOISE}
    for number in range(1000, 1030):
        for hidden in NOISE:
            probe = walk(number, hidden, 1)
            decision = decide(gallery.identify(probe, limit=None), probe, calibration)
            answers[hidden].append(decision.answer)
            assert len(decision.ranking) == 30
            assert (decision.name is not None) == (decision.answer is Answer.NAMED)
            if decision.name is not None:
                assert decision.name == decision.ranking[0].candidate.name
    assert answers[0.05].count(Answer.NAMED) > 26
    assert answers[0.4].count(Answer.NAMED) > 18
    assert answers[0.9].count(Answer.TOO_LITTLE_SEEN) > 24
    unknown = decide(gallery.identify(walk(1, 0.05, 1)), walk(1, 0.05, 1), calibration)
    assert unknown.answer is Answer.UNKNOWN
    assert "is nearest, at" in unknown.reason
    assert "at most 0.05 of strangers may be named among 30 people" in unknown.reason
    assert "95% of a whole walk was seen" in unknown.reason


def test_less_seen_never_gets_a_looser_threshold_nor_does_a_larger_gallery(calibration):
    for enrolled in (1, 10, 59):
        limits = [calibration.threshold(level, enrolled) for level in range(4)]
        assert all(limit is not None for limit in limits)
        assert limits == sorted(limits, reverse=True)
    for level in range(4):
        grown = [calibration.threshold(level, enrolled) for enrolled in (1, 5, 50, 59)]
        assert grown == sorted(grown, reverse=True)
        assert calibration.threshold(level, 10**6) is None


def test_a_gallery_too_large_for_the_calibration_set_gets_no_promise(calibration):
    probe = walk(1, 0.05, 1)
    ranking = Ranking((Candidate("1", 0.0, "w", 30, 0.0),), 10**6, 0, True, MODEL, "PartwiseEuclidean")
    decision = decide(ranking, probe, calibration)
    assert decision.answer is Answer.UNDECIDED
    assert "among 1,000,000 people" in decision.reason
    assert "too small to promise that" in decision.reason


def test_probabilities_are_as_often_right_as_they_say(tmp_path, calibration):
    gallery = search(tmp_path, range(1000, 1050))
    stated, right = [], []
    for number in (*range(1000, 1050), *range(2000, 2050)):
        for hidden in NOISE:
            probe = walk(number, hidden, 1)
            decision = decide(gallery.identify(probe), probe, calibration)
            stated.append(decision.probability)
            right.append(decision.ranking[0].candidate.name == str(number))
    stated, right = np.array(stated), np.array(right)
    for low, high in ((0, 0.2), (0.2, 0.8), (0.8, 1.01)):
        band = (stated >= low) & (stated < high)
        assert band.sum() > 20
        assert abs(stated[band].mean() - right[band].mean()) < 0.12, (
            low,
            stated[band].mean(),
            right[band].mean(),
        )
    order = [r.same for r in decision.ranking]
    assert order == sorted(order, reverse=True)


def test_the_held_out_check_finds_what_new_people_find():
    levels = check_held_out(*population(range(40), 1), distance=PartwiseEuclidean(), fpir=0.1)
    assert [level["walks"] for level in levels] == [40] * 4
    for level in levels:
        assert level["strangers_named"] < 0.1 + 3 * (0.1 * 0.9 / 40) ** 0.5
        assert level["probability_off"] < 0.2
    assert levels[0]["named_right"] > 0.8 > 0.2 > levels[3]["named_right"]
    assert check_held_out(*population(range(6)), distance=PartwiseEuclidean(), fpir=0.05) == ()


def test_verification_is_a_choice_among_one(tmp_path, calibration):
    gallery = search(tmp_path, range(1000, 1040))
    wrong = 0
    for number in range(1000, 1040):
        own, other = walk(number, 0.05, 1), walk(number + 1000, 0.05, 1)
        found = gallery.verify(str(number), own)
        assert decide_verification(found, own, calibration, distance="PartwiseEuclidean").name == str(number)
        found = gallery.verify(str(number), other)
        wrong += decide_verification(found, other, calibration, distance="PartwiseEuclidean").name is not None
    assert wrong <= 5


def test_a_calibration_comes_back_from_its_file_and_is_refused_for_another_model(tmp_path, calibration):
    calibration.save(tmp_path / "calibration.json")
    again = Calibration.load(tmp_path / "calibration.json")
    assert again == calibration
    assert again.model == json.loads((tmp_path / "calibration.json").read_text())["model"] == MODEL
    probe = dataclasses.replace(walk(1, 0.05, 1), model="b" * 64)
    ranking = Ranking((Candidate("1", 0.0, "w", 30, 0.0),), 1, 0, True, "b" * 64, "PartwiseEuclidean")
    with pytest.raises(ConfigError, match="is of network aaaaaaaaaaaa, this is bbbbbbbbbbbb"):
        decide(ranking, probe, again)
    with pytest.raises(ConfigError, match="is of PartwiseEuclidean, this is PartwiseCosine"):
        decide(dataclasses.replace(ranking, model=MODEL, distance="PartwiseCosine"), walk(1, 0.05, 1), again)


@pytest.mark.parametrize("text", ["", "[]", '{"format": 1}', '{"format": 2}', "\x00"])
def test_a_damaged_calibration_is_refused(tmp_path, text):
    (tmp_path / "c.json").write_text(text)
    with pytest.raises(DataError, match=r"is no calibration|of format 1"):
        Calibration.load(tmp_path / "c.json")
    with pytest.raises(DataError, match="cannot be read"):
        Calibration.load(tmp_path / "absent.json")


def test_without_a_calibration_nobody_is_named():
    ranking = Ranking((Candidate("ann", 0.1, "w", 30, 0.0),), 1, 0, True, MODEL, "PartwiseEuclidean")
    decision = decide(ranking, walk(1, 0.05, 1), None)
    assert (decision.answer, decision.name, decision.probability) == (Answer.UNDECIDED, None, None)
    assert "without a calibration nobody knows" in decision.reason


def test_mistakes_are_refused(calibration):
    enrolled, probes = population(range(10))
    with pytest.raises(ConfigError, match="between 0 and 1"):
        fit_calibration(enrolled, probes, fpir=0)
    with pytest.raises(ProtocolError, match="4 people or more"):
        fit_calibration(enrolled[:3], probes[:9])
    with pytest.raises(ProtocolError, match="1 people only among"):
        fit_calibration(enrolled[:-1], probes)
    blind = dataclasses.replace(walk(1, 0.05, 1), hidden=None)
    ranking = Ranking((Candidate("1", 0.0, "w", 30, 0.0),), 1, 0, True, MODEL, "PartwiseEuclidean")
    with pytest.raises(ConfigError, match="nobody judged"):
        decide(ranking, blind, calibration)


def test_without_visibility_levels_go_by_frames():
    def blind(walks):
        return [(n, dataclasses.replace(w, hidden=None, frames=12)) for n, w in walks]

    enrolled, probes = (blind(side) for side in population(range(20)))
    calibration = fit_calibration(enrolled, probes, fpir=0.1)
    assert not calibration.by_visibility
    assert [level.searches for level in calibration.levels] == [0, 0, 240, 0]
    assert seen_share(probes[0][1], by_visibility=False) == pytest.approx(0.4)
    ranking = Ranking((Candidate("1", 9.0, "w", 30, None),), 5, 0, True, MODEL, "PartwiseEuclidean")
    short = dataclasses.replace(probes[0][1], frames=2)
    decision = decide(ranking, short, calibration)
    assert decision.answer is Answer.TOO_LITTLE_SEEN
    assert "nothing in the calibration set was seen so little" in decision.reason


def test_a_tail_is_a_promise_for_one_more_draw():
    random = np.random.default_rng(0)
    below = [
        random.normal() < (Tail.of(random.normal(size=99)).threshold(0.1) or -np.inf) for _ in range(4000)
    ]
    assert np.mean(below) == pytest.approx(0.1, abs=0.015)
    large = Tail.of(random.normal(size=100_000))
    assert len(large.ranks) <= 600
    assert large.threshold(0.01) == pytest.approx(-2.326, abs=0.05)
    with pytest.raises(DataError, match="ascending"):
        Tail(3, (1, 2), (0.2, 0.1))


def test_a_calibration_goes_by_the_distance_of_the_signatures():
    sides = population(range(20), 1)
    visible = VisibleEuclidean()
    made_for = [[(name, dataclasses.replace(s, distance=visible)) for name, s in side] for side in sides]
    calibration = fit_calibration(*made_for, fpir=0.1)
    assert calibration.distance == "VisibleEuclidean"
    by_hand = fit_calibration(*sides, distance=visible, fpir=0.1)
    assert calibration.levels == by_hand.levels
    assert check_held_out(*made_for, fpir=0.1) == check_held_out(
        *sides, distance=VisibleEuclidean(), fpir=0.1
    )
    with pytest.raises(ConfigError, match="made for one distance"):
        fit_calibration(sides[0], made_for[1], fpir=0.1)
