"""What a store holds, and whether it is sound."""

import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from mimicgait.data.coverage import Coverage, cover
from mimicgait.data.layouts import Layout, find_layout
from mimicgait.data.lists import load_partition
from mimicgait.data.partition import Partition
from mimicgait.data.store import SequenceStore
from mimicgait.types import SequenceKey


@dataclass(frozen=True, slots=True)
class StoreReport:
    """The contents of a store, and everything in it that deserves a look.

    Attributes:
        path, name, licence, fingerprint: as the store says.
        sequences, frames, people: how many there are.
        types, views: how many sequences each has, in the order of their names.
        lengths: frames of the shortest, the median and the longest sequence.
        empty_frames: how many frames are black.
        empty_sequences: sequences of nothing but black frames.
        duplicates: groups of sequences with the same frames; across people they mean wrong labels.
        damaged: sequences whose frames on disk are not those that were written.
        size: what the silhouettes were before the import, such as 64x44 or raw; empty if nobody noted it.
        coverage: the store beside its partition and layout.
    """

    path: Path
    name: str
    licence: str
    fingerprint: str
    sequences: int
    frames: int
    people: int
    types: dict[str, int]
    views: dict[str, int]
    lengths: tuple[int, float, int]
    empty_frames: int
    empty_sequences: tuple[SequenceKey, ...]
    duplicates: tuple[tuple[SequenceKey, ...], ...]
    damaged: tuple[SequenceKey, ...]
    size: str
    coverage: Coverage

    @property
    def ok(self) -> bool:
        """Whether the frames are those that were written, and all that was promised is there.

        Repeated and black sequences, and people whom nobody asked for, are for the reader; see `spotless`.
        """
        return not self.damaged and self.coverage.ok

    @property
    def spotless(self) -> bool:
        """Whether there is nothing at all to look at."""
        return self.ok and not (self.empty_sequences or self.duplicates or self.coverage.unlisted)


def check_store(
    path: str | os.PathLike[str],
    partition: str | os.PathLike[str] | Partition | None = None,
    *,
    subset: Literal["train", "test"] | None = None,
    layout: Layout | None = None,
) -> StoreReport:
    """Open a store, read all of it, and report on it.

    Args:
        path: the store.
        partition: who should be in it; a `Partition`, the field's JSON, or a user's list.
        subset: that it holds the training or the test people only; the import notes this by itself.
        layout: whose names its types and views should have; by default that of the import.

    Raises:
        DataError: if the folder is no store, its files do not fit together, or the partition is none.
    """
    store = SequenceStore(path)
    if isinstance(partition, str | os.PathLike):
        partition = load_partition(partition, store.keys)
    subset = subset or store.origin.get("subset")
    layout = layout or find_layout(store.origin.get("layout", "generic"))
    black = [
        int((~store.packed_sequence(position).any(axis=1)).sum()) for position in range(len(store))
    ]  # one sequence at a time: the file may be larger than the memory
    lengths = store.lengths
    return StoreReport(
        path=store.path,
        name=store.name,
        licence=store.licence,
        fingerprint=store.fingerprint,
        sequences=len(store),
        frames=int(lengths.sum()),
        people=len(set(store.subjects)),
        types=_counts([key.type for key in store.keys]),
        views=_counts([key.view for key in store.keys]),
        lengths=(int(lengths.min()), float(np.median(lengths)), int(lengths.max())),
        empty_frames=sum(black),
        empty_sequences=tuple(
            key for key, n, length in zip(store.keys, black, lengths, strict=True) if n == length
        ),
        duplicates=_duplicates(store),
        damaged=store.damaged(),
        size=store.origin.get("size", ""),
        coverage=cover(store, partition, layout, subset),
    )


def _counts(names: list[str]) -> dict[str, int]:
    """Count names, sorted."""
    return dict(sorted(Counter(names).items()))


def _duplicates(store: SequenceStore) -> tuple[tuple[SequenceKey, ...], ...]:
    """Group the sequences that have the same frames; sequences that are black throughout are none."""
    groups: dict[str, list[int]] = {}
    for position, content in enumerate(store.hashes):
        groups.setdefault(content, []).append(position)
    return tuple(
        tuple(store.keys[position] for position in group)
        for group in groups.values()
        if len(group) > 1 and store.packed_sequence(group[0]).any()
    )
