"""A network as data: short names, nested networks, and nothing built that is not a trusted network."""

import sys
import types

import pytest
from torch import nn

from mimicgait.errors import CheckpointError
from mimicgait.models import Frozen, MimicNetwork, VisibilityNetwork
from mimicgait.models.backbones import GaitBase
from mimicgait.models.blueprint import build, describe


@pytest.fixture
def stranger(monkeypatch):
    """A package of a user, with a network and a function, that is imported already."""
    module = types.ModuleType("stranger")

    class Net(nn.Module):
        def __init__(self, *, size=3):
            super().__init__()
            self.size = size

        @property
        def config(self):
            return {"size": self.size}

    Net.__module__ = "stranger"
    module.Net = Net
    monkeypatch.setitem(sys.modules, "stranger", module)
    return module


def test_names_are_short_and_networks_nest():
    mimic = MimicNetwork(GaitBase(width="tiny"), VisibilityNetwork(width="tiny"))
    assert describe(mimic) == {
        "class": "mimicgait.models.MimicNetwork",
        "config": {
            "backbone": {
                "class": "mimicgait.models.backbones.GaitBase",
                "config": {"width": "tiny", "cut": False},
            },
            "visibility": {
                "class": "mimicgait.models.VisibilityNetwork",
                "config": {"kinds": ["none", "top", "bottom"], "width": "tiny"},
            },
        },
    }


def test_build_undoes_describe():
    frozen = Frozen(MimicNetwork(GaitBase(width="tiny", cut=True), None))
    again = build(describe(frozen))
    assert isinstance(again, Frozen)
    assert describe(again) == describe(frozen)


def test_a_network_without_config_cannot_be_described():
    with pytest.raises(CheckpointError, match="Linear cannot be saved: it needs a property `config`"):
        describe(nn.Linear(1, 1))


def test_a_class_made_inside_a_function_cannot_be_described():
    class Local(nn.Module):
        config = {}  # noqa: RUF012

    with pytest.raises(CheckpointError, match="put the class into a module"):
        describe(Local())


def test_a_trusted_package_is_built_and_others_are_not(stranger):
    blueprint = describe(stranger.Net(size=5))
    assert blueprint == {"class": "stranger.Net", "config": {"size": 5}}
    assert build(blueprint, trust=["stranger"]).size == 5
    with pytest.raises(CheckpointError, match="outside the trusted packages"):
        build(blueprint)


def test_an_untrusted_module_is_not_imported(tmp_path, monkeypatch):
    (tmp_path / "hostile.py").write_text("raise SystemExit('imported')\n")
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("hostile.Net", "mimicgaitx.Net", "hostile", "", "mimicgait"):
        with pytest.raises(CheckpointError, match="outside the trusted packages"):
            build({"class": name, "config": {}})
    assert "hostile" not in sys.modules


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("mimicgait.models.MimicNetwrk", "did you mean 'MimicNetwork'"),
        ("mimicgait.modles.MimicNetwork", "cannot be imported"),
        ("mimicgait.models.save_model", "not a network"),
        ("mimicgait.models.Visibility", "not a network"),
        ("mimicgait.models.base.Backbone", "not a network"),  # abstract
        ("mimicgait.models.mimic.nn", "not a network"),
        ("mimicgait.models.mimic.nn.Linear", "cannot be imported"),
        ("mimicgait.models.mimic.torch.nn.Linear", "cannot be imported"),
        ("mimicgait.models..MimicNetwork", "cannot be imported"),
    ],
)
def test_only_networks_of_the_package_are_built(name, message):
    with pytest.raises(CheckpointError, match=message):
        build({"class": name, "config": {}})


def test_a_strangers_class_seen_through_a_trusted_module_is_not_built(stranger, monkeypatch):
    monkeypatch.setattr("mimicgait.models.mimic.Net", stranger.Net, raising=False)
    with pytest.raises(CheckpointError, match="not a network of a trusted package"):
        build({"class": "mimicgait.models.mimic.Net", "config": {}})


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"widht": "tiny"}, "takes no setting 'widht'; did you mean 'width'"),
        ({"width": "tinny"}, "did you mean 'tiny'"),
        ({"width": [1]}, "cannot be built"),
        ({"width": 1e300}, "cannot be built"),
    ],
)
def test_settings_that_do_not_fit(config, message):
    with pytest.raises(CheckpointError, match=message):
        build({"class": "mimicgait.models.backbones.GaitBase", "config": config})


def test_a_missing_setting():
    with pytest.raises(CheckpointError, match="backbone"):
        build({"class": "mimicgait.models.MimicNetwork", "config": {}})


@pytest.mark.parametrize(
    "value", [None, [], {"class": "x"}, {"class": 1, "config": {}}, {"class": "x", "config": []}]
)
def test_no_blueprint(value):
    with pytest.raises(CheckpointError, match="expected a network as class and config"):
        build(value)
