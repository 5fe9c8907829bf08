"""Whole sequences in padded batches, occluded as a seed says: what every evaluation feeds to a network."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypedDict

import numpy as np
import torch
from torch import Tensor, nn
from tqdm import tqdm

from mimicgait.data import SequenceStore, unpack_frames
from mimicgait.data.packing import PACKED_BYTES
from mimicgait.errors import ConfigError
from mimicgait.occlusion import Occluded, Occlusion, seeded_uniforms
from mimicgait.precision import Precision

BATCH_FRAMES = 256
"""Frames in a batch, padding included: on a CPU 1.5 times as fast as 1024, which leave its caches."""


class BatchOptions(TypedDict, total=False):
    """How to run a network over a store; no option changes what comes out, apart from rounding.

    Attributes:
        batch_frames: most frames in a batch, padding included; a longer sequence is a batch of its own.
        device: where to run; None leaves the network where it is, anything else moves it there.
        precision: "float32", or "bfloat16" for autocast.
        progress: show a progress bar.
    """

    batch_frames: int
    device: torch.device | str | None
    precision: Precision
    progress: bool


@dataclass(frozen=True, slots=True)
class StoreBatch:
    """Sequences of a store: their positions in it, frames `[n, t, 64, 64]` and lengths `[n]`.

    `frames` is what the network sees; `occluded` is what the occlusion returned, None without one.
    """

    positions: Sequence[int]
    frames: Tensor
    lengths: Tensor
    occluded: Occluded | None


def plan_batches(lengths: Sequence[int], batch_frames: int) -> list[list[int]]:
    """Group positions by similar length, so that no padded batch has more than `batch_frames` frames.

    Longest first: a memory that is too small shows at once. A longer sequence is a batch of its own.

    >>> plan_batches([10, 30, 10, 20], 40)
    [[1], [3, 0], [2]]
    """
    if batch_frames < 1:
        raise ConfigError(f"expected batch_frames of 1 or more, got {batch_frames}")
    batches: list[list[int]] = []
    for position in sorted(range(len(lengths)), key=lambda i: -lengths[i]):
        if not batches or lengths[batches[-1][0]] * (len(batches[-1]) + 1) > batch_frames:
            batches.append([])
        batches[-1].append(position)
    return batches


def store_batches(
    store: SequenceStore,
    *,
    occlusion: Occlusion | None,
    seed: int,
    batch_frames: int,
    device: torch.device,
    progress: bool,
    draw: str = "",
) -> Iterator[StoreBatch]:
    """Yield every sequence of a store once, with all its frames, each occluded by a draw of its own.

    The draw follows from (`draw`, seed, sequence key), so it is the same in any batch, order and store.
    """
    uniforms = None
    if occlusion is not None:
        uniforms = seeded_uniforms(store.keys, seed, occlusion.draws, draw)
    bar = tqdm(total=int(store.lengths.sum()), unit="frame", leave=False, disable=not progress)
    with bar:
        for positions in plan_batches(store.lengths.tolist(), batch_frames):
            frames, lengths = load_sequences(store, positions, device)
            occluded = None
            if occlusion is not None and uniforms is not None:
                occluded = occlusion.apply(frames, uniforms[positions], lengths)
                frames = occluded.frames
            yield StoreBatch(positions, frames, lengths, occluded)
            bar.update(int(lengths.sum()))


def load_sequences(
    store: SequenceStore, positions: Sequence[int], device: torch.device | str = "cpu"
) -> tuple[Tensor, Tensor]:
    """Load sequences as frames uint8 `[n, t, 64, 64]`, padded with black, and lengths `[n]`."""
    lengths = store.lengths[list(positions)]
    packed = np.zeros((len(positions), int(lengths.max()), PACKED_BYTES), np.uint8)
    for row, position in zip(packed, positions, strict=True):
        row[: store.lengths[position]] = store.packed_sequence(position)
    return unpack_frames(torch.from_numpy(packed).to(device)), torch.from_numpy(lengths).to(device)


def best_device() -> torch.device:
    """Return the GPU if CUDA finds one, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


@contextmanager
def judging(model: nn.Module, device: torch.device | str | None) -> Iterator[torch.device]:
    """Put a network into evaluation mode without gradients, and afterwards every part back as it was."""
    if device is not None:
        model.to(device)
    parameter = next(model.parameters(), None)
    modes = {module: module.training for module in model.modules()}
    model.eval()
    try:
        with torch.inference_mode():
            yield torch.device(device or "cpu") if parameter is None else parameter.device
    finally:
        for module, training in modes.items():
            module.training = training
