"""How long a GREW-sized ranking takes by blocks, beside a plain loop over parts with whole matrices.

Run it as `python benchmarks/ranking_scale.py [FILE]`. 6,000 probes against 24,000 gallery items, signatures
256 x 16. "Blocks" is what `mimicgait evaluate` does: rank-1 to rank-50, mAP, mINP, TAR at FAR. The plain
loop only adds up one whole matrix of distances a part and then sorts it for rank-1 and mAP. Each runs in a
process of its own, so that its peak of memory is its own; random signatures are made before the clock starts.
CPU time is what the work needs; wall time is longer on a busy machine.
"""

import json
import os
import resource
import subprocess
import sys
from time import perf_counter, process_time
from typing import Any

import numpy as np
import torch
from _result import command_line, give, made_on

from mimicgait.evaluation.protocol import Protocol
from mimicgait.evaluation.score import Figures
from mimicgait.evaluation.trials import compare
from mimicgait.types import Embeddings, SequenceKey

PROBES, GALLERY, CHANNELS, PARTS, PEOPLE, SEED, THREADS = 6_000, 24_000, 256, 16, 6_000, 0, 2
SECONDS, GIGABYTES = 60, 4


def main() -> None:
    """Measure, print and, if asked, save."""
    parser = command_line(__doc__)
    parser.add_argument("--only", choices=("blocks", "plain"), help="measure one in this process")
    parser.add_argument("--scale", type=int, default=1, help="divide both sides by this, to try it out")
    arguments = parser.parse_args()
    if arguments.only:
        print(json.dumps(measure(arguments.only, arguments.scale)))
        return
    give(compare_both(arguments.scale), arguments.out)


def compare_both(scale: int) -> dict[str, Any]:
    """Run each way in a process of its own."""
    found = {name: run(name, scale) for name in ("blocks", "plain")}
    blocks = found["blocks"]
    return {
        "benchmark": "ranking 6,000 probes against 24,000 gallery items, signatures 256 x 16",
        "probes": PROBES // scale,
        "gallery": GALLERY // scale,
        **found,
        "limit": {"seconds": SECONDS, "gigabytes": GIGABYTES, "cores": THREADS},
        "meets_limit": blocks["seconds"] < SECONDS and blocks["peak_gigabytes"] < GIGABYTES,
        "meets_limit_by_cpu_time": blocks["cpu_seconds"] < SECONDS * THREADS,
        "same_rank1": blocks["rank1"] == found["plain"]["rank1"],
        "seed": SEED,
        **made_on(np, torch),
    }


def run(name: str, scale: int) -> dict[str, Any]:
    """Measure one way in a process of its own."""
    command = [sys.executable, __file__, "--only", name, "--scale", str(scale)]
    threads = {"OMP_NUM_THREADS": str(THREADS), "MKL_NUM_THREADS": str(THREADS)}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env={**os.environ, **threads})
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def measure(name: str, scale: int) -> dict[str, Any]:
    """Seconds, CPU seconds, peak of memory in GB (libraries and signatures included), rank-1 and mAP."""
    torch.set_num_threads(THREADS)
    gallery, probe = signatures(GALLERY // scale, 1), signatures(PROBES // scale, 2)
    cpu, wall = process_time(), perf_counter()
    rank1, precision = {"blocks": by_blocks, "plain": plain}[name](probe, gallery)
    return {
        "seconds": round(perf_counter() - wall, 1),
        "cpu_seconds": round(process_time() - cpu, 1),
        "peak_gigabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2, 2),
        "rank1": round(rank1, 6),
        "mAP": round(precision, 6),
    }


def signatures(count: int, side: int) -> Embeddings:
    """Return random signatures `[count, 256, 16]` whose people lie apart by about as much as they vary."""
    generator = torch.Generator().manual_seed(SEED)
    people = torch.randn(PEOPLE, CHANNELS, 1, generator=generator)
    generator.manual_seed(SEED + side)
    values = torch.randn(count, CHANNELS, PARTS, generator=generator).mul_(3)
    values += people[torch.arange(count) % PEOPLE]
    keys = tuple(SequenceKey(f"{i % PEOPLE:05d}", f"{side:02d}", str(i)) for i in range(count))
    return Embeddings(values, keys)


def by_blocks(probe: Embeddings, gallery: Embeddings) -> tuple[float, float]:
    """Rank as the evaluation does."""
    rule = Protocol(name="scale", gallery=("01",), probe=("02",), absent="miss")
    figures = Figures.of_trials(compare(probe, gallery, rule))
    return figures.rank1, figures.mAP


def plain(probe: Embeddings, gallery: Embeddings) -> tuple[float, float]:
    """Add up a whole matrix of distances for each part, then sort each row."""
    total = torch.zeros(len(probe), len(gallery))
    for part in range(PARTS):
        a, b = probe.values[:, :, part], gallery.values[:, :, part]
        squared = (a * a).sum(1)[:, None] + (b * b).sum(1)[None, :] - 2 * a @ b.T
        total = total + squared.clamp(min=0).sqrt()
    order = (total / PARTS).argsort(1).numpy()
    people = np.array([int(key.subject) for key in gallery.keys])
    right = people[order] == np.array([int(key.subject) for key in probe.keys])[:, None]
    place = np.arange(1, right.shape[1] + 1)
    precisions = [(np.cumsum(row)[row] / place[row]).mean() if row.any() else 0.0 for row in right]
    return float(right[:, 0].mean()), float(np.mean(precisions))


if __name__ == "__main__":
    main()
