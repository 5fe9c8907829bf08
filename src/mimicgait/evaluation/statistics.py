"""How far a number can be trusted: confidence intervals, and tests between two methods.

Probes of one person resemble each other, so what is drawn again is people, never single probes.
"""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mimicgait.errors import ConfigError, ProtocolError, ShapeError

Floats = npt.NDArray[np.float64]
REPEATS = 2000
_CHUNK = 256  # draws at once: with 6,000 people and float64 they take 12 MB


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Results of single probes; the score is the mean over cells of the mean within each cell.

    Attributes:
        values: float64 `[m]`, such as 1 for found and 0 for not found.
        cells: int64 `[m]`: which cell each belongs to (a run, a view, a pair of views), from 0.
        subjects: `[m]`: whose probe it is.

    Raises:
        ShapeError: if the sizes differ or nothing is there.
    """

    values: Floats
    cells: npt.NDArray[np.int64]
    subjects: npt.NDArray[np.str_]

    def __post_init__(self) -> None:
        if not len(self.values) or not len(self.values) == len(self.cells) == len(self.subjects):
            raise ShapeError(
                f"expected as many values as cells and subjects, one or more, got {len(self.values)}, "
                f"{len(self.cells)} and {len(self.subjects)}"
            )

    def mean(self) -> float:
        """Return the score."""
        sums, counts = self.by_person(np.unique(self.subjects))
        return float((sums.sum(0) / counts.sum(0)).mean())

    def by_person(self, people: npt.NDArray[np.str_]) -> tuple[Floats, Floats]:
        """Return sums of values and numbers of probes, for each person and cell, `[people, cells]`."""
        cells = int(self.cells.max()) + 1
        flat = np.searchsorted(people, self.subjects) * cells + self.cells
        size = len(people) * cells
        sums = np.bincount(flat, self.values, size).astype(np.float64)
        counts = np.bincount(flat, minlength=size).astype(np.float64)
        return sums.reshape(-1, cells), counts.reshape(-1, cells)


@dataclass(frozen=True, slots=True)
class Interval:
    """A value with its confidence interval.

    Attributes:
        value: of the sample itself.
        low, high: ends of the interval (percentiles of the bootstrap).
        level: of confidence, such as 0.95.
        repeats: how often people were drawn.
        seed: of the draws.
    """

    value: float
    low: float
    high: float
    level: float
    repeats: int
    seed: int

    def as_json(self) -> dict[str, Any]:
        """Return the interval as JSON values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Test:
    """A comparison of two methods on the same probes.

    Attributes:
        name: of the test.
        difference: the first method's value minus the second's.
        p: two-sided probability of such a difference, or a larger one, between equally good methods.
        interval: of the difference; None for a test that gives none.
        counts: what the test rests on, by name.
    """

    __test__ = False  # no case for pytest

    name: str
    difference: float
    p: float
    interval: Interval | None
    counts: dict[str, int]

    def as_json(self) -> dict[str, Any]:
        """Return the test as JSON values."""
        return asdict(self)


def bootstrap(outcomes: Outcomes, *, level: float = 0.95, repeats: int = REPEATS, seed: int = 0) -> Interval:
    """Return the score with its interval: people are drawn with replacement, each with all their probes.

    A cell of which nobody was drawn is left out of that draw's mean.

    Raises:
        ConfigError: if the level is not between 0 and 1, or there are no repeats.
    """
    (draws,) = _draw([outcomes], repeats, seed)
    return _interval(outcomes.mean(), draws, level, repeats, seed)


def bootstrap_ratio(
    score: Outcomes, holistic: Outcomes, *, level: float = 0.95, repeats: int = REPEATS, seed: int = 0
) -> Interval:
    """Return score / holistic, such as RP, with its interval: both see the same draws of people.

    Raises:
        ProtocolError: if the outcomes are not of the same people, or the holistic score is 0.
        ConfigError: if the level is not between 0 and 1, or there are no repeats.
    """
    _check_paired([score, holistic])
    over, under = _draw([score, holistic], repeats, seed)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = over / under
    value = score.mean() / _not_zero(holistic.mean())
    return _interval(value, ratio[np.isfinite(ratio)], level, repeats, seed)


