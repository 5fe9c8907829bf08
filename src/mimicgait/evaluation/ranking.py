"""Identification: is the right person near the top of the list? Rank-k, CMC, mAP and mINP.

Everything follows from one count: how many wrong gallery items are ranked before each mate of a probe (a mate
is a gallery item of the same person). The i-th mate (from 1) then has the rank `i + wrong items before it`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import torch

from mimicgait.errors import ConfigError, ProtocolError
from mimicgait.evaluation.pairs import Absent, Ids, Mask, Matrix, Pairs

Ties = Literal["pessimistic", "optimistic", "order"]
"""Who comes first at equal distance: the wrong item, the right one, or the first in the gallery."""

_FEW = 16  # mates up to which comparing with each of them is quicker than sorting the gallery


@dataclass(frozen=True, slots=True)
class Ranking:
    """Where the mates of every probe that counts were ranked.

    Attributes:
        wrong_before: int32 `[q, m]`: wrong gallery items ranked before the first, second, ... mate; columns
            beyond the probe's number of mates hold the gallery's size.
        mates: int64 `[q]`: mates of each probe; 0 only when absent probes count as misses.
        probes: int64 `[q]`: row of each of these probes in the matrix of distances.
        gallery: the number of gallery items.
    """

    wrong_before: npt.NDArray[np.int32]
    mates: npt.NDArray[np.int64]
    probes: npt.NDArray[np.int64]
    gallery: int

    def found_within(self, k: int) -> npt.NDArray[np.bool_]:
        """Tell for each probe whether a mate is among the k nearest gallery items, bool `[q]`."""
        if k < 1:
            raise ConfigError(f"expected a rank k of 1 or more, got {k}")
        return (self.wrong_before[:, 0] < k) & (self.mates > 0)

    def rank_k(self, k: int = 1) -> float:
        """Return the share of probes with a mate among the k nearest."""
        return float(self.found_within(k).mean())

    def cmc(self, ranks: int | None = None) -> npt.NDArray[np.float64]:
        """Return rank-1 to rank-`ranks` as an array; cut at the gallery's size, which is also the default."""
        length = self.gallery if ranks is None else min(ranks, self.gallery)
        if length < 1:
            raise ConfigError(f"expected a number of ranks of 1 or more, got {ranks}")
        first = self.wrong_before[self.mates > 0, 0]
        return np.asarray(np.cumsum(np.bincount(first, minlength=length)[:length]) / len(self.mates))

    def average_precision(self) -> npt.NDArray[np.float64]:
        """Return for each probe the mean, over its mates, of the precision at the mate's rank, `[q]`."""
        place = np.arange(1, self.wrong_before.shape[1] + 1)
        precision = place / (self.wrong_before + place)
        real = place <= self.mates[:, None]
        return np.asarray((precision * real).sum(1) / np.maximum(self.mates, 1))

    def inverse_negative_penalty(self) -> npt.NDArray[np.float64]:
        """Return for each probe its number of mates over the rank of the last one, `[q]`."""
        last = self.wrong_before[np.arange(len(self.mates)), np.maximum(self.mates - 1, 0)]
        return np.where(self.mates > 0, self.mates / np.maximum(self.mates + last, 1), 0.0)

    def select(self, rows: npt.NDArray[np.int64] | npt.NDArray[np.bool_]) -> "Ranking":
        """Keep some of the probes, by their positions here or by a mask `[q]`."""
        return Ranking(self.wrong_before[rows], self.mates[rows], self.probes[rows], self.gallery)

    def settle(self, absent: Absent) -> "Ranking":
        """Apply the policy for probes without a mate.

        Raises:
            ProtocolError: if there is such a probe (and `absent` is "error") or no probe is left.
        """
        _refuse_absent(self.mates, absent)
        return self.select(self.mates > 0) if absent == "skip" else self

    @staticmethod
    def join(blocks: "Sequence[Ranking]") -> "Ranking":
        """Put rankings of one gallery by different probes under each other."""
        most, gallery = max(block.wrong_before.shape[1] for block in blocks), blocks[0].gallery
        table = np.concatenate(
            [
                np.pad(
                    block.wrong_before,
                    ((0, 0), (0, most - block.wrong_before.shape[1])),
                    constant_values=gallery,
                )
                for block in blocks
            ]
        )
        mates, probes = (np.concatenate([getattr(b, name) for b in blocks]) for name in ("mates", "probes"))
        return Ranking(table, mates, probes, gallery)


