"""Who is nearest? The search over the templates of one network, exact, or proposed by FAISS and re-ranked."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from mimicgait.distance import Distance, PartwiseEuclidean
from mimicgait.gallery.matrix import Block, Ids, TemplateMatrix
from mimicgait.gallery.proposals import Proposals
from mimicgait.gallery.queries import ModelInUse, TemplateChunk
from mimicgait.gallery.store import GalleryStore

PROPOSED = 256
"""Templates that an approximate index proposes, at least; each is then compared exactly."""

FEW = 1024
"""Templates of which all parts are compared at once: fewer calls, and they still fit the caches."""

Distances = npt.NDArray[np.float32]


class Hits(NamedTuple):
    """The nearest template of each person found: ids `[k]` and distances `[k]`, ascending by distance.

    exact: whether every template was compared.
    """

    ids: Ids
    distances: Distances
    exact: bool


class Index(ABC):
    """The templates of one network, ready to be searched. One thread at a time may use it."""

    @abstractmethod
    def add(self, chunk: TemplateChunk) -> None:
        """Add templates whose ids are larger than all that are here."""

    @abstractmethod
    def keep(self, ids: Ids) -> None:
        """Forget the templates whose ids (int64 `[n]`, ascending) are not given."""

    @abstractmethod
    def known(self) -> tuple[Ids, Ids]:
        """Return ids and people of the templates that are here, int64 `[n]` each, ascending by id."""

    @abstractmethod
    def nearest(self, probe: Tensor, people: int | None) -> Hits:
        """Find the people nearest to a probe `[c, p]` in float32; all of them if `people` is None.

        The distances are exact always; what an approximate index may do is to overlook somebody.
        """

    @abstractmethod
    def close(self) -> None:
        """Let go of everything."""


class Search(ABC):
    """A way to search: makes the index of one network's templates in one gallery."""

    @abstractmethod
    def index(self, store: GalleryStore, model: ModelInUse, distance: Distance) -> Index:
        """Return an index, empty or as an earlier process left it."""


@dataclass(frozen=True, slots=True)
class MemorySearch(Search):
    """Keeps all templates in memory, in float16.

    approximate_above: number of templates from which on FAISS proposes whom to compare; None for never. At
    64 x 16 and 20,000 templates, comparing all takes about as long as embedding a short walk.
    """

    approximate_above: int | None = 20_000

    def index(self, store: GalleryStore, model: ModelInUse, distance: Distance) -> Index:
        """Return an empty index."""
        return MemoryIndex(model.channels, model.parts, distance, self.approximate_above)


class MemoryIndex(Index):
    """Compares with every template up to a size, and above it with those that FAISS proposes.

    Args:
        channels: c of the templates.
        parts: p of them.
        distance: between signatures.
        approximate_above: see `MemorySearch`.
    """

    def __init__(
        self, channels: int, parts: int, distance: Distance, approximate_above: int | None = None
    ) -> None:
        self._matrix = TemplateMatrix(channels, parts)
        self._distance = distance
        self._above = approximate_above
        self._proposals: Proposals | None = None

    def add(self, chunk: TemplateChunk) -> None:
        """Add templates; what FAISS needs of them is made when it is first asked."""
        self._matrix.append(chunk)
        if self._proposals is not None:
            self._proposals.add(chunk.ids, torch.from_numpy(chunk.values.astype(np.float32)))

    def keep(self, ids: Ids) -> None:
        """Forget the others, and overwrite them in memory."""
        dropped = self._matrix.keep(ids)
        if self._proposals is not None:
            self._proposals.remove(dropped)

    def known(self) -> tuple[Ids, Ids]:
        """Return ids and people."""
        return self._matrix.ids, self._matrix.people

    def nearest(self, probe: Tensor, people: int | None) -> Hits:
        """Find the nearest people."""
        size = len(self._matrix)
        if people is None or self._above is None or size <= self._above:
            return nearest_people(self._compare_all(probe), people, exact=True)
        if self._proposals is None or self._proposals.outgrown(size):
            self._proposals = Proposals.of(self._matrix, self._distance)
        count = max(PROPOSED, 4 * people)
        while True:
            block = self._matrix.select(self._proposals.propose(probe, count))
            if count >= size or len(np.unique(block.people)) >= people:
                break
            count *= 4  # a few people have most of the templates
        return nearest_people([compare(self._distance, probe, block)], people, exact=False)

    def close(self) -> None:
        """Let go of the templates."""
        self._matrix.keep(np.empty(0, np.int64))
        self._proposals = None

    def _compare_all(self, probe: Tensor) -> list["Compared"]:
        return [compare(self._distance, probe, block) for block in self._matrix.blocks()]


class Compared(NamedTuple):
    """Templates with their distances to a probe: ids, people and distances `[n]`."""

    ids: Ids
    people: Ids
    distances: Distances


def compare(distance: Distance, probe: Tensor, block: Block) -> Compared:
    """Return the exact distances of a probe `[c, p]` to templates."""
    with torch.inference_mode():
        if isinstance(distance, PartwiseEuclidean) and len(block.ids) <= FEW:
            found = distance.per_part(probe[None], block.values).mean(0)
        else:
            found = distance(probe[None], block.values)
    return Compared(block.ids, block.people, found[0].float().numpy())


def nearest_people(compared: list[Compared], people: int | None, *, exact: bool) -> Hits:
    """Keep the nearest template of each person, and of these the nearest; equal distances go by id."""
    if not compared:
        return Hits(np.empty(0, np.int64), np.empty(0, np.float32), exact)
    ids, owners, distances = (np.concatenate(column) for column in zip(*compared, strict=True))
    rows = np.arange(len(ids))
    if people is not None and len(ids) > 64 * people:
        rows = _enough(distances, owners, people)
    order = rows[np.lexsort((ids[rows], distances[rows]))]
    _, first = np.unique(owners[order], return_index=True)
    best = order[np.sort(first)][:people]
    return Hits(ids[best], distances[best], exact)


def _enough(distances: Distances, owners: Ids, people: int) -> Ids:
    """Return the rows of so many of the nearest templates that enough people are among them."""
    count = 16 * people
    while count < len(distances):
        furthest = np.partition(distances, count)[count]
        rows = np.flatnonzero(distances <= furthest)
        if len(np.unique(owners[rows])) >= people:
            return rows
        count *= 4
    return np.arange(len(distances))
