"""The work of a benchmark as jobs: what each needs first, and where its result lies."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mimicgait.bench.methods import TEACHER, Method, find_method, train
from mimicgait.bench.plan import BenchConfig
from mimicgait.bench.recipes import read_recipe, recognition_recipe, settings
from mimicgait.training.classifier import ClassifierConfig
from mimicgait.training.teacher import TeacherConfig
from mimicgait.training.visibility import VisibilityConfig

GUIDES = {"visibility": VisibilityConfig, "classifier": ClassifierConfig}


@dataclass(frozen=True, slots=True)
class Training:
    """One network to be trained.

    Attributes:
        name: of the folder below the benchmark's, such as `gaitbase/seed-0/mimic`.
        config: the stage's settings.
        needs: names of the trainings whose networks it begins with.
    """

    name: str
    config: Any
    needs: tuple[str, ...] = ()

    def run(self) -> None:
        """Train it, or find that it has been trained."""
        train(self.config)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One network to be judged.

    Attributes:
        backbone: its name in the plan.
        method: its name.
        seed: of the training.
        network: its run folder.
        teacher: the teacher's run folder, the same for Baseline-1.
        needs: the trainings that come first.
    """

    backbone: str
    method: str
    seed: int
    network: Path
    teacher: Path
    needs: tuple[str, ...]


def plan_trainings(config: BenchConfig) -> list[Training]:
    """List every training of a plan, each after those that it needs.

    Raises:
        ConfigError: if a recipe cannot be read or holds an unknown setting.
    """
    seeds = sorted({seed for name in config.backbones for seed in config.seeds_of(name)})
    wanted = {find_method(m).guide for name in config.backbones for m in config.methods_of(name)}
    recipe = read_recipe(config.visibility)
    guides = [
        Training(guide_name(guide, seed), _settings(config, kind, recipe, guide_name(guide, seed), seed))
        for guide, kind in GUIDES.items()
        if guide in wanted
        for seed in seeds
    ]
    teachers = {t.name: t for name in config.backbones for t in _teachers(config, name)}
    students = [student for name in config.backbones for student in _students(config, name)]
    return guides + _in_order(teachers) + students


def plan_candidates(config: BenchConfig) -> list[Candidate]:
    """List every network of a plan that is to be judged, teachers first."""
    found = [
        Candidate(
            backbone=name,
            method=method,
            seed=seed,
            network=config.out / run_name(name, seed, method),
            teacher=config.out / run_name(name, seed, TEACHER),
            needs=tuple({run_name(name, seed, TEACHER), run_name(name, seed, method)}),
        )
        for name in config.backbones
        for seed in config.seeds_of(name)
        for method in config.methods_of(name)
    ]
    return sorted(found, key=lambda candidate: candidate.method != TEACHER)


def run_name(backbone: str, seed: int, method: str) -> str:
    """Name the folder of a network's run."""
    return f"{backbone}/seed-{seed}/{'teacher' if method == TEACHER else method}"


def guide_name(guide: str, seed: int) -> str:
    """Name the folder of a guide's run."""
    return f"{guide}/seed-{seed}"


def _teachers(config: BenchConfig, name: str) -> Iterator[Training]:
    plan = config.backbones[name]
    recipe = read_recipe(plan.teacher)
    for seed in config.seeds_of(name):
        run, first = run_name(name, seed, TEACHER), {}
        if plan.initial is not None:
            first["initial"] = config.out / run_name(plan.initial, seed, TEACHER)
        needs = (run_name(plan.initial, seed, TEACHER),) if plan.initial is not None else ()
        yield Training(run, _settings(config, TeacherConfig, recipe, run, seed, **first), needs)


def _students(config: BenchConfig, name: str) -> Iterator[Training]:
    plan = config.backbones[name]
    own = read_recipe(plan.student)
    shared = recognition_recipe(read_recipe(plan.teacher), own)
    for seed in config.seeds_of(name):
        for method_name in config.methods_of(name):
            method = find_method(method_name)
            if method.stage is None:
                continue
            run, teacher = run_name(name, seed, method_name), run_name(name, seed, TEACHER)
            needs = {"teacher": teacher}
            if method.guide is not None:
                needs["guide"] = guide_name(method.guide, seed)
            recipe = {**(own if method.recipe == "mimic" else shared), **method.settings}
            others = _networks(method, {role: config.out / folder for role, folder in needs.items()})
            stage = _settings(config, method.stage, recipe, run, seed, **others)
            yield Training(run, stage, tuple(needs.values()))


def _networks(method: Method, folders: dict[str, Path]) -> dict[str, Path]:
    """Give the folders of teacher and guide the names that the stage's settings have for them."""
    names = {"teacher": "teacher", "guide": "visibility", **method.names}
    return {names[role]: folder for role, folder in folders.items()}


def _settings(
    config: BenchConfig, kind: type[Any], recipe: dict[str, Any], run: str, seed: int, **others: Any
) -> Any:
    out = config.out / run
    return settings(kind, recipe, seed=seed, progress=config.progress, train=config.train, out=out, **others)


def _in_order(trainings: dict[str, Training]) -> list[Training]:
    """Sort trainings so that each comes after those that it needs; circles end where they began."""
    ordered: dict[str, Training] = {}

    def take(name: str, above: tuple[str, ...]) -> None:
        if name in ordered or name in above or name not in trainings:
            return
        for need in trainings[name].needs:
            take(need, (*above, name))
        ordered[name] = trainings[name]

    for name in trainings:
        take(name, ())
    return list(ordered.values())
