"""Fifty walkers who cross each other in front of a camera: from pixels to names, against the truth.

Run it as `python benchmarks/crossing_walkers.py [FILE] [--model RUN] [--people N]`. Everybody walks through
three films, five people in each: one is enrolled, two are looked for. Half of the people set the threshold
for strangers, the other half is measured, then the other way round. A stranger is a probe whose own person
was taken out of the gallery.
"""

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
from _crossing_scene import Film, cast, write_film
from _gait import Array, about, distances, open_network
from _result import command_line, give
from scipy.optimize import linear_sum_assignment

from mimicgait.types import Frames
from mimicgait.video import Assembler, BackgroundSubtraction, Box, Linker, Track, Tracker, VideoReader

TOGETHER, WALKS, FIRST = 5, 3, 5000
"""People in a film, films of each person, number of the first synthetic person (nobody trains on these)."""

FPIR, OVERLAP, SEED = 0.01, 0.5, 3


class Seen(NamedTuple):
    """What was found in one film: counts for IDF1, and silhouettes `[t, 64, 64]` by person and walk."""

    matched: int
    truth: int
    tracked: int
    switches: int
    people: int
    walks: list[tuple[int, int, Frames]]
    truth_walks: list[tuple[int, int, Frames]]


def main() -> None:
    """Measure, print and, if asked, save."""
    parser = command_line(__doc__)
    parser.add_argument("--model", type=Path, help="run folder of a trained network; by default the demo's")
    parser.add_argument("--people", type=int, default=50, help="how many walkers, a multiple of 10")
    options = parser.parse_args()
    give(measure(options.model, options.people), options.out)


def measure(model: Path | None, people: int) -> dict[str, Any]:
    """Film, track, embed, compare."""
    began = perf_counter()
    rng = np.random.default_rng(SEED)
    jobs = []
    for walk in range(WALKS):
        mixed = rng.permutation(people) + FIRST  # other company in every film
        groups = mixed.reshape(-1, TOGETHER).tolist()
        jobs += [(group, walk, SEED + 1000 * walk + number) for number, group in enumerate(groups)]
    with TemporaryDirectory() as folder, ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        films = list(pool.map(look, [folder] * len(jobs), *zip(*jobs, strict=True)))
    embed, name = open_network(model)
    walks = [walk for film in films for walk in film.walks]
    true = [walk for film in films for walk in film.truth_walks]
    return {
        "benchmark": "fifty walkers who cross: tracks, and names from pixels",
        "network": name,
        "films": len(films),
        "people": people,
        "tracks": tracking(films),
        "walks found, of all": f"{len(walks)} of {people * WALKS}",
        "identification, from pixels": identification(walks, embed, people),
        "identification, true outlines (the network's own limit)": identification(true, embed, people),
        "seconds": round(perf_counter() - began),
        "seed": SEED,
        **about(),
    }


def look(folder: str, group: list[int], walk: int, seed: int) -> Seen:
    """Make one film, read it back and find the people in it."""
    cv2.setNumThreads(1)
    film = write_film(cast(group, walk, seed), Path(folder) / f"{walk}_{seed}.mp4", seed)
    frames = BackgroundSubtraction().segment(VideoReader(film.path))
    tracks = Linker().link(list(Tracker().track(frames)))
    film.path.unlink()
    hits = overlaps(film, tracks)
    rows, columns = linear_sum_assignment(-hits.sum(axis=2))
    owners = {int(column): int(row) for row, column in zip(rows, columns, strict=True)}
    assembler, walks = Assembler(mirror="left"), []
    for number, track in enumerate(tracks):
        person, _ = assembler.assemble(track, film.path.name)
        if person is not None:
            # A track that changed persons is whose it is for most of the time: its errors stay in the result.
            owner = int(hits[:, number].sum(axis=1).argmax())
            walks.append((film.people[owner], walk, person.frames))
    best = hits[rows, columns].sum()
    return Seen(
        matched=int(best),
        truth=int((film.boxes[..., 3] > 0).sum()),
        tracked=sum(len(track.observations) for track in tracks),
        switches=switches(hits),
        people=len({owners[number] for number in owners if hits[owners[number], number].sum() >= 30}),
        walks=_longest(walks),
        truth_walks=[(p, walk, own) for p, own in zip(film.people, film.outlines, strict=True)],
    )


def _longest(walks: list[tuple[int, int, Frames]]) -> list[tuple[int, int, Frames]]:
    """Keep the longest piece of everybody."""
    best: dict[int, tuple[int, int, Frames]] = {}
    for entry in walks:
        if entry[0] not in best or len(entry[2]) > len(best[entry[0]][2]):
            best[entry[0]] = entry
    return list(best.values())


