"""The small frozen records that travel through the package; each checks itself at birth.

Letters of shapes: n sequences, t frames, h x w pixels, c channels, p parts.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from mimicgait.errors import ShapeError

FRAME_SIZE = 64
"""Height and width of a normalised silhouette, in pixels."""

Frames = npt.NDArray[np.uint8]
"""Silhouettes `[t, h, w]`, values 0 and 1."""


@dataclass(frozen=True, slots=True)
class SequenceKey:
    """Who walks, under which condition, from which view: the three folder levels of the field's layout."""

    subject: str
    type: str
    view: str

    def __str__(self) -> str:
        return f"{self.subject}-{self.type}-{self.view}"


@dataclass(frozen=True, slots=True)
class Silhouettes:
    """One walking sequence: its key, its frames `[t, 64, 64]` of 0 and 1, and the file it came from."""

    key: SequenceKey
    frames: Frames
    source: str = ""

    def __post_init__(self) -> None:
        if self.frames.ndim != 3 or self.frames.dtype != np.uint8:
            raise ShapeError(
                f"{self.key}: expected frames [t, h, w] of uint8, "
                f"got {self.frames.shape} of {self.frames.dtype}"
            )
        if not len(self.frames):
            raise ShapeError(f"{self.key}: expected at least one frame, got none")


@dataclass(frozen=True, slots=True)
class Batch:
    """Padded sequences on one device: frames `[n, t, h, w]`, lengths `[n]`, labels `[n]` (class indices)."""

    frames: Tensor
    lengths: Tensor
    labels: Tensor

    def __post_init__(self) -> None:
        n = len(self.frames)
        if self.frames.ndim != 4 or self.lengths.shape != (n,) or self.labels.shape != (n,):
            raise ShapeError(
                "expected frames [n, t, h, w], lengths [n] and labels [n], got "
                f"{tuple(self.frames.shape)}, {tuple(self.lengths.shape)} and {tuple(self.labels.shape)}"
            )


@dataclass(frozen=True, slots=True)
class Embeddings:
    """Signatures of a set of sequences: values `[n, c, p]` in float32 on the CPU, one key for each."""

    values: Tensor
    keys: tuple[SequenceKey, ...]

    def __post_init__(self) -> None:
        if self.values.ndim != 3 or len(self.values) != len(self.keys):
            raise ShapeError(
                f"expected values [n, c, p] with n = {len(self.keys)} keys, got {tuple(self.values.shape)}"
            )

    def __len__(self) -> int:
        return len(self.keys)

    def select(self, index: Sequence[int]) -> "Embeddings":
        """Keep the sequences at the given positions, in that order."""
        return Embeddings(
            self.values[torch.as_tensor(index, dtype=torch.long)], tuple(self.keys[i] for i in index)
        )


def frame_mask(lengths: Tensor, t: int) -> Tensor:
    """Tell the real frames from the padding: bool `[n, t]`, true where a frame exists.

    >>> frame_mask(torch.tensor([1, 3]), 3).tolist()
    [[True, False, False], [True, True, True]]
    """
    return torch.arange(t, device=lengths.device)[None, :] < lengths[:, None]
