"""Putting the sequences of a data set into a store in their order."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import numpy as np
from tqdm import tqdm

from mimicgait.data.earlier import Earlier
from mimicgait.data.opengait import OpenGaitEntry
from mimicgait.data.readers import Reader
from mimicgait.data.reading import Size
from mimicgait.data.store import StoreWriter
from mimicgait.errors import MimicGaitError

SAMPLES = 9
"""Sequences that are looked at to find out the size of all."""


class _Bar(tqdm):  # type: ignore[type-arg]
    """A bar without a thread that watches it: processes that read are only forked where there is none."""

    monitor_interval = 0


class Transferred(NamedTuple):
    """The files that could not be read, each with the reason; sequences that were read; images left out."""

    bad: list[tuple[Path, str]]
    read: int
    dropped: int


def common_size(entries: Sequence[OpenGaitEntry]) -> Size | None:
    """Find out the size of most sequences on disk from a few, spread over all; none if none can be read."""
    sample = sorted({round(place) for place in np.linspace(0, len(entries) - 1, min(SAMPLES, len(entries)))})
    rest = (place for place in range(len(entries)) if place not in set(sample))
    sizes = [size for place in sample if (size := _size(entries[place]))]
    if not sizes:
        return next((size for place in rest if (size := _size(entries[place]))), None)
    return max(sizes, key=sizes.count)


def transfer(
    entries: Sequence[OpenGaitEntry],
    writer: StoreWriter,
    read: Reader,
    *,
    earlier: Earlier | None = None,
    progress: bool = False,
) -> Transferred:
    """Put sequences into a store in their order: from an earlier store, or from their files.

    Args:
        entries: the sequences.
        writer: the store to be; what it holds already (a killed import's) is left alone.
        read: reads sequences.
        earlier: what need not be read again. Of a file that can no longer be read, the old frames are kept.
        progress: show a bar on standard error.
    """
    bad: list[tuple[Path, str]] = []
    count = dropped = 0
    known = earlier.unchanged if earlier else frozenset()
    left = [entry for entry in entries if entry.key not in writer]
    bar = _Bar(
        total=len(entries),
        initial=len(entries) - len(left),
        desc="import",
        unit="sequence",
        disable=not progress,
    )
    with bar, closing(read.each(left, known)) as found:
        for entry, outcome in found:
            if outcome.packed is not None:
                writer.add_packed(entry.key, outcome.packed, entry.source, outcome.content)
                count, dropped = count + 1, dropped + outcome.dropped
            elif earlier and entry.key in earlier.positions:
                earlier.give(entry.key, writer)
            if outcome.reason:
                bad.append((entry.path, outcome.reason))
            bar.update()
    return Transferred(bad, count, dropped)


def _size(entry: OpenGaitEntry) -> Size | None:
    """Return the size of a sequence on disk, none if it cannot be read."""
    try:
        return entry.load().size
    except MimicGaitError:
        return None
