"""How long 100,000 frames of pickles take to become a store, on one core, on all cores, and a second time.

Run it as `python benchmarks/import_speed.py [FILE]`; with `--names 10`, each file stands there under ten
names, which makes a million frames. The bounds that nobody can beat are measured beside it: reading the bytes
of the same files, and the processor time of unpickling, comparing and packing in one loop. `apart` is what
all cores give when nobody waits for anybody: for each core a process that imports its part of the people into
a store of its own; two cores are seldom twice as fast as one. `cold` is what a first import meets: the system
has been asked to forget the files, so they come from the disk. `import_-1` lets the import choose the number
of its processes. Every time is the best of several, taken in turn.
"""

import logging
import os
import pickle
import resource
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

import joblib
import numpy as np
from _result import command_line, give, made_on

from mimicgait.data import SequenceStore, import_opengait, pack_frames
from mimicgait.data.reading import read_sequence

SEQUENCES, FRAMES, SEED, REPEATS = 1000, 100, 0, 5
SMALL = (50, 100, 200, 400)
"""Numbers of sequences, to see from where on a second process pays."""

Times = dict[str, tuple[float, float]]


class Work(NamedTuple):
    """What is timed, and what must be done before."""

    do: Callable[[], object]
    prepare: Callable[[], object] = lambda: None


def main() -> None:
    """Measure, print and, if asked, save."""
    logging.disable(logging.WARNING)
    parser = command_line(__doc__)
    parser.add_argument("--names", type=int, default=1, help="names of each file")
    parser.add_argument("--repeats", type=int, default=REPEATS, help="times that each thing is done")
    parser.add_argument("--data", type=Path, help="where to make the data and keep it, or where it is")
    parser.add_argument("--warm", action="store_true", help="leave out the disk, and small imports")
    args = parser.parse_args()
    with place(args.data) as folder:
        give(measure(folder, args.names, args.repeats, only_warm=args.warm or args.names > 1), args.out)


@contextmanager
def place(kept: Path | None) -> Iterator[Path]:
    """Give a folder for the data, which vanishes if nobody named one."""
    if kept is not None:
        yield kept
        return
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def measure(folder: Path, names: int, repeats: int, *, only_warm: bool) -> dict[str, Any]:
    """Write a data set of 64x64 pickles with grey edges, import it several times, and compare."""
    root = data(folder, names)
    paths = sorted(root.rglob("*.pkl"))
    cores = joblib.cpu_count()
    workers = (1, cores, -1)
    works = warm(root, paths, workers) | {"apart": independent(shares(root, paths, cores))}
    times = clock(works, repeats)
    prints = {SequenceStore(store_of(root, number)).fingerprint for number in workers}
    small = {}
    if not only_warm:
        times |= clock(cold(root, paths, (1, cores)), repeats)
        small = {
            str(count): crossover(part(root, paths[:count], f"first {count}"), cores, repeats)
            for count in SMALL
        }
    frames = len(paths) * FRAMES
    return {
        "benchmark": f"import of {frames} frames in {len(paths)} pickles",
        "seconds": {
            name: {"wall": round(wall, 3), "cpu": round(cpu, 3)} for name, (wall, cpu) in times.items()
        },
        "frames_per_second": {
            name: round(frames / wall) for name, (wall, _) in times.items() if "import" in name
        },
        # At the limit of the processor, an import takes no longer than imports that know nothing of each
        # other; at that of the disk, no longer than the reading of the bytes. The limit below leaves out, in
        # addition, what no loop of reading has: hashes, the store.
        "times_independent_imports": round(times[f"import_{cores}"][0] / times["apart"][0], 2),
        "cores_in_use": {name: round(cpu / wall, 2) for name, (wall, cpu) in times.items()},
        "speed_up": round(times["import_1"][0] / times[f"import_{cores}"][0], 2),
        "times_the_limit": round(times[f"import_{cores}"][0] / limit(times, cores), 2),
        **({"wall_seconds_of_few_sequences": small} if small else {}),
        "same_store": len(prints) == 1,
        "cores": cores,
        "repeats": repeats,
        "seed": SEED,
        **made_on(np, joblib),
    }


def warm(root: Path, paths: list[Path], workers: Sequence[int]) -> dict[str, Work]:
    """Read everything and import it, a first and a second time, from memory."""
    works = {"bytes_only": Work(lambda: read_bytes(paths)), "one_loop": Work(lambda: one_loop(paths))}
    for number in workers:
        works[f"import_{number}"] = import_of(root, number)
        works[f"again_{number}"] = Work(import_of(root, number).do)
    return works


def cold(root: Path, paths: list[Path], workers: Sequence[int]) -> dict[str, Work]:
    """Read and import what the system has forgotten."""
    works = {"cold_bytes_only": Work(lambda: read_bytes(paths), lambda: forget(paths))}
    return works | {f"cold_import_{number}": import_of(root, number, paths) for number in workers}


