"""Every plan in recipes/ is read, and says how each of its networks is trained."""

from pathlib import Path

import pytest

from mimicgait.bench.jobs import plan_candidates, plan_trainings
from mimicgait.cli.bench import bench
from mimicgait.cli.parser import CommandParser
from mimicgait.errors import ConfigError

ROOT = Path(__file__).parents[3]
PAPER = ROOT / "recipes" / "paper"
TABLES = sorted(path.stem for path in PAPER.glob("*.yaml") if not path.stem.startswith("on-"))
DATA = sorted(path.stem for path in PAPER.glob("on-*.yaml"))


@pytest.fixture(autouse=True)
def at_the_root(monkeypatch):
    monkeypatch.chdir(ROOT)


def read(*plans):
    words = [word for plan in plans for word in ("--config", str(plan))]
    stores = ["--train", "train", "--test", "test", "--out", "out"]
    return CommandParser("bench", bench).settings([*words, *stores])["config"]


def check(config):
    trained = {training.name for training in plan_trainings(config)}
    assert all(set(candidate.needs) <= trained for candidate in plan_candidates(config))
    return trained


@pytest.mark.parametrize("table", TABLES)
def test_every_table_on_the_walkers(table):
    config = read(PAPER / "on-walkers.yaml", PAPER / f"{table}.yaml")
    assert check(config)
    assert config.name == table  # all of them may share a folder


@pytest.mark.parametrize("data", DATA)
def test_the_main_table_on_all_data(data):
    assert "visibility/seed-0" in check(read(PAPER / f"{data}.yaml", PAPER / "main.yaml"))


@pytest.mark.parametrize("plan", sorted((ROOT / "recipes" / "bench").glob("*.yaml")), ids=lambda p: p.stem)
def test_the_benchs_own_plans(plan):
    config = read(plan)
    assert check(config)
    assert config.name == plan.stem


def test_the_page_names_every_plan():
    page = (PAPER / "README.md").read_text()
    assert [name for name in (*TABLES, *DATA) if f"`{name}.yaml`" not in page] == []


def test_what_a_data_set_needs_otherwise_reaches_the_settings():
    config = read(PAPER / "on-casia-b.yaml", PAPER / "main.yaml")
    named = {training.name: training.config for training in plan_trainings(config)}
    assert named["gaitbase/seed-0/teacher"].augment == {"rotate": 0.3, "erase": 0.3}
    assert named["gaitbase/seed-0/mimic"].batch.people == 8


def test_a_mistake_in_a_plan_names_the_file(tmp_path):
    (tmp_path / "plan.yaml").write_text("backbones: {a: {teacher: t.yaml, pupil: s.yaml}}")
    with pytest.raises(ConfigError, match=r"plan\.yaml.*pupil"):
        read(tmp_path / "plan.yaml")


def test_training_seeds_are_told_by_backbone_where_they_differ():
    assert (
        read(ROOT / "recipes" / "bench" / "headline.yaml").all_seeds() == "0, 1, 2 (gaitbase); 0 (deepgaitv2)"
    )
    assert read(ROOT / "recipes" / "bench" / "families.yaml").all_seeds() == "0"
