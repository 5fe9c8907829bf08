"""Distances of many probes to a large gallery, a block at a time: no tensor of all pairs and all parts."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

import torch
from torch import Tensor

from mimicgait.distance import Distance, PartwiseEuclidean
from mimicgait.errors import ShapeError

ROWS = 512
"""Probes in a block: with 24,000 gallery items a block is 49 MB."""

_TILE = 512
"""Gallery items in a tile: 512 x 512 distances are 1 MB and stay in a core's cache over all parts."""

_SMALL = 1_000_000
"""Distances in a block that are not worth more than one thread."""


class DistanceBlocks:
    """Distances of probes `[q, c, p]` to gallery items `[g, c, p]`, by blocks of rows.

    The part-wise Euclidean distance is worked out tile by tile, each tile over all parts while it lies in the
    cache, which spares the memory most of the traffic of whole matrices. Other distances are asked for a
    block of rows at a time.

    Args:
        distance: between signatures.
        probe: signatures `[q, c, p]`.
        gallery: signatures `[g, c, p]`.

    Raises:
        ShapeError: if channels or parts differ.
    """

    def __init__(self, distance: Distance, probe: Tensor, gallery: Tensor) -> None:
        if probe.ndim != 3 or gallery.ndim != 3 or probe.shape[1:] != gallery.shape[1:]:
            raise ShapeError(
                f"expected [q, c, p] and [g, c, p], got {list(probe.shape)} and {list(gallery.shape)}"
            )
        self.shape = (len(probe), len(gallery))
        self._distance, self._probe, self._gallery = distance, probe, gallery
        self._tiled = type(distance) is PartwiseEuclidean and probe.device == gallery.device
        if self._tiled:
            self._gallery = gallery.float().permute(2, 0, 1).contiguous()
            self._squares = self._gallery.square().sum(2)

    def __iter__(self) -> Iterator[tuple[slice, Tensor]]:
        """Yield rows and their distances `[rows, g]`, from the first probe to the last."""
        for start in range(0, self.shape[0], ROWS):
            rows = slice(start, min(start + ROWS, self.shape[0]))
            yield rows, self.rows(rows)

    def rows(self, rows: slice) -> Tensor:
        """Return the distances `[rows, g]` of some probes to the whole gallery."""
        with torch.inference_mode():
            if not self._tiled:
                return self._distance(self._probe[rows], self._gallery)
            return self._tiles(self._probe[rows].float().permute(2, 0, 1).contiguous())

    def _tiles(self, probe: Tensor) -> Tensor:
        """Return the distances of `[p, rows, c]`: every thread takes a share of the gallery for itself.

        Threads that meet after each small product wait for each other more than they work, on a busy machine
        above all.
        """
        total = probe.new_empty(probe.shape[1], self.shape[1])
        threads = torch.get_num_threads() if probe.device.type == "cpu" else 1
        if threads == 1 or total.numel() < _SMALL:
            self._fill(total, probe, range(0, self.shape[1], _TILE))
            return total
        try:
            with ThreadPoolExecutor(threads, initializer=torch.set_num_threads, initargs=(1,)) as pool:
                shares = [range(i * _TILE, self.shape[1], threads * _TILE) for i in range(threads)]
                for done in [pool.submit(self._fill, total, probe, share) for share in shares]:
                    done.result()
        finally:
            torch.set_num_threads(threads)  # threads that are born later take over the last number set
        return total

    @torch.inference_mode()
    def _fill(self, total: Tensor, probe: Tensor, starts: Iterable[int]) -> None:
        """Average |a - b| = sqrt(|a|^2 + |b|^2 - 2 a.b) over parts, tile by tile."""
        squares = probe.square().sum(2)
        for start in starts:
            tile = total[:, start : start + _TILE]
            part = probe.new_empty(tile.shape)
            whole = torch.zeros_like(part)
            for p in range(len(probe)):
                known = self._gallery[p, start : start + _TILE]
                norms = self._squares[p, None, start : start + _TILE]
                torch.addmm(norms, probe[p], known.T, alpha=-2, out=part)
                whole += part.add_(squares[p, :, None]).clamp_min_(0).sqrt_()
            torch.div(whole, len(probe), out=tile)