def rank(
    distances: Matrix,
    probe_ids: Ids,
    gallery_ids: Ids,
    *,
    excluded: Mask | None = None,
    absent: Absent = "error",
    ties: Ties = "pessimistic",
) -> Ranking:
    """Rank the gallery for every probe; each metric below is one look at the result.

    Args:
        distances: `[q, g]`, smaller is closer.
        probe_ids: identities `[q]`, integers or strings.
        gallery_ids: identities `[g]`, of the same kind.
        excluded: bool `[q, g]`, true for pairs that do not count (identical views, say).
        absent: what to do with probes without a mate in what is left of the gallery: "error" refuses them,
            "miss" counts them as not found, "skip" leaves them out. The field's protocols differ here, and so
            do published numbers.
        ties: who is ranked first at equal distance. "pessimistic" puts the wrong item first, so that a
            network that maps everybody to one point scores 0 and not 100 %; "optimistic" is the opposite;
            "order" takes the gallery's order, as a stable sort does.

    Raises:
        ShapeError: if the sizes do not fit or a distance is not finite.
        ProtocolError: if a probe has no mate (and `absent` is "error") or no probe is left.
        ConfigError: if a policy is unknown.
    """
    if absent not in ("error", "miss", "skip") or ties not in ("pessimistic", "optimistic", "order"):
        raise ConfigError(
            f"expected absent to be error, miss or skip, and ties to be pessimistic, optimistic or order; "
            f"got {absent!r} and {ties!r}"
        )
    return rank_pairs(Pairs.of(distances, probe_ids, gallery_ids, excluded), ties).settle(absent)


def rank_pairs(pairs: Pairs, ties: Ties = "pessimistic") -> Ranking:
    """Rank the gallery for every probe, those without a mate too (they count as misses)."""
    counts = np.concatenate([pairs.mates(rows).sum(1) for rows in pairs.blocks()])
    table = np.full((len(counts), max(1, counts.max())), len(pairs.gallery), np.int32)
    for rows in pairs.blocks():
        _count_wrong(pairs, rows, ties, table)
    return Ranking(table, counts, np.arange(len(counts)), len(pairs.gallery))


def rank_k(
    distances: Matrix,
    probe_ids: Ids,
    gallery_ids: Ids,
    k: int = 1,
    *,
    excluded: Mask | None = None,
    absent: Absent = "error",
    ties: Ties = "pessimistic",
) -> float:
    """Return the share of probes, in [0, 1], with a mate among the k nearest gallery items; see `rank`.

    >>> rank_k([[0.1, 0.9], [0.2, 0.3]], ["ann", "bob"], ["ann", "bob"])
    0.5
    """
    ranking = rank(distances, probe_ids, gallery_ids, excluded=excluded, absent=absent, ties=ties)
    return ranking.rank_k(k)


def cmc(
    distances: Matrix,
    probe_ids: Ids,
    gallery_ids: Ids,
    ranks: int | None = None,
    *,
    excluded: Mask | None = None,
    absent: Absent = "error",
    ties: Ties = "pessimistic",
) -> npt.NDArray[np.float64]:
    """Return the cumulative match characteristic: rank-1, rank-2, ... as an array; see `rank`.

    >>> cmc([[0.1, 0.9], [0.2, 0.3]], ["ann", "bob"], ["ann", "bob"]).tolist()
    [0.5, 1.0]
    """
    ranking = rank(distances, probe_ids, gallery_ids, excluded=excluded, absent=absent, ties=ties)
    return ranking.cmc(ranks)


