"""What `mimicgait evaluate` examines: which networks, against what, who is gallery and who asks."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from mimicgait.cli.evaluate import EvaluateConfig, choose_protocol, load_all, visibility_of
from mimicgait.cli.networks import check_device, load_backbone
from mimicgait.data import Partition, SequenceStore, StoreWriter
from mimicgait.errors import CheckpointError, ConfigError, ProtocolError
from mimicgait.evaluation import WALKERS
from mimicgait.models import MimicNetwork, VisibilityNetwork, save_model
from mimicgait.models.backbones import GaitBase
from mimicgait.types import SequenceKey, Silhouettes


def config(**settings: object) -> EvaluateConfig:
    """Build a configuration whose paths need not exist."""
    return EvaluateConfig(**{"model": Path("m"), "store": Path("s"), "out": Path("o"), **settings})


@pytest.fixture
def networks(tmp_path):
    """Save a teacher, a VEN and a mimic, of random weights."""
    torch.manual_seed(0)
    teacher, ven = GaitBase(width="tiny"), VisibilityNetwork(width=0.25)
    for name, network in {"teacher": teacher, "ven": ven, "mimic": MimicNetwork(teacher, ven)}.items():
        save_model(network, tmp_path / name)
    return tmp_path


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"against": {"x": Path("x")}}, "say --teacher as well"),
        ({"against": {"m": Path("x")}, "teacher": Path("t")}, "'m' is what the model itself is called"),
        ({"partition": Path("p.json"), "gallery": ("nm-01",)}, "not by both"),
    ],
)
def test_settings_that_contradict_each_other(settings, message):
    with pytest.raises(ConfigError, match=message):
        config(**settings)


def test_a_report_is_not_replaced_by_accident(tmp_path):
    (tmp_path / "report.json").write_text("{}")
    with pytest.raises(ConfigError, match="holds a report"):
        config(out=tmp_path)
    assert config(out=tmp_path, overwrite=True).overwrite


def test_walkers_are_the_default_and_types_can_be_given():
    assert choose_protocol(config()) is WALKERS
    protocol = choose_protocol(config(gallery=("nm-01",), probe=("cl-*",)))
    assert (protocol.gallery, protocol.probe) == (("nm-01",), ("cl-*",))


def test_a_partition_may_name_the_probes(tmp_path):
    file = tmp_path / "partition.json"
    file.write_text(json.dumps({"TRAIN_SET": [], "TEST_SET": ["1"], "PROBE_SET": ["1-nm-01-090"]}))
    protocol = choose_protocol(config(partition=file), Partition.load(file))
    assert (list(protocol.probe_keys or ()), protocol.gallery_keys) == (["1-nm-01-090"], None)
    file.write_text(json.dumps({"TRAIN_SET": [], "TEST_SET": ["1"]}))
    with pytest.raises(ProtocolError, match="no PROBE_SET or GALLERY_SET"):
        choose_protocol(config(partition=file), Partition.load(file))


def test_the_model_comes_last_and_is_its_own_teacher_without_one(networks):
    with StoreWriter(networks / "store", name="n", licence="l") as writer:
        writer.add(Silhouettes(SequenceKey("a", "b", "c"), np.ones((1, 64, 64), np.uint8)))
    store = SequenceStore(networks / "store")
    teacher, others = load_all(config(model=networks / "mimic"), store)
    assert isinstance(teacher, MimicNetwork)
    assert not others
    against = {"Baseline-2": networks / "teacher"}
    teacher, others = load_all(
        config(model=networks / "mimic", teacher=networks / "teacher", against=against), store
    )
    assert isinstance(teacher, GaitBase)
    assert list(others) == ["Baseline-2", "mimic"]


def test_only_networks_that_give_signatures_are_taken(networks):
    assert isinstance(load_backbone(networks / "teacher"), GaitBase)
    with pytest.raises(CheckpointError, match="holds a VisibilityNetwork, which gives no signatures"):
        load_backbone(networks / "ven")


def test_the_visibility_network_is_found_inside_the_mimic(networks):
    mimic = load_backbone(networks / "mimic")
    ven = visibility_of(mimic)
    assert isinstance(ven, VisibilityNetwork)
    assert visibility_of(GaitBase(width="tiny")) is None
    assert visibility_of(MimicNetwork(GaitBase(width="tiny"))) is None
    assert visibility_of(nn.Identity()) is None


@pytest.mark.parametrize("name", ["gpu", "cuda:99", ""])
def test_a_device_that_is_not_there(name):
    with pytest.raises(ConfigError, match="cannot be used here"):
        check_device(name)
    check_device("cpu")
