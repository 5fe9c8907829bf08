"""Does a calibration keep its word? Half of the people are decided with what the other half has taught."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mimicgait.distance import Distance
from mimicgait.gallery.calibration import Calibration
from mimicgait.gallery.fit import Trials, compare_people, fit_calibration
from mimicgait.gallery.records import Candidate, Ranking, Signature, same_distance

FEWEST_PEOPLE = 8
"""With fewer, half of them are too few to learn from."""

BANDS = 5

Walks = Sequence[tuple[str, Signature]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one walk: its level; whether a stranger was named, or the own person, or another one.

    stated: the two probabilities that were stated, of the search with the own person and of that without;
    right: whether the own person stood first in the search with them.
    """

    level: int
    stranger_named: bool
    named_right: bool
    named_wrong: bool
    stated: tuple[float, float]
    right: bool


def check_held_out(
    enrolled: Walks, probes: Walks, *, distance: Distance | None = None, fpir: float
) -> tuple[dict[str, Any], ...]:
    """Return what became of the walks of held-out people at each level; nothing if there are too few people.

    Every walk is decided twice, as in `fit_calibration`: with its own person enrolled, and as a stranger's.
    The distance is that of the gallery, by default the one that the signatures are made for.

    Returns:
        For each level with walks: `low`, `high`, `walks`, `strangers_named` (the FPIR that was reached),
        `named_right` and `named_wrong` (shares of the walks of enrolled people), and `probability_off`: how
        far the stated probability was from how often it was right, mean over five bands.

    Raises:
        ConfigError, ProtocolError: as `fit_calibration` does.
    """
    people = sorted({name for name, _ in enrolled})
    if len(people) < FEWEST_PEOPLE:
        return ()
    distance = distance or same_distance([signature for _, signature in (*enrolled, *probes)])
    calibrations: list[Calibration] = []
    trials: list[Trials] = []
    for half in (people[::2], people[1::2]):
        known, asked = ([(name, walk) for name, walk in side if name in half] for side in (enrolled, probes))
        calibration = fit_calibration(known, asked, distance=distance, fpir=fpir)
        calibrations.append(calibration)
        trials.append(compare_people(known, asked, distance, by_visibility=calibration.by_visibility))
    outcomes = [*_outcomes(calibrations[1], trials[0]), *_outcomes(calibrations[0], trials[1])]
    found = []
    for place, level in enumerate(calibrations[0].levels):
        some = [outcome for outcome in outcomes if outcome.level == place]
        if some:
            found.append({"low": level.low, "high": level.high, **_summary(some)})
    return tuple(found)


def _outcomes(calibration: Calibration, trials: Trials) -> Iterator[Outcome]:
    people = trials.others.shape[1]
    for own, others, seen in zip(trials.own, trials.others, trials.seen, strict=True):
        place = calibration.level(float(seen))
        with_own = calibration.threshold(place, people + 1) or -np.inf
        without = calibration.threshold(place, people) or -np.inf
        yield Outcome(
            level=place,
            stranger_named=bool(others[0] < without),
            named_right=bool(own < min(others[0], with_own)),
            named_wrong=bool(others[0] <= own and others[0] < with_own),
            stated=(
                calibration.probability(place, _ranking([*others[:2], own], people + 1)),
                calibration.probability(place, _ranking(others[:2], people)),
            ),
            right=bool(own < others[0]),
        )


def _ranking(distances: Sequence[float], people: int) -> Ranking:
    candidates = tuple(Candidate("", float(d), "", 1, None) for d in sorted(distances))
    return Ranking(candidates, people, 0, exact=True, model="", distance="")


def _summary(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    stated = np.array([outcome.stated for outcome in outcomes]).T.ravel()
    right = np.array([outcome.right for outcome in outcomes] + [False] * len(outcomes))
    band = np.minimum(BANDS - 1, (stated * BANDS).astype(int))
    gaps = [
        abs(stated[band == b].mean() - right[band == b].mean()) * (band == b).sum()
        for b in range(BANDS)
        if (band == b).any()
    ]

    def share(name: str) -> float:
        return round(float(np.mean([getattr(outcome, name) for outcome in outcomes])), 6)

    return {
        "walks": len(outcomes),
        "strangers_named": share("stranger_named"),
        "named_right": share("named_right"),
        "named_wrong": share("named_wrong"),
        "probability_off": round(float(sum(gaps) / len(stated)), 6),
    }
