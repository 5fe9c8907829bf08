"""Open-set identification in ISO/IEC 19795 terms: some who ask are not enrolled, and must not be named.

A search names the candidates whose distance is at most a threshold. FPIR, the false positive identification
rate, is the share of searches by people who are not enrolled that name anybody. FNIR, the false negative
identification rate, is the share of searches by enrolled people that do not name them among the first R.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mimicgait.errors import ConfigError, ProtocolError
from mimicgait.evaluation.pairs import Ids, Matrix, Pairs
from mimicgait.evaluation.ranking import rank_pairs


@dataclass(frozen=True, slots=True)
class OpenSet:
    """The operating point of an open-set search.

    Attributes:
        fnir: false negative identification rate, in [0, 1].
        fpir: the false positive identification rate that was reached, at most the one asked for.
        threshold: candidates at a smaller distance are named.
        enrolled: number of searches by enrolled people.
        strangers: number of searches by people who are not enrolled.
    """

    fnir: float
    fpir: float
    threshold: float
    enrolled: int
    strangers: int


def fnir_at_fpir(
    distances: Matrix, probe_ids: Ids, gallery_ids: Ids, fpir: float = 0.01, rank: int = 1
) -> OpenSet:
    """Return the FNIR at the loosest threshold at which the FPIR is at most `fpir`.

    Args:
        distances: `[q, g]`, smaller is closer.
        probe_ids: identities `[q]`; those that are not in the gallery are the strangers.
        gallery_ids: identities `[g]`.
        fpir: allowed share of strangers for whom somebody is named.
        rank: how far down the list the right person may stand; ties go to the wrong one.

    Raises:
        ConfigError: if `fpir` is not in [0, 1] or the rank is below 1.
        ProtocolError: if nobody who asks is enrolled, or everybody is.

    >>> fnir_at_fpir([[0.1, 0.5], [0.6, 0.4], [0.3, 0.9]], [1, 2, 3], [1, 2], fpir=0.0).fnir
    0.5
    """
    if not 0 <= fpir <= 1:
        raise ConfigError(f"expected a false positive identification rate in [0, 1], got {fpir}")
    pairs = Pairs.of(distances, probe_ids, gallery_ids)
    ranking = rank_pairs(pairs)
    known = ranking.mates > 0
    enrolled, strangers = int(known.sum()), int((~known).sum())
    if not enrolled or not strangers:
        raise ProtocolError(
            f"open-set identification needs searches by enrolled people and by others, got {enrolled} and "
            f"{strangers}: leave some people out of the gallery (see `unenrolled`)"
        )
    nearest = np.sort(pairs.distances[~known].min(1))
    allowed = int(np.floor(fpir * strangers + 1e-9))
    threshold = float(nearest[allowed]) if allowed < strangers else float("inf")
    own = np.concatenate(
        [np.where(pairs.mates(rows), pairs.distances[rows], np.inf).min(1) for rows in pairs.blocks()]
    )
    named = known & ranking.found_within(rank) & (own < threshold)
    return OpenSet(
        fnir=1 - int(named.sum()) / enrolled,
        fpir=int((nearest < threshold).sum()) / strangers,
        threshold=threshold,
        enrolled=enrolled,
        strangers=strangers,
    )


def unenrolled(subjects: Sequence[str], share: float = 0.5, seed: int = 0) -> npt.NDArray[np.bool_]:
    """Choose people who stay out of the gallery, bool `[s]`: by a hash of (seed, subject), on any machine.

    Closed-set data become open-set data when these people's gallery items are left out. The share is that of
    the people, rounded.

    Raises:
        ConfigError: if the share is not in [0, 1].
    """
    if not 0 <= share <= 1:
        raise ConfigError(f"expected a share in [0, 1], got {share}")
    people = sorted(set(subjects), key=lambda name: hashlib.blake2b(f"{seed}/{name}".encode()).digest())
    chosen = set(people[: round(share * len(people))])
    return np.array([subject in chosen for subject in subjects], bool)
