"""Probes against a gallery as a protocol says: ranks, and distances of genuine and impostor pairs."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mimicgait.distance import EUCLIDEAN, Distance
from mimicgait.errors import ProtocolError
from mimicgait.evaluation.blocks import ROWS, DistanceBlocks
from mimicgait.evaluation.pairs import Pairs
from mimicgait.evaluation.protocol import Protocol
from mimicgait.evaluation.ranking import Ranking, rank_pairs
from mimicgait.evaluation.tail import Smallest
from mimicgait.evaluation.verification import ErrorRates
from mimicgait.types import Embeddings

Positions = npt.NDArray[np.int64]
Sides = tuple[Positions, Positions]
Rows = Callable[[slice], npt.NDArray[np.floating]]

UNKNOWN_PROBES = (
    "only the organisers know who the probes are: write the file to be handed in with "
    "`mimicgait submission write`"
)
TAIL_SHARE, TAIL_LEAST, TAIL_MOST = 0.1, 2_000_000, 20_000_000
"""Impostor distances that are kept: the smallest tenth, but no fewer and no more than this (80 MB)."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Probes whose results are averaged together; a protocol's score is the mean over its cells.

    Attributes:
        name: of the cell, such as `000 in 090` for probe view 000 in gallery view 090; "" for everything.
        ranking: its `probes` are positions among all probes.
    """

    name: str
    ranking: Ranking


@dataclass(frozen=True, slots=True)
class Trials:
    """What came out of one run, before it is boiled down to figures.

    Attributes:
        cells: by probe view or pair of views if the protocol averages over these, else one.
        rates: FMR and FNMR over all pairs that count; impostor distances may be the smallest only.
    """

    cells: tuple[Cell, ...]
    rates: ErrorRates


def compare(
    probe: Embeddings, gallery: Embeddings, protocol: Protocol, distance: Distance = EUCLIDEAN
) -> Trials:
    """Rank the gallery for every probe, in blocks of rows: neither all distances nor all parts are held.

    Raises:
        ProtocolError: if the protocol's probes are unknown, a probe has no mate (and that is not provided
            for), a view is missing on one side, or there are no pairs of two people.
    """
    if protocol.unknown_probes:
        raise ProtocolError(f"protocol {protocol.name!r}: {UNKNOWN_PROBES}")
    names = [key.subject for key in (*probe.keys, *gallery.keys)]
    codes = np.unique(names, return_inverse=True)[1]
    people = codes[: len(probe)], codes[len(probe) :]
    labels, codes = np.unique(
        [protocol.view(key) for key in (*probe.keys, *gallery.keys)], return_inverse=True
    )
    views = codes[: len(probe)], codes[len(probe) :]
    tail = Smallest(_tail_size(len(probe) * len(gallery)))
    genuine: list[npt.NDArray[np.floating]] = []
    cells: list[Cell] = []
    for name, asked, known in _passes(views, labels.tolist(), protocol):
        rows = distances_by_rows(_part(probe, asked), _part(gallery, known), protocol, distance)
        ids = people[0][asked], people[1][known]
        same = views[0][asked], views[1][known]
        rankings = []
        for start in range(0, len(asked), ROWS):
            block = slice(start, min(start + ROWS, len(asked)))
            pairs = _pairs(rows(block), ids, same, block, protocol)
            genuine.append(pairs.distances[pairs.mates(slice(None))])
            tail.show(pairs.distances[pairs.strangers(slice(None))])
            found = rank_pairs(pairs)
            rankings.append(Ranking(found.wrong_before, found.mates, asked[block], found.gallery))
        cells += _cells(name, Ranking.join(rankings), views[0], labels.tolist(), protocol)
    rates = ErrorRates(np.sort(np.concatenate(genuine)), tail.sorted(), tail.shown)
    return Trials(tuple(cells), rates)


def _tail_size(pairs: int) -> int:
    return min(max(TAIL_LEAST, int(TAIL_SHARE * pairs)), TAIL_MOST)


def _passes(
    views: Sides, labels: Sequence[str], protocol: Protocol
) -> Iterator[tuple[str, Positions, Positions]]:
    """Yield the name of a comparison and the positions of its probes and gallery items."""
    if protocol.views in ("any", "not same"):
        yield "", np.arange(len(views[0])), np.arange(len(views[1]))
        return
    asked, known = (np.unique(side).tolist() for side in views)
    if asked != known or len(asked) < 2:
        raise ProtocolError(
            f"protocol {protocol.name!r} compares view with view: every view must be on both sides, two "
            f"at least. Views of the probes: {_few(asked, labels)}; of the "
            f"gallery: {_few(known, labels)}"
        )
    for first in asked:
        for second in known:
            if first != second or protocol.views == "all pairs":
                rows, columns = np.flatnonzero(views[0] == first), np.flatnonzero(views[1] == second)
                yield f"{labels[first]} in {labels[second]}", rows, columns


def distances_by_rows(probe: Embeddings, gallery: Embeddings, protocol: Protocol, distance: Distance) -> Rows:
    """Return a function from rows to distances `[rows, g]`, re-ranked if the protocol says so."""
    blocks = DistanceBlocks(distance, probe.values, gallery.values)
    if protocol.rerank is None:
        return lambda rows: blocks.rows(rows).cpu().numpy()
    sides = ((probe, gallery), (probe, probe), (gallery, gallery))
    squares = (
        DistanceBlocks(distance, a.values, b.values).rows(slice(None)).float().cpu().numpy() for a, b in sides
    )
    result = protocol.rerank(*squares)
    return lambda rows: result[rows]


def _pairs(
    distances: npt.NDArray[np.floating],
    ids: Sides,
    views: Sides,
    rows: slice,
    protocol: Protocol,
) -> Pairs:
    excluded = None
    if protocol.views == "not same":
        excluded = (ids[0][rows, None] == ids[1]) & (views[0][rows, None] == views[1])
    return Pairs.of(distances, ids[0][rows], ids[1], excluded)


def _cells(
    name: str, ranking: Ranking, views: Positions, labels: Sequence[str], protocol: Protocol
) -> Iterator[Cell]:
    """Split a ranking into what is averaged first, and apply the policy for probes without a mate."""
    if name or protocol.average == "probes":
        yield Cell(name, ranking.settle(protocol.absent))
        return
    for view in np.unique(views[ranking.probes]).tolist():
        yield Cell(labels[view], ranking.select(views[ranking.probes] == view).settle(protocol.absent))


def _part(embeddings: Embeddings, positions: Positions) -> Embeddings:
    """Select some signatures; all of them are not copied."""
    everything = len(positions) == len(embeddings)
    return embeddings if everything else embeddings.select(positions.tolist())


def _few(codes: Sequence[int], labels: Sequence[str]) -> str:
    return ", ".join(labels[code] for code in codes[:12]) + (", ..." if len(codes) > 12 else "")
