"""Accuracy by pair of views, and its mean without the pairs of identical views."""

import numpy as np
import numpy.typing as npt

from mimicgait.errors import ProtocolError, ShapeError
from mimicgait.evaluation.pairs import Absent, Ids, Matrix, as_distances, as_ids
from mimicgait.evaluation.ranking import Ties, rank_k


def view_accuracies(
    distances: Matrix,
    probe_ids: Ids,
    gallery_ids: Ids,
    probe_views: Ids,
    gallery_views: Ids,
    k: int = 1,
    *,
    absent: Absent = "miss",
    ties: Ties = "pessimistic",
) -> npt.NDArray[np.float64]:
    """Return rank-k for each probe view against each gallery view on its own, `[v, v]`, views sorted.

    A probe whose person is not in that gallery view is an error by default, as in the field's tools.

    Raises:
        ProtocolError: if a view has no probe or no gallery item.
    """
    probe_of, gallery_of = as_ids(probe_views, "probe view"), as_ids(gallery_views, "gallery view")
    views = np.unique(np.concatenate([probe_of, gallery_of]))
    matrix = as_distances(distances)
    probes, gallery = as_ids(probe_ids, "probe"), as_ids(gallery_ids, "gallery")
    result = np.empty((len(views), len(views)))
    for i, j in np.ndindex(result.shape):
        rows, columns = np.flatnonzero(probe_of == views[i]), np.flatnonzero(gallery_of == views[j])
        if not len(rows) or not len(columns):
            raise ProtocolError(
                f"probe view {views[i]} has {len(rows)} sequences and gallery view {views[j]} has "
                f"{len(columns)}: every view must be on both sides"
            )
        cell = matrix[np.ix_(rows, columns)]
        result[i, j] = rank_k(cell, probes[rows], gallery[columns], k, absent=absent, ties=ties)
    return result


def mean_without_identical_views(accuracies: npt.ArrayLike) -> float:
    """Return the mean of `[probe view, gallery view]` accuracies without the diagonal, unrounded.

    Per probe view the mean over the other gallery views, then the mean over probe views.

    Raises:
        ShapeError: if the matrix is not square, has fewer than two views or holds undefined cells.

    >>> mean_without_identical_views([[100, 50], [60, 100]])
    55.0
    """
    cells = np.asarray(accuracies, np.float64)
    if cells.ndim != 2 or cells.shape[0] != cells.shape[1] or len(cells) < 2 or np.isnan(cells).any():
        raise ShapeError(
            f"expected defined accuracies [v, v] of at least two views, got {list(cells.shape)}"
            f"{' with undefined cells' if np.isnan(cells).any() else ''}"
        )
    others = ~np.eye(len(cells), dtype=bool)
    return float(cells[others].mean())
