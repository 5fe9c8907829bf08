"""Every method of the benchmark, trained for a step or two from the two recipes of a plan."""

from dataclasses import replace

import pytest
from bench_folder import SINGLE, STUDENT, TEACHER, plan_in

from mimicgait.bench.jobs import plan_trainings, run_name
from mimicgait.bench.methods import GUIDES, METHODS
from mimicgait.bench.recipes import shortened
from mimicgait.errors import ConfigError
from mimicgait.synth import SynthConfig, write_walkers
from mimicgait.training.run import load_network


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    folder = tmp_path_factory.mktemp("methods")
    write_walkers(folder / "train", SynthConfig(people=4, sequences=8, frames=4), progress=False)
    return plan_in(
        folder,
        {"teacher": TEACHER, "student": STUDENT, "ven": SINGLE},
        test=folder / "train",
        methods=tuple(name for name in METHODS if not name.endswith(("-3", "-6"))),  # the same, but shorter
    )


@pytest.mark.slow
def test_every_method_trains_and_gives_signatures(plan):
    trainings = plan_trainings(plan)
    done: set[str] = set()
    for training in trainings:
        assert set(training.needs) <= done, training.name
        training.run()
        done.add(training.name)
    for method in plan.methods:
        network = load_network(plan.out / run_name("small", 0, method))
        assert (network.channels, network.parts) == (16, 16), method


def test_students_cost_the_same_steps(plan):
    steps = {t.name: t.config.loop.steps for t in plan_trainings(plan) if hasattr(t.config, "loop")}
    students = {name: n for name, n in steps.items() if name.partition("/seed-0/")[2] in METHODS}
    assert set(students.values()) == {STUDENT["loop"]["steps"], 1}
    assert {name for name, n in students.items() if n == 1} == {
        run_name("small", 0, name) for name in plan.methods if METHODS[name].share < 1
    }


def test_guides_know_what_their_students_meet(plan):
    kinds = {
        t.name.split("/")[0]: t.config.kinds for t in plan_trainings(plan) if t.name.split("/")[0] in GUIDES
    }
    assert kinds["visibility"] == ("none", "top", "bottom")
    assert kinds["classifier-middle"] == ("none", "top", "bottom", "middle")
    assert len(kinds["visibility-all"]) == 6


def test_a_small_student_has_its_own_backbone_and_begins_at_random(plan):
    other = {"name": "GaitBase", "args": {"width": "small"}}
    small = replace(
        plan, backbones={"small": replace(plan.backbones["small"], small=other)}, methods=("gaitkd",)
    )
    (student,) = [t for t in plan_trainings(small) if t.name.endswith("gaitkd")]
    assert (student.config.backbone.args, student.config.initial) == ({"width": "small"}, None)
    same = plan_trainings(replace(plan, methods=("gaitkd",)))[-1]
    assert same.config.initial == plan.out / "small" / "seed-0" / "teacher"


def test_teachers_must_not_start_from_each_other(plan):
    one = plan.backbones["small"]
    with pytest.raises(ConfigError, match="each other: a, b"):
        replace(plan, backbones={"a": replace(one, initial="b"), "b": replace(one, initial="a")})


def test_overrides_reach_teachers_and_students(plan):
    more = {"loop": {"steps": 5}, "optimizer": {"lr": 0.5}}
    changed = replace(plan.backbones["small"], overrides=more, student_overrides={"optimizer": {"lr": 0.25}})
    named = {t.name: t.config for t in plan_trainings(replace(plan, backbones={"small": changed}))}
    assert named["small/seed-0/teacher"].optimizer.lr == 0.5
    assert (named["small/seed-0/mimic"].optimizer.lr, named["small/seed-0/mimic"].loop.steps) == (0.25, 5)
    assert named["small/seed-0/baseline2"].optimizer.lr == 0.25
    assert named["visibility/seed-0"].loop.steps == SINGLE["loop"]["steps"]


def test_a_share_of_the_steps_shortens_the_schedule():
    recipe = {"loop": {"steps": 300}, "optimizer": {"warmup": 20, "milestones": [100, 200], "lr": 0.1}}
    assert shortened(recipe, 0.11) == {
        "loop": {"steps": 33},
        "optimizer": {"warmup": 2, "milestones": [11, 22], "lr": 0.1},
    }