def overlaps(film: Film, tracks: list[Track]) -> npt.NDArray[np.bool_]:
    """Where a track lies on a person, `[person, track, frame]`: boxes of an overlap of a half."""
    people, length = film.boxes.shape[:2]
    hits = np.zeros((people, len(tracks), length), np.bool_)
    for number, track in enumerate(tracks):
        for observation in track.observations:
            t = observation.index
            for person in np.flatnonzero(film.boxes[:, t, 3] > 0):
                hits[person, number, t] = Box(*film.boxes[person, t]).iou(observation.box) >= OVERLAP
    return hits


def switches(hits: npt.NDArray[np.bool_]) -> int:
    """How often the track that lies on a person becomes another one."""
    count = 0
    for person in hits:
        owners = [int(frame.argmax()) for frame in person.T if frame.any()]
        count += sum(a != b for a, b in pairwise(owners))
    return count


def tracking(films: list[Seen]) -> dict[str, Any]:
    """IDF1 over all films: one track a person, over what is there and what was tracked."""
    matched, truth, tracked = (
        sum(getattr(film, key) for film in films) for key in ("matched", "truth", "tracked")
    )
    return {
        "IDF1, %": round(200 * matched / (truth + tracked), 1),
        "identity recall, %": round(100 * matched / truth, 1),
        "identity precision, %": round(100 * matched / tracked, 1),
        "switches a film": round(sum(film.switches for film in films) / len(films), 2),
        "people followed for 30 frames or more": sum(film.people for film in films),
    }


def identification(
    walks: list[tuple[int, int, Frames]], embed: Callable[[Frames], Any], people: int
) -> dict[str, Any]:
    """Rank-1, and strangers rejected at the threshold that the other half sets."""
    keys = np.array([(person, walk) for person, walk, _ in walks])
    values = [embed(frames) for _, _, frames in walks]
    gallery, probes = np.flatnonzero(keys[:, 1] == 0), np.flatnonzero(keys[:, 1] > 0)
    matrix = distances([values[i] for i in probes], [values[i] for i in gallery])
    wanted, known = keys[probes, 0], keys[gallery, 0]
    right = known[matrix.argmin(axis=1)] == wanted
    halves = [np.isin(np.arange(people) + FIRST, range(FIRST + h, FIRST + people, 2)) for h in (0, 1)]
    sides = [np.flatnonzero(half) + FIRST for half in halves]
    scores = [open_set(matrix, wanted, known, sides[h], sides[1 - h]) for h in (0, 1)]
    rejected, named, trials = (np.array([score[k] for score in scores]) for k in range(3))
    return {
        "rank-1, % (everybody enrolled)": round(100 * float(right.mean()), 1),
        "probes": len(probes),
        "strangers rejected, % (threshold for FPIR 1 % on the other half)": round(
            100 * float((rejected * trials).sum() / trials.sum()), 1
        ),
        "enrolled named rightly at that threshold, %": round(
            100 * float((named * trials).sum() / trials.sum()), 1
        ),
        "stranger trials": int(trials.sum()),
    }


def open_set(
    matrix: Array, wanted: Array, known: Array, calibrate: Array, test: Array
) -> tuple[float, float, int]:
    """Of the people `test`: shares of strangers rejected and of enrolled named rightly, number of probes."""
    threshold = np.quantile(nearest_stranger(matrix, wanted, known, calibrate), FPIR, method="lower")
    strangers = nearest_stranger(matrix, wanted, known, test)
    rows, columns = np.flatnonzero(np.isin(wanted, test)), np.flatnonzero(np.isin(known, test))
    part = matrix[np.ix_(rows, columns)]
    named = (known[columns][part.argmin(axis=1)] == wanted[rows]) & (part.min(axis=1) < threshold)
    return float((strangers >= threshold).mean()), float(named.mean()), len(rows)


def nearest_stranger(matrix: Array, wanted: Array, known: Array, people: Array) -> Array:
    """Distance of every probe of some people to the nearest of the others of them: `[q]`."""
    rows, columns = np.flatnonzero(np.isin(wanted, people)), np.flatnonzero(np.isin(known, people))
    part = matrix[np.ix_(rows, columns)].copy()
    part[wanted[rows][:, None] == known[columns][None, :]] = np.inf
    return np.asarray(part.min(axis=1))


if __name__ == "__main__":
    main()
