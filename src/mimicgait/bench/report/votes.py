"""Which parts of the body decided: the distances to the right and to a wrong person, part by part."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from torch import Tensor

from mimicgait.distance import PartwiseEuclidean
from mimicgait.evaluation.extract import distance_matrix
from mimicgait.evaluation.score import subjects
from mimicgait.evaluation.specimens import Specimen
from mimicgait.models.backbones.gaitset import BINS
from mimicgait.types import Embeddings

MOST_BANDS = 16
"""More bands than that cannot be told apart beside a silhouette of 64 pixels."""

Bands = npt.NDArray[np.float64]
"""Distances `[2, b]`: to the right person and to the wrong one, in b bands from head to feet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Votes:
    """One probe, the right person and a wrong one, and how far each part is from either for two networks.

    Attributes:
        probe, right, wrong: as the networks were given them.
        teacher: distances `[2, b]` of the teacher; their mean over b is the distance that decides.
        method: the same of the method.
    """

    probe: Specimen
    right: Specimen
    wrong: Specimen
    teacher: Bands
    method: Bands


@dataclass(frozen=True, slots=True)
class Chosen:
    """Positions of a probe and of two gallery sequences: the right person's and a wrong one's."""

    probe: int
    right: int
    wrong: int


def choose_pairs(
    teacher: tuple[Embeddings, Embeddings],
    method: tuple[Embeddings, Embeddings],
    *,
    repaired: int = 2,
    failed: int = 2,
) -> list[Chosen]:
    """Choose probes that the method gets right and the teacher wrong, and some that it gets wrong itself.

    Those that differ most come first, at most one a person. The wrong person is whom the failing network
    takes the probe for, the right sequence is the method's nearest.

    Args:
        teacher: the teacher's signatures of probes and gallery.
        method: the method's.
        repaired: how many of the first kind.
        failed: how many of the second.
    """
    same = np.array(subjects(method[0]))[:, None] == np.array(subjects(method[1]))[None, :]
    first, second = (_Nearest.of(distances_of(side), same) for side in (teacher, method))
    known = same.any(1) & ~same.all(1)
    repairs = known & (first.gap > 0) & (second.gap < 0)
    with np.errstate(invalid="ignore"):  # those without a mate have no gap
        better = np.where(repairs, first.gap - second.gap, -np.inf)
    worse = np.where(known & (second.gap > 0), second.gap, -np.inf)
    people, taken = subjects(method[0]), set[str]()

    def best(worth: npt.NDArray[np.float64], wrong: npt.NDArray[np.int64], count: int) -> Iterator[Chosen]:
        for i in np.argsort(-worth, kind="stable").tolist():
            if not count or worth[i] == -np.inf:
                return
            if people[i] not in taken:
                taken.add(people[i])
                count -= 1
                yield Chosen(i, int(second.right[i]), int(wrong[i]))

    return [*best(better, first.wrong, repaired), *best(worse, second.wrong, failed)]


def bands_of(asked: Tensor, right: Tensor, wrong: Tensor) -> Bands:
    """Return the distances of a probe to the right and to the wrong one in bands, `[2, b]`.

    Args:
        asked, right, wrong: signatures `[c, p]`.
    """
    distance = PartwiseEuclidean()
    pairs = [distance.per_part(asked[None], other[None])[:, 0, 0] for other in (right, wrong)]
    return np.stack([in_bands(pair.double().numpy()) for pair in pairs])


def in_bands(parts: npt.NDArray[np.float64]) -> Bands:
    """Turn a value for each part `[p]` into one for each band from head to feet `[b]`, of the same mean.

    Parts are equal strips from the top down, as the field's networks have them. Where they are GaitSet's
    pyramids (31 parts or twice as many), the value of each part is shared out over the strips that it covers.

    >>> in_bands(np.arange(32.0))[:3].tolist()
    [0.5, 2.5, 4.5]
    """
    pyramid = sum(BINS)
    if len(parts) % pyramid == 0:
        rows = np.zeros(max(BINS))
        for one in parts.reshape(-1, pyramid):
            for strips in np.split(one, np.cumsum(BINS)[:-1]):
                rows += np.repeat(strips, len(rows) // len(strips)) * len(strips) / len(rows)
        return rows * len(rows) / len(parts)
    if len(parts) > MOST_BANDS and len(parts) % MOST_BANDS == 0:
        return np.asarray(parts.reshape(MOST_BANDS, -1).mean(axis=1))
    return parts


def distances_of(sides: tuple[Embeddings, Embeddings]) -> npt.NDArray[np.float64]:
    """Return the distances `[q, g]` of probes to gallery that the votes are the parts of."""
    return np.asarray(distance_matrix(PartwiseEuclidean(), *sides).double().numpy())


@dataclass(frozen=True, slots=True)
class _Nearest:
    """For each probe `[q]`: the nearest right and wrong item, and how much nearer the wrong one is."""

    right: npt.NDArray[np.int64]
    wrong: npt.NDArray[np.int64]
    gap: npt.NDArray[np.float64]

    @classmethod
    def of(cls, distances: npt.NDArray[np.float64], same: npt.NDArray[np.bool_]) -> "_Nearest":
        right, wrong = np.where(same, distances, np.inf), np.where(same, np.inf, distances)
        with np.errstate(invalid="ignore"):
            gap = right.min(1) - wrong.min(1)
        return cls(right.argmin(1), wrong.argmin(1), gap)
