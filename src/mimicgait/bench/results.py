"""What the files of scores say together: one entry for each backbone, method and case of a suite."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mimicgait.bench.jobs import plan_candidates
from mimicgait.bench.judge import COMPLETE, cost_file, crowds, read_score, score_file, suites_of
from mimicgait.bench.methods import TEACHER
from mimicgait.bench.plan import BenchConfig
from mimicgait.errors import ProtocolError
from mimicgait.evaluation.statistics import Interval, Outcomes, bootstrap, bootstrap_ratio

CURVE = "curve"


@dataclass(frozen=True, slots=True)
class Judged:
    """A method under one case, over all training seeds and draws.

    Attributes:
        figures: each figure of every run, float64 `[training seeds, draws]`.
        outcomes: what every probe came to, by figure; a cell for each run.
    """

    figures: Mapping[str, npt.NDArray[np.float64]]
    outcomes: Mapping[str, Outcomes]

    def mean(self, figure: str = "rank1") -> float:
        """Return a figure's mean over all runs."""
        return float(self.figures[figure].mean())

    def spread(self, figure: str = "rank1") -> float:
        """Return the standard deviation over training seeds, or over draws where there is one seed."""
        values = self.figures[figure]
        runs = values.mean(axis=1) if len(values) > 1 else values[0]
        return float(runs.std(ddof=1)) if len(runs) > 1 else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a table, with the complete sequences that its ratios rest on.

    Attributes:
        backbone, method: whose it is.
        suite, case: under what.
        people: number of test people; None for all.
        occluded: the method under the case.
        complete: the method on the same people's complete sequences.
        holistic: the teacher on them.
        seeds: of the trainings.
    """

    backbone: str
    method: str
    suite: str
    case: str
    people: int | None
    occluded: Judged
    complete: Judged
    holistic: Judged
    seeds: tuple[int, ...]

    @property
    def rp(self) -> Interval:
        """RP = occluded rank-1 over the teacher's complete one, with its interval over people."""
        return bootstrap_ratio(self.occluded.outcomes["rank1"], self.holistic.outcomes["rank1"])

    @property
    def hpr(self) -> float:
        """The method's complete rank-1 over the teacher's."""
        return self.complete.mean() / self.holistic.mean()

    def as_json(self) -> dict[str, Any]:
        """Return all figures as JSON values."""
        return {
            "backbone": self.backbone,
            "method": self.method,
            "suite": self.suite,
            "case": self.case,
            "people": self.people,
            "training_seeds": list(self.seeds),
            "rank1": bootstrap(self.occluded.outcomes["rank1"]).as_json(),
            "rank1_std": self.occluded.spread(),
            "rank5": self.occluded.mean("rank5"),
            "mAP": self.occluded.mean("mAP"),
            "tar_at_far_0.01": self.occluded.mean("tar"),
            "rp": self.rp.as_json(),
            "complete_rank1": self.complete.mean(),
            "holistic_rank1": self.holistic.mean(),
            "hpr": self.hpr,
        }


def entries(config: BenchConfig) -> list[Entry]:
    """Read all scores that are there; a method counts with the training seeds that all its files have."""
    return [entry for people in crowds(config) for entry in _entries(config, people)]


def _entries(config: BenchConfig, people: int | None) -> Iterator[Entry]:
    found: dict[tuple[str, str], dict[int, dict[str, Any]]] = {}
    for candidate in plan_candidates(config):
        scores = {
            suite.name: read_score(score_file(config, candidate, suite, people))
            for suite in suites_of(config, people)
        }
        if all(score is not None for score in scores.values()):
            found.setdefault((candidate.backbone, candidate.method), {})[candidate.seed] = scores
    for (backbone, method), by_seed in found.items():
        seeds = tuple(sorted(set(by_seed) & set(found.get((backbone, TEACHER), {}))))
        if not seeds:
            continue
        own, teacher = (by_seed, found[backbone, TEACHER])
        complete = _judged([own[seed][COMPLETE.name]["cases"]["complete"] for seed in seeds])
        holistic = _judged([teacher[seed][COMPLETE.name]["cases"]["complete"] for seed in seeds])
        for suite in suites_of(config, people)[1:]:
            for case in own[seeds[0]][suite.name].get("cases", {}):
                yield Entry(
                    backbone=backbone,
                    method=method,
                    suite=suite.name,
                    case=case,
                    people=people,
                    occluded=_judged([own[seed][suite.name]["cases"][case] for seed in seeds]),
                    complete=complete,
                    holistic=holistic,
                    seeds=seeds,
                )


