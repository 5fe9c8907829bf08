"""How well the visibility network (VEN) tells what is hidden, and how much of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Unpack

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from mimicgait.data import SequenceStore
from mimicgait.evaluation.batches import BATCH_FRAMES, BatchOptions, StoreBatch, judging, store_batches
from mimicgait.models import OcclusionClassifier, VisibilityNetwork
from mimicgait.occlusion import Kind, Occlusion
from mimicgait.precision import Precision, autocast
from mimicgait.types import frame_mask


@dataclass(frozen=True, slots=True)
class VisibilityEstimate:
    """What a VEN said of the frames of a store, against the truth. Padding is not counted.

    Attributes:
        kinds: names of the columns of `confusion`: what the VEN can say.
        truth: names of its rows: the same, and after them kinds that occurred and that it never learned.
        confusion: int64 `[r, k]`, frames of a true kind (row) that were given a kind (column).
        amount_mse: mean squared error of the hidden share over all frames.
        true_amounts: float64 `[s]`, hidden share of each sequence, mean over its frames.
        estimated_amounts: float64 `[s]`, the same as the VEN estimates it.
    """

    kinds: tuple[str, ...]
    truth: tuple[str, ...]
    confusion: npt.NDArray[np.int64]
    amount_mse: float
    true_amounts: npt.NDArray[np.float64]
    estimated_amounts: npt.NDArray[np.float64]

    @property
    def frames(self) -> int:
        """Number of frames judged."""
        return int(self.confusion.sum())

    @property
    def accuracy(self) -> float:
        """Share of frames whose kind was told right; kinds that the VEN never learned count as wrong."""
        return float(np.trace(self.confusion[: len(self.kinds)]) / self.confusion.sum())

    @property
    def recall(self) -> dict[str, float]:
        """Share told right of each kind that the VEN knows and that occurred."""
        rows = zip(self.kinds, self.confusion, strict=False)
        return {kind: float(row[i] / row.sum()) for i, (kind, row) in enumerate(rows) if row.sum()}

    def as_json(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        return {
            "accuracy": self.accuracy,
            "amount_mse": self.amount_mse,
            "frames": self.frames,
            "kinds": list(self.kinds),
            "truth": list(self.truth),
            "confusion": self.confusion.tolist(),
            "true_amounts": self.true_amounts.tolist(),
            "estimated_amounts": self.estimated_amounts.tolist(),
        }


def estimate_visibility(
    ven: VisibilityNetwork,
    store: SequenceStore,
    *,
    occlusion: Occlusion | None,
    seed: int = 0,
    batch_frames: int = BATCH_FRAMES,
    device: torch.device | str | None = None,
    precision: Precision = "float32",
    progress: bool = False,
) -> VisibilityEstimate:
    """Let a VEN judge every frame of a store and compare with what was really hidden.

    The true kind of a frame is that of the sequence's occlusion, or `none` where nothing of the frame is
    hidden (a moving occluder that has not come yet), as in training; the true amount is its hidden share.
    For complete sequences among the occluded ones give a `Mixture` with `Nothing()` in it.

    Args:
        ven: the network; left in the mode it was in.
        store: the sequences, with all their frames.
        occlusion: what hides parts of them, drawn by (seed, sequence key).
        seed: of the occlusion.
        batch_frames: most frames in a batch, padding included.
        device: where to run; None leaves the network where it is.
        precision: "float32", or "bfloat16" for autocast.
        progress: show a progress bar.
    """

    def see(batch: StoreBatch) -> tuple[Tensor, Tensor]:
        seen = ven(batch.frames, batch.lengths)
        return seen.logits.argmax(-1), seen.amount

    options = BatchOptions(batch_frames=batch_frames, device=device, precision=precision, progress=progress)
    return _compare(ven, see, store, occlusion, seed, **options)


def type_accuracy(
    classifier: OcclusionClassifier,
    store: SequenceStore,
    *,
    occlusion: Occlusion | None,
    seed: int = 0,
    **options: Unpack[BatchOptions],
) -> float:
    """Return the share of a store's frames whose kind a classifier tells right; see `estimate_visibility`."""

    def see(batch: StoreBatch) -> tuple[Tensor, Tensor]:
        logits = classifier(batch.frames, batch.lengths)
        return logits.argmax(-1), torch.zeros(logits.shape[:2])

    return _compare(classifier, see, store, occlusion, seed, **options).accuracy


def _compare(
    network: VisibilityNetwork | OcclusionClassifier,
    see: Callable[[StoreBatch], tuple[Tensor, Tensor]],
    store: SequenceStore,
    occlusion: Occlusion | None,
    seed: int,
    *,
    batch_frames: int = BATCH_FRAMES,
    device: torch.device | str | None = None,
    precision: Precision = "float32",
    progress: bool = False,
) -> VisibilityEstimate:
    """Compare what a network says of every frame with the truth; `see` gives kinds and amounts `[n, t]`."""
    tally = _Tally(network.kinds, len(store))
    with judging(network, device) as place, autocast(precision, place):
        for batch in store_batches(
            store,
            occlusion=occlusion,
            seed=seed,
            batch_frames=batch_frames,
            device=place,
            progress=progress,
        ):
            tally.add(batch, *see(batch))
    return tally.result()


class _Tally:
    """Counts while the batches pass by."""

    def __init__(self, kinds: tuple[str, ...], sequences: int) -> None:
        self.kinds = kinds
        others = (kind.name.lower() for kind in Kind)
        self.names = (*kinds, *(name for name in others if name not in kinds))
        self.confusion = np.zeros((len(self.names), len(kinds)), np.int64)
        self.squares = 0.0
        self.amounts = np.zeros((2, sequences))

    def add(self, batch: StoreBatch, kinds: Tensor, amounts: Tensor) -> None:
        """Count one batch: said kinds `[n, t]` and amounts `[n, t]`."""
        lengths, kinds, amounts = batch.lengths.cpu(), kinds.cpu(), amounts.double().cpu()
        real = frame_mask(lengths, kinds.shape[1])
        rows, hidden = self._truth(batch, amounts)
        cells = (rows * len(self.kinds) + kinds)[real]
        counts = np.bincount(cells.numpy(), minlength=self.confusion.size)
        self.confusion += counts.reshape(self.confusion.shape)
        self.squares += float(((amounts - hidden)[real] ** 2).sum())
        for row, values in zip(self.amounts, (hidden, amounts), strict=True):
            row[list(batch.positions)] = (values * real).sum(1) / lengths

    def _truth(self, batch: StoreBatch, like: Tensor) -> tuple[Tensor, Tensor]:
        """Row of `confusion` and hidden share of each frame, both `[n, t]`."""
        whole = self.names.index("none")
        if batch.occluded is None:
            return torch.full(like.shape, whole), torch.zeros_like(like)
        row_of = torch.tensor([self.names.index(kind.name.lower()) for kind in Kind])
        rows, hidden = row_of[batch.occluded.kind.cpu()], batch.occluded.frame_amount.cpu().double()
        return torch.where(hidden > 0, rows[:, None], whole), hidden

    def result(self) -> VisibilityEstimate:
        """Return the counts, without rows of unlearned kinds that never occurred."""
        known = len(self.kinds)
        rows = [i for i, row in enumerate(self.confusion) if i < known or row.any()]
        return VisibilityEstimate(
            kinds=self.kinds,
            truth=tuple(self.names[i] for i in rows),
            confusion=self.confusion[rows],
            amount_mse=self.squares / int(self.confusion.sum()),
            true_amounts=self.amounts[0],
            estimated_amounts=self.amounts[1],
        )
