"""A whole benchmark of tiny networks: what it writes, and that nothing is done twice."""

import json
from dataclasses import replace

import pytest
import yaml
from bench_folder import BATCH, SINGLE, STUDENT, TEACHER, plan_in

from mimicgait.bench import run_bench
from mimicgait.bench.results import entries
from mimicgait.bench.write import write_results
from mimicgait.errors import ConfigError
from mimicgait.synth import SynthConfig, write_walkers
from mimicgait.training.folder import ENVIRONMENT_FILE


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bench")
    walkers = SynthConfig(people=4, sequences=8, frames=4)
    write_walkers(folder / "train", walkers, progress=False)
    write_walkers(folder / "test", replace(walkers, start=4, people=3), progress=False)
    return plan_in(
        folder,
        {"teacher": TEACHER, "student": STUDENT, "ven": SINGLE},
        suites=("paper-40-60", "probe-only", "matrix"),
        draws=(0, 1),
        people={"probe-only": 2},
    )


@pytest.fixture(scope="module")
def done(plan):
    said: list[str] = []
    table, figures = run_bench(plan, said.append, "mimicgait bench --config plan.yaml")
    return said, table.read_text(), json.loads(figures.read_text())


def test_every_method_stands_in_the_tables(done):
    _, table, figures = done
    first = table.split("## ")[1]
    assert [line.split("|")[2].strip() for line in first.splitlines() if "| small" in line] == [
        "Baseline-1 (teacher)",
        "Baseline-2",
        "MimicGait",
    ]
    assert {result["method"] for result in figures["results"]} == {"baseline1", "baseline2", "mimic"}
    assert len(figures["tables"]) == 3
    assert figures["command"] in table


def test_the_state_of_the_code_is_told_and_networks_of_others_are_named(plan, done):
    _, table, figures = done
    state = figures["code"]
    assert list(figures["trained_by"]) == [state]
    assert f"one state of the code, {state}." in table
    environment = plan.out / "small/seed-0/mimic" / ENVIRONMENT_FILE
    before = environment.read_text()
    try:
        for told in ('{"code": ["abc", "def"]}', "{}"):
            environment.write_text(told)
            name = "abc + def" if "abc" in told else "unknown"
            result = write_results(replace(plan, report_only=True), "")
            assert result["trained_by"][name] == ["small/seed-0/mimic"]
            assert f"{name}: small/seed-0/mimic." in (plan.out / "bench.md").read_text()
    finally:
        environment.write_text(before)


def test_ratios_rest_on_the_teacher_of_the_same_people(plan, done):
    for entry in entries(plan):
        assert entry.people == (2 if entry.suite == "probe-only" else None)
        assert entry.rp.value == pytest.approx(entry.occluded.mean() / entry.holistic.mean())
        assert entry.rp.low <= entry.rp.value <= entry.rp.high
        if entry.method == "baseline1":
            assert entry.hpr == 1
            assert entry.complete.mean() == entry.holistic.mean()


def test_only_networks_of_the_teachers_space_meet_its_gallery(plan, done):
    cases = {(e.method, e.case) for e in entries(plan) if e.suite == "probe-only"}
    assert ("mimic", "top (teacher's gallery)") in cases
    assert ("baseline2", "top (teacher's gallery)") not in cases


def test_nothing_is_done_twice(plan, done):
    files = {p: p.stat().st_mtime_ns for p in plan.out.rglob("*") if p.suffix in (".safetensors", ".json")}
    before = json.loads((plan.out / "bench.json").read_text())
    run_bench(plan, lambda _: None, before["command"])
    again = json.loads((plan.out / "bench.json").read_text())
    assert again["results"] == before["results"]
    changed = {p.name for p, time in files.items() if p.stat().st_mtime_ns != time}
    assert changed == {"bench.json"}


def test_guides_are_judged_on_every_store(plan, done):
    again = replace(plan, other_tests=(plan.train,))
    run_bench(again, lambda _: None)
    found = json.loads((plan.out / "bench.json").read_text())["guides"]
    assert [(each["guide"], each["store"] == found[0]["store"]) for each in found] == [
        ("visibility", True),
        ("visibility", False),
    ]
    assert all(0 <= each["accuracy"] <= 1 and each["amount_mse"] >= 0 for each in found)
    assert "## Guides" in (plan.out / "bench.md").read_text()


def test_another_suite_is_judged_alone(plan, done):
    scores = plan.out / "scores" / "small" / "seed-0" / "mimic"
    before = (scores / "paper-40-60.json").stat().st_mtime_ns
    run_bench(replace(plan, suites=("paper-40-60", "middle")), lambda _: None)
    assert (scores / "middle.json").exists()
    assert (scores / "paper-40-60.json").stat().st_mtime_ns == before


def test_a_score_that_was_cut_short_is_judged_again(plan, done):
    path = plan.out / "scores" / "small" / "seed-0" / "mimic" / "paper-40-60.json"
    whole = path.read_text()
    path.write_text(whole[:100])
    run_bench(plan, lambda _: None)
    assert json.loads(path.read_text())["cases"] == json.loads(whole)["cases"]


def test_two_processes_give_the_same_numbers(plan, done, tmp_path):
    one = replace(plan, out=tmp_path / "one", suites=("paper-40-60",), draws=(0,), threads=1)
    two = replace(one, out=tmp_path / "two", jobs=2)
    for each in (one, two):
        run_bench(each, lambda _: None)
    first, second = (json.loads((each.out / "bench.json").read_text())["results"] for each in (one, two))
    assert first == second


def test_what_fails_is_told_and_the_rest_is_done(plan, tmp_path):
    (tmp_path / "broken.yaml").write_text(yaml.safe_dump({**TEACHER, "batch": {**BATCH, "people": 50}}))
    broken = replace(plan.backbones["small"], teacher=tmp_path / "broken.yaml")
    both = replace(
        plan,
        out=tmp_path / "out",
        backbones={"broken": broken, **plan.backbones},
        methods=("baseline1", "baseline2"),
        suites=("paper-40-60",),
        draws=(0,),
    )
    with pytest.raises(ConfigError, match=r"broken/seed-0/teacher: .*50"):
        run_bench(both, lambda _: None)
    found = json.loads((tmp_path / "out" / "bench.json").read_text())["results"]
    assert {(r["backbone"], r["method"]) for r in found} == {("small", "baseline1"), ("small", "baseline2")}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"methods": ("mimmic",)}, "mimic"),
        ({"suites": ("paper-40-61",)}, "paper-40-60"),
        ({"seeds": ()}, "one or more"),
        ({"jobs": 0}, "jobs"),
        ({"people": {"curf": 3}}, "curve"),
    ],
)
def test_mistakes_in_a_plan(plan, change, message):
    with pytest.raises(ConfigError, match=message):
        replace(plan, **change)


def test_mistakes_in_a_recipe_are_found_before_anything_begins(plan, tmp_path):
    (tmp_path / "teacher.yaml").write_text("bacth: {people: 3}")
    wrong = replace(plan.backbones["small"], teacher=tmp_path / "teacher.yaml")
    with pytest.raises(ConfigError, match="bacth"):
        run_bench(replace(plan, out=tmp_path / "out", backbones={"small": wrong}), lambda _: None)
    assert not (tmp_path / "out").exists()