def tables(config: BenchConfig) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """Read the gallery-by-probe tables: by backbone and method, one a training seed."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for people in crowds(config):
        for suite in suites_of(config, people):
            for candidate in plan_candidates(config) if suite.side == "each" else ():
                score = read_score(score_file(config, candidate, suite, people))
                if score is not None:
                    found.setdefault((candidate.backbone, candidate.method), []).append(score["table"])
    return found


def costs(config: BenchConfig) -> dict[tuple[str, str], dict[str, Any]]:
    """Read what each method costs: by backbone and method, the means over training seeds."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for candidate in plan_candidates(config):
        cost = read_score(cost_file(config, candidate))
        if cost is not None:
            found.setdefault((candidate.backbone, candidate.method), []).append(cost)
    return {who: _mean_cost(each) for who, each in found.items()}


def area_under_curve(found: Sequence[Entry]) -> dict[tuple[str, str], float]:
    """Return the mean of RP over hidden shares of 0 to 80 % and over types, by backbone and method.

    The trapezoids of each type's curve, over the width of the curve: a network that is never troubled has 1.
    """
    curves: dict[tuple[str, str], dict[str, dict[float, float]]] = {}
    for entry in found:
        if entry.suite != CURVE:
            continue
        kind, _, amount = entry.case.rpartition(" ")
        share = float(amount) / 100 if kind else 0.0
        value = entry.occluded.mean() / entry.holistic.mean()
        curves.setdefault((entry.backbone, entry.method), {}).setdefault(kind, {})[share] = value
    return {who: _area(kinds) for who, kinds in curves.items()}


def _area(kinds: Mapping[str, Mapping[float, float]]) -> float:
    start = kinds.get("", {})
    areas = []
    for kind, curve in kinds.items():
        if kind:
            points = sorted({**start, **curve}.items())
            x, y = (np.array(axis) for axis in zip(*points, strict=True))
            areas.append(float(np.trapezoid(y, x) / (x[-1] - x[0])))
    return float(np.mean(areas))


def _judged(cases: Sequence[Mapping[str, Any]]) -> Judged:
    """Join the results of several training seeds; each run of each seed is a cell of its own."""
    runs = [case["score"]["runs"] for case in cases]
    if len({len(each) for each in runs}) > 1:
        raise ProtocolError(
            "scores of different numbers of draws: remove the folder of scores, and start again"
        )
    names = ("rank1", "rank5", "mAP", "tar")
    figures = {name: np.array([[run[name] for run in each] for each in runs]) for name in names}
    outcomes = {name: _joined([case["probes"] for case in cases], name) for name in names[:3]}
    return Judged(figures, outcomes)


def _joined(probes: Sequence[Mapping[str, Any]], figure: str) -> Outcomes:
    cells, offset = [], 0
    for each in probes:
        own = np.array(each["cells"], np.int64)
        cells.append(own + offset)
        offset += int(own.max()) + 1
    return Outcomes(
        values=np.concatenate([np.array(each[figure], np.float64) for each in probes]),
        cells=np.concatenate(cells),
        subjects=np.concatenate([np.array(each["subjects"]) for each in probes]),
    )


def _mean_cost(each: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    names = ("parameters", "training_steps", "training_seconds", "time_beside_teacher")
    return {name: float(np.mean([cost[name] for cost in each])) for name in names}
