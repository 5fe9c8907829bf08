"""Jobs: a bounded queue, a few workers, results that expire."""

import logging
import queue
import secrets
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from mimicgait.errors import MimicGaitError
from mimicgait.serve.isolation import AbandonedError
from mimicgait.serve.limits import Limits
from mimicgait.serve.refusals import BusyError, RequestError

_LOG = logging.getLogger(__name__)
_LOOK_SECONDS = 5.0
"""How often an idle worker looks for results that have expired."""


class State(StrEnum):
    """Where a job is on its way."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Result(Protocol):
    """What a job gives: anything that knows about how many bytes it holds."""

    @property
    def size(self) -> int:
        """Bytes, roughly."""


R = TypeVar("R", bound=Result)


def _nothing() -> None:
    """Do nothing."""


@dataclass(eq=False)
class Job(Generic[R]):
    """One piece of work of one client; its fields are written by the one worker that has it.

    owner: the name of the key that asked; stage: what is being done, in words; progress: share of the stage
    that is done; after: is called when the job ends, however it ends; outcome: is set then; ended: when it
    did.
    """

    id: str
    owner: str
    work: Callable[["Job[R]"], R]
    after: Callable[[], None] = _nothing
    state: State = State.QUEUED
    stage: str = "waiting for its turn"
    progress: float = 0.0
    reason: str = ""
    status: int = 200
    result: R | None = None
    cancelled: threading.Event = field(default_factory=threading.Event)
    outcome: "Future[None]" = field(default_factory=Future)
    ended: float | None = None

    def tell(self, stage: str, progress: float) -> None:
        """Say what is being done."""
        self.stage, self.progress = stage, progress


class Jobs(Generic[R]):
    """The jobs of a service: those that wait, those that run, and those whose results are still kept.

    Args:
        limits: how many of each there may be.
        clock: seconds that never go back.
        ended: is called with every job that has ended.
    """

    def __init__(
        self,
        limits: Limits,
        *,
        clock: Callable[[], float] = time.monotonic,
        ended: Callable[[Job[R]], None] = lambda job: None,
    ) -> None:
        self._limits, self._clock, self._ended = limits, clock, ended
        self._queue: queue.Queue[Job[R] | None] = queue.Queue(limits.queue)
        self._jobs: dict[str, Job[R]] = {}
        self._lock = threading.Lock()
        self._workers = [
            threading.Thread(target=self._serve, name=f"worker-{i}", daemon=True)
            for i in range(limits.workers)
        ]
        for worker in self._workers:
            worker.start()

    @property
    def waiting(self) -> int:
        """Number of jobs that nobody works on yet."""
        return self._queue.qsize()

    def submit(self, owner: str, work: Callable[[Job[R]], R], after: Callable[[], None] = _nothing) -> Job[R]:
        """Put work into the queue; `after` is called when it has ended, however that was.

        Raises:
            BusyError: if the queue is full; `after` is not called then.
        """
        job = Job(secrets.token_urlsafe(18), owner, work, after)
        with self._lock:
            self._forget_expired()
            try:
                self._queue.put_nowait(job)
            except queue.Full:
                raise BusyError(f"{self._limits.queue} jobs are waiting already: try again") from None
            self._jobs[job.id] = job
        return job

    def get(self, job_id: str, owner: str) -> Job[R]:
        """Find a job of somebody's own.

        Raises:
            RequestError: with status 404, if there is none, it has expired, or it is somebody else's.
        """
        with self._lock:
            self._forget_expired()
            job = self._jobs.get(job_id)
        if job is None or job.owner != owner:
            raise RequestError("there is no such job: it has expired, was removed, or never was", status=404)
        return job

    def cancel(self, job_id: str, owner: str) -> None:
        """Stop a job, or remove the result of one that has ended.

        Raises:
            RequestError: as `get` does.
        """
        job = self.get(job_id, owner)
        job.cancelled.set()
        with self._lock:
            self._jobs.pop(job.id, None)

    def close(self) -> None:
        """Cancel everything and wait for the workers."""
        with self._lock:
            for job in self._jobs.values():
                job.cancelled.set()
        for _ in self._workers:
            self._queue.put(None)
        for worker in self._workers:
            worker.join()

    def _serve(self) -> None:
        """Work on jobs, one after the other, until there is None."""
        while True:
            try:
                job = self._queue.get(timeout=_LOOK_SECONDS)
            except queue.Empty:
                with self._lock:
                    self._forget_expired()
                continue
            if job is None:
                return
            self._run(job)

    def _run(self, job: Job[R]) -> None:
        try:
            if job.cancelled.is_set():
                raise AbandonedError
            job.state = State.RUNNING
            job.result = job.work(job)
            job.state, job.stage, job.progress = State.DONE, "done", 1.0
        except AbandonedError:
            job.state, job.stage, job.status = State.CANCELLED, "cancelled", 409
            job.reason = "the job was cancelled"
        except MimicGaitError as error:
            job.state, job.stage, job.reason = State.FAILED, "failed", str(error)
            job.status = error.status if isinstance(error, RequestError) else 422
        except Exception:  # noqa: BLE001  (a bug of ours must end neither the worker nor the wait of a client)
            _LOG.exception("job %s failed", job.id)
            job.state, job.stage, job.status = State.FAILED, "failed", 500
            job.reason = "an error of the service; its log says more"
        try:
            job.after()
            self._ended(job)
        except Exception:  # noqa: BLE001  (the same holds for what follows the work)
            _LOG.exception("the end of job %s failed", job.id)
        job.ended = self._clock()
        job.outcome.set_result(None)

    def _forget_expired(self) -> None:
        """Drop results that are too old, too many, or too large together; the oldest go first."""
        ended = sorted(
            (job for job in self._jobs.values() if job.ended is not None), key=lambda job: job.ended or 0
        )
        oldest = self._clock() - self._limits.keep_seconds
        held = sum(job.result.size for job in ended if job.result is not None)
        for position, job in enumerate(ended):
            many = len(ended) - position > self._limits.kept_jobs
            if not (many or held > self._limits.kept_bytes or (job.ended or 0) < oldest):
                break
            held -= job.result.size if job.result is not None else 0
            del self._jobs[job.id]
