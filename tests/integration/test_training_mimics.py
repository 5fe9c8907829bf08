"""The mimic's rivals and options, trained for real on tiny walkers with tiny networks."""

from dataclasses import replace

import pytest
import torch
from stages import same, tiny, trained_again_from_the_last_but_one, weights

from mimicgait.cli import train
from mimicgait.cli.parser import CommandParser
from mimicgait.errors import CheckpointError, ConfigError
from mimicgait.losses import PartwiseL2Loss
from mimicgait.models import MimicNetwork, OcclusionClassifier, VisibilityNetwork, load_model, save_model
from mimicgait.models.backbones import GaitBase
from mimicgait.training.config import BackboneConfig, OcclusionConfig
from mimicgait.training.distill import MimicConfig, _stage, train_mimic
from mimicgait.training.folder import RunFolder
from mimicgait.training.guided import GuidedConfig, first_guided, train_guided
from mimicgait.training.stage import step_generator
from mimicgait.types import Batch

GENERATOR = torch.Generator().manual_seed(0)
FRAMES = (torch.rand(4, 3, 64, 64, generator=GENERATOR) > 0.5).to(torch.uint8)
LENGTHS = torch.tensor([3, 3, 2, 3])
BATCH = Batch(FRAMES, LENGTHS, torch.tensor([0, 0, 1, 1]))


@pytest.fixture(scope="module")
def classifier(tmp_path_factory):
    folder = tmp_path_factory.mktemp("guides") / "classifier"
    save_model(OcclusionClassifier(width=0.25), folder)
    return folder


def mimic_config(walkers, networks, out, **others):
    return MimicConfig(**tiny(walkers, out), teacher=networks / "teacher", **others)


def first_loss(config, generator=None):
    """Return the loss and the logged values of the first batch, by the same weights and occlusions."""
    torch.manual_seed(0)
    loss, logs = _stage(config, 2)(BATCH, generator or step_generator(0, 0, 0))
    return loss.item(), {name: value.item() for name, value in logs.items()}


@pytest.mark.parametrize("guide", ["ven", "classifier"])
def test_a_guided_network_is_trained_saved_and_goes_on(guide, walkers, networks, classifier, tmp_path):
    visibility = classifier if guide == "classifier" else networks / "ven"
    common = tiny(walkers, tmp_path / "run", validate=guide == "ven")
    config = GuidedConfig(**common, visibility=visibility, initial=networks / "teacher")
    before, after = trained_again_from_the_last_but_one(train_guided, config)
    assert same(before, after)
    network = load_model(tmp_path / "run" / "model")
    assert isinstance(
        network.visibility.module, OcclusionClassifier if guide == "classifier" else VisibilityNetwork
    )
    assert not any("neck" in name for name in before)
    assert set(RunFolder(tmp_path / "run").records()[0]) >= {"triplet", "identity"}


def test_a_guided_network_begins_as_the_one_it_starts_from(walkers, networks, classifier):
    common = tiny(walkers, "out", visibility=classifier)
    teacher = load_model(networks / "teacher")
    network = first_guided(GuidedConfig(**common, initial=networks / "teacher")).eval()
    torch.testing.assert_close(network(FRAMES, LENGTHS), teacher(FRAMES, LENGTHS))
    assert all(p.requires_grad for p in network.backbone.parameters())
    fresh = first_guided(GuidedConfig(**common, backbone=BackboneConfig(args={"width": "tiny"}))).eval()
    assert (fresh.mixing.fc_bin[:, 16:] != 0).any()


def test_a_guided_network_goes_on_from_a_guided_one(walkers, networks, classifier, tmp_path):
    common = tiny(walkers, "out", initial=networks / "mimic")
    network = first_guided(GuidedConfig(**common, visibility=networks / "ven"))
    assert not isinstance(network.backbone, MimicNetwork)
    assert same(network.state_dict(), load_model(networks / "mimic").state_dict())
    save_model(OcclusionClassifier(width=0.5), tmp_path / "wider")
    with pytest.raises(ConfigError, match="guided in another way"):
        first_guided(GuidedConfig(**common, visibility=tmp_path / "wider"))


def test_a_teacher_guides_nobody(walkers, networks):
    config = GuidedConfig(**tiny(walkers, "out"), visibility=networks / "teacher")
    with pytest.raises(CheckpointError, match="holds a GaitBase, not a VisibilityNetwork"):
        first_guided(config)
    assert config.begins_with() == (networks / "teacher",)


@pytest.mark.parametrize(
    "others",
    [{"loss": "l2"}, {"identity": 0.5}, {"signature": "backbone"}, {"shared_draw": True}],
    ids=lambda others: next(iter(others)),
)
def test_a_mimic_with_an_option_is_trained_and_goes_on(others, walkers, networks, classifier, tmp_path):
    config = mimic_config(walkers, networks, tmp_path / "run", visibility=classifier, **others)
    before, after = trained_again_from_the_last_but_one(train_mimic, config)
    assert same(before, after)
    assert before.keys() == MimicNetwork(GaitBase(width="tiny"), load_model(classifier)).state_dict().keys()


