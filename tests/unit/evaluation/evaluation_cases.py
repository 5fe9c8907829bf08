"""A small store, and networks whose answers are known without training."""

import numpy as np
import torch
from torch import nn

from mimicgait.data import SequenceStore, StoreWriter
from mimicgait.types import SequenceKey, Silhouettes, frame_mask

TYPES = ("nm-01", "nm-03")


class RowSums(nn.Module):
    """A backbone for tests: how many pixels each row has, mean over the real frames, `[n, 4, 16]`."""

    channels, parts, input_size = 4, 16, (64, 64)

    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.tensor(1.0))
        self.batches = []

    def forward(self, frames, lengths=None):
        n, t = frames.shape[:2]
        self.batches.append((n, t))
        lengths = torch.full((n,), t) if lengths is None else lengths
        rows = frames.float().mean(3) * frame_mask(lengths, t)[:, :, None]
        rows = rows.sum(1) / lengths[:, None] * self.scale
        return rows.view(n, 16, 4).transpose(1, 2)


def walker(subject, variant, frames):
    """A person of their own outline: a column whose width follows a personal wave, and moves a little."""
    rng = np.random.default_rng([subject, 7])
    noise = np.random.default_rng([subject, variant, frames])
    width = 6 + 5 * np.sin(np.arange(64) / rng.uniform(3, 12) + rng.uniform(0, 6)) + rng.uniform(0, 4)
    columns = np.abs(np.arange(64)[None, :] - 32)
    shift = noise.uniform(-0.6, 0.6, (frames, 64, 1))
    return (columns[None] < width[None, :, None] + shift).astype(np.uint8)


def outlines(folder) -> SequenceStore:
    """Write a store of eight people, two types, two views; sequences of 3 to 9 frames."""
    with StoreWriter(folder / "store", name="outlines", licence="CC0") as writer:
        for subject in range(8):
            for i, kind in enumerate(TYPES):
                for j, view in enumerate(("000", "090")):
                    frames = walker(subject, 2 * i + j, 3 + (subject + 2 * i + 3 * j) % 7)
                    writer.add(Silhouettes(SequenceKey(f"p{subject}", kind, view), frames))
    return SequenceStore(folder / "store")
