"""Every recipe is understood by its command, builds its network, and says what its paper says."""

import re
import shlex
from importlib.util import find_spec
from pathlib import Path

import pytest
import torch

from mimicgait.cli import train
from mimicgait.cli.parser import CommandParser
from mimicgait.data import FrameSampling
from mimicgait.models import backbones
from mimicgait.models.base import GaitEncoder
from mimicgait.training.build import build_backbone
from mimicgait.training.optimizer import build_optimizer
from mimicgait.training.teacher import RecognitionStage

RECIPES = Path(__file__).parents[3] / "recipes"
PLANS = ("bench", "paper", "pretrained")  # these have tests of their own
FILES = sorted(
    str(path.relative_to(RECIPES)) for path in RECIPES.rglob("*.yaml") if path.parent.name not in PLANS
)
FAMILIES = [name.lower() for name in backbones.__all__]
VISION = {"timm": "timm", "video-resnet": "torchvision"}
DA = {"augment": 0.2, "neck": "bnneck", "scale": 16.0, "smoothing": 0.1}
ALONE = {"augment": 0.0, "neck": "none"}
STEEP, LATE = (80_000, 120_000, 150_000), (150_000,)
PUBLISHED = {
    # frames, ordered, skip, optimiser, rate, steps, milestones; people x sequences are 32 x 4 on GREW for all
    "gaitbase": ((20, 40), False, 0, "sgd", 0.1, 180_000, STEEP, DA),
    "deepgaitv2": ((30, 30), True, 4, "sgd", 0.1, 180_000, STEEP, DA),
    "swingait": ((30, 30), True, 4, "adamw", 3e-4, 200_000, (), DA),
    "gaitgl": (
        *((30, 30), True, 0, "adam", 1e-4, 250_000, (150_000, 200_000)),
        {"augment": 0.0, "neck": "linear", "scale": 1.0, "smoothing": 0.1},
    ),
    "gaitset": ((30, 30), False, 0, "adam", 1e-4, 250_000, LATE, ALONE),
    "gaitpart": ((30, 30), True, 10, "adam", 1e-4, 250_000, LATE, ALONE),
}


def settings(file, stage, *words):
    """Parse a recipe as a command does."""
    parser = CommandParser(f"train {stage}", getattr(train, stage))
    needed = ["--teacher", "t", "--visibility", "v"] if stage == "mimic" else []
    words = ["--config", str(RECIPES / file), "--train", "a", "--out", "b", *needed, *words]
    return parser.settings(words)["config"]


def stages(file):
    """Name the stages that a recipe is for."""
    if file.endswith("-mimic.yaml"):
        return ["mimic"]
    return ["ven"] if Path(file).name == "ven.yaml" else ["teacher", "baseline2"]


def test_every_family_has_its_recipes():
    assert {
        f"{folder}{name}{kind}.yaml"
        for folder in ("", "walkers/")
        for name in FAMILIES
        for kind in ("", "-mimic")
    } <= set(FILES)
    assert set(PUBLISHED) == set(FAMILIES)


@pytest.mark.parametrize("file", FILES)
def test_a_recipe_is_understood(file):
    for stage in stages(file):
        config = settings(file, stage)
        FrameSampling(config.batch.frames, config.batch.ordered, config.batch.skip)
        assert config.loop.steps > max(config.optimizer.milestones, default=0)


@pytest.mark.parametrize("file", [file for file in FILES if "teacher" in stages(file)])
def test_a_recipe_builds_its_network_and_its_optimizer(file):
    extra = VISION.get(Path(file).stem)
    if extra and find_spec(extra) is None:
        pytest.skip(f"{extra} is missing: make test-vision")
    config = settings(file, "teacher")
    with torch.device("cpu" if extra else "meta"):
        backbone = build_backbone(config.backbone)
        stage = RecognitionStage(backbone, 10, config)
    assert isinstance(backbone, GaitEncoder)
    assert Path(file).stem in (type(backbone).__name__.lower(), *VISION)
    weights = sum(len(group["params"]) for group in build_optimizer(stage, config.optimizer).param_groups)
    assert weights == len(list(stage.parameters()))


@pytest.mark.vision
@pytest.mark.parametrize("name", VISION)
def test_a_recipe_with_an_adapter_builds_its_network(name):
    test_a_recipe_builds_its_network_and_its_optimizer(f"walkers/{name}.yaml")


@pytest.mark.parametrize("family", PUBLISHED)
def test_a_recipe_says_what_was_published(family):
    frames, ordered, skip, optimizer, rate, steps, milestones, others = PUBLISHED[family]
    config = settings(f"{family}.yaml", "teacher")
    batch = config.batch
    assert (batch.people, batch.sequences, batch.frames) == (32, 4, frames)
    assert (batch.ordered, batch.skip) == (ordered, skip)
    assert (config.optimizer.name, config.optimizer.lr) == (optimizer, rate)
    assert (config.loop.steps, config.optimizer.milestones) == (steps, milestones)
    assert {name: getattr(config, name) for name in others} == others
    assert config.margin == 0.2


def test_swingait_learns_slowly_where_it_was_taught():
    config = settings("swingait.yaml", "teacher")
    with torch.device("meta"):
        stage = RecognitionStage(build_backbone(config.backbone), 10, config)
    groups = build_optimizer(stage, config.optimizer).param_groups
    rates = {id(w): (g["lr"], g["weight_decay"]) for g in groups for w in g["params"]}
    found = {name: rates[id(weight)] for name, weight in stage.named_parameters()}
    slow, fast = pytest.approx(3e-5), pytest.approx(3e-4)
    assert found["backbone.layer2.3.conv1.weight"] == (slow, 0.02)
    assert found["backbone.head.fc_bin"] == found["neck.fc_bin"] == (slow, 0.02)
    assert found["backbone.stage3.blocks.0.widen.weight"] == (fast, 0.02)
    assert found["backbone.patches.weight"] == found["backbone.stage4.blocks.1.norm2.weight"] == (fast, 0.0)
    assert found["backbone.stage3.blocks.0.attention.bias"] == (fast, 0.0)
    assert config.optimizer.fall == 150_000


def overrides():
    """Return what the page of the recipes says of other data sets: (family, data set, words)."""
    rows = re.findall(
        r"^\| (\w+) \| ([^|]+) \| `(--[^`]+)` \|$", (RECIPES / "README.md").read_text(), re.MULTILINE
    )
    return [(family.lower(), data, shlex.split(words)) for family, data, words in rows]


def test_the_overrides_for_other_data_sets_are_understood():
    rows = overrides()
    assert {family for family, _, _ in rows} == set(FAMILIES)
    for family, _, words in rows:
        before, after = settings(f"{family}.yaml", "teacher"), settings(f"{family}.yaml", "teacher", *words)
        assert after != before
        assert set(after.backbone.args) == set(before.backbone.args)
        assert after.loop.steps > max(after.optimizer.milestones, default=after.optimizer.fall)
