"""FAISS: which templates may be near? Principal axes, eight bits a number, and cells for the largest."""

from typing import Any

import faiss
import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import normalize

from mimicgait.distance import Distance, FlattenedEuclidean, PartwiseCosine, VisibleEuclidean
from mimicgait.gallery.matrix import Ids, TemplateMatrix

AXES = 128
"""Principal axes that are kept; what they miss, the exact comparison afterwards makes good."""

SAMPLE = 20_000
"""Templates that axes and cells are learned from."""

CELLS_ABOVE = 250_000
"""Templates above which cells are made. Below, looking through all of them is quick enough, and overlooks
nobody whom the axes show: a walk seen from another side often lies in another cell than its person."""

SEED = 0


class Proposals:
    """Proposes templates whose flattened vectors are near, for an exact comparison afterwards.

    Vectors are reduced to their principal axes and kept as bytes. The largest galleries are sorted into about
    2 sqrt(n) cells, of which half are looked into. All is learned anew when the gallery has doubled.

    Args:
        sample: templates `[n, c, p]` to learn from.
        size: number of templates that are going to be added.
        distance: the distance that is meant to be small.
    """

    def __init__(self, sample: Tensor, size: int, distance: Distance) -> None:
        self._distance = distance
        self._learned_for = size
        vectors = searchable(distance, sample).numpy()
        width = vectors.shape[1]
        axes = f"PCA{AXES}," if width > AXES and len(vectors) > AXES else ""
        if size <= CELLS_ABOVE:
            self._index: Any = faiss.index_factory(width, f"IDMap,{axes}SQ8")
        else:
            cells = max(1, min(int(2 * size**0.5), len(vectors) // 39))  # FAISS wants 39 points a cell
            self._index = faiss.index_factory(width, f"{axes}IVF{cells},SQ8")
            inverted = faiss.extract_index_ivf(self._index)
            inverted.cp.seed = SEED
            inverted.nprobe = max(1, cells // 2)
        self._index.train(vectors)

    @classmethod
    def of(cls, matrix: TemplateMatrix, distance: Distance) -> "Proposals":
        """Learn from the templates of a matrix, and add them all."""
        ids = matrix.ids
        chosen = np.random.default_rng(SEED).permutation(ids)[:SAMPLE]
        made = cls(matrix.select(chosen).values, len(ids), distance)
        for block in matrix.blocks():
            made.add(block.ids, block.values)
        return made

    def add(self, ids: Ids, values: Tensor) -> None:
        """Add templates `[n, c, p]` under ids `[n]`."""
        self._index.add_with_ids(searchable(self._distance, values).numpy(), ids)

    def remove(self, ids: Ids) -> None:
        """Remove templates."""
        if len(ids):
            self._index.remove_ids(ids)

    def outgrown(self, size: int) -> bool:
        """Tell whether a gallery of this size should learn anew."""
        return size > 2 * self._learned_for

    def propose(self, probe: Tensor, count: int) -> Ids:
        """Return the ids of up to `count` templates near a probe `[c, p]`."""
        _, ids = self._index.search(searchable(self._distance, probe[None], probe=True).numpy(), count)
        found: Ids = ids[0][ids[0] >= 0]
        return found


def searchable(distance: Distance, values: Tensor, *, probe: bool = False) -> Tensor:
    """Turn signatures `[n, c, p]` into vectors `[n, d]` that are near where the distance is small.

    For `PartwiseCosine` and `FlattenedEuclidean` the order by Euclidean distance of these vectors is that of
    the distance. For `PartwiseEuclidean`, D, and any other, it is close to it: with F the distance of the
    flattened vectors, F / p <= D <= F / sqrt(p).

    For `VisibleEuclidean`, a template gets a number more, so that all are equally long, and the `probe` a
    zero: near are then those with a large inner product, to which parts out of sight add nothing.
    """
    values = values.float()
    if isinstance(distance, PartwiseCosine):
        values = normalize(values, dim=1)
    vectors = values.flatten(1)
    if isinstance(distance, FlattenedEuclidean) and distance.normalize:
        vectors = normalize(vectors, dim=1)
    if isinstance(distance, VisibleEuclidean):
        rest = (values.shape[2] - vectors.square().sum(1)).clamp_min(0).sqrt()
        vectors = torch.column_stack([vectors, torch.zeros_like(rest) if probe else rest])
    return vectors.contiguous()
