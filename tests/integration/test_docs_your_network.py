"""docs/your-network.md is run as it stands, but for sizes: what a reader types gives a report."""

import json
import re
import shlex
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
import torch
import yaml

from mimicgait.cli.main import main
from mimicgait.cli.parser import CommandParser
from mimicgait.cli.train import teacher
from mimicgait.models.base import GaitEncoder
from mimicgait.training.build import build_backbone

PAGE = Path(__file__).parents[2] / "docs" / "your-network.md"
SMALLER = {
    "--size small": "--size tiny",
    "steps: 300": "steps: 2",
    "people: 16": "people: 4",
    "width=32": "width=4",
}
"""What the test makes smaller, so that it takes seconds."""


def blocks():
    """Return the page's code as (language, file name or none, text)."""
    return re.findall(r"```(\w+)(?: (\S+))?\n(.*?)```", PAGE.read_text(), re.DOTALL)


def smaller(text):
    for given, wanted in SMALLER.items():
        text = text.replace(given, wanted)
    return text


@pytest.fixture
def room(tmp_path, monkeypatch):
    """Go to an empty folder, and forget what is imported from there."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.delitem(sys.modules, "my_network", raising=False)
    for _, name, text in blocks():
        if name:
            (tmp_path / name).write_text(smaller(text))
    yield tmp_path
    sys.modules.pop("my_network", None)


def test_the_page_keeps_its_promise():
    first = [(language, text) for language, name, text in blocks() if name or language == "console"]
    assert [language for language, _ in first] == ["python", "yaml", "console"]
    assert sum(bool(line.strip()) for _, text in first for line in text.splitlines()) < 20
    page = PAGE.read_text()
    assert all(given in page for given in SMALLER)


@pytest.mark.slow
def test_from_a_network_to_a_report(room):
    (commands,) = [text for language, _, text in blocks() if language == "console"]
    for line in smaller(commands).splitlines():
        program, *words = shlex.split(line)
        assert program == "mimicgait"
        assert main(words) == 0, line
    saved = json.loads((room / "runs" / "mimic" / "model" / "config.json").read_text())
    assert saved["config"]["backbone"]["config"]["network"]["class"] == "my_network.MyNetwork"
    report = (room / "report" / "report.html").read_text()
    assert all(name in report for name in ("Baseline-2", "mimic", "RP"))


def test_the_python_example(room):
    (code,) = [text for language, name, text in blocks() if language == "python" and not name]
    shown = re.search(r"print\(.*\)  # .*: (.*)", code)[1]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == shown


@pytest.mark.parametrize("number", [0, 1])
def test_the_settings_of_ready_networks(number, tmp_path):
    text = [text for language, name, text in blocks() if language == "yaml" and not name][number]
    (tmp_path / "backbone.yaml").write_text(text)
    words = ["--config", str(tmp_path / "backbone.yaml"), "--train", "a", "--out", "b"]
    config = CommandParser("train teacher", teacher).settings(words)["config"]
    wanted = yaml.safe_load(text)["backbone"]
    assert config.backbone.name == wanted["name"]
    assert config.backbone.network.args == wanted["network"]["args"]


@pytest.mark.vision
@pytest.mark.skipif(find_spec("timm") is None, reason="timm and torchvision are missing: make test-vision")
@pytest.mark.parametrize("number", [0, 1])
def test_ready_networks_work(number, tmp_path):
    text = [text for language, name, text in blocks() if language == "yaml" and not name][number]
    (tmp_path / "backbone.yaml").write_text(text)
    words = ["--config", str(tmp_path / "backbone.yaml"), "--train", "a", "--out", "b"]
    backbone = build_backbone(CommandParser("train teacher", teacher).settings(words)["config"].backbone)
    assert isinstance(backbone, GaitEncoder)
    with torch.no_grad():
        embeddings = backbone.eval()(torch.zeros(2, 9, 64, 64), torch.tensor([9, 2]))
    assert embeddings.shape == (2, backbone.channels, backbone.parts)
