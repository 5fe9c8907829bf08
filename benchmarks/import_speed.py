"""How long 100,000 frames of pickles take to become a store, on one core, on all cores, and a second time.

Run it as `python benchmarks/import_speed.py [FILE]`. The bounds that nobody can beat are measured beside it:
reading the bytes of the same files, and the processor time of unpickling, comparing and packing in one loop.
"""

import argparse
import json
import logging
import os
import pickle
import platform
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import joblib
import numpy as np

from mimicgait.data import SequenceStore, import_opengait, pack_frames
from mimicgait.data.reading import read_sequence

SEQUENCES, FRAMES, SEED = 1000, 100, 0


def main() -> None:
    """Measure, print and, if asked, save."""
    logging.disable(logging.WARNING)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, nargs="?", help="where to save the JSON")
    out = parser.parse_args().out
    text = json.dumps(measure(), indent=2)
    print(text)
    if out:
        out.write_text(text + "\n")


def measure() -> dict[str, Any]:
    """Write a data set of 64x64 pickles with grey edges, import it several times, and compare."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "pickles"
        paths = write(root)
        times = {"bytes_only": clock(lambda: read_bytes(paths)), "one_loop": clock(lambda: one_loop(paths))}
        for workers in (1, joblib.cpu_count()):
            store = Path(folder) / f"store{workers}"
            times[f"import_{workers}"] = clock(lambda w=workers, s=store: import_opengait(root, s, workers=w))
            times[f"again_{workers}"] = clock(lambda w=workers, s=store: import_opengait(root, s, workers=w))
        cores = joblib.cpu_count()
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


def clock(work: Callable[[], object]) -> tuple[float, float]:
    """Wall and processor seconds of some work, of all threads together."""
    wall, cpu = perf_counter(), process_time()
    work()
    return perf_counter() - wall, process_time() - cpu


if __name__ == "__main__":
    main()
