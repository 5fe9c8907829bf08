"""Reading the sequences of a data set in parallel, and putting them into a store in their order."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
from joblib import Parallel, delayed
from tqdm import tqdm

from mimicgait.data.earlier import Earlier, Outcome, Reader
from mimicgait.data.opengait import OpenGaitEntry
from mimicgait.data.packing import pack_frames
from mimicgait.data.reading import Size, size_name
from mimicgait.data.store import StoreWriter
from mimicgait.errors import DataError, MimicGaitError

SAMPLES = 9
"""Sequences that are looked at to find out the size of all."""


class Transferred(NamedTuple):
    """The files that could not be read, each with the reason; sequences that were read; images left out."""

    bad: list[tuple[Path, str]]
    read: int
    dropped: int


def attempt(entry: OpenGaitEntry, size: Size | None) -> Outcome:
    """Read one sequence, or say why that is not possible; `size` is what the others have on disk."""
    try:
        read = entry.load()
        if size is not None and read.size != size:
            raise DataError(
                f"is of size {size_name(read.size)}, expected {size_name(size)}: import each size on its own"
            )
        return Outcome(pack_frames(read.frames), dropped=read.dropped)
    except MimicGaitError as error:
        return Outcome(None, str(error).removeprefix(f"{entry.path}: "))


def common_size(entries: Sequence[OpenGaitEntry]) -> Size | None:
    """Find out the size of most sequences on disk from a few, spread over all; none if none can be read."""
    sample = sorted({round(place) for place in np.linspace(0, len(entries) - 1, min(SAMPLES, len(entries)))})
    rest = (place for place in range(len(entries)) if place not in set(sample))
    sizes = [size for place in sample if (size := _size(entries[place]))]
    if not sizes:
        return next((size for place in rest if (size := _size(entries[place]))), None)
    return max(sizes, key=sizes.count)


@contextmanager
def readers(size: Size | None, workers: int) -> Iterator[Reader]:
    """Give a function that reads sequences in parallel, in threads unless joblib was told of another backend.

    Decompression, comparison and packing release Python's lock, so that threads use all cores and need not
    import the package again; `joblib.parallel_config(backend="dask")` and its like send the work elsewhere.
    """
    with Parallel(n_jobs=workers, prefer="threads") as pool:
        yield lambda entries: list(pool(delayed(attempt)(entry, size) for entry in entries))


def transfer(
    entries: Sequence[OpenGaitEntry],
    writer: StoreWriter,
    read: Reader,
    *,
    earlier: Earlier | None = None,
    ahead: int = 1,
    progress: bool = False,
) -> Transferred:
    """Put sequences into a store in their order: from an earlier store, or from their files.

    Args:
        entries: the sequences.
        writer: the store to be; what it holds already (a killed import's) is left alone.
        read: reads sequences.
        earlier: what need not be read again. Of a file that can no longer be read, the old frames are kept.
        ahead: how many sequences are read at a time.
        progress: show a bar on standard error.
    """
    bad: list[tuple[Path, str]] = []
    count = dropped = 0
    known = earlier.unchanged if earlier else frozenset()
    with tqdm(total=len(entries), desc="import", unit="sequence", disable=not progress) as bar:
        for start in range(0, len(entries), ahead):
            chunk = [entry for entry in entries[start : start + ahead] if entry.key not in writer]
            new = [entry for entry in chunk if entry.key not in known]
            outcomes = dict(zip((entry.key for entry in new), read(new) if new else (), strict=True))
            for entry in chunk:
                outcome = outcomes.get(entry.key, Outcome(None))
                if outcome.packed is not None:
                    writer.add_packed(entry.key, outcome.packed, entry.source)
                    count, dropped = count + 1, dropped + outcome.dropped
                elif earlier and entry.key in earlier.positions:
                    earlier.give(entry.key, writer)
                if outcome.reason:
                    bad.append((entry.path, outcome.reason))
            bar.update(min(ahead, len(entries) - start))
    return Transferred(bad, count, dropped)


def _size(entry: OpenGaitEntry) -> Size | None:
    """Return the size of a sequence on disk, none if it cannot be read."""
    try:
        return entry.load().size
    except MimicGaitError:
        return None
