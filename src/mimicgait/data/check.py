"""What a store holds, and whether it is sound."""

import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

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

    @property
    def ok(self) -> bool:
        """Whether the frames are those that were written; repeated and black sequences are for the reader."""
        return not self.damaged


def check_store(path: str | os.PathLike[str]) -> StoreReport:
    """Open a store, read all of it, and report on it.

    Raises:
        DataError: if the folder is no store, or its files do not fit together.
    """
    store = SequenceStore(path)
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
