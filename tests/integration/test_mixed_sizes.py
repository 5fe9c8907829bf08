"""A network that learned from silhouettes whose sides were cut off, and those that still have them."""

import json

import numpy as np
import pytest
import torch

from mimicgait.cli.main import main
from mimicgait.data import StoreWriter
from mimicgait.errors import ConfigError
from mimicgait.models import VisibilityNetwork, save_model
from mimicgait.models.backbones import GaitBase
from mimicgait.training.baselines import Baseline2Config, train_baseline2
from mimicgait.training.config import BackboneConfig, BatchConfig, LoopConfig
from mimicgait.training.distill import MimicConfig, train_mimic
from mimicgait.training.teacher import TeacherConfig, train_teacher
from mimicgait.training.visibility import VisibilityConfig, train_visibility
from mimicgait.types import SequenceKey, Silhouettes

MIXED = r"its silhouettes were 64x64 .*{} was trained on 64x44.*files of the same width"


def write_store(path, size):
    rng = np.random.default_rng(0)
    with StoreWriter(path, name=path.name, licence="CC0", origin={"size": size}) as writer:
        for person in ("00001", "00002", "00003"):
            for kind in ("01", "02"):
                frames = (rng.random((3, 64, 64)) < 0.3).astype(np.uint8)
                writer.add(Silhouettes(SequenceKey(person, kind, f"v{kind}"), frames))
        writer.add(Silhouettes(SequenceKey("probe", "03", "a"), frames))
    return path


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    """Return a folder with a store of either width, and networks that note what they were trained on."""
    folder = tmp_path_factory.mktemp("sizes")
    torch.manual_seed(0)
    write_store(folder / "wide", "64x64")
    write_store(folder / "narrow", "64x44")
    for size in ("64x64", "64x44"):
        save_model(GaitBase(width="tiny"), folder / f"gait{size}", {"silhouettes": size})
        save_model(VisibilityNetwork(width=0.25), folder / f"ven{size}", {"silhouettes": size})
    return folder


@pytest.fixture
def common(room, tmp_path):
    return {
        "train": room / "wide",
        "out": tmp_path / "run",
        "batch": BatchConfig(people=2, sequences=2, frames=(2, 2)),
        "loop": LoopConfig(steps=1, trackers=(), progress=False, device="cpu", precision="float32"),
    }


TINY = {"backbone": BackboneConfig(args={"width": "tiny"})}


@pytest.mark.parametrize(
    ("train", "config", "settings", "which"),
    [
        (train_mimic, MimicConfig, {"teacher": "gait64x44"}, "gait64x44"),
        (train_mimic, MimicConfig, {"teacher": "gait64x64", "visibility": "ven64x44"}, "ven64x44"),
        (train_baseline2, Baseline2Config, {"initial": "gait64x44", **TINY}, "gait64x44"),
    ],
)
def test_a_training_refuses_networks_of_other_data(room, common, train, config, settings, which):
    paths = {name: room / value if isinstance(value, str) else value for name, value in settings.items()}
    with pytest.raises(ConfigError, match=MIXED.format(which)):
        train(config(**common, **paths))
    assert not common["out"].exists()


@pytest.mark.parametrize(
    ("train", "config", "settings"),
    [
        (train_teacher, TeacherConfig, TINY),
        (train_baseline2, Baseline2Config, TINY),
        (train_visibility, VisibilityConfig, {}),
        (train_mimic, MimicConfig, {"teacher": "gait64x64"}),
    ],
)
def test_a_training_refuses_to_be_judged_on_other_data(room, common, train, config, settings):
    paths = {name: room / value if isinstance(value, str) else value for name, value in settings.items()}
    with pytest.raises(ConfigError, match=r"narrow: its silhouettes were 64x44.*run was trained on 64x64"):
        train(config(**common, validation=room / "narrow", **paths))
    assert not common["out"].exists()


class Large(torch.nn.Module):
    """Claims to take silhouettes of 128x88."""

    channels, parts, input_size = 1, 1, (128, 88)


def test_a_network_of_another_size_is_not_trained(room, common):
    with pytest.raises(ConfigError, match=r"holds 64x64 silhouettes .*takes 128x88"):
        train_teacher(TeacherConfig(**common, backbone=BackboneConfig(name=f"{__name__}.Large")))
    assert not common["out"].exists()


def test_what_a_network_was_trained_on_is_noted_and_counts(room, common, capsys):
    run = train_teacher(TeacherConfig(**{**common, "train": room / "narrow"}, **TINY))
    assert json.loads((run / "model" / "config.json").read_text())["metadata"]["silhouettes"] == "64x44"
    words = ["--model", str(run)]
    assert main(["embed", str(room / "narrow"), str(run / "narrow.npz"), *words]) == 0
    capsys.readouterr()
    for command in (
        ["embed", str(room / "wide"), str(run / "out.npz")],
        ["evaluate", "--store", str(room / "wide"), "--out", str(run / "out")],
        ["evaluate", "--store", str(room / "wide"), "--out", str(run / "out"), "--protocol", "grew-local"],
        ["submission", "write", str(run / "out.csv"), "--store", str(room / "wide")],
    ):
        assert main([*command, *words]) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert err.count("\n") == 1
        assert f"{run} was trained on 64x44" in err
    assert not list(run.glob("out*"))


def test_a_rival_and_a_teacher_are_checked_too(room, tmp_path, capsys):
    given = {"model": room / "gait64x64", "teacher": room / "gait64x64"}
    for name, value in (("teacher", room / "gait64x44"), ("against", {"other": f"{room}/gait64x44"})):
        words = [f"--{key}={path}" for key, path in {**given, name: value}.items()]
        assert main(["evaluate", "--store", str(room / "wide"), "--out", str(tmp_path / "o"), *words]) == 2
        assert "gait64x44 was trained on 64x44" in capsys.readouterr().err
