"""Reading the sequences of a data set, several at the same time and ahead of the one who writes them."""

import itertools
from collections.abc import Collection, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from time import perf_counter

from joblib import Parallel, delayed, effective_n_jobs
from joblib.parallel import get_active_backend

from mimicgait.data.apart import can_fork, is_pickle, read_apart
from mimicgait.data.attempts import NOT_READ, Outcome, attempt, attempt_all
from mimicgait.data.opengait import OpenGaitEntry
from mimicgait.data.reading import Size
from mimicgait.errors import ConfigError
from mimicgait.types import SequenceKey

LEAST, MOST = 4, 64
"""Sequences that each of joblib's workers gets at a time: few at first, more as long as they are read
quickly. A killed import may lose twice as many."""

QUICK = 0.2
"""Seconds: joblib looks every 10 ms whether work has ended, which must not count beside the work itself."""

TASKS = 4
"""Tasks for each of joblib's workers, so that none waits long for another; a task of one pickle would cost
half as much again as the reading of it."""

LOOK, WORTH = 0.002, 0.1
"""Seconds of reading after which the rest is estimated, and what the rest must come to for help to be sought.
A process with PyTorch in it takes some 10 ms to start and end, and must copy the memory that it changes."""

Outcomes = Generator[Outcome, None, None]


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads sequences in parallel.

    Attributes:
        workers: how many sequences are read at the same time, at most.
        size: what they have on disk; others are refused. None takes every size.
        automatic: nobody asked for a number of workers, so that a little work may be left to one.
        elsewhere: joblib was told where to work, on a cluster for example.
    """

    workers: int
    size: Size | None
    automatic: bool = False
    elsewhere: bool = False

    def each(
        self, entries: Sequence[OpenGaitEntry], known: Collection[SequenceKey] = ()
    ) -> Generator[tuple[OpenGaitEntry, Outcome], None, None]:
        """Yield sequences in their order with what reading them gave; the next ones are read meanwhile.

        Those that are known already are not read. Frames must be used before the next sequence is asked for:
        their memory may be used again. Close it when it is left early, as `contextlib.closing` does.
        """
        new = [entry for entry in entries if entry.key not in known]
        with closing(self._outcomes(new)) as outcomes:
            for entry in entries:
                yield entry, NOT_READ if entry.key in known else next(outcomes)

    def _outcomes(self, entries: Sequence[OpenGaitEntry]) -> Outcomes:
        """Choose who reads."""
        pickles = all(map(is_pickle, entries))
        apart = pickles and not self.elsewhere and can_fork()
        if self.workers == 1 or (self.automatic and pickles and not (apart or self.elsewhere)):
            return self._alone(entries)  # two threads take half as long again as one to read pickles
        if not apart:
            return self._by_joblib(entries)
        return self._as_needed(entries) if self.automatic else read_apart(entries, self.size, self.workers)

    def _alone(self, entries: Sequence[OpenGaitEntry]) -> Outcomes:
        """Read one sequence after the other."""
        for entry in entries:
            yield attempt(entry, self.size)

    def _as_needed(self, entries: Sequence[OpenGaitEntry]) -> Outcomes:
        """Begin alone; seek help as soon as what is left is seen to be worth it."""
        spent = 0.0
        for count, entry in enumerate(entries, 1):
            begun = perf_counter()
            outcome = attempt(entry, self.size)
            spent += perf_counter() - begun
            yield outcome
            if spent > LOOK and spent / count * (len(entries) - count) > WORTH:
                yield from read_apart(entries[count:], self.size, self.workers)
                return

    def _by_joblib(self, entries: Sequence[OpenGaitEntry]) -> Outcomes:
        """Read in threads, or wherever joblib was told to, and ahead of the one who writes."""
        count, start = LEAST * self.workers, 0
        ahead: Future[tuple[list[Outcome], float]] | None = None
        with Parallel(n_jobs=self.workers, prefer="threads") as pool, ThreadPoolExecutor(1) as helper:
            while ahead or start < len(entries):
                chunk = entries[start : start + count]
                start += len(chunk)
                coming = helper.submit(self._read, pool, chunk) if chunk else None
                if ahead:
                    outcomes, seconds = ahead.result()
                    count = min(2 * count, MOST * self.workers) if seconds < QUICK else count
                    yield from outcomes
                ahead = coming

    def _read(self, pool: Parallel, entries: Sequence[OpenGaitEntry]) -> tuple[list[Outcome], float]:
        """Read some sequences, and say how long it took."""
        begun = perf_counter()
        step = max(1, len(entries) // (TASKS * self.workers))
        tasks = [entries[start : start + step] for start in range(0, len(entries), step)]
        found = pool(delayed(attempt_all)(task, self.size) for task in tasks)
        return list(itertools.chain.from_iterable(found)), perf_counter() - begun


def reader(size: Size | None, workers: int) -> Reader:
    """Give a reader that uses the cores of this machine, unless joblib was told of another place.

    Pickles are read in processes (see `mimicgait.data.apart`). Images are read in threads: their decoding
    releases Python's lock. `joblib.parallel_config(backend="dask")` and its like send the work elsewhere.

    Args:
        size: what sequences must have on disk.
        workers: how many are read at the same time; -1 for one as long as more would not pay, otherwise as
            many as there are cores, or as the cluster has.

    Raises:
        ConfigError: for no workers.
    """
    if workers == 0:
        raise ConfigError("workers: expected 1 or more, or -1 for as many as there are cores, got 0")
    return Reader(effective_n_jobs(workers), size, automatic=workers < 0, elsewhere=_is_told_where())


def _is_told_where() -> bool:
    """Tell whether somebody chose a backend of joblib: otherwise it follows what we would prefer."""
    threads, processes = (type(get_active_backend(prefer=kind)[0]) for kind in ("threads", "processes"))
    return threads is processes
