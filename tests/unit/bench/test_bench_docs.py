"""The benchmark's page of documentation names every method, and its plan is one that is taken."""

import re
from pathlib import Path

import yaml

from mimicgait.bench import BackbonePlan, BenchConfig
from mimicgait.bench.methods import METHODS

PAGE = (Path(__file__).parents[3] / "docs" / "bench.md").read_text()


def test_every_method_stands_in_the_table():
    table = PAGE[PAGE.index("## Methods") : PAGE.index("## How to read it")]
    cells = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    named = [name for cell in cells for name in re.findall(r"`([^`]+)`", cell)]
    assert sorted(named) == sorted(METHODS)


def test_the_example_is_a_plan():
    example = yaml.safe_load(re.search(r"```yaml\n(name:.*?)```", PAGE, re.DOTALL)[1])
    backbones = {name: BackbonePlan(**plan) for name, plan in example.pop("backbones").items()}
    config = BenchConfig(out=Path("out"), backbones=backbones, **example)
    assert config.methods_of("gaitbase") == ("baseline1", "baseline2", "mimic")
