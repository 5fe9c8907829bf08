"""Calibration: what distances mean, learned from walks of people who are known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from sklearn.linear_model import LogisticRegression

from mimicgait import __version__
from mimicgait.distance import Distance
from mimicgait.errors import ConfigError, ProtocolError
from mimicgait.gallery.calibration import WIDEST_MARGIN, Calibration, Level, seen_share
from mimicgait.gallery.records import Signature, same_distance, same_model
from mimicgait.gallery.tail import Tail

EDGES = (0.75, 0.5, 0.25, 0.0)
"""Lower ends of the levels: share of a whole walk that was seen."""

FEWEST_PEOPLE = 4
FEWEST_PAIRS = 20
"""Pairs of one person that a level needs for a slope of its own; with fewer it takes that of all walks."""

MOST_PAIRS = 50_000
SEED = 0

Rows = npt.NDArray[np.bool_]
Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Trials:
    """Every walk of a calibration set against every person.

    own `[q]`: distance to the own person; others `[q, k - 1]`: to each other person, ascending; seen `[q]`.
    """

    own: Values
    others: Values
    seen: Values

    @property
    def first(self) -> Rows:
        """Whether the own person stands first; ties go to the other."""
        return np.asarray(self.own < self.others[:, 0])

    def select(self, rows: Rows) -> "Trials":
        """Keep some walks."""
        return Trials(self.own[rows], self.others[rows], self.seen[rows])


def compare_people(
    enrolled: Sequence[tuple[str, Signature]],
    probes: Sequence[tuple[str, Signature]],
    distance: Distance,
    *,
    by_visibility: bool,
) -> Trials:
    """Compare probes with people, each represented by the nearest of their walks, as a gallery does.

    Raises:
        ProtocolError: if a probe's person is not enrolled, or there are fewer than four people.
    """
    people = sorted({name for name, _ in enrolled})
    strangers = {name for name, _ in probes} - set(people)
    if len(people) < FEWEST_PEOPLE or strangers or not probes:
        raise ProtocolError(
            f"a calibration needs {FEWEST_PEOPLE} people or more with walks on both sides, got {len(people)} "
            f"people, {len(probes)} walks to search for, and {len(strangers)} people only among those"
        )
    whole = distance(_stacked(probes), _stacked(enrolled)).numpy().astype(np.float64)
    number = {name: i for i, name in enumerate(people)}
    owner = np.array([number[name] for name, _ in enrolled])
    nearest = np.stack([whole[:, owner == person].min(1) for person in range(len(people))], axis=1)
    own = np.array([number[name] for name, _ in probes])
    mine = np.arange(len(people)) == own[:, None]
    others = np.sort(nearest[~mine].reshape(len(probes), -1), axis=1)
    seen = [seen_share(signature, by_visibility=by_visibility) for _, signature in probes]
    return Trials(nearest[mine], others, np.array(seen))


def fit_calibration(
    enrolled: Sequence[tuple[str, Signature]],
    probes: Sequence[tuple[str, Signature]],
    *,
    distance: Distance | None = None,
    fpir: float = 0.01,
    data: Mapping[str, Any] | None = None,
) -> Calibration:
    """Learn thresholds and probabilities from walks of people whom the network was not trained on.

    Every probe is searched for twice: among all people, and among all but its own person. The second is what
    a stranger's search is like.

    Args:
        enrolled: names and signatures as they would be enrolled: walks of which everything was seen.
        probes: other walks of the same people, complete and partly hidden.
        distance: that of the gallery; by default the one that the signatures are made for.
        fpir: the false positive identification rate that is wanted.
        data: what to note about the calibration set.

    Raises:
        ConfigError: if the rate is not between 0 and 1, or the signatures are of several networks or made for
            several distances.
        ProtocolError: as `compare_people` does.
    """
    if not 0 < fpir < 1:
        raise ConfigError(f"fpir: expected a rate between 0 and 1, got {fpir}")
    walks = [signature for _, signature in (*enrolled, *probes)]
    model, distance = same_model(walks), distance or same_distance(walks)
    by_visibility = all(signature.hidden is not None for _, signature in probes)
    trials = compare_people(enrolled, probes, distance, by_visibility=by_visibility)
    levels = fit_levels(trials)
    return Calibration(
        model=model,
        distance=distance.name,
        fpir=fpir,
        people=trials.others.shape[1],
        by_visibility=by_visibility,
        levels=levels,
        weights=fit_weights(trials, levels),
        data=dict(data or {}),
        version=__version__,
        date=datetime.now(UTC).date().isoformat(),
    )


def fit_levels(trials: Trials) -> tuple[Level, ...]:
    """Learn what distances mean at each level of how much was seen, most seen first."""
    common = fit_evidence(trials)
    levels = []
    for low, high in zip(EDGES, (1.0, *EDGES[:-1]), strict=True):
        some = trials.select((trials.seen <= high) & ((trials.seen > low) | (low == EDGES[-1])))
        slope, offset = fit_evidence(some) if len(some.own) >= FEWEST_PAIRS else common
        levels.append(
            Level(
                low=low,
                high=high,
                nearest=Tail.of(some.others[:, 0]),
                others=Tail.of(some.others.ravel()),
                own=tuple(np.sort(some.own[some.first]).tolist()),
                searches=len(some.own),
                slope=slope,
                offset=offset,
            )
        )
    return tuple(levels)


def fit_evidence(trials: Trials) -> tuple[float, float]:
    """Fit Platt's curve to pairs of one person and of two, evenly weighted: slope and offset of the log odds.

    (Platt, Probabilistic outputs for support vector machines, 1999.)
    """
    others = trials.others.ravel()
    if len(others) > MOST_PAIRS:
        others = np.random.default_rng(SEED).choice(others, MOST_PAIRS, replace=False)
    distances = np.concatenate([trials.own, others])
    same = np.arange(len(distances)) < len(trials.own)
    scale = float(distances.std()) or 1.0
    curve = LogisticRegression(class_weight="balanced").fit(distances[:, None] / scale, same)
    slope = min(0.0, float(curve.coef_[0, 0]) / scale)
    return slope, float(curve.intercept_[0]) if slope else 0.0


def fit_weights(trials: Trials, levels: Sequence[Level]) -> tuple[float, float, float]:
    """Fit how probable it is that the first of a list is right: constant, weight of evidence, of the lead.

    Each walk counts once with its person enrolled and once without.
    """
    place = [next((i for i, x in enumerate(levels) if s > x.low), len(levels) - 1) for s in trials.seen]
    slope, offset = (np.array([getattr(levels[i], name) for i in place]) for name in ("slope", "offset"))
    people = trials.others.shape[1]
    with_own = np.sort(np.column_stack([trials.own, trials.others[:, :2]]), axis=1)
    first = np.concatenate([with_own[:, 0], trials.others[:, 0]])
    second = np.concatenate([with_own[:, 1], trials.others[:, 1]])
    right = np.concatenate([trials.first, np.zeros(len(trials.own), bool)])
    if right.all() or not right.any():
        return 0.0, 1.0, 0.0
    slopes, offsets = np.tile(slope, 2), np.tile(offset, 2)
    size = np.repeat([people + 1, people], len(trials.own))
    evidence = offsets + slopes * first - np.log(size)
    lead = np.minimum(WIDEST_MARGIN, slopes * (first - second))
    curve = LogisticRegression().fit(np.column_stack([evidence, lead]), right)
    weights = curve.coef_[0]
    if (weights < 0).any():  # a larger distance must never be more probable
        curve = LogisticRegression().fit(evidence[:, None], right)
        return float(curve.intercept_[0]), max(0.0, float(curve.coef_[0, 0])), 0.0
    return float(curve.intercept_[0]), float(weights[0]), float(weights[1])


def _stacked(walks: Sequence[tuple[str, Signature]]) -> torch.Tensor:
    return torch.from_numpy(np.stack([signature.values for _, signature in walks]).astype(np.float32))
