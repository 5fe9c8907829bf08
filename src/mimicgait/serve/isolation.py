"""Videos of strangers are decoded in a process of their own, bounded in memory and time.

What goes wrong in a decoder, a crash included, ends that process and not the service; a job that is
cancelled ends it too.
"""

import contextlib
import multiprocessing
import sys
import time
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Event

from mimicgait.errors import MimicGaitError
from mimicgait.serve.limits import Limits
from mimicgait.serve.people import Progress, watch
from mimicgait.serve.refusals import RequestError
from mimicgait.serve.walkers import Watched, pack, unpack

_POLL_SECONDS = 0.1
_PROGRESS_SECONDS = 0.2
_FAREWELL_SECONDS = 0.5


class AbandonedError(Exception):
    """Somebody does not want the answer any more."""


def watch_isolated(path: Path, limits: Limits, progress: Progress, cancelled: Event) -> Watched:
    """Find the people of a video as `people.watch` does, in another process.

    Raises:
        RequestError: if the video cannot be used, or takes too long or too much memory.
        AbandonedError: if the event is set before the answer is there.
    """
    ours, theirs = multiprocessing.Pipe(duplex=False)
    process = _process(path, limits, theirs)
    process.start()
    theirs.close()
    deadline = time.monotonic() + limits.video_work_seconds
    try:
        while True:
            if cancelled.is_set():
                raise AbandonedError
            if time.monotonic() > deadline:
                raise RequestError("the video takes too long to read: cut it into pieces, or make it smaller")
            if ours.poll(_POLL_SECONDS) and (answer := _receive(ours, progress)) is not None:
                return answer
    except EOFError as error:
        raise RequestError(
            "the video could not be decoded: the decoder gave up on it, or needed too much memory"
        ) from error
    finally:
        ours.close()
        process.join(0 if cancelled.is_set() else _FAREWELL_SECONDS)
        process.kill()
        process.join()
        process.close()


def _process(path: Path, limits: Limits, connection: Connection) -> BaseProcess:
    """Make the other process; it is forked from one in which everything is imported, where there is fork."""
    arguments = (path, limits, connection)
    if sys.platform == "win32":
        return multiprocessing.get_context("spawn").Process(target=_child, args=arguments, daemon=True)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    return context.Process(target=_child, args=arguments, daemon=True)


def warm_up() -> None:
    """Start the process that the others are made from, so that the first video need not wait for it."""
    if sys.platform == "win32":
        return
    from multiprocessing import forkserver

    multiprocessing.get_context("forkserver").set_forkserver_preload([__name__])
    forkserver.ensure_running()


def _receive(connection: Connection, progress: Progress) -> Watched | None:
    """Take one message: a letter that says what it is, then the thing itself."""
    message = connection.recv_bytes()
    kind, content = message[:1], message[1:]
    if kind == b"p":
        progress(float(content))
        return None
    if kind == b"e":
        raise RequestError(content.decode())
    return unpack(content)


def _child(path: Path, limits: Limits, connection: Connection) -> None:
    """Read the video and send what was found; runs in the other process."""
    _bound_memory(limits.video_memory_bytes)
    last = 0.0

    def tell(share: float) -> None:
        nonlocal last
        if time.monotonic() - last > _PROGRESS_SECONDS:
            last = time.monotonic()
            connection.send_bytes(b"p%.4f" % share)

    with contextlib.suppress(BrokenPipeError):
        try:
            connection.send_bytes(b"r" + pack(watch(path, limits, tell)))
        except MimicGaitError as error:
            connection.send_bytes(b"e" + str(error).encode())
        except MemoryError:
            connection.send_bytes(b"e" + b"the video needs too much memory: make its frames smaller")


def _bound_memory(extra: int) -> None:
    """Let this process take so many bytes more than it has now, where the system can hold it to that."""
    try:
        import resource

        now = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        resource.setrlimit(resource.RLIMIT_AS, (now + extra, hard))
    except (ImportError, OSError, ValueError):
        return
