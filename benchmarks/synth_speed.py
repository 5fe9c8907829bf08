"""How many walkers' frames one core renders, spoils and normalises in a second.

Run it as `python benchmarks/synth_speed.py [FILE]`. The whole path is timed: drawing people, posing,
projection, polygons, faults and the normalisation that real silhouettes go through. CPU time is what a core
needs; wall time is longer on a busy machine.
"""

import platform
from datetime import UTC, datetime
from statistics import median
from time import perf_counter, process_time
from typing import Any

import cv2
import numpy as np
from _result import command_line, give

from mimicgait.synth import SynthConfig, generate

RUNS, FLOOR = 5, 2000
CONFIG = SynthConfig(people=12, sequences=8, frames=30)


def main() -> None:
    """Measure, print and, if asked, save."""
    out = command_line(__doc__).parse_args().out
    give(measure(), out)


def measure() -> dict[str, Any]:
    """Generate the same walkers several times; the medians of the runs, after one that warms up."""
    cv2.setNumThreads(1)
    runs = [once() for _ in range(RUNS + 1)][1:]
    rate = median(frames / cpu for frames, cpu, _ in runs)
    return {
        "benchmark": "walkers, rendered and normalised on one core",
        "frames_per_second": round(rate),
        "frames_per_second_wall": round(median(frames / wall for frames, _, wall in runs)),
        "floor": FLOOR,
        "meets_floor": rate >= FLOOR,
        "frames": runs[0][0],
        "runs": RUNS,
        "seed": CONFIG.seed,
        "machine": f"{platform.machine()}, {platform.processor() or 'unknown processor'}",
        "versions": {"python": platform.python_version(), "numpy": np.__version__, "opencv": cv2.__version__},
        "date": datetime.now(UTC).date().isoformat(),
    }


def once() -> tuple[int, float, float]:
    """Frames, CPU seconds and wall seconds of one run."""
    cpu, wall = process_time(), perf_counter()
    frames = sum(len(silhouettes.frames) for silhouettes in generate(CONFIG))
    return frames, process_time() - cpu, perf_counter() - wall


if __name__ == "__main__":
    main()
