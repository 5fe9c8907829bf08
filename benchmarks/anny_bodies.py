"""Would bodies of Anny, a model of real shapes, teach more than the walkers' parametric figure?

Run it as `pip install anny && python benchmarks/anny_bodies.py [FILE]`. Two crowds walk alike, before the
same cameras and with the same faults, without coats and bags: one with the parametric figure, one with bodies
of Anny (Apache 2.0; Bregier et al., 2025), grown-ups, drawn as its authors calibrated them. The same teacher
learns from each and is judged on others of both crowds, on wide walkers and, where vtest.avi is at hand, on
its real people (see `pets.py`). Beside it: the time of a frame. What is in the folder `--runs` already is not
made or trained again; a contact sheet of both crowds is left there.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import Any

import cv2
import numpy as np
import torch
from _anny import Crowd, Shape, masks_of, moved
from _result import command_line, give, made_on
from transfer import JUDGED, NARROW, film_rank1, judged, real_people, teach, walkers_rank1

from mimicgait.bench.pool import Task, run_tasks
from mimicgait.data import SequenceStore, StoreWriter, normalise_sequence
from mimicgait.synth import SIZES, SynthConfig
from mimicgait.synth.anatomy import build_figure
from mimicgait.synth.camera import see
from mimicgait.synth.faults import spoil
from mimicgait.synth.render import draw, follow, outlines
from mimicgait.synth.scene import Scene
from mimicgait.synth.skeleton import pose
from mimicgait.synth.walkers import draw_scene
from mimicgait.types import Frames, SequenceKey, Silhouettes

PEOPLE, FRAMES, TIMED = 400, 16, 20
"""People to learn from; frames of a sequence; sequences whose time is taken."""


def bare(scene: Scene) -> Scene:
    """The same walk with hair and everyday clothes as thin as the parametric figure can have them."""
    return replace(scene, body=replace(scene.body, style=dict.fromkeys(scene.body.style, 0.0)))


def figure_masks(scene: Scene) -> Frames:
    """The parametric figure's masks."""
    solid = build_figure(scene.body).solid()
    posed = pose(scene.body, scene.gait, scene.phase, scene.seconds)
    polygons = outlines(see(scene.camera, posed, solid), solid.hulls)
    return draw(polygons, follow(polygons))


def anny_masks(scene: Scene, shape: Shape) -> Frames:
    """Masks of a body of Anny that walks the same way."""
    posed = pose(shape.body, scene.gait, scene.phase, scene.seconds)
    return masks_of(moved(shape, posed), shape.edges, scene.camera)


def walks(config: SynthConfig, crowd: Crowd | None) -> Iterator[Silhouettes]:
    """All sequences of a crowd, everyone without a coat or a bag."""
    for number in range(config.start, config.start + config.people):
        shape = None
        for sequence in range(config.sequences):
            scene = bare(draw_scene(config, number, sequence, "nm"))
            if crowd is not None and shape is None:
                shape = crowd.shape(number - config.start, scene.body)
            masks = figure_masks(scene) if shape is None else anny_masks(scene, shape)
            faults = scene.faults
            frames = normalise_sequence(masks if faults is None else spoil(masks, faults)).frames
            view = f"{round(scene.camera.azimuth) % 360:03d}e{round(scene.camera.elevation):02d}"
            yield Silhouettes(SequenceKey(f"p{number:05d}", f"nm-{sequence + 1:02d}", view), frames, "bodies")


@dataclass(frozen=True, slots=True)
class Lesson:
    """One teacher: whose bodies it learns from, and where people and network are kept."""

    crowd: str
    folder: Path
    steps: int
    seed: int

    def __call__(self) -> None:
        """Make the people and train, unless both are there."""
        people = SIZES["wide"]["train"]
        store = kept(
            self.folder / "people", self.crowd, replace(people, people=PEOPLE, frames=FRAMES, **NARROW)
        )
        teach(store.path, self.folder / "teacher", self.steps, self.seed)


def kept(folder: Path, crowd: str, config: SynthConfig) -> SequenceStore:
    """The people of a crowd on disk, made once."""
    if not folder.exists():
        bodies = Crowd(config.people, config.seed + config.start) if crowd == "anny" else None
        with StoreWriter(folder, name=f"{crowd} {config.start}", licence="CC0-1.0") as writer:
            for silhouettes in walks(config, bodies):
                writer.add(silhouettes)
    return SequenceStore(folder)


def main() -> None:
    """Measure, print and, if asked, save."""
    parser = command_line(__doc__)
    parser.add_argument("--runs", type=Path, default=Path("runs/anny"), help="where people and runs are")
    parser.add_argument("--steps", type=int, default=450, help="of each training; the recipe's are ten times")
    parser.add_argument("--seed", type=int, default=0, help="of each training")
    parser.add_argument("--jobs", type=int, default=2, help="trainings at a time, each with one thread")
    parser.add_argument("--video", type=Path, help="vtest.avi, which Debian's package opencv-doc carries")
    args = parser.parse_args()
    lessons = {
        crowd: Lesson(crowd, args.runs / f"{crowd}-{args.steps}-seed-{args.seed}", args.steps, args.seed)
        for crowd in ("figure", "anny")
    }
    tasks = [Task(name, lesson) for name, lesson in lessons.items()]
    if failed := run_tasks(tasks, jobs=args.jobs, threads=1, say=print):
        raise SystemExit(f"not trained: {failed}; what was done is kept, give the same command again")
    test = replace(SIZES["wide"]["test"], people=JUDGED)
    others = replace(test, frames=FRAMES, **NARROW)
    stores = {crowd: kept(args.runs / f"test-{crowd}", crowd, others) for crowd in lessons}
    stores["wide walkers"] = judged(args.runs / "test-wide", test)
    people = real_people(args.video)
    rows: dict[str, Any] = {}
    for name, lesson in lessons.items():
        run = lesson.folder / "teacher"
        rows[name] = {where: walkers_rank1(run, store) for where, store in stores.items()}
        if people is not None:
            rows[name][f"vtest.avi, {len(people)} people"] = film_rank1(run, people)
    draw_sheet(args.runs / "sheet.png", [stores[crowd] for crowd in lessons])
    give(
        {
            "benchmark": "rank-1 of complete sequences by whose bodies a teacher has learned from, %",
            "steps": args.steps,
            "seed": args.seed,
            "people": PEOPLE,
            "test people": JUDGED,
            "rank-1, %": rows,
            "milliseconds a frame, mask only": times(others),
            "anny": version("anny"),
            **made_on(torch, np, cv2),
        },
        args.out,
    )


def times(config: SynthConfig) -> dict[str, float]:
    """Milliseconds that a mask takes with each kind of body, one thread."""
    scenes = [bare(draw_scene(config, config.start, i, "nm")) for i in range(TIMED)]
    shape = Crowd(1, 0).shape(0, scenes[0].body)
    cv2.setNumThreads(1)
    taken = {}
    for name, film in (("figure", figure_masks), ("anny", lambda scene: anny_masks(scene, shape))):
        begin = perf_counter()
        frames = sum(len(film(scene)) for scene in scenes)
        taken[name] = round(1000 * (perf_counter() - begin) / frames, 2)
    return taken


def draw_sheet(path: Path, stores: list[SequenceStore]) -> None:
    """Eight people of each store, a row of frames each, beside one another."""
    columns = []
    for store in stores:
        chosen = range(0, len(store), max(1, len(store) // 8))[:8]
        columns.append(np.vstack([np.hstack(store[i].frames[:8]) for i in chosen]))
    cv2.imwrite(str(path), 255 * np.hstack(columns))


if __name__ == "__main__":
    main()
