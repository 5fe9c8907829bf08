"""From a store to the signatures of its sequences."""

import torch
from torch import Tensor, nn

from mimicgait.data import SequenceStore
from mimicgait.distance import Distance
from mimicgait.errors import ShapeError
from mimicgait.evaluation.batches import BATCH_FRAMES, BatchOptions, judging, store_batches
from mimicgait.evaluation.blocks import DistanceBlocks
from mimicgait.evaluation.cache import EmbeddingCache
from mimicgait.occlusion import Occlusion
from mimicgait.precision import Precision, autocast
from mimicgait.types import Embeddings


class EmbedOptions(BatchOptions, total=False):
    """How to run a network over a store, what its draws are called, and where to look first.

    Attributes:
        draw: enters the draws of occlusions beside seed and sequence key; a suite gives its name.
        cache: signatures that an earlier call worked out; None remembers nothing.
    """

    draw: str
    cache: EmbeddingCache | None


def embed_store(
    model: nn.Module,
    store: SequenceStore,
    *,
    occlusion: Occlusion | None = None,
    seed: int = 0,
    batch_frames: int = BATCH_FRAMES,
    device: torch.device | str | None = None,
    precision: Precision = "float32",
    progress: bool = False,
    draw: str = "",
    cache: EmbeddingCache | None = None,
) -> Embeddings:
    """Return the signature of every sequence, from all its frames, in the store's order and on the CPU.

    Args:
        model: any backbone: frames `[n, t, 64, 64]` and lengths `[n]` to `[n, c, p]`. It is left in the mode
            it was in.
        store: the sequences.
        occlusion: hides a part of every sequence; its draws follow from (`draw`, seed, sequence key) alone.
        seed: of the occlusion.
        batch_frames, device, precision, progress: how to run; see `BatchOptions`.
        draw: keeps apart the draws of the same seed that shall have nothing in common.
        cache: where to look first, and to leave the result.

    Raises:
        ShapeError: if the model gives something else than `[n, c, p]`, or values that are not finite.
    """

    def compute() -> Embeddings:
        values: dict[int, Tensor] = {}
        with judging(model, device) as place, autocast(precision, place):
            for batch in store_batches(
                store,
                occlusion=occlusion,
                seed=seed,
                batch_frames=batch_frames,
                device=place,
                progress=progress,
                draw=draw,
            ):
                signatures = _checked(model(batch.frames, batch.lengths), len(batch.positions))
                values.update(zip(batch.positions, signatures, strict=True))
        if not values:
            raise ShapeError(f"{store}: there is nothing to embed")
        return Embeddings(torch.stack([values[i] for i in range(len(store))]), store.keys)

    known = EmbeddingCache() if cache is None else cache
    return known.fetch(model, store, occlusion, seed, precision, compute, draw=draw)


def distance_matrix(distance: Distance, probe: Embeddings, gallery: Embeddings) -> Tensor:
    """Return the distances `[q, g]` of probes to gallery, computed by blocks.

    Only the result is held whole: 6,000 probes and 24,000 gallery items take 0.6 GB.
    """
    result = torch.empty(len(probe), len(gallery))
    for rows, block in DistanceBlocks(distance, probe.values, gallery.values):
        result[rows] = block
    return result


def _checked(signatures: Tensor, n: int) -> Tensor:
    if not isinstance(signatures, Tensor) or signatures.ndim != 3 or len(signatures) != n:
        got = list(signatures.shape) if isinstance(signatures, Tensor) else type(signatures).__name__
        raise ShapeError(f"expected signatures [n, c, p] with n = {n} from the model, got {got}")
    signatures = signatures.float().cpu()
    if not signatures.isfinite().all():
        raise ShapeError("the model gives signatures that are not finite: its training has probably diverged")
    return signatures