def mean_average_precision(
    distances: Matrix,
    probe_ids: Ids,
    gallery_ids: Ids,
    *,
    excluded: Mask | None = None,
    absent: Absent = "error",
    ties: Ties = "pessimistic",
) -> float:
    """Return mAP in [0, 1]: precision at the rank of each mate, averaged over mates, then over probes.

    With the ranked matches right, wrong, right: (1/1 + 2/3) / 2. See `rank` for the arguments.

    >>> round(mean_average_precision([[0.1, 0.2, 0.3]], [1], [1, 2, 1]), 4)
    0.8333
    """
    ranking = rank(distances, probe_ids, gallery_ids, excluded=excluded, absent=absent, ties=ties)
    return float(ranking.average_precision().mean())


def mean_inverse_negative_penalty(
    distances: Matrix,
    probe_ids: Ids,
    gallery_ids: Ids,
    *,
    excluded: Mask | None = None,
    absent: Absent = "error",
    ties: Ties = "pessimistic",
) -> float:
    """Return mINP in [0, 1] (Ye et al., TPAMI 2021): mates over the rank of the last mate, averaged.

    With the ranked matches right, wrong, right: 2/3. See `rank` for the arguments.

    >>> round(mean_inverse_negative_penalty([[0.1, 0.2, 0.3]], [1], [1, 2, 1]), 4)
    0.6667
    """
    ranking = rank(distances, probe_ids, gallery_ids, excluded=excluded, absent=absent, ties=ties)
    return float(ranking.inverse_negative_penalty().mean())


def _refuse_absent(counts: npt.NDArray[np.int64], absent: Absent) -> None:
    if absent == "error" and not counts.all():
        missing = np.flatnonzero(counts == 0)
        raise ProtocolError(
            f"{len(missing)} of {len(counts)} probes have no mate in the gallery (rows "
            f"{', '.join(map(str, missing[:5]))}{', ...' if len(missing) > 5 else ''}). Say what they are: "
            "absent='miss' counts them as errors, absent='skip' leaves them out"
        )
    if absent == "skip" and not counts.any():
        raise ProtocolError(f"none of the {len(counts)} probes has a mate in the gallery: nothing is left")


def _count_wrong(pairs: Pairs, rows: slice, ties: Ties, table: npt.NDArray[np.int32]) -> None:
    """Fill the rows of the table `[q, m]` with the wrong items before each mate."""
    block, mates, strangers = pairs.distances[rows], pairs.mates(rows), pairs.strangers(rows)
    if ties == "order":
        order = np.argsort(block, axis=1, kind="stable")
        mates = np.take_along_axis(mates, order, axis=1)
        before = np.cumsum(np.take_along_axis(strangers, order, axis=1), axis=1)
        row, column = np.nonzero(mates)
        table[rows][row, _place(row)] = before[row, column]
        return
    row, column = np.nonzero(mates)
    own = np.full((len(block), table.shape[1]), np.inf, block.dtype)
    own[row, _place(row)] = block[row, column]
    own.sort(axis=1)
    counts = _before(np.where(strangers, block, block.dtype.type(np.inf)), own, ties)
    table[rows] = np.where(np.isfinite(own), counts, table.dtype.type(block.shape[1]))


def _before(
    wrong: npt.NDArray[np.floating], own: npt.NDArray[np.floating], ties: Ties
) -> npt.NDArray[np.integer]:
    """Count the wrong distances `[rows, g]` before each own one `[rows, m]`."""
    if own.shape[1] <= _FEW:
        less = np.less_equal if ties == "pessimistic" else np.less
        counts = [np.count_nonzero(less(wrong, own[:, j, None]), axis=1) for j in range(own.shape[1])]
        return np.stack(counts, axis=1)
    ordered = torch.from_numpy(np.sort(wrong, axis=1))
    return torch.searchsorted(ordered, torch.from_numpy(own), right=ties == "pessimistic").numpy()


def _place(row: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Number the entries of each row 0, 1, 2, ... in a sorted list of row numbers."""
    starts = np.searchsorted(row, row, side="left")
    return np.arange(len(row)) - starts
