"""How long an identification takes among 100,000 people, beside brute force in NumPy.

Run it as `python benchmarks/gallery_scale.py [FILE]`. Signatures are 64 x 16 as those of the demo's GaitBase,
one walk enrolled and one to search for each person. They are made, not measured: people differ along axes
whose weight falls off, which parts share in part; walks of one person differ along a few strong axes, as
views do, and by noise. The gallery of the exact, the approximate and the NumPy search is the same file.

Each step runs in a process of its own, so that its peak of memory is its own, and its result is kept beside
FILE: a benchmark that was interrupted goes on. `--people 5000` tries it out.
"""

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt
import torch
from _result import command_line, give, made_on

from mimicgait.gallery import Gallery, MemorySearch, Signature

CHANNELS, PARTS, SEED, THREADS, CHUNK = 64, 16, 0, 2, 2_000
PROBES, STEP = 1_000, 10
"""Probes of the approximate search; every tenth of them is also searched for exactly."""

MILLISECONDS, GIGABYTES, POINTS = 50, 2, 0.5
MODEL = "synthetic"

Values = npt.NDArray[np.float32]


def main() -> None:
    """Measure, print and, if asked, save."""
    parser = command_line(__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, default=Path("runs/gallery-scale"), help="for the gallery")
    parser.add_argument("--only", choices=tuple(STEPS), help="measure one step in this process")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    database = arguments.folder / f"{arguments.people}.db"
    if arguments.only:
        torch.set_num_threads(THREADS)
        faiss.omp_set_num_threads(THREADS)
        print(json.dumps(STEPS[arguments.only](database, arguments.people)))
        return
    give(measure_all(arguments.folder, database, arguments.people), arguments.out)


def measure_all(folder: Path, database: Path, people: int) -> dict[str, Any]:
    """Run every step that has no result yet, each in a process of its own."""
    found: dict[str, Any] = {}
    for name in STEPS:
        kept = folder / f"{people}-{name}.json"
        if not kept.exists():
            kept.write_text(json.dumps(run(name, folder, people)))
        found[name] = json.loads(kept.read_text())
    quick, exact = found["approximate"], found["exact"]
    lost = 100 * (exact["rank1"] - quick["rank1_of_every_tenth"])
    return {
        "benchmark": f"identification among {people:,} people, signatures {CHANNELS} x {PARTS}",
        "people": people,
        "database_megabytes": round(database.stat().st_size / 1e6),
        **found,
        "rank1_points_lost": round(lost, 3),
        "limit": {"p95_ms": MILLISECONDS, "gigabytes": GIGABYTES, "points": POINTS, "cores": THREADS},
        "meets_limit": quick["p95_ms"] < MILLISECONDS
        and quick["peak_gigabytes"] < GIGABYTES
        and lost <= POINTS,
        "seed": SEED,
        **made_on(np, torch, faiss),
    }


def run(name: str, folder: Path, people: int) -> dict[str, Any]:
    """Measure one step in a process of its own."""
    command = [sys.executable, __file__, "--only", name, "--people", str(people), "--folder", str(folder)]
    threads = {"OMP_NUM_THREADS": str(THREADS), "OPENBLAS_NUM_THREADS": str(THREADS)}
    done = subprocess.run(
        command, check=True, stdout=subprocess.PIPE, text=True, env={**os.environ, **threads}
    )
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def enrol(database: Path, people: int) -> dict[str, Any]:
    """Enrol everybody, a few thousand at once; then some one by one, and remove them again."""
    seconds = 0.0
    with Gallery(database, key="") as gallery:
        forget_extra(gallery)  # of an earlier attempt
        for start in range(len(gallery), people, CHUNK):
            numbers = np.arange(start, min(start + CHUNK, people))
            signatures = [signature(values) for values in walks(numbers, 0)]
            begun = perf_counter()
            named = [(f"{number:06d}", [one]) for number, one in zip(numbers, signatures, strict=True)]
            gallery.enroll_many(named, consent="made of numbers")
            seconds += perf_counter() - begun
        extra = [signature(values) for values in walks(np.arange(people, people + 100), 0)]
        each = [
            timed(lambda i=i, one=one: gallery.enroll(f"extra {i}", [one], consent="made of numbers"))
            for i, one in enumerate(extra)
        ]
        removing = [timed(lambda i=i: gallery.remove(f"extra {i}")) for i in range(3)]
        forget_extra(gallery)
        gallery.store.wipe()
    return {
        "seconds_for_all": round(seconds, 1),
        "one_p95_ms": round(float(np.percentile(each, 95)), 1),
        "removal_seconds": round(max(removing) / 1000, 2),
        "peak_gigabytes": peak(),
    }


def forget_extra(gallery: Gallery) -> None:
    """Remove those who were enrolled one by one, without rewriting the file for each."""
    with gallery.store.writing() as connection:
        connection.execute("DELETE FROM person WHERE name LIKE 'extra %'")


