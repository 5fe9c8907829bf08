"""Small sequences, stores and data sets for the tests of `mimicgait.data`."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from mimicgait.data import SequenceStore, StoreWriter
from mimicgait.types import SequenceKey, Silhouettes


def make_sequence(key: str, frames: int = 3, seed: int | None = None) -> Silhouettes:
    """Make a sequence of random frames; the key `a/b/c` also seeds them."""
    rng = np.random.default_rng([*key.encode()] if seed is None else seed)
    return Silhouettes(
        SequenceKey(*key.split("/")), rng.integers(0, 2, (frames, 64, 64), dtype=np.uint8), f"{key}.pkl"
    )


@pytest.fixture
def sequence() -> Callable[..., Silhouettes]:
    return make_sequence


@pytest.fixture
def store(tmp_path: Path) -> SequenceStore:
    """Make a store of 5 people x 3 sequences of 2 to 6 frames."""
    path = tmp_path / "walkers"
    with StoreWriter(path, name="walkers", licence="CC0") as writer:
        for person in range(5):
            for number in range(3):
                writer.add(make_sequence(f"p{person}/nm-{number}/090", frames=2 + (person + number) % 5))
    return SequenceStore(path)
