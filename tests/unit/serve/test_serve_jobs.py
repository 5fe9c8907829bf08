"""Jobs: bounded in number, cancelled, expired; what goes wrong in one leaves the others alone."""

import contextlib
import threading
import time
from dataclasses import dataclass

import pytest

from mimicgait.errors import DataError
from mimicgait.serve import BusyError, Limits, RequestError
from mimicgait.serve.isolation import AbandonedError
from mimicgait.serve.jobs import Jobs, State


@dataclass
class Thing:
    size: int = 1


@pytest.fixture
def make_jobs():
    started = []

    def make(clock=time.monotonic, **limits):
        started.append(Jobs(Limits(**limits), clock=clock))
        return started[-1]

    yield make
    for jobs in started:
        jobs.close()


def finish(job):
    job.outcome.result(10)
    return job


def test_a_job_runs_and_gives_its_result(make_jobs):
    jobs, ended = make_jobs(), []
    job = finish(jobs.submit("ann", lambda job: Thing(), after=lambda: ended.append(1)))
    assert (job.state, job.result, job.progress, ended) == (State.DONE, Thing(), 1.0, [1])
    assert jobs.get(job.id, "ann") is job


def test_a_full_queue_refuses_and_takes_more_when_there_is_room(make_jobs):
    jobs, gate = make_jobs(queue=2), threading.Event()
    first = jobs.submit("ann", lambda job: Thing(gate.wait(10)))
    while jobs.waiting:
        time.sleep(0.01)
    waiting = [jobs.submit("ann", lambda job: Thing()) for _ in range(2)]
    with pytest.raises(BusyError) as caught:
        jobs.submit("ann", lambda job: Thing())
    assert (caught.value.status, caught.value.retry_after >= 1) == (503, True)
    gate.set()
    assert [finish(job).state for job in (first, *waiting)] == [State.DONE] * 3
    assert finish(jobs.submit("ann", lambda job: Thing())).state is State.DONE


@pytest.mark.parametrize(
    ("error", "state", "status", "reason"),
    [
        (DataError("x is empty"), State.FAILED, 422, "x is empty"),
        (RequestError("no", status=404), State.FAILED, 404, "no"),
        (AbandonedError(), State.CANCELLED, 409, "cancelled"),
        (ZeroDivisionError("secret"), State.FAILED, 500, "an error of the service"),
    ],
)
def test_a_job_that_fails_says_why_and_the_worker_goes_on(make_jobs, error, state, status, reason):
    jobs, cleaned = make_jobs(), []

    def fail(job):
        raise error

    job = finish(jobs.submit("ann", fail, after=lambda: cleaned.append(1)))
    assert (job.state, job.status, cleaned) == (state, status, [1])
    assert reason in job.reason
    assert "secret" not in job.reason
    assert finish(jobs.submit("ann", lambda job: Thing())).state is State.DONE


def test_an_end_that_fails_stops_neither_the_worker_nor_who_waits(make_jobs, caplog):
    def fail():
        raise OSError("the disk is full")

    jobs = make_jobs()
    job = finish(jobs.submit("ann", lambda job: Thing(), after=fail))
    assert (job.state, job.result) == (State.DONE, Thing())
    assert "the disk is full" in caplog.text
    assert finish(jobs.submit("ann", lambda job: Thing())).state is State.DONE


def test_a_cancelled_job_that_waits_is_never_begun(make_jobs):
    jobs, gate, begun = make_jobs(), threading.Event(), []
    first = jobs.submit("ann", lambda job: Thing(gate.wait(10)))
    second = jobs.submit("ann", lambda job: begun.append(1))
    with pytest.raises(RequestError):
        jobs.cancel(second.id, "bob")
    jobs.cancel(second.id, "ann")
    gate.set()
    finish(first)
    assert (finish(second).state, begun) == (State.CANCELLED, [])


def test_results_expire_by_age_number_and_size(make_jobs):
    now = [0.0]
    jobs = make_jobs(clock=lambda: now[0], kept_jobs=3, kept_bytes=100, keep_seconds=60)

    def known(all_of):
        found = []
        for position, job in enumerate(all_of):
            with contextlib.suppress(RequestError):
                found.append(position if jobs.get(job.id, "ann") is job else -1)
        return found

    made = [finish(jobs.submit("ann", lambda job: Thing(10))) for _ in range(4)]
    assert known(made) == [1, 2, 3]
    now[0] = 30.0
    made.append(finish(jobs.submit("ann", lambda job: Thing(85))))
    assert known(made) == [3, 4]
    now[0] = 61.0
    assert known(made) == [4]
    now[0] = 91.0
    assert known(made) == []
