"""What the number of walkers, and each kind of variation, gives to a teacher that shall know real people.

Run it as `python benchmarks/transfer.py [FILE]`. Teachers of the same settings and number of steps
(`recipes/pretrained/first.yaml`, shorter) learn from 100, 400 and 1,600 people of the size `wide`; from 400
people of whom nothing is wide; and from 400 whose bodies, gaits, cameras or segmentation alone are not. Each
is judged by rank-1 of complete sequences: on wide test walkers, on those of whom nothing is wide, and, where
vtest.avi is at hand, on its real people (see `pets.py`). What is in the folder `--runs` already is not made
or trained again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pets
import torch
from _gait import distance_for, open_network
from _result import command_line, give, made_on

from mimicgait.bench.pool import Task, run_tasks
from mimicgait.bench.recipes import overridden, read_recipe, settings
from mimicgait.data import SequenceStore
from mimicgait.evaluation import bootstrap, gather
from mimicgait.synth import SIZES, SynthConfig, write_walkers
from mimicgait.synth.walkers import WIDER
from mimicgait.training.run import load_network
from mimicgait.training.teacher import TeacherConfig, train_teacher
from mimicgait.video import Assembler, find_people

RECIPE = Path(__file__).resolve().parents[1] / "recipes" / "pretrained" / "first.yaml"
NUMBERS, PEOPLE, JUDGED = (100, 400, 1600), 400, 60
"""People of the curve; people where settings are compared; test people."""

NARROW = dict.fromkeys(WIDER, 0.0)


@dataclass(frozen=True, slots=True)
class Lesson:
    """One teacher: whom it learns from, where it is kept, and for how many steps."""

    walkers: SynthConfig
    folder: Path
    steps: int
    seed: int

    def __call__(self) -> None:
        """Make the walkers and train, unless both are there."""
        store = self.folder / "walkers"
        if not store.exists():
            write_walkers(store, self.walkers, workers=1, progress=False)
        teach(store, self.folder / "teacher", self.steps, self.seed)


def teach(store: Path, out: Path, steps: int, seed: int) -> None:
    """Train what the shipped teacher begins with, for fewer steps; nothing if it is there already."""
    loop = {"steps": steps, "seed": seed, "progress": False, "checkpoint_every": 100}
    short = overridden(read_recipe(RECIPE), {"loop": loop, "optimizer": {"warmup": steps // 45}})
    train_teacher(settings(TeacherConfig, short, train=store, out=out))


def main() -> None:
    """Measure, print and, if asked, save."""
    parser = command_line(__doc__)
    parser.add_argument("--runs", type=Path, default=Path("runs/transfer"), help="where walkers and runs are")
    parser.add_argument("--steps", type=int, default=450, help="of each training; the recipe's are ten times")
    parser.add_argument("--seed", type=int, default=0, help="of each training")
    parser.add_argument("--jobs", type=int, default=2, help="trainings at a time, each with one thread")
    parser.add_argument("--video", type=Path, help="vtest.avi, which Debian's package opencv-doc carries")
    args = parser.parse_args()
    lessons = {
        name: Lesson(walkers, args.runs / f"{name}-{args.steps}-seed-{args.seed}", args.steps, args.seed)
        for name, walkers in crowds().items()
    }
    failed = run_tasks(
        [Task(name, each) for name, each in lessons.items()], jobs=args.jobs, threads=1, say=print
    )
    if failed:
        raise SystemExit(f"not trained: {failed}; what was done is kept, give the same command again")
    give(measure(lessons, args), args.out)


def crowds() -> dict[str, SynthConfig]:
    """Whom each teacher learns from, by name."""
    wide = SIZES["wide"]["train"]
    some = replace(wide, people=PEOPLE)
    return {
        **{f"people-{number}": replace(wide, people=number) for number in NUMBERS},
        "nothing-wide": replace(some, **NARROW),
        **{f"without-{name}": replace(some, **{name: 0.0}) for name in WIDER},
    }


def measure(lessons: Mapping[str, Lesson], args: Any) -> dict[str, Any]:
    """Judge every teacher on the same people."""
    test = replace(SIZES["wide"]["test"], people=JUDGED)
    stores = {
        "wide walkers": judged(args.runs / "test-wide", test),
        "walkers of whom nothing is wide": judged(args.runs / "test-narrow", replace(test, **NARROW)),
    }
    film = real_people(args.video)
    rows = {}
    for name, lesson in lessons.items():
        run = lesson.folder / "teacher"
        rows[name] = {where: walkers_rank1(run, store) for where, store in stores.items()}
        if film is not None:
            rows[name][f"vtest.avi, {len(film)} people"] = film_rank1(run, film)
    return {
        "benchmark": "rank-1 of complete sequences by what a teacher has learned from, %",
        "steps": args.steps,
        "seed": args.seed,
        "people where settings are compared": PEOPLE,
        "test walkers": JUDGED,
        "rank-1, %": rows,
        **made_on(torch, np),
    }


def judged(folder: Path, config: SynthConfig) -> SequenceStore:
    """The test walkers, made once."""
    return SequenceStore(folder) if folder.exists() else write_walkers(folder, config, progress=False)


def walkers_rank1(run: Path, store: SequenceStore) -> dict[str, float]:
    """Rank-1 of a network on walkers, with the 95 % interval over people."""
    found = bootstrap(gather(load_network(run), store).outcomes())
    return {name: round(100 * getattr(found, name), 1) for name in ("value", "low", "high")}


def real_people(video: Path | None) -> list[Any] | None:
    """The people of the film who are seen long enough; none without the film."""
    path = next((place for place in ([video] if video else pets.PLACES) if place.exists()), None)
    if path is None:
        return None
    return [p for p in find_people(path, assembler=Assembler(mirror="left")).people if len(p) >= pets.LONG]


def film_rank1(run: Path, people: list[Any]) -> float:
    """Rank-1 of the second halves among the first ones, as filmed."""
    compare = partial(pets.compare, embed=open_network(run)[0], distance=distance_for(run))
    return compare([pets.as_filmed(person) for person in people])["complete"]


if __name__ == "__main__":
    main()
