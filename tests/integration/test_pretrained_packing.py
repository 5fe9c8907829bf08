"""From trained runs to what ships: packed, described, within the limit, and in the wheel."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from mimicgait import pretrained
from mimicgait.cli.parser import CommandParser
from mimicgait.models import MimicNetwork, VisibilityNetwork, load_model, model_hash, save_model
from mimicgait.models.backbones import GaitBase
from mimicgait.pretrained import shipped

ROOT = Path(__file__).parents[2]
RECIPES = ROOT / "recipes" / "pretrained"
ROW = {"metric": "rank-1", "value": 0.5, "data": "walkers 1-2", "setting": "complete"}
TRAINED = {
    "trained_on": "walkers 0-9, seed 0",
    "data_licence": "CC0-1.0 (made by mimicgait.synth)",
    "stage": "teacher",
    "training": {
        "train": "/home/me/runs/wide/train",
        "out": "runs/teacher",
        "batch": {"people": 2, "sequences": 2, "frames": [3, 4]},
        "loop": {"steps": 7, "seed": 3},
    },
    "private": "not to be kept",
}
WHEEL = """
import json, os
from setuptools.dist import Distribution
distribution = Distribution({"src_root": os.getcwd()})
distribution.parse_config_files()
command = distribution.get_command_obj("build_py")
command.ensure_finalized()
command.manifest_files = {}
print(json.dumps(command.find_data_files("mimicgait", "src/mimicgait")))
"""


@pytest.fixture
def scripts(monkeypatch):
    """Return the two scripts, imported as if they had been started."""
    monkeypatch.syspath_prepend(RECIPES)
    import measure
    import pack

    yield pack, measure
    for name in ("measure", "pack", "card"):
        sys.modules.pop(name, None)


@pytest.fixture
def runs(tmp_path):
    """Make run folders of tiny networks, with numbers for their cards."""
    teacher, ven = GaitBase(width="tiny"), VisibilityNetwork(width=0.25)
    networks = {"teacher": teacher, "visibility": ven, "mimic": MimicNetwork(teacher, ven)}
    for name, network in networks.items():
        save_model(network, tmp_path / "runs" / name / "model", TRAINED)
        (tmp_path / "runs" / name / "log.jsonl").write_text('{"step": 7, "seconds": 90}\n')
    (tmp_path / "metrics.json").write_text(json.dumps({name: [ROW] for name in networks}))
    return tmp_path


def words(folder, *more):
    given = ["--metrics", "metrics.json", "--out", "out", "--names", "teacher", "visibility", "mimic"]
    paths = [str(folder / word) if word in ("metrics.json", "out") else word for word in given]
    return [str(folder / "runs"), *paths, *more]


@pytest.mark.parametrize("numbers", ["float32", "float16"])
def test_runs_become_what_ships(runs, scripts, monkeypatch, numbers):
    pack, _ = scripts
    assert pack.main(words(runs, "--numbers", numbers)) == 0
    monkeypatch.setattr(shipped, "_home", lambda: runs / "out")
    assert pretrained.names() == ("mimic", "teacher", "visibility")
    for name in pretrained.names():
        stored, network = load_model(runs / "out" / name), pretrained.load(name)
        assert next(stored.parameters()).dtype == getattr(torch, numbers)
        assert next(network.parameters()).dtype == torch.float32
        card = (runs / "out" / name / "README.md").read_text()
        for said in (
            model_hash(network),
            "apache-2.0",
            "| rank-1 | 0.5 | walkers 1-2 | complete |",
            "seed | 3",
        ):
            assert said in card
        assert "training took | 2 minutes" in card
        assert "2 people x 2 sequences x 3 to 4 frames" in card
        config = (runs / "out" / name / "config.json").read_text()
        assert "/home/me" not in config + card
        assert "not to be kept" not in config
        assert f'load("{name}")' in card
    assert "--train wide/train --out runs/teacher`" in card
    if numbers == "float32":
        assert model_hash(pretrained.load("teacher")) == model_hash(runs / "runs" / "teacher" / "model")


def test_too_much_is_refused_and_nothing_is_written(runs, scripts, monkeypatch, capsys):
    pack, _ = scripts
    monkeypatch.setattr(pack, "LIMIT", 10_000)
    assert pack.main(words(runs)) == 2
    assert "MB are allowed: say --numbers float16" in capsys.readouterr().err
    assert not (runs / "out").exists()


def test_what_is_missing_is_named(runs, scripts, capsys):
    pack, _ = scripts
    assert pack.main([*words(runs), "plus"]) == 2
    assert "has no numbers of plus" in capsys.readouterr().err
    (runs / "metrics.json").write_text(json.dumps({name: [ROW] for name in pretrained.NAMES}))
    assert pack.main([*words(runs), "plus"]) == 2
    assert "has this training ended?" in capsys.readouterr().err


def test_the_numbers_come_from_a_report(tmp_path, scripts, capsys):
    _, measure = scripts
    score = {
        "setting": {"people": 9, "probes": 36, "protocol": "walkers", "data": "walkers 1-9"},
        "mean": {"rank1": 0.8, "rank5": 0.9, "mAP": 0.7},
    }
    entry = {"clean": score, "occluded": score, "holistic": score, "rp": 0.5, "hpr": 1.0}
    methods = ("Baseline-1 (teacher)", "mimic", "something else")
    report = {
        "headline": [{"method": method, **entry} for method in methods],
        "visibility": {"accuracy": 0.99, "amount_mse": 0.002, "frames": 100, "kinds": ["none", "top"]},
    }
    (tmp_path / "report.json").write_text(json.dumps(report))
    assert measure.main([str(tmp_path), "--out", str(tmp_path / "metrics.json")]) == 0
    found = json.loads((tmp_path / "metrics.json").read_text())
    assert set(found) == {"teacher", "mimic", "visibility"}
    assert found["teacher"][0]["value"] == 0.8
    assert found["visibility"][0] == {
        "metric": "accuracy of the kind",
        "value": 0.99,
        "data": "walkers 1-9",
        "setting": "single frames, 100 of them; kinds none, top",
    }
    (tmp_path / "report.json").write_text("{}")
    assert measure.main([str(tmp_path)]) == 2
    assert "is no report" in capsys.readouterr().err


def test_the_wheel_carries_every_file_of_every_network():
    done = subprocess.run(
        [sys.executable, "-c", WHEEL], cwd=ROOT, capture_output=True, text=True, timeout=200, check=True
    )
    carried = {str(Path(name)) for name in json.loads(done.stdout.splitlines()[-1])}
    wanted = {
        f"src/mimicgait/pretrained/{name}/{file}"
        for name in pretrained.names()
        for file in ("model.safetensors", "config.json", "README.md")
    }
    assert wanted
    assert wanted <= carried


def test_every_recipe_is_understood_by_the_command_that_its_page_gives():
    from mimicgait.cli import train

    page = (RECIPES / "README.md").read_text().replace("\\\n", " ")
    commands = re.findall(
        r"^mimicgait train (\w+) +--config recipes/pretrained/(\w+)\.yaml +(.*)$", page, re.M
    )
    assert [recipe for _, recipe, _ in commands] == ["first", "teacher", "visibility", "mimic", "plus"]
    for stage, recipe, rest in commands:
        run = getattr(train, stage)
        words_given = ["--config", str(RECIPES / f"{recipe}.yaml"), *rest.split()]
        config = CommandParser(f"train {stage}", run).settings(words_given)["config"]
        assert config.loop.seed == (recipe == "teacher"), "other batches than those of `first`"
        assert config.loop.steps >= config.loop.checkpoint_every > 0
        assert str(config.out) == f"runs/pretrained/{recipe}"
