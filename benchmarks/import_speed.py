"""How long 100,000 frames of pickles take to become a store, on one core, on all cores, and a second time.

Run it as `python benchmarks/import_speed.py [FILE]`. The bounds that nobody can beat are measured beside it:
reading the bytes of the same files, and the processor time of unpickling, comparing and packing in one loop.
`cold` is what a first import meets: the system has been asked to forget the files, so they come from the
disk. Every time is the best of three.
"""

import logging
import os
import pickle
import platform
import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import joblib
import numpy as np
from _result import command_line, give

from mimicgait.data import SequenceStore, import_opengait, pack_frames
from mimicgait.data.reading import read_sequence

SEQUENCES, FRAMES, SEED, REPEATS = 1000, 100, 0, 3


def main() -> None:
    """Measure, print and, if asked, save."""
    logging.disable(logging.WARNING)
    out = command_line(__doc__).parse_args().out
    give(measure(), out)


def measure() -> dict[str, Any]:
    """Write a data set of 64x64 pickles with grey edges, import it several times, and compare."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "pickles"
        paths = write(root)
        times = {"bytes_only": clock(lambda: read_bytes(paths)), "one_loop": clock(lambda: one_loop(paths))}
        times["cold_bytes_only"] = clock(lambda: read_bytes(paths), before=lambda: forget(paths))
        cores = joblib.cpu_count()
        for workers in sorted({1, cores}):

            def load(store: Path = Path(folder) / f"store{workers}", workers: int = workers) -> None:
                import_opengait(root, store, workers=workers)

            def clean(store: Path = Path(folder) / f"store{workers}") -> None:
                shutil.rmtree(store, ignore_errors=True)

            def clean_and_forget(clean: Callable[[], None] = clean) -> None:
                clean()
                forget(paths)

            times[f"cold_import_{workers}"] = clock(load, before=clean_and_forget)
            times[f"import_{workers}"] = clock(load, before=clean)
            times[f"again_{workers}"] = clock(load)
        prints = {SequenceStore(path).fingerprint for path in Path(folder).glob("store*")}
    return {
        "benchmark": f"import of {SEQUENCES * FRAMES} frames in {SEQUENCES} pickles",
        "seconds": {
            name: {"wall": round(wall, 2), "cpu": round(cpu, 2)} for name, (wall, cpu) in times.items()
        },
        "frames_per_second": {
            name: round(SEQUENCES * FRAMES / wall) for name, (wall, _) in times.items() if "import" in name
        },
        # At the limit of the processor, all cores are in use; at that of the disk, an import takes no longer
        # than the reading of the bytes. The limit leaves out what no loop of reading has: hashes, the store.
        "cores_in_use": {name: round(cpu / wall, 2) for name, (wall, cpu) in times.items()},
        "times_the_limit": round(times[f"import_{cores}"][0] / limit(times, cores), 2),
        "times_the_disk": {
            str(n): round(times[f"cold_import_{n}"][0] / times["cold_bytes_only"][0], 2)
            for n in sorted({1, cores})
        },
        "same_store": len(prints) == 1,
        "cores": cores,
        "load": os.getloadavg()[0],
        "seed": SEED,
        "machine": f"{platform.machine()}, {platform.processor() or 'unknown processor'}",
        "versions": {
            "python": platform.python_version(),
            "numpy": np.__version__,
            "joblib": joblib.__version__,
        },
        "date": datetime.now(UTC).date().isoformat(),
    }


def limit(times: dict[str, tuple[float, float]], cores: int) -> float:
    """Seconds that no import can beat: all cores at work on what must be done, or the disk."""
    return max(times["bytes_only"][0], times["one_loop"][1] / cores)


def write(root: Path) -> list[Path]:
    """Write pickles as the field's preparation does: white people on black, grey at the edges."""
    rng = np.random.default_rng(SEED)
    y, x = np.mgrid[-1:1:64j, -1:1:64j]
    width = rng.uniform(0.2, 0.4, (FRAMES, 1, 1))
    grey = np.clip((width - np.hypot(y * 0.3, x)) * 2000 + 127, 0, 255).astype(np.uint8)
    paths = []
    for number in range(SEQUENCES):
        path = root / f"{number // 10:03d}" / f"nm-{number % 10:02d}" / "090" / "090.pkl"
        path.parent.mkdir(parents=True)
        path.write_bytes(pickle.dumps(grey[rng.permutation(FRAMES)]))
        paths.append(path)
    return paths


def read_bytes(paths: list[Path]) -> None:
    """Read all files and do nothing with them."""
    for path in paths:
        path.read_bytes()


def one_loop(paths: list[Path]) -> None:
    """Read, binarise and pack all sequences without writing anything."""
    for path in paths:
        pack_frames(read_sequence(path).frames)


def forget(paths: list[Path]) -> None:
    """Ask the system to forget the contents of files, so that the next reading comes from the disk."""
    for path in paths:
        with path.open("rb") as file:
            os.fsync(file.fileno())
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def clock(work: Callable[[], object], before: Callable[[], object] = lambda: None) -> tuple[float, float]:
    """Wall and processor seconds, of all threads together: the run of three with the least wall seconds."""
    found = []
    for _ in range(REPEATS):
        before()
        wall, cpu = perf_counter(), process_time()
        work()
        found.append((perf_counter() - wall, process_time() - cpu))
    return min(found)


if __name__ == "__main__":
    main()
