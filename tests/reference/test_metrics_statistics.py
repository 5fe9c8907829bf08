"""Confidence intervals and paired tests against plain loops and SciPy."""

import numpy as np
import pytest
from scipy.stats import binomtest

from mimicgait.errors import ConfigError, ProtocolError, ShapeError
from mimicgait.evaluation.statistics import Outcomes, bootstrap, mcnemar, paired_bootstrap


def random_outcomes(seed, shift=0.0, cells=2):
    rng = np.random.default_rng(seed)
    people = np.repeat([f"p{i}" for i in range(9)], 4)
    values = (rng.random(36) < 0.5 + shift).astype(float)
    return Outcomes(values, np.arange(36) % cells, people)


def slow_mean(outcomes, rows):
    means = []
    for cell in sorted(set(outcomes.cells.tolist())):
        values = [outcomes.values[i] for i in rows if outcomes.cells[i] == cell]
        if values:
            means.append(sum(values) / len(values))
    return sum(means) / len(means)


def slow_draws(outcomes, repeats, seed):
    """Draw people with replacement and take all rows of each, as often as drawn."""
    people = sorted(set(outcomes.subjects.tolist()))
    rows = {p: [i for i, s in enumerate(outcomes.subjects) if s == p] for p in people}
    drawn = np.random.default_rng(seed).integers(0, len(people), (repeats, len(people)))
    return [slow_mean(outcomes, [i for k in row for i in rows[people[k]]]) for row in drawn]


@pytest.mark.parametrize("cells", [1, 2, 3])
def test_interval_is_that_of_a_loop_over_draws(cells):
    outcomes = random_outcomes(1, cells=cells)
    found = bootstrap(outcomes, repeats=100, seed=5, level=0.9)
    expected = np.quantile(slow_draws(outcomes, 100, 5), [0.05, 0.95])
    assert found.value == pytest.approx(slow_mean(outcomes, range(36)))
    assert (found.low, found.high) == pytest.approx(expected, abs=1e-12)
    assert bootstrap(outcomes, repeats=100, seed=5, level=0.9) == found
    assert bootstrap(outcomes, repeats=100, seed=6, level=0.9) != found


def test_interval_covers_what_it_should():
    """Of 200 samples of 60 people, about 95 % of the intervals hold the true value."""
    rng, held = np.random.default_rng(0), 0
    for seed in range(200):
        chance = rng.beta(4, 4, 60)
        values = (rng.random((60, 3)) < chance[:, None]).astype(float).ravel()
        outcomes = Outcomes(values, np.zeros(180, int), np.repeat(np.arange(60).astype(str), 3))
        found = bootstrap(outcomes, repeats=200, seed=seed)
        held += found.low <= 0.5 <= found.high
    assert 0.90 <= held / 200 <= 0.98, held


def test_probes_of_one_person_are_not_independent():
    values = np.repeat(np.random.default_rng(0).random(20) < 0.5, 50).astype(float)
    people = np.repeat([f"p{i}" for i in range(20)], 50)
    by_person = bootstrap(Outcomes(values, np.zeros(1000, int), people))
    by_probe = bootstrap(Outcomes(values, np.zeros(1000, int), np.array([f"{i}" for i in range(1000)])))
    assert by_person.high - by_person.low > 4 * (by_probe.high - by_probe.low)


@pytest.mark.parametrize(("only_first", "only_second"), [(0, 0), (5, 1), (3, 3), (40, 12), (900, 1000)])
def test_mcnemar_is_the_exact_binomial_test(only_first, only_second):
    first = np.array([1] * only_first + [0] * only_second + [1, 1, 0])
    second = np.array([0] * only_first + [1] * only_second + [1, 1, 0])
    found = mcnemar(first, second)
    n = only_first + only_second
    assert found.p == pytest.approx(binomtest(only_first, n).pvalue if n else 1.0, rel=1e-9)
    assert found.counts == {"both": 2, "only first": only_first, "only second": only_second, "neither": 1}
    assert found.difference == pytest.approx((only_first - only_second) / len(first))


@pytest.mark.parametrize("relative", [False, True])
def test_paired_bootstrap_draws_the_same_people_for_all(relative):
    first, second, holistic = (random_outcomes(seed, shift) for seed, shift in ((1, 0.1), (2, 0), (3, 0.3)))
    found = paired_bootstrap(first, second, holistic if relative else None, repeats=99, seed=4)
    draws = [np.array(slow_draws(sample, 99, 4)) for sample in (first, second, holistic)]
    scale = draws[2] if relative else 1.0
    expected = (draws[0] - draws[1]) / scale
    assert (found.interval.low, found.interval.high) == pytest.approx(np.quantile(expected, [0.025, 0.975]))
    beyond = min((expected <= 0).sum(), (expected >= 0).sum())
    assert found.p == pytest.approx(min(1.0, 2 * (beyond + 1) / 100))
    whole = slow_mean(holistic, range(36)) if relative else 1.0
    assert found.difference == pytest.approx((first.mean() - second.mean()) / whole)


def test_a_method_is_not_better_than_itself_and_a_perfect_one_is_better_than_a_useless_one():
    same = random_outcomes(1)
    assert paired_bootstrap(same, same).p == 1.0
    people = np.array([f"p{i}" for i in range(30)])
    good, bad = (Outcomes(np.full(30, value), np.zeros(30, int), people) for value in (1.0, 0.0))
    assert paired_bootstrap(good, bad, repeats=1000).p < 0.01


def test_what_cannot_be_tested_is_refused():
    one = random_outcomes(1)
    other = Outcomes(one.values, one.cells, np.array([f"q{i}" for i in range(36)]))
    with pytest.raises(ProtocolError, match="same people"):
        paired_bootstrap(one, other)
    with pytest.raises(ProtocolError, match="holistic score is 0"):
        paired_bootstrap(one, one, Outcomes(one.values * 0, one.cells, one.subjects))
    with pytest.raises(ConfigError, match="level"):
        bootstrap(one, level=95)
    with pytest.raises(ConfigError, match="repeat"):
        bootstrap(one, repeats=0)
    with pytest.raises(ShapeError, match="0 or 1"):
        mcnemar([0.5], [1])
    with pytest.raises(ShapeError, match="as many values"):
        Outcomes(np.zeros(0), np.zeros(0, int), np.array([], str))
