"""Eight pixels in a byte, and frames of different sequences in one tensor."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from mimicgait.errors import DataError, ShapeError
from mimicgait.types import FRAME_SIZE, Frames

PACKED_BYTES = FRAME_SIZE * FRAME_SIZE // 8
"""Bytes of one packed 64x64 silhouette: row by row, the leftmost pixel in the highest bit."""


def pack_frames(frames: Frames) -> npt.NDArray[np.uint8]:
    """Pack silhouettes `[t, 64, 64]` of 0 and 1 into bytes `[t, 512]`.

    Raises:
        ShapeError: for another size or type.
        DataError: for values above 1: grey frames must be binarised by their owner, who knows the threshold.
    """
    if frames.ndim != 3 or frames.shape[1:] != (FRAME_SIZE, FRAME_SIZE) or frames.dtype != np.uint8:
        raise ShapeError(f"expected frames [t, 64, 64] of uint8, got {frames.shape} of {frames.dtype}")
    if frames.size and frames.max() > 1:
        raise DataError(f"expected frames of 0 and 1, got values up to {frames.max()}: binarise them first")
    return np.packbits(frames.reshape(len(frames), FRAME_SIZE * FRAME_SIZE), axis=1)


def unpack_frames(packed: Tensor) -> Tensor:
    """Unpack bytes `[..., 512]` into silhouettes `[..., 64, 64]` of 0 and 1 (uint8), on the tensor's device.

    >>> unpack_frames(torch.full((2, 512), 128, dtype=torch.uint8))[0, 0, :9].tolist()
    [1, 0, 0, 0, 0, 0, 0, 0, 1]

    Raises:
        ShapeError: if the last dimension is not 512 or the type is not uint8.
    """
    if packed.shape[-1:] != (PACKED_BYTES,) or packed.dtype != torch.uint8:
        raise ShapeError(f"expected bytes [..., 512] of uint8, got {tuple(packed.shape)} of {packed.dtype}")
    eight_pixels = _bytes_to_pixels(packed.device)[packed.int()]
    return eight_pixels.view(torch.uint8).view(*packed.shape[:-1], FRAME_SIZE, FRAME_SIZE)


def collate(sequences: Sequence[Frames]) -> tuple[Tensor, Tensor]:
    """Pad sequences `[t_i, 64, 64]` with black frames to the longest: frames `[n, t, 64, 64]`, lengths `[n]`.

    >>> frames, lengths = collate([np.ones((2, 64, 64), np.uint8), np.ones((3, 64, 64), np.uint8)])
    >>> frames.shape, lengths.tolist(), int(frames[0, 2].sum())
    (torch.Size([2, 3, 64, 64]), [2, 3], 0)

    Raises:
        ShapeError: for no sequence at all, or one of another size.
    """
    if not sequences:
        raise ShapeError("expected at least one sequence to collate, got none")
    for frames in sequences:
        if frames.ndim != 3 or frames.shape[1:] != sequences[0].shape[1:] or frames.dtype != np.uint8:
            raise ShapeError(
                f"expected frames [t, h, w] of uint8 and of one size, got {frames.shape} of {frames.dtype}"
            )
    lengths = [len(frames) for frames in sequences]
    padded = np.zeros((len(sequences), max(lengths), *sequences[0].shape[1:]), dtype=np.uint8)
    for row, frames in zip(padded, sequences, strict=True):
        row[: len(frames)] = frames
    return torch.from_numpy(padded), torch.tensor(lengths)


@lru_cache(maxsize=16)
def _bytes_to_pixels(device: torch.device) -> Tensor:
    """Eight pixels for each of the 256 bytes, seen as one int64 `[256]`: one look-up writes eight pixels."""
    pixels = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1)
    return torch.from_numpy(pixels.view(np.int64)[:, 0].copy()).to(device)
