"""The networks that ship: whole, small enough, described, and far better than chance."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
import torch
import yaml

from mimicgait import pretrained
from mimicgait.errors import CheckpointError
from mimicgait.evaluation import evaluate
from mimicgait.evaluation.visibility import estimate_visibility
from mimicgait.models import VisibilityNetwork, model_hash
from mimicgait.models.base import GaitEncoder
from mimicgait.models.checkpoint import read_info
from mimicgait.occlusion import Bottom, Mixture, Nothing, Top, paper_mixture
from mimicgait.pretrained import shipped
from mimicgait.synth import SIZES, write_walkers
from mimicgait.training.run import load_network, network_info

LIMIT = 10_000_000
CARD_MUST_SAY = (
    "trained on | walkers",
    "licence of the data | CC0-1.0",
    "licence of these weights | apache-2.0",
    "command | `mimicgait train ",
    "recipes/pretrained/",
    "steps | ",
    "## Limits",
    "nothing about real people",
    "## Identity",
)


@pytest.fixture(scope="module")
def strangers(tmp_path_factory):
    """Ten walkers whom no training has seen: 40 complete walks to search among, 40 to search for."""
    walkers = replace(SIZES["small"]["test"], people=10, frames=12, start=900_000)
    return write_walkers(tmp_path_factory.mktemp("strangers") / "s", walkers, workers=1, progress=False)


def card(name):
    return (pretrained.folder(name) / "README.md").read_text("utf-8")


def test_something_ships_and_all_of_it_is_small():
    assert {"teacher", "visibility", "mimic"} <= set(pretrained.names()) <= set(pretrained.NAMES)
    sizes = {name: pretrained.describe(name).size for name in pretrained.names()}
    assert sum(sizes.values()) < LIMIT, sizes


@pytest.mark.parametrize("name", pretrained.names())
def test_a_network_loads_and_answers(name):
    network = pretrained.load(name)
    assert not network.training
    assert {weight.dtype for weight in network.parameters()} == {torch.float32}
    frames = torch.randint(0, 2, (2, 5, 64, 64), generator=torch.Generator().manual_seed(1)).to(torch.uint8)
    with torch.inference_mode():
        seen = network(frames, torch.tensor([5, 3]))
    if name == "visibility":
        assert isinstance(network, VisibilityNetwork)
        assert seen.logits.isfinite().all()
        assert seen.amount.isfinite().all()
    else:
        assert isinstance(network, GaitEncoder)
        assert seen.shape == (2, network.channels, network.parts)
        assert seen.isfinite().all()


@pytest.mark.parametrize("name", pretrained.names())
def test_a_card_is_complete_and_of_these_weights(name):
    text, info = card(name), read_info(pretrained.folder(name))
    missing = [words for words in CARD_MUST_SAY if words not in text]
    assert not missing
    seed = 1 if name == "teacher" else 0
    assert info.metadata["training"]["loop"]["seed"] == seed
    assert f"| seed | {seed} |" in text
    front = yaml.safe_load(text.split("---\n")[1])
    assert front["license"] == "apache-2.0"
    results = re.search(r"## Results\n(.*?)\n## ", text, re.DOTALL)[1]
    assert len(re.findall(r"^\| [^|]+ \| [\d.]+ \| walkers", results, re.MULTILINE)) >= 2
    assert info.sha256 in text
    assert model_hash(pretrained.load(name)) in text


@pytest.mark.parametrize("name", pretrained.names())
def test_nothing_tells_of_the_machine_that_trained_it(name):
    text = card(name) + (pretrained.folder(name) / "config.json").read_text("utf-8")
    assert not re.findall(r"[\"` ]/(?:home|root|tmp|work|Users|mnt)/\S*", text)


@pytest.mark.parametrize("name", pretrained.encoders())
def test_a_network_tells_walkers_apart(name, strangers):
    complete = evaluate(pretrained.load(name), strangers).rank1
    assert complete >= 0.6, f"chance is 0.1, got {complete}"


def test_the_best_network_tells_hidden_walkers_apart(strangers):
    best = pretrained.load(pretrained.best())
    hidden = evaluate(best, strangers, occlusion=paper_mixture(), seeds=(0,)).rank1
    assert hidden >= 0.25, f"chance is 0.1, got {hidden}"


def test_the_visibility_network_tells_what_is_hidden(strangers):
    hiding = Mixture([Nothing(), Top(), Bottom()])
    found = estimate_visibility(pretrained.load("visibility"), strangers, occlusion=hiding)
    assert found.accuracy > 0.9, "chance is a third"
    assert found.amount_mse < 0.02


def test_a_name_stands_where_a_path_may_stand():
    path = pretrained.path_of("teacher")
    assert model_hash(load_network(path)) == model_hash(pretrained.load("pretrained:teacher"))
    assert str(network_info(path).metadata["trained_on"]).startswith("walkers")


@pytest.mark.parametrize("name", ["pretrained:teachr", "teachr"])
def test_an_unknown_name_gets_the_nearest(name):
    with pytest.raises(CheckpointError, match="did you mean 'teacher'"):
        pretrained.load(name)


@pytest.mark.parametrize("path", ["teacher", "pretrained/teacher"])
def test_a_name_that_looks_like_a_folder_is_put_right(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CheckpointError, match="is pretrained:teacher"):
        load_network(Path(path))
    (tmp_path / path).mkdir(parents=True)
    assert pretrained.resolve(path) == Path(path)


def test_other_paths_are_left_alone():
    assert pretrained.resolve("runs/teacher") == Path("runs/teacher")
    assert pretrained.shipped_name("runs/pretrained:plus") is None


def test_the_best_of_what_is_there_is_taken(tmp_path, monkeypatch):
    monkeypatch.setattr(shipped, "_home", lambda: tmp_path)
    with pytest.raises(CheckpointError, match="no network ships"):
        pretrained.best()
    for name in ("visibility", "teacher", "mimic"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.json").write_text("{}")
    assert pretrained.names() == ("mimic", "teacher", "visibility")
    assert pretrained.best() == "mimic"


def test_a_sentence_says_what_it_is():
    said = str(pretrained.describe("teacher"))
    assert said.startswith("pretrained:teacher (FrameGroups of GaitBase, apache-2.0) ships with mimicgait")
    assert "synthetic walkers" in said
    assert "real people" in said