def search(database: Path, people: int, above: int | None, step: int) -> dict[str, Any]:
    """Open the gallery and search for walks of people spread over it; the first search builds the index."""
    numbers = spread(people)[::step]
    asked = [signature(values) for values in walks(numbers, 1)]
    begun = perf_counter()
    with Gallery(database, key="", create=False, search=MemorySearch(approximate_above=above)) as gallery:
        gallery.identify(asked[0])
        opening = perf_counter() - begun
        first, milliseconds = [], []
        for one in asked:
            begun = perf_counter()
            ranking = gallery.identify(one)
            milliseconds.append(1000 * (perf_counter() - begun))
            first.append(ranking.candidates[0].name)
    right = [name == f"{number:06d}" for name, number in zip(first, numbers, strict=True)]
    return {
        "probes": len(right),
        "rank1": float(np.mean(right)),
        "rank1_of_every_tenth": float(np.mean(right[:: STEP // step])),
        "p50_ms": round(float(np.percentile(milliseconds, 50)), 2),
        "p95_ms": round(float(np.percentile(milliseconds, 95)), 2),
        "opening_seconds": round(opening, 1),
        "peak_gigabytes": peak(),
    }


def approximate(database: Path, people: int) -> dict[str, Any]:
    """Search as a gallery of this size does by itself, or with FAISS where it would compare all."""
    above = min(people // 2, MemorySearch().approximate_above or people)
    return search(database, people, above, 1)


def exact(database: Path, people: int) -> dict[str, Any]:
    """Compare with everybody, by the package's distance."""
    return search(database, people, None, STEP)


def brute_force(database: Path, people: int) -> dict[str, Any]:
    """Compare with everybody in plain NumPy: all signatures in float32, part by part."""
    gallery = np.concatenate([walks(numbers, 0) for numbers in chunks(people)])
    gallery = gallery.astype(np.float16).astype(np.float32)
    parts = [np.ascontiguousarray(gallery[:, :, part]) for part in range(PARTS)]
    del gallery
    squares = [(part * part).sum(1) for part in parts]
    numbers = spread(people)[::STEP]
    right, milliseconds = [], []
    for number, probe in zip(numbers, walks(numbers, 1), strict=True):
        begun = perf_counter()
        total = np.zeros(people, np.float32)
        for part, values in enumerate(parts):
            own = probe[:, part]
            total += np.sqrt(np.maximum(squares[part] + own @ own - 2 * (values @ own), 0))
        right.append(int(total.argsort()[0]) == number)
        milliseconds.append(1000 * (perf_counter() - begun))
    return {
        "probes": len(right),
        "rank1": float(np.mean(right)),
        "p50_ms": round(float(np.percentile(milliseconds, 50)), 2),
        "p95_ms": round(float(np.percentile(milliseconds, 95)), 2),
        "peak_gigabytes": peak(),
    }


def spread(people: int) -> npt.NDArray[np.int64]:
    """Return the numbers of the people who are searched for, spread over all."""
    return np.linspace(0, people - 1, PROBES).astype(np.int64)


def walks(numbers: npt.NDArray[np.int64], walk: int) -> Values:
    """Return one walk `[n, 64, 16]` of each of some people; the same in any order and any chunk."""
    shape, random = (CHANNELS, PARTS), np.random.default_rng(SEED)
    axes, views = 96, 6
    falling = (np.arange(1, axes + 1) ** -0.5)[:, None, None]
    shared = random.normal(size=(axes, CHANNELS, 1)).repeat(PARTS, 2)
    of_person = falling * (shared + random.normal(size=(axes, *shape))) / 2
    of_view = random.normal(size=(views, *shape)) / 3
    found = np.empty((len(numbers), *shape), np.float32)
    for row, number in zip(found, numbers, strict=True):
        person = np.random.default_rng([SEED, int(number)]).normal(size=axes)
        drawn = np.random.default_rng([SEED, int(number), 1 + walk])
        row[:] = np.tensordot(person, of_person, 1) + np.tensordot(drawn.normal(size=views), of_view, 1)
        row += NOISE * drawn.normal(size=shape)
    return found


NOISE = 1.0
"""Noise of one number of a signature, in about the units of a person's axes."""


def chunks(people: int) -> Iterator[npt.NDArray[np.int64]]:
    """Yield the numbers of all people, some at a time."""
    for start in range(0, people, CHUNK):
        yield np.arange(start, min(start + CHUNK, people))


def signature(values: Values) -> Signature:
    """Return a signature as a network gives it."""
    return Signature(values=values, model=MODEL, frames=30, hidden=0.0)


def timed(action: Callable[[], object]) -> float:
    """Return the milliseconds that something takes."""
    begun = perf_counter()
    action()
    return 1000 * (perf_counter() - begun)


def peak() -> float:
    """Return this process's peak of memory in GB, libraries included."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2, 2)


STEPS: dict[str, Callable[[Path, int], dict[str, Any]]] = {
    "enrol": enrol,
    "approximate": approximate,
    "exact": exact,
    "brute_force": brute_force,
}

if __name__ == "__main__":
    main()
