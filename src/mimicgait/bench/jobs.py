"""The work of a benchmark as jobs: what each needs first, and where its result lies."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mimicgait.bench.methods import GUIDES, TEACHER, Method, find_method, train
from mimicgait.bench.plan import BenchConfig
from mimicgait.bench.recipes import (
    guide_recipe,
    overridden,
    read_recipe,
    recognition_recipe,
    settings,
    shortened,
)
from mimicgait.training.teacher import TeacherConfig


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
    found: dict[str, Training] = {}
    for name in config.backbones:
        for seed in config.seeds_of(name):
            for method in config.methods_of(name):
                _add(found, config, name, seed, method)
    return list(found.values())


def plan_guides(config: BenchConfig) -> list[Training]:
    """List the trainings of a plan whose networks guide others and are judged by themselves."""
    return [t for t in plan_trainings(config) if t.name.partition("/")[0] in GUIDES]


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
    """Name the folder of a network's run; guides belong to no backbone."""
    if method in GUIDES:
        return f"{method}/seed-{seed}"
    return f"{backbone}/seed-{seed}/{'teacher' if method == TEACHER else method}"


def _add(found: dict[str, Training], config: BenchConfig, backbone: str, seed: int, method: str) -> str:
    """Add the training of one network after all that it needs, and return its name."""
    name = run_name(backbone, seed, method)
    if name not in found:
        networks = _networks(config, backbone, method)
        needs = {role: _add(found, config, whose, seed, what) for role, (whose, what) in networks.items()}
        others = {role: config.out / need for role, need in needs.items()} | {"out": config.out / name}
        found[name] = Training(name, _settings(config, backbone, seed, method, others), tuple(needs.values()))
    return name


def _networks(config: BenchConfig, backbone: str, method: str) -> dict[str, tuple[str, str]]:
    """Say for each setting that names a network which one it is: backbone and method."""
    plan = config.backbones[backbone]
    if method == TEACHER:
        return {"initial": (plan.initial, TEACHER)} if plan.initial is not None else {}
    if method in GUIDES:
        return {}
    found = find_method(method)
    first = {"initial": TEACHER} if found.small and plan.small is None else {}
    return {role: (backbone, what) for role, what in {**found.networks, **first}.items()}


def _settings(config: BenchConfig, backbone: str, seed: int, method: str, others: dict[str, Any]) -> Any:
    """Build the settings of one training from the recipes, the method and the folders."""
    what = GUIDES[method] if method in GUIDES else find_method(method)
    kind = what.stage or TeacherConfig
    if what.recipe == "nothing":
        return kind(**others, trust=config.trust)
    recipe = {**_recipe(config, backbone, method, what, kind), **what.settings}
    recipe = shortened(recipe, what.share)
    if config.trust:
        recipe["trust"] = [*recipe.get("trust", ()), *config.trust]
    recipe["loop"] = {**recipe.get("loop", {}), "seed": seed, "progress": config.progress}
    return settings(kind, recipe, train=config.train, **others)


def _recipe(config: BenchConfig, backbone: str, method: str, what: Method, kind: type[Any]) -> dict[str, Any]:
    plan = config.backbones[backbone]
    if method in GUIDES:
        return guide_recipe(kind, read_recipe(config.visibility))
    teacher = overridden(overridden(read_recipe(plan.teacher), plan.overrides), plan.teacher_overrides)
    if method == TEACHER:
        return teacher
    student = overridden(overridden(read_recipe(plan.student), plan.overrides), plan.student_overrides)
    if what.recipe == "mimic":
        return student
    joined = recognition_recipe(kind, teacher, student)
    return joined | ({"backbone": plan.small} if what.small and plan.small is not None else {})
