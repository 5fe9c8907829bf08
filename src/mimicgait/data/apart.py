"""Reading sequences in processes beside this one, which share memory with it.

Most of a pickle's reading is many short calls, between which threads wait for each other: two are slower than
one. Processes do not wait. Forked when the sequences are known, they start in milliseconds and are told only
numbers; packed frames come back in shared memory, so that nothing but hashes and reasons goes through pipes.
"""

import gc
import logging
import mmap
import os
import signal
import sys
import threading
import warnings
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mimicgait.data.attempts import Outcome, attempt, attempt_all
from mimicgait.data.opengait import OpenGaitEntry
from mimicgait.data.packing import PACKED_BYTES
from mimicgait.data.reading import Size

_log = logging.getLogger(__name__)

TASK = 16
"""Sequences that are read before they are reported: a killed import may lose some times as many."""

SLOT_BYTES = 8 << 20
"""Shared memory for the frames of one task, of which only what is used is ever taken. What does not fit goes
through the pipe."""

AHEAD, OWN = 3, 8
"""Tasks that a helper, and that this process, may have done or begun before their turn comes."""


def is_pickle(entry: OpenGaitEntry) -> bool:
    """Tell a file of frames from a folder of images."""
    return entry.path.name.lower().endswith(".pkl")


def can_fork() -> bool:
    """Tell whether this process may be forked to read pickles.

    A forked process has the locks of its parent, but not the threads that hold them. Reading pickles takes no
    lock of the libraries that have threads of their own (decoding images does); Python's own threads must not
    be there, and Apple's libraries endure no fork at all.
    """
    return sys.platform == "linux" and threading.active_count() == 1


def read_apart(
    entries: Sequence[OpenGaitEntry], size: Size | None, workers: int
) -> Generator[Outcome, None, None]:
    """Read sequences in this process and others; yield what became of each, in their order.

    What a process that was killed leaves undone is read by this one.

    Args:
        entries: pickles.
        size: what they have on disk; others are refused. None takes every size.
        workers: number of processes, this one among them.

    Yields:
        Outcomes, whose frames must be used before the next one is asked for: their memory is used again.
    """
    tasks = range(0, len(entries), TASK)
    with _helpers(entries, size, min(workers, len(tasks)) - 1) as helpers:
        team = _Team(entries, size, helpers)
        for task in tasks:
            yield from team.outcomes(task)


class _Reply(NamedTuple):
    """What a process says of a sequence; with a length, its frames lie in the slot, one behind the other."""

    outcome: Outcome
    length: int = 0


@dataclass(eq=False, slots=True)
class _Helper:
    """A process that reads, as its parent sees it."""

    pid: int
    pipe: Connection
    slots: tuple[mmap.mmap, ...]


class _Done(NamedTuple):
    """A task that was done, and where its frames lie."""

    helper: _Helper
    slot: int
    replies: list[_Reply]


class _Team:
    """Hands tasks out to helpers, and reads itself as long as it would have to wait for them.

    A task is called by the place of its first sequence.
    """

    def __init__(self, entries: Sequence[OpenGaitEntry], size: Size | None, helpers: list[_Helper]) -> None:
        self._entries, self._size = entries, size
        self._helpers = helpers.copy()
        self._slots = deque((helper, slot) for slot in range(AHEAD) for helper in helpers)
        self._next = 0
        self._at_work: dict[int, _Helper] = {}
        self._done: dict[int, _Done] = {}
        self._own: dict[int, list[Outcome]] = {}

    def outcomes(self, task: int) -> Iterator[Outcome]:
        """Yield what became of the sequences of a task; tasks must be asked for in their order."""
        self._take_in(wait_for_it=False)
        self._hand_out()
        while task in self._at_work:
            self._take_in(wait_for_it=not self._read_ahead())
            self._hand_out()
        if task in self._done:
            done = self._done.pop(task)
            yield from _outcomes(done)
            self._slots.append((done.helper, done.slot))
        elif task in self._own:
            yield from self._own.pop(task)
        else:
            self._next = max(self._next, task + TASK)
            yield from (attempt(entry, self._size) for entry in self._entries[task : task + TASK])

    def _hand_out(self) -> None:
        """Give tasks to those who have memory for them."""
        while self._slots and self._next < len(self._entries):
            helper, slot = self._slots.popleft()
            if helper not in self._helpers:
                continue
            try:
                helper.pipe.send((self._next, slot))
            except OSError:
                self._lose(helper)
                continue
            self._at_work[self._next] = helper
            self._next += TASK

    def _read_ahead(self) -> bool:
        """Do a task that nobody has yet; false if there is none, or many are waiting for their turn."""
        task = self._next
        if task >= len(self._entries) or len(self._own) >= OWN:
            return False
        self._next += TASK
        self._own[task] = attempt_all(self._entries[task : task + TASK], self._size)
        return True

    def _take_in(self, wait_for_it: bool) -> None:
        """Receive what helpers have done by now; with `wait_for_it`, something at least."""
        ready = wait([helper.pipe for helper in self._helpers], None if wait_for_it else 0)
        for helper in [helper for helper in self._helpers if helper.pipe in ready]:
            try:
                task, slot, replies = helper.pipe.recv()
            except (EOFError, OSError):
                self._lose(helper)
                continue
            del self._at_work[task]
            self._done[task] = _Done(helper, slot, replies)

    def _lose(self, helper: _Helper) -> None:
        """Go on without a helper that has ended; what it did not report is read here."""
        self._helpers.remove(helper)
        self._at_work = {task: other for task, other in self._at_work.items() if other is not helper}
        _end(helper)
        _log.warning(
            "a process that read sequences was ended, by lack of memory perhaps: its part is read here"
        )


