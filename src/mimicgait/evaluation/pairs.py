"""What every metric starts from: a checked matrix of distances and who stands in its rows and columns."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from torch import Tensor

from mimicgait.errors import ProtocolError, ShapeError

Absent = Literal["error", "miss", "skip"]
"""What becomes of a probe that nobody in the gallery can match: refuse, count as an error, leave out."""

Ids = Sequence[str] | Sequence[int] | npt.NDArray[np.generic] | Tensor
"""Identities of the rows or the columns: all integers or all strings."""

Matrix = npt.NDArray[np.floating] | Tensor | Sequence[Sequence[float]]
"""Distances `[q, g]` of q probes to g gallery items; smaller is closer."""

Mask = npt.NDArray[np.bool_] | Tensor | Sequence[Sequence[bool]]
"""Pairs `[q, g]` that do not count, such as the same person from the same view."""

_BLOCK_CELLS = 4_000_000  # 32 MB of float64: the working set of one block of rows


@dataclass(frozen=True, slots=True)
class Pairs:
    """Distances `[q, g]`, identities as integer codes `[q]` and `[g]`, and the pairs left out (or None)."""

    distances: npt.NDArray[np.floating]
    probes: npt.NDArray[np.int64]
    gallery: npt.NDArray[np.int64]
    excluded: npt.NDArray[np.bool_] | None

    @classmethod
    def of(cls, distances: Matrix, probe_ids: Ids, gallery_ids: Ids, excluded: Mask | None = None) -> "Pairs":
        """Check and convert what a metric was given: tensors (any device), arrays or lists.

        Raises:
            ShapeError: if the sizes do not fit, or a distance is infinite or not a number.
            ProtocolError: if a side is empty, or one side has integers and the other one strings.
        """
        values = as_distances(distances)
        probes, gallery = as_ids(probe_ids, "probe"), as_ids(gallery_ids, "gallery")
        if values.shape != (len(probes), len(gallery)):
            raise ShapeError(
                f"expected distances [q, g] = [{len(probes)}, {len(gallery)}] for {len(probes)} probe and "
                f"{len(gallery)} gallery ids, got {list(values.shape)}"
            )
        if not values.size:
            raise ProtocolError(f"nothing to compare: {len(probes)} probes and {len(gallery)} gallery items")
        codes = _as_codes(probes, gallery)
        return cls(values, codes[: len(probes)], codes[len(probes) :], _as_mask(excluded, values.shape))

    def blocks(self) -> Iterator[slice]:
        """Slices of rows, small enough that a few temporary copies of one never fill the memory."""
        rows = max(1, _BLOCK_CELLS // len(self.gallery))
        return (slice(start, start + rows) for start in range(0, len(self.probes), rows))

    def mates(self, rows: slice) -> npt.NDArray[np.bool_]:
        """Where probe and gallery item are the same person and the pair counts, bool `[rows, g]`."""
        return self._counted(self.probes[rows, None] == self.gallery[None, :], rows)

    def strangers(self, rows: slice) -> npt.NDArray[np.bool_]:
        """Where probe and gallery item are different people and the pair counts, bool `[rows, g]`."""
        return self._counted(self.probes[rows, None] != self.gallery[None, :], rows)

    def _counted(self, found: npt.NDArray[np.bool_], rows: slice) -> npt.NDArray[np.bool_]:
        return found if self.excluded is None else found & ~self.excluded[rows]


def as_distances(distances: Matrix) -> npt.NDArray[np.floating]:
    """Return distances as an array of float32 or float64.

    Raises:
        ShapeError: if one is infinite or not a number.
    """
    if isinstance(distances, Tensor):
        tensor = distances.detach().cpu()
        half = tensor.is_floating_point() and tensor.element_size() < 4
        distances = (tensor.float() if half else tensor).numpy()
    values = np.asarray(distances)
    if values.dtype not in (np.float32, np.float64):
        values = values.astype(np.float64)
    for start in range(0, len(values), 1024):
        if not np.isfinite(values[start : start + 1024]).all():
            raise ShapeError(
                "the distances hold values that are infinite or not a number: has the network diverged? "
                "(To leave pairs out, give the mask `excluded`.)"
            )
    return values


def as_ids(ids: Ids, side: str) -> npt.NDArray[np.generic]:
    """Return identities as an array `[n]` of integers or strings.

    Raises:
        ShapeError: if they are something else.
    """
    values = ids.detach().cpu().numpy() if isinstance(ids, Tensor) else np.asarray(ids)
    if values.ndim != 1 or (values.size and values.dtype.kind not in "iuU"):
        raise ShapeError(
            f"expected {side} ids as one list of integers or of strings, "
            f"got an array {list(values.shape)} of {values.dtype}"
        )
    return values


def _as_codes(probes: npt.NDArray[np.generic], gallery: npt.NDArray[np.generic]) -> npt.NDArray[np.int64]:
    if (probes.dtype.kind == "U") != (gallery.dtype.kind == "U"):
        raise ProtocolError(
            f"probe ids are {probes.dtype} and gallery ids {gallery.dtype}: "
            "nobody could match; give integers on both sides or strings on both"
        )
    return np.unique(np.concatenate([probes, gallery]), return_inverse=True)[1].astype(np.int64)


def _as_mask(mask: Mask | None, shape: tuple[int, ...]) -> npt.NDArray[np.bool_] | None:
    if mask is None:
        return None
    values = mask.detach().cpu().numpy() if isinstance(mask, Tensor) else np.asarray(mask)
    if values.shape != shape or values.dtype != np.bool_:
        raise ShapeError(
            f"expected the mask `excluded` as bool {list(shape)}, got {values.dtype} {list(values.shape)}"
        )
    return values
