"""Small sequences, stores and data sets for the tests of `mimicgait.data`."""

import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

from mimicgait.data import SequenceStore, StoreWriter
from mimicgait.types import SequenceKey, Silhouettes

settings.register_profile("calm", deadline=None)  # a busy machine is no failure
settings.load_profile("calm")


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


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    """Make a data set in the field's layout: 3 people x 2 types x 2 views, 4 frames of 0 and 255."""
    root = tmp_path / "casia"
    for person in ("001", "002", "010"):
        for kind in ("nm-01", "bg-01"):
            for view in ("000", "090"):
                write_pickle(root, f"{person}/{kind}/{view}")
    return root


def write_pickle(root: Path, key: str, array: object = None, name: str = "") -> Path:
    """Write a file of the data set: silhouettes, or another array."""
    folder = root / key
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / (name or f"{folder.name}.pkl")
    path.write_bytes(pickle.dumps(make_sequence(key, 4).frames * 255 if array is None else array))
    return path


@pytest.fixture
def add() -> Callable[..., Path]:
    return write_pickle
