"""What a calibration set has taught: thresholds and probabilities, by how much of the walker was seen."""

import json
import math
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from mimicgait.errors import ConfigError, DataError
from mimicgait.gallery.records import Ranking, Signature
from mimicgait.gallery.tail import Tail

FORMAT = 1
WHOLE_WALK = 30
"""Frames of a whole walk: a gait cycle takes a little more than a second, at 25 frames a second."""

LEAST_POWER = 0.25
"""Where fewer enrolled people than this would be named, not being named says nothing."""

WIDEST_MARGIN = 10.0


def seen_share(signature: Signature, *, by_visibility: bool = True) -> float:
    """Return how much of a whole walk was seen, in [0, 1]: the visible share times the share of 30 frames.

    Args:
        signature: of the walk.
        by_visibility: whether the visible share counts, or the number of frames alone.

    Raises:
        ConfigError: if the visible share counts and nobody judged it.

    >>> import numpy as np
    >>> seen_share(Signature(values=np.ones((2, 1)), model="m", frames=15, hidden=0.5))
    0.25
    """
    frames = min(1.0, signature.frames / WHOLE_WALK)
    if not by_visibility:
        return frames
    if signature.hidden is None:
        raise ConfigError(
            "the calibration judges by how much is hidden, and nobody judged that of this walk: use a "
            "network with a visibility network in it, or name one"
        )
    return frames * (1 - signature.hidden)


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """What is known about walks of which so much was seen.

    Attributes:
        low, high: share of a whole walk that was seen; `low` is excluded, `high` included.
        nearest: distances to the nearest of all other people, one a walk.
        others: distances to single other people.
        own: distances to the own person, of walks whose own person stood first, ascending.
        searches: number of walks of enrolled people, those included whose own person did not stand first.
        slope, offset: log of the odds that two walks are of one person, at even odds before the comparison,
            is `offset + slope * distance`; the slope is never positive.
    """

    low: float
    high: float
    nearest: Tail
    others: Tail
    own: tuple[float, ...]
    searches: int
    slope: float
    offset: float

    def evidence(self, distance: float) -> float:
        """Return the log likelihood ratio: how much more often one person is this far apart than two."""
        return self.offset + self.slope * distance

    def power(self, threshold: float) -> float:
        """Return the share of enrolled people's walks that a threshold names."""
        return sum(distance < threshold for distance in self.own) / self.searches if self.searches else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """What is needed to decide; it belongs to one network and one distance.

    Attributes:
        model: hash of the network.
        distance: name of the distance.
        fpir: the false positive identification rate that is wanted: share of searches by people who are not
            enrolled that name somebody.
        people: number of people among whom the nearest was sought.
        by_visibility: whether levels go by the visible share, or by the number of frames alone.
        levels: most seen first.
        weights: of the probability that the first in a list is right: constant, evidence, lead.
        data: name, licence and fingerprint of the calibration set, and what was hidden in it.
        check: what held-out people made of it, by level; empty if there were too few.
        version, date: of the writing.

    Raises:
        DataError: if there is no level or the rate is none.
    """

    model: str
    distance: str
    fpir: float
    people: int
    by_visibility: bool
    levels: tuple[Level, ...]
    weights: tuple[float, float, float]
    data: Mapping[str, Any] = field(default_factory=dict)
    check: tuple[Mapping[str, Any], ...] = ()
    version: str = ""
    date: str = ""

    def __post_init__(self) -> None:
        if not self.levels or not 0 < self.fpir < 1 or self.people < 1:
            raise DataError("a calibration needs levels, people, and a rate between 0 and 1")

    def level(self, seen: float) -> int:
        """Return the position of the level that a walk belongs to, by how much of it was seen."""
        return next((i for i, level in enumerate(self.levels) if seen > level.low), len(self.levels) - 1)

    def threshold(self, level: int, enrolled: int) -> float | None:
        """Return the distance below which somebody may be named among `enrolled` people; None for nobody.

        Two bounds hold, and the looser threshold is taken. The nearest of m people was below it at a rate P;
        for N > m people the rate is 1 - (1 - P) ** (N / m) at most, for fewer it is P at most. A single other
        person was below it at a rate F; for N people the rate is N F at most. Less seen is never named at a
        larger distance than more seen.
        """
        grown = max(1.0, enrolled / self.people)
        allowed = 1 - (1 - self.fpir) ** (1 / grown)
        best: list[float] = []
        for known in self.levels[: level + 1]:
            bounds = (known.nearest.threshold(allowed), known.others.threshold(self.fpir / max(1, enrolled)))
            found = [bound for bound in bounds if bound is not None]
            if known is self.levels[level] and not found:
                return None
            best += [max(found)] if found else []
        return min(best)

    def probability(self, level: int, ranking: Ranking) -> float:
        """Return the probability that the first of a ranking is right, if every second who asks is enrolled.

        It weighs the evidence against the number of people it was found among, and the lead over the second.
        """
        first, *rest = (self.levels[level].evidence(c.distance) for c in ranking.candidates[:2])
        lead = min(WIDEST_MARGIN, first - rest[0]) if rest else 0.0
        constant, evidence, leads = self.weights
        return logistic(constant + evidence * (first - math.log(max(1, ranking.searched))) + leads * lead)

    def refuse_other(self, model: str, distance: str) -> None:
        """Refuse to judge distances of another network, or another distance.

        Raises:
            ConfigError: saying which.
        """
        if model != self.model:
            raise ConfigError(
                f"the calibration is of network {self.model[:12]}, this is {model[:12]}: calibrate that one"
            )
        if distance != self.distance:
            raise ConfigError(f"the calibration is of {self.distance}, this is {distance}: calibrate again")

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write it as JSON; the file appears when it is whole.

        Raises:
            DataError: if it cannot be written.
        """
        target = Path(path)
        value = {"format": FORMAT, **asdict(self)}
        value["levels"] = [
            {**asdict(level), "nearest": level.nearest.as_json(), "others": level.others.as_json()}
            for level in self.levels
        ]
        try:
            handle, partial = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
            with os.fdopen(handle, "w") as stream:
                json.dump(value, stream, indent=1, allow_nan=False)
                stream.write("\n")
            os.replace(partial, target)
        except OSError as error:
            raise DataError(
                f"{target}: cannot be written ({error.strerror}): choose another place"
            ) from error

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "Calibration":
        """Read what `save` wrote.

        Raises:
            DataError: if it is missing, damaged or of another format.
        """
        try:
            value = json.loads(Path(path).read_text())
            if value.pop("format") != FORMAT:
                raise DataError(f"{path}: expected a calibration of format {FORMAT}: update mimicgait")
            value["levels"] = tuple(_level(level) for level in value["levels"])
            constant, evidence, leads = map(float, value["weights"])
            return cls(**{**value, "weights": (constant, evidence, leads), "check": tuple(value["check"])})
        except OSError as error:
            raise DataError(f"{path}: cannot be read ({error.strerror}): check the path") from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            if isinstance(error, DataError):
                raise
            raise DataError(
                f"{path}: is no calibration, or is damaged: make it with mimicgait calibrate"
            ) from error


def logistic(x: float) -> float:
    """Return 1 / (1 + exp(-x)), for any x.

    >>> logistic(0), logistic(-1000)
    (0.5, 0.0)
    """
    return 1 / (1 + math.exp(-x)) if x > -700 else 0.0


def _level(value: dict[str, Any]) -> Level:
    tails = {name: Tail.from_json(value[name]) for name in ("nearest", "others")}
    return Level(**{**value, **tails, "own": tuple(map(float, value["own"]))})
