"""How near do other people come? The small distances of a sample, and what threshold they allow."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mimicgait.errors import DataError

MOST = 400
"""Distances that are kept of a sample: all of a small one, and of a large one more of the smallest."""


@dataclass(frozen=True, slots=True)
class Tail:
    """Order statistics of `count` distances: the `ranks[i]`-th smallest is `distances[i]`.

    Raises:
        DataError: if ranks or distances do not ascend, or their numbers differ.
    """

    count: int
    ranks: tuple[int, ...]
    distances: tuple[float, ...]

    def __post_init__(self) -> None:
        pairs = len(self.ranks) == len(self.distances)
        if (
            not pairs
            or list(self.ranks) != sorted(set(self.ranks))
            or list(self.distances) != sorted(self.distances)
        ):
            raise DataError("expected ascending ranks and as many ascending distances")
        if self.ranks and not 1 <= self.ranks[0] <= self.ranks[-1] <= self.count:
            raise DataError(f"expected ranks from 1 to {self.count}, got {self.ranks[0]} to {self.ranks[-1]}")

    @classmethod
    def of(cls, distances: npt.ArrayLike) -> "Tail":
        """Take the order statistics of a sample.

        >>> Tail.of([0.3, 0.1, 0.2])
        Tail(count=3, ranks=(1, 2, 3), distances=(0.1, 0.2, 0.3))
        """
        ordered = np.sort(np.asarray(distances, np.float64))
        steps = np.geomspace(1, max(1, len(ordered)), MOST).round().astype(int)
        ranks = np.unique(np.concatenate([np.arange(1, MOST // 2 + 1), steps]))
        ranks = ranks[ranks <= len(ordered)]
        return cls(len(ordered), tuple(ranks.tolist()), tuple(ordered[ranks - 1].tolist()))

    def threshold(self, rate: float) -> float | None:
        """Return a distance below which a new draw falls with probability `rate` at most; None if unknown.

        With `count` draws alike, one more falls below the k-th smallest with probability k / (count + 1).

        >>> tail = Tail.of([0.1, 0.2, 0.3, 0.4])
        >>> tail.threshold(0.2), tail.threshold(0.4), tail.threshold(0.1)
        (0.1, 0.2, None)
        """
        allowed = int(np.floor(rate * (self.count + 1) + 1e-9))
        place = int(np.searchsorted(self.ranks, allowed, side="right")) - 1
        return self.distances[place] if place >= 0 else None

    def as_json(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        return {"count": self.count, "ranks": list(self.ranks), "distances": list(self.distances)}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Tail":
        """Read what `as_json` gave."""
        ranks: Sequence[int] = value["ranks"]
        distances: Sequence[float] = value["distances"]
        return cls(int(value["count"]), tuple(map(int, ranks)), tuple(map(float, distances)))
