"""Reading the sequences of a data set, several at the same time and ahead of the one who writes them."""

import itertools
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from joblib import Parallel, delayed, effective_n_jobs

from mimicgait.data.opengait import OpenGaitEntry
from mimicgait.data.packing import pack_frames
from mimicgait.data.reading import Size, size_name
from mimicgait.errors import ConfigError, DataError, MimicGaitError
from mimicgait.types import SequenceKey

LEAST, MOST = 4, 64
"""Sequences that each worker gets at a time: few at first, more as long as they are read quickly. A killed
import may lose twice as many."""

QUICK = 0.2
"""Seconds: joblib looks every 10 ms whether work has ended, which must not count beside the work itself."""

TASKS = 4
"""Tasks for each worker, so that none waits long for another; a task of one pickle would cost half as much
again as the reading of it."""


class Outcome(NamedTuple):
    """Packed frames `[t, 512]`, or the reason why there are none; and how many images showed nobody."""

    packed: npt.NDArray[np.uint8] | None
    reason: str = ""
    dropped: int = 0


Outcomes = list[tuple[OpenGaitEntry, Outcome]]
NOT_READ = Outcome(None)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads sequences in parallel.

    Attributes:
        pool: joblib's.
        workers: how many sequences are read at the same time.
        size: what they have on disk; others are refused. None takes every size.
    """

    pool: Parallel
    workers: int
    size: Size | None

    def each(
        self, entries: Sequence[OpenGaitEntry], known: Collection[SequenceKey] = ()
    ) -> Iterator[tuple[OpenGaitEntry, Outcome]]:
        """Yield sequences in their order with what reading them gave; the next ones are read meanwhile.

        Those that are known already are not read.
        """
        if self.workers == 1:
            for entry in entries:
                yield entry, NOT_READ if entry.key in known else attempt(entry, self.size)
            return
        count, start = LEAST * self.workers, 0
        ahead: Future[tuple[Outcomes, float]] | None = None
        with ThreadPoolExecutor(1) as helper:
            while ahead or start < len(entries):
                chunk = entries[start : start + count]
                start += len(chunk)
                coming = helper.submit(self._read, chunk, known) if chunk else None
                if ahead:
                    outcomes, seconds = ahead.result()
                    count = min(2 * count, MOST * self.workers) if seconds < QUICK else count
                    yield from outcomes
                ahead = coming

    def _read(
        self, entries: Sequence[OpenGaitEntry], known: Collection[SequenceKey]
    ) -> tuple[Outcomes, float]:
        """Read some sequences, and say how long it took."""
        begun = perf_counter()
        new = [entry for entry in entries if entry.key not in known]
        step = max(1, len(new) // (TASKS * self.workers))
        tasks = [new[start : start + step] for start in range(0, len(new), step)]
        found = self.pool(delayed(attempt_all)(task, self.size) for task in tasks)
        outcome_of = dict(
            zip((entry.key for entry in new), itertools.chain.from_iterable(found), strict=True)
        )
        return [(entry, outcome_of.get(entry.key, NOT_READ)) for entry in entries], perf_counter() - begun


@contextmanager
def readers(size: Size | None, workers: int) -> Iterator[Reader]:
    """Give a reader that works in threads, unless joblib was told of another backend.

    Decompression, comparison and packing release Python's lock, so that threads use all cores and need not
    import the package again; `joblib.parallel_config(backend="dask")` and its like send the work elsewhere.

    Args:
        size: what sequences must have on disk.
        workers: how many are read at the same time; -1 for as many as there are cores, or as the cluster has.

    Raises:
        ConfigError: for no workers.
    """
    if workers == 0:
        raise ConfigError("workers: expected 1 or more, or -1 for as many as there are cores, got 0")
    with Parallel(n_jobs=workers, prefer="threads") as pool:
        yield Reader(pool, effective_n_jobs(workers), size)


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


def attempt_all(entries: Sequence[OpenGaitEntry], size: Size | None) -> list[Outcome]:
    """Read some sequences: what one worker does before it reports."""
    return [attempt(entry, size) for entry in entries]
