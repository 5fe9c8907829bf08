"""Teacher, Baseline-2 and mimic of every family by the same commands, from the recipes for walkers."""

import json
from importlib.util import find_spec
from pathlib import Path

import pytest

from mimicgait.cli.main import main
from mimicgait.models import backbones

RECIPES = Path(__file__).parents[2] / "recipes" / "walkers"
FAMILIES = [name.lower() for name in backbones.__all__]
VISION = {"timm": "timm", "video-resnet": "torchvision"}
BEGINS_WITH = {"swingait": "deepgaitv2"}
SHORT = ["--batch.people", "4", "--batch.sequences", "2", "--loop.steps", "1", "--loop.progress", "false"]
NAMES = [
    *FAMILIES,
    *(
        pytest.param(
            name,
            marks=[
                pytest.mark.vision,
                pytest.mark.skipif(find_spec(package) is None, reason=f"{package} missing: make test-vision"),
            ],
        )
        for name, package in VISION.items()
    ),
]


@pytest.fixture(scope="module")
def learn(walkers, tmp_path_factory):
    """Return a function that trains one stage for one step and returns its run folder."""
    room = tmp_path_factory.mktemp("runs")

    def run(stage, recipe, *words):
        out = room / f"{recipe}-{stage}"
        words = ["--train", walkers / "train", "--out", out, *SHORT, *words]
        assert main(["train", stage, "--config", str(RECIPES / f"{recipe}.yaml"), *map(str, words)]) == 0
        return out

    return run


@pytest.fixture(scope="module")
def ven(learn):
    return learn("ven", "ven")


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_family_trains(name, learn, ven):
    first = ["--initial", learn("teacher", BEGINS_WITH[name])] if name in BEGINS_WITH else []
    teacher = learn("teacher", name, *first)
    learn("baseline2", name, "--initial", teacher, "--layers", "[]")
    mimic = learn("mimic", f"{name}-mimic", "--teacher", teacher, "--visibility", ven)
    saved = json.loads((mimic / "model" / "config.json").read_text())
    assert saved["class"] == "mimicgait.models.MimicNetwork"
    assert saved["config"]["backbone"] == {
        key: json.loads((teacher / "model" / "config.json").read_text())[key] for key in ("class", "config")
    }