def test_l2_is_the_distance_between_both_signatures(walkers, networks):
    config = mimic_config(walkers, networks, "out", loss="l2", occlusion=OcclusionConfig(probability=0.0))
    stage = _stage(config, 2).eval()
    assert isinstance(stage.loss, PartwiseL2Loss)
    assert stage(BATCH, step_generator(0, 0, 0))[0].item() == pytest.approx(0, abs=1e-6)
    assert first_loss(replace(config, occlusion=OcclusionConfig()))[0] > 0


def test_the_class_head_adds_its_share_of_the_loss(walkers, networks):
    config = mimic_config(walkers, networks, "out")
    alone, logs = first_loss(config)
    assert logs == {"distillation": pytest.approx(alone)}
    loss, logs = first_loss(replace(config, identity=0.5))
    assert logs["distillation"] == pytest.approx(alone)
    assert loss == pytest.approx(alone + 0.5 * logs["identity"])
    assert logs["identity"] > 0
    with pytest.raises(ConfigError, match="identity"):
        replace(config, identity=-1)


def test_the_class_head_teaches_the_backbone(walkers, networks):
    config = mimic_config(walkers, networks, "out", identity=1.0, loss="l2")
    stage = _stage(replace(config, occlusion=OcclusionConfig(probability=0.0)), 2)
    stage(BATCH, step_generator(0, 0, 0))[0].backward()
    assert all(p.grad is not None and p.grad.any() for p in stage.neck.parameters())
    assert stage.mimic.backbone.conv1.weight.grad.any()


def test_a_shared_draw_hides_the_same_of_all_sequences(walkers, networks):
    seen = {}
    for shared in (False, True):
        stage = _stage(mimic_config(walkers, networks, "out", shared_draw=shared), 2)
        hide = stage.occlusion.hide
        stage.occlusion.hide = lambda *a, hide=hide, shared=shared: seen.setdefault(shared, hide(*a))
        stage(BATCH, step_generator(0, 0, 0))
    assert len(seen[True].amount.unique()) == 1
    assert len(seen[False].amount.unique()) == 4


def test_the_backbone_alone_is_the_signature_once_trained_if_asked(networks, tmp_path):
    guided = load_model(networks / "mimic")
    released = MimicNetwork(guided.backbone, guided.visibility.module, signature="backbone").eval()
    released.load_state_dict(guided.state_dict())
    own = guided.backbone(FRAMES, LENGTHS)
    assert torch.equal(released(FRAMES, LENGTHS), own)
    assert not torch.allclose(guided(FRAMES, LENGTHS), own)
    released.train()
    released.backbone.eval()
    assert torch.equal(released(FRAMES, LENGTHS), guided(FRAMES, LENGTHS)), "eq. 1 in training"
    save_model(released, tmp_path / "released")
    assert torch.equal(load_model(tmp_path / "released")(FRAMES, LENGTHS), own)
    assert "signature" not in guided.config
    with pytest.raises(ConfigError, match="did you mean 'backbone'"):
        MimicNetwork(guided.backbone, None, signature="backbon")


def test_a_mimic_goes_on_from_a_mimic(walkers, networks, tmp_path):
    words = ["--train", "a", "--out", "b", "--teacher", str(networks / "teacher")]
    words += ["--visibility", str(networks / "ven"), "--initial", str(networks / "mimic")]
    config = CommandParser("train mimic", train.mimic).settings(words)["config"]
    assert config.begins_with() == (networks / "teacher", networks / "ven", networks / "mimic")
    mimic = _stage(config, 2).mimic
    assert same(mimic.state_dict(), load_model(networks / "mimic").state_dict())
    assert all(p.requires_grad for p in mimic.backbone.parameters())
    with pytest.raises(CheckpointError, match="not a MimicNetwork that could go on"):
        _stage(replace(config, initial=networks / "teacher"), 2)
    with pytest.raises(ConfigError, match="guided in another way"):
        _stage(replace(config, visibility=None), 2)


def test_the_command_line_trains_a_guided_network(walkers, networks, tmp_path, capsys):
    from mimicgait.cli.main import main

    words = ["train", "guided", "--train", walkers / "train", "--out", tmp_path / "run", "--loop.steps", "1"]
    words += ["--visibility", networks / "ven", "--initial", networks / "teacher", "--loop.device", "cpu"]
    words += ["--batch.people", "2", "--batch.sequences", "2", "--batch.frames", "[2, 2]"]
    assert main([str(word) for word in words]) == 0
    assert "mixing.fc_bin" in weights(tmp_path / "run")
    assert "the network" in capsys.readouterr().out