def crossover(root: Path, cores: int, repeats: int) -> dict[str, float]:
    """Import a few sequences on one core, on all, and as the import itself chooses: wall seconds of each."""
    times = clock({str(number): import_of(root, number) for number in (1, cores, -1)}, repeats)
    return {name: round(wall, 3) for name, (wall, _) in times.items()}


def import_of(root: Path, workers: int, forgotten: Iterable[Path] = ()) -> Work:
    """Import a data set into a store that is not there yet."""
    store = store_of(root, workers)

    def clean() -> None:
        shutil.rmtree(store, ignore_errors=True)
        forget(forgotten)

    return Work(lambda: import_opengait(root, store, workers=workers), clean)


def store_of(root: Path, workers: int) -> Path:
    """Name the store of a data set."""
    return root.with_name(f"store of {root.name} by {workers}")


def limit(times: Times, cores: int) -> float:
    """Seconds that no import can beat: all cores at work on what must be done, or the disk."""
    return max(times["bytes_only"][0], times["one_loop"][1] / cores)


def data(folder: Path, names: int) -> Path:
    """Make the data, unless it is there."""
    first, root = folder / "pickles", folder / f"pickles by {names}"
    if not first.exists():
        write(first)
    if names == 1:
        return first
    for path in first.rglob("*.pkl"):
        person, *rest = path.relative_to(first).parts
        for number in range(names):
            link(path, root.joinpath(f"{person}{number}", *rest))
    return root


def part(root: Path, paths: Sequence[Path], name: str) -> Path:
    """Make a data set of some sequences of another."""
    few = root.with_name(f"{name} of {root.name}")
    for path in paths:
        link(path, few / path.relative_to(root))
    return few


def shares(root: Path, paths: list[Path], cores: int) -> list[Path]:
    """Divide the people of a data set among the cores."""
    bounds = [round(len(paths) * core / cores) for core in range(cores + 1)]
    return [part(root, paths[begin:end], f"from {begin}") for begin, end in pairwise(bounds)]


def independent(roots: Sequence[Path]) -> Work:
    """Import each data set in a process of its own, all at the same time."""
    works = [import_of(root, 1) for root in roots]

    def clean() -> None:
        for work in works:
            work.prepare()

    return Work(lambda: in_processes([work.do for work in works]), clean)


def in_processes(tasks: Iterable[Callable[[], object]]) -> None:
    """Do each task in a forked process."""
    processes = [get_context("fork").Process(target=task) for task in tasks]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
        if process.exitcode:
            raise RuntimeError(f"a process ended with {process.exitcode}")


def link(path: Path, name: Path) -> None:
    """Give a file one more name."""
    name.parent.mkdir(parents=True, exist_ok=True)
    if not name.exists():
        name.hardlink_to(path)


def write(root: Path) -> None:
    """Write pickles as the field's preparation does: white people on black, grey at the edges."""
    rng = np.random.default_rng(SEED)
    y, x = np.mgrid[-1:1:64j, -1:1:64j]
    width = rng.uniform(0.2, 0.4, (FRAMES, 1, 1))
    grey = np.clip((width - np.hypot(y * 0.3, x)) * 2000 + 127, 0, 255).astype(np.uint8)
    for number in range(SEQUENCES):
        path = root / f"{number // 10:03d}" / f"nm-{number % 10:02d}" / "090" / "090.pkl"
        path.parent.mkdir(parents=True)
        path.write_bytes(pickle.dumps(grey[rng.permutation(FRAMES)]))


def read_bytes(paths: list[Path]) -> None:
    """Read all files and do nothing with them."""
    for path in paths:
        path.read_bytes()


def one_loop(paths: list[Path]) -> None:
    """Read, binarise and pack all sequences without writing anything."""
    for path in paths:
        pack_frames(read_sequence(path).frames)


def forget(paths: Iterable[Path]) -> None:
    """Ask the system to forget the contents of files, so that the next reading comes from the disk."""
    for path in paths:
        with path.open("rb") as file:
            os.fsync(file.fileno())
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def clock(works: dict[str, Work], repeats: int) -> Times:
    """Wall and processor seconds, of all threads and processes: of each work the run with the least wall.

    The works take turns, so that a moment in which the machine is busy does not hit one of them alone.
    """
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in works}
    for _ in range(repeats):
        for name, work in works.items():
            work.prepare()
            wall, cpu = perf_counter(), used()
            work.do()
            found[name].append((perf_counter() - wall, used() - cpu))
    return {name: min(runs) for name, runs in found.items()}


def used() -> float:
    """Processor seconds of this process, and of those that it started and that have ended."""
    own, others = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime


if __name__ == "__main__":
    main()
