"""Work that waits for other work, spread over processes; what failed is listed, the rest goes on."""

import multiprocessing
import os
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass

import torch

from mimicgait.errors import MimicGaitError

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do.

    Attributes:
        name: known to the tasks that need it.
        work: called without arguments; picklable where there are several processes.
        needs: names of the tasks that come first.
    """

    name: str
    work: Callable[[], object]
    needs: tuple[str, ...] = ()


def run_tasks(tasks: Iterable[Task], *, jobs: int, threads: int, say: Say) -> dict[str, str]:
    """Do all tasks, each after those that it needs, and return the reason of each that failed.

    A task whose needs failed is not begun. With one job everything happens in this process.

    Args:
        tasks: each needs only tasks of this list.
        jobs: processes.
        threads: of each process; 0 shares the cores.
        say: is told what begins.
    """
    waiting, failed, done = list(tasks), dict[str, str](), set[str]()
    threads = threads or max(1, (os.cpu_count() or 1) // jobs)
    if jobs == 1:
        before = torch.get_num_threads()
        torch.set_num_threads(threads)
        try:
            for task in waiting:
                _one(task, done, failed, say)
        finally:
            torch.set_num_threads(before)
        return failed
    context = multiprocessing.get_context("spawn")
    places = context.Queue()
    for place in range(jobs):
        places.put(place)
    with ProcessPoolExecutor(jobs, context, initializer=_begin, initargs=(threads, places)) as pool:
        running: dict[Future[object], Task] = {}
        while waiting or running:
            for task in [task for task in waiting if set(task.needs) <= done | failed.keys()]:
                waiting.remove(task)
                if not _hopeless(task, failed):
                    say(task.name)
                    running[pool.submit(task.work)] = task
            if not running:
                failed |= {task.name: "waits for itself" for task in waiting}
                break
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                _settle(future, running.pop(future), done, failed)
    return failed


def _one(task: Task, done: set[str], failed: dict[str, str], say: Say) -> None:
    """Do one task in this process."""
    if _hopeless(task, failed):
        return
    say(task.name)
    try:
        task.work()
        done.add(task.name)
    except MimicGaitError as error:
        failed[task.name] = str(error)


def _settle(future: Future[object], task: Task, done: set[str], failed: dict[str, str]) -> None:
    """Note how a task ended; a mistake of the program itself is not swallowed."""
    try:
        future.result()
        done.add(task.name)
    except MimicGaitError as error:
        failed[task.name] = str(error)
    except BrokenProcessPool:
        raise MimicGaitError(
            f"{task.name}: its process was killed, most likely for lack of memory: use fewer jobs. What was "
            "done is kept; give the same command again"
        ) from None


def _hopeless(task: Task, failed: dict[str, str]) -> bool:
    """Tell whether a task needs one that failed, and note it then."""
    missing = [need for need in task.needs if need in failed]
    if missing:
        failed[task.name] = f"needs {missing[0]}, which failed"
    return bool(missing)


def _begin(threads: int, places: "multiprocessing.Queue[int]") -> None:
    """Set up a process: its threads, and the GPU that its turn gives it."""
    torch.set_num_threads(threads)
    place = places.get()
    gpus = torch.cuda.device_count()  # counted without starting CUDA, which would fix the choice
    if gpus and "CUDA_VISIBLE_DEVICES" not in os.environ:
        os.environ["CUDA_VISIBLE_DEVICES"] = str(place % gpus)