def _outcomes(done: _Done) -> Iterator[Outcome]:
    """Yield the outcomes of a task with their frames `[t, 512]`."""
    memory = np.frombuffer(done.helper.slots[done.slot], np.uint8).reshape(-1, PACKED_BYTES)
    start = 0
    for outcome, length in done.replies:
        yield outcome._replace(packed=memory[start : start + length]) if length else outcome
        start += length


@contextmanager
def _helpers(entries: Sequence[OpenGaitEntry], size: Size | None, count: int) -> Iterator[list[_Helper]]:
    """Start processes, and end them whatever happens."""
    helpers: list[_Helper] = []
    try:
        with suppress(OSError):  # no more processes, or no more memory: those that there are will do
            for _ in range(count):
                helpers.append(_start(entries, size))
        yield helpers
    finally:
        for helper in helpers:
            _end(helper)


def _start(entries: Sequence[OpenGaitEntry], size: Size | None) -> _Helper:
    """Start a process; everything it must know it has from its parent's memory."""
    slots = tuple(mmap.mmap(-1, SLOT_BYTES) for _ in range(AHEAD))
    ours, theirs = Pipe()
    with warnings.catch_warnings():  # of threads in the parent: see `can_fork`
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid == 0:
        try:
            _work(theirs, entries, size, slots)
        finally:
            os._exit(0)
    theirs.close()
    return _Helper(pid, ours, slots)


def _end(helper: _Helper) -> None:
    """End a process, which has nothing to lose, once: later its number may be another's."""
    if helper.pipe.closed:
        return
    helper.pipe.close()
    with suppress(ProcessLookupError, ChildProcessError):
        os.kill(helper.pid, signal.SIGKILL)
        os.waitpid(helper.pid, 0)


def _work(
    pipe: Connection, entries: Sequence[OpenGaitEntry], size: Size | None, slots: Sequence[mmap.mmap]
) -> None:
    """Do tasks until there are no more: what a process is for."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is told, too, and ends this process
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    gc.freeze()  # a collection would write to, and so copy, all memory that is shared with the parent
    os.closerange(3, pipe.fileno())  # among them a lock on the store, which must not outlive the parent
    os.closerange(pipe.fileno() + 1, os.sysconf("SC_OPEN_MAX"))
    memories = [np.frombuffer(slot, np.uint8) for slot in slots]
    with suppress(EOFError, OSError):
        while True:
            task, slot = pipe.recv()
            part = entries[task : task + TASK]
            pipe.send((task, slot, list(_replies(part, size, memories[slot]))))


def _replies(
    entries: Sequence[OpenGaitEntry], size: Size | None, memory: npt.NDArray[np.uint8]
) -> Iterator[_Reply]:
    """Read sequences and put their frames into shared memory, as long as they fit."""
    start = 0
    for entry in entries:
        outcome = attempt(entry, size)
        packed = outcome.packed
        if packed is None or start + packed.nbytes > len(memory):
            yield _Reply(outcome)
        else:
            memory[start : start + packed.nbytes] = packed.reshape(-1)
            start += packed.nbytes
            yield _Reply(outcome._replace(packed=None), len(packed))
