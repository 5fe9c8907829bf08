"""The demo's settings: what is trained, for how long, and on whom.

Chosen on validation people for a CPU with two cores (docs/demo.md has the trials). Everything that the paper
fixes and that need not change for a CPU is as in the paper; what differs is said here.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from mimicgait.training.baselines import Baseline2Config
from mimicgait.training.config import BackboneConfig, BatchConfig, LoopConfig, OptimizerConfig
from mimicgait.training.distill import MimicConfig
from mimicgait.training.teacher import TeacherConfig
from mimicgait.training.visibility import VisibilityConfig

Size = Literal["tiny", "small"]


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How much of everything a size of the demo takes.

    Args:
        width: of the backbone.
        teacher: steps of the teacher.
        visibility: steps of the VEN.
        student: steps of the mimic, and of Baseline-2: both get the same.
        people: people in a batch.
        sequences: sequences of each of them.
        frames: frames of each sequence.
        singles: people whose single frames make a batch of the VEN.
        curve_people: test people on whom the curves over type and amount are drawn.
        amounts: hidden shares of the curve over the amount.
        seeds: evaluation seeds.
    """

    width: str
    teacher: int
    visibility: int
    student: int
    people: int
    sequences: int
    frames: int
    singles: int
    curve_people: int
    amounts: tuple[float, ...]
    seeds: tuple[int, ...]


RECIPES: dict[Size, Recipe] = {
    "tiny": Recipe(
        width="tiny",
        teacher=8,
        visibility=8,
        student=8,
        people=4,
        sequences=2,
        frames=4,
        singles=8,
        curve_people=3,
        amounts=(0.0, 0.5),
        seeds=(0, 1),
    ),
    "small": Recipe(
        width="small",
        teacher=620,
        visibility=550,
        student=300,
        people=16,
        sequences=4,
        frames=4,
        singles=64,
        curve_people=10,
        amounts=(0.0, 0.2, 0.4, 0.6, 0.8),
        seeds=(0, 1, 2),
    ),
}
"""`tiny` shows in seconds that everything works; `small` is the demo."""


@dataclass(frozen=True)
class Stages:
    """The settings of the four trainings."""

    teacher: TeacherConfig
    visibility: VisibilityConfig
    baseline2: Baseline2Config
    mimic: MimicConfig


def stages(recipe: Recipe, data: Path, runs: Path, *, seed: int, progress: bool) -> Stages:
    """Write out the settings of every training below `runs`, on the store `data/train`.

    Nothing is decided while they train, so the people of `data/val` are not asked: that takes time.
    """
    stores: dict[str, Any] = {"train": data / "train"}
    frames = (recipe.frames, recipe.frames)
    batch = BatchConfig(people=recipe.people, sequences=recipe.sequences, frames=frames)
    backbone = BackboneConfig(name="GaitBase", args={"width": recipe.width, "cut": True})
    student = {**stores, "batch": batch, "optimizer": _rate(1e-3, warmup=20)}
    student["loop"] = _loop(recipe.student, seed, progress)
    teacher, visibility = runs / "teacher", runs / "ven"
    return Stages(
        teacher=TeacherConfig(
            **stores,
            out=teacher,
            backbone=backbone,
            batch=batch,
            optimizer=_rate(1e-2, warmup=30),
            augment=0.0,  # a few hundred steps are too few to profit from it
            loop=_loop(recipe.teacher, seed, progress),
        ),
        visibility=VisibilityConfig(
            **stores,
            out=visibility,
            batch=BatchConfig(people=recipe.singles, sequences=2, frames=(1, 1)),
            optimizer=_rate(3e-3, warmup=20),
            loop=_loop(recipe.visibility, seed, progress),
        ),
        baseline2=Baseline2Config(
            **student, out=runs / "baseline2", backbone=backbone, initial=teacher, augment=0.0
        ),
        mimic=MimicConfig(**student, out=runs / "mimic", teacher=teacher, visibility=visibility),
    )


def _loop(steps: int, seed: int, progress: bool) -> LoopConfig:
    return LoopConfig(
        steps=steps,
        log_every=max(1, steps // 60),
        checkpoint_every=max(1, steps // 4),
        seed=seed,
        progress=progress,
    )


def _rate(highest: float, *, warmup: int) -> OptimizerConfig:
    return OptimizerConfig(name="adamw", lr=highest, weight_decay=1e-2, schedule="cosine", warmup=warmup)