def mcnemar(first: npt.ArrayLike, second: npt.ArrayLike) -> Test:
    """Compare who was found by two methods: McNemar's exact test, for rank-1 on the same probes in one order.

    Only probes that one method found and the other did not tell anything; between equal methods each of them
    falls to either side like a coin. Probes are taken as independent: where people have several each, trust
    the bootstrap over people instead.

    Args:
        first: 0 or 1 for each probe, `[q]`.
        second: of the same probes.

    Raises:
        ShapeError: if the sizes differ or the values are not 0 and 1.

    >>> round(mcnemar([1, 1, 1, 1, 1, 0], [0, 0, 0, 0, 0, 1]).p, 5)
    0.21875
    """
    a, b = np.asarray(first, np.float64), np.asarray(second, np.float64)
    if a.shape != b.shape or a.ndim != 1 or not len(a) or not np.isin([a, b], (0, 1)).all():
        raise ShapeError(
            f"expected 0 or 1 for each probe, twice [q], got {list(a.shape)} and {list(b.shape)}"
        )
    only_first, only_second = int(((a == 1) & (b == 0)).sum()), int(((a == 0) & (b == 1)).sum())
    counts = {
        "both": int((a * b).sum()),
        "only first": only_first,
        "only second": only_second,
        "neither": int(((1 - a) * (1 - b)).sum()),
    }
    p = _coin(min(only_first, only_second), only_first + only_second)
    return Test("McNemar, exact, two-sided", float(a.mean() - b.mean()), p, None, counts)


def paired_bootstrap(
    first: Outcomes,
    second: Outcomes,
    holistic: Outcomes | None = None,
    *,
    level: float = 0.95,
    repeats: int = REPEATS,
    seed: int = 0,
) -> Test:
    """Compare two methods on the same people: the same draws of people for both.

    Args:
        first: of the first method, occluded for RP.
        second: of the second method.
        holistic: the teacher's on complete sequences. With it, relative performances (score / holistic) are
            compared, the holistic score drawn along; without, the scores themselves.
        level: of the interval.
        repeats: how often people are drawn.
        seed: of the draws.

    Raises:
        ProtocolError: if the outcomes are not of the same people, or the holistic score is 0.
        ConfigError: if the level is not between 0 and 1, or there are no repeats.
    """
    samples = [first, second] + ([holistic] if holistic is not None else [])
    _check_paired(samples)
    values, draws = [sample.mean() for sample in samples], _draw(samples, repeats, seed)
    difference, drawn = values[0] - values[1], draws[0] - draws[1]
    name = "paired bootstrap over people"
    if holistic is not None:
        with np.errstate(divide="ignore", invalid="ignore"):
            difference, drawn = difference / _not_zero(values[2]), drawn / draws[2]
        drawn, name = drawn[np.isfinite(drawn)], f"{name}, of RP"
    beyond = min(int((drawn <= 0).sum()), int((drawn >= 0).sum()))
    p = min(1.0, 2 * (beyond + 1) / (len(drawn) + 1))
    interval = _interval(difference, drawn, level, repeats, seed)
    return Test(name, difference, p, interval, {"people": len(set(first.subjects.tolist()))})


def _check_paired(samples: Sequence[Outcomes]) -> None:
    people = set(samples[0].subjects.tolist())
    if any(set(sample.subjects.tolist()) != people for sample in samples):
        raise ProtocolError("a paired test needs the same people on both sides: evaluate both on one store")


def _not_zero(holistic: float) -> float:
    if holistic == 0:
        raise ProtocolError("relative performance is undefined: the holistic score is 0")
    return holistic


def _draw(samples: Sequence[Outcomes], repeats: int, seed: int) -> list[Floats]:
    """Return each sample's score in every draw of people, `[repeats]` each; all see the same draws."""
    if repeats < 1:
        raise ConfigError(f"expected at least one repeat, got {repeats}")
    people = np.unique(np.concatenate([sample.subjects for sample in samples]))
    tables = [sample.by_person(people) for sample in samples]
    rng = np.random.default_rng(seed)
    found: list[list[Floats]] = [[] for _ in samples]
    for start in range(0, repeats, _CHUNK):
        size = (min(_CHUNK, repeats - start), len(people))
        drawn = rng.integers(0, len(people), size)
        cells = drawn + len(people) * np.arange(size[0])[:, None]  # all rows are counted at once
        times = np.bincount(cells.ravel(), minlength=drawn.size).reshape(size).astype(np.float64)
        for scores, (sums, counts) in zip(found, tables, strict=True):
            with np.errstate(invalid="ignore"):
                scores.append(np.nanmean((times @ sums) / (times @ counts), axis=1))
    return [np.concatenate(scores) for scores in found]


def _interval(value: float, draws: Floats, level: float, repeats: int, seed: int) -> Interval:
    if not 0 < level < 1:
        raise ConfigError(f"expected a level between 0 and 1, such as 0.95, got {level}")
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(value), float(low), float(high), level, repeats, seed)


def _coin(fewer: int, n: int) -> float:
    """Return the two-sided probability of at most `fewer` heads in `n` throws of a fair coin."""
    if not n:
        return 1.0
    logs = [
        math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1) - n * math.log(2)
        for k in range(fewer + 1)
    ]
    most = max(logs)
    return min(1.0, 2 * math.exp(most) * math.fsum(math.exp(value - most) for value in logs))
