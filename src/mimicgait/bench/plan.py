"""What a benchmark compares, and by which recipes the networks are trained."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mimicgait.bench.methods import TEACHER, find_method
from mimicgait.errors import ConfigError
from mimicgait.evaluation.suites import find_suite


@dataclass(frozen=True, kw_only=True)
class BackbonePlan:
    """How the networks of one backbone are trained.

    Args:
        teacher: recipe of the teacher, a YAML file as `mimicgait train teacher --config` takes it.
        student: recipe of the mimic. Every other method takes its batches, optimiser and number of steps, so
            that all methods cost the same number of steps after the teacher's.
        initial: another backbone of the plan whose teacher this one's teacher starts from (SwinGait from
            DeepGaitV2); the recipe names the layers.
        overrides: settings that win over both recipes, nested as they are there: what a data set needs
            otherwise, such as `{loop: {steps: 60000}}`.
        teacher_overrides, student_overrides: settings that win over one of them alone.
        small: backbone of GaitKD's student, as the recipe's `backbone`; none for the teacher's own.
        methods: of this backbone; none for those of the plan.
        seeds: of this backbone's trainings; none for those of the plan.
    """

    teacher: Path
    student: Path
    initial: str | None = None
    overrides: dict[str, Any] = field(default_factory=dict)
    teacher_overrides: dict[str, Any] = field(default_factory=dict)
    student_overrides: dict[str, Any] = field(default_factory=dict)
    small: dict[str, Any] | None = None
    methods: tuple[str, ...] | None = None
    seeds: tuple[int, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class BenchConfig:
    """A benchmark: every method of every backbone under every suite, for each training seed.

    Args:
        out: the folder of runs, scores and tables. What is there already is not done again.
        train: the store to learn from.
        test: the store to judge on: people whom nobody has trained or tuned on.
        visibility: recipe of the VEN, which all backbones share, and of the classifier of types.
        backbones: plans by name; the name stands in tables and folders.
        name: of the files of tables and page. Plans that share a folder, and so networks and scores, need
            different ones.
        methods: what to compare; see `mimicgait bench --help` for the names.
        suites: names of suites, see `mimicgait suites`.
        seeds: of the trainings.
        draws: evaluation seeds: of the occlusions that the test people meet.
        other_tests: stores of other data on which the VEN is judged too.
        people: for suites that are dear, how many of the test people (the first by name) they take. Ratios of
            such a suite rest on the teacher's holistic score of the same people.
        protocol: which sequences are gallery and probes: `mimicgait protocols`.
        condition: which of the protocol's conditions; the first if not given.
        partition: lists of probes and gallery, for protocols that have them.
        jobs: processes at work at the same time; on machines with GPUs they take them by turns.
        threads: of each process on the CPU; 0 shares the cores. Sums are rounded in another order for another
            number of threads, so repeat a table with the number that made it.
        trust: packages of yours whose networks may be built from a checkpoint, besides this one.
        progress: show progress bars.
        report_only: write tables and page again from the scores that are there; nothing is trained or judged.
    """

    out: Path
    train: Path
    test: Path
    visibility: Path
    backbones: dict[str, BackbonePlan]
    name: str = "bench"
    methods: tuple[str, ...] = (TEACHER, "baseline2", "mimic")
    suites: tuple[str, ...] = ("paper-40-60",)
    seeds: tuple[int, ...] = (0,)
    draws: tuple[int, ...] = (0, 1, 2)
    other_tests: tuple[Path, ...] = ()
    people: dict[str, int] = field(default_factory=dict)
    protocol: str = "walkers"
    condition: str = ""
    partition: Path | None = None
    jobs: int = 1
    threads: int = 0
    trust: tuple[str, ...] = ()
    progress: bool = True
    report_only: bool = False

    def __post_init__(self) -> None:
        if not (self.backbones and self.methods and self.suites and self.seeds and self.draws):
            raise ConfigError(
                "a benchmark needs backbones, methods, suites, seeds and draws: one or more of each"
            )
        if self.jobs < 1 or self.threads < 0:
            raise ConfigError(f"expected jobs >= 1 and threads >= 0, got {self.jobs} and {self.threads}")
        _check_name("name", self.name)
        for name, plan in self.backbones.items():
            _check_name("backbone", name)
            if plan.initial is not None and plan.initial not in self.backbones:
                raise ConfigError(f"backbone {name!r} starts from {plan.initial!r}, which is not in the plan")
            for method in plan.methods or self.methods:
                find_method(method)
            self._check_beginning(name)
        for suite in (*self.suites, *self.people):
            find_suite(suite)

    def _check_beginning(self, name: str) -> None:
        seen = [name]
        while (first := self.backbones[seen[-1]].initial) is not None and first in self.backbones:
            if first in seen:
                raise ConfigError(f"backbone {name!r}: teachers start from each other: {', '.join(seen)}")
            seen.append(first)

    def file(self, suffix: str) -> Path:
        """Say where the tables (`.md`), all figures (`.json`) and the page (`.html`) lie."""
        return self.out / f"{self.name}{suffix}"

    def methods_of(self, backbone: str) -> tuple[str, ...]:
        """Return the methods of a backbone, the teacher first: every ratio rests on it."""
        named = self.backbones[backbone].methods or self.methods
        return (TEACHER, *(name for name in named if name != TEACHER))

    def seeds_of(self, backbone: str) -> tuple[int, ...]:
        """Return the training seeds of a backbone."""
        return self.backbones[backbone].seeds or self.seeds

    def all_seeds(self) -> str:
        """Return the training seeds in words: `0, 1`, or with the backbones' names where they differ."""
        each = {name: ", ".join(map(str, self.seeds_of(name))) for name in self.backbones}
        if len(set(each.values())) == 1:
            return next(iter(each.values()))
        return "; ".join(f"{seeds} ({name})" for name, seeds in each.items())


def _check_name(what: str, name: str) -> None:
    if not name.replace("-", "").replace("_", "").isalnum():
        raise ConfigError(f"{what} {name!r}: a name of letters, digits, - and _ makes files and folders")
