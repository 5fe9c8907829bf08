"""RG-Gait, trained for real on tiny walkers with tiny networks."""

import pytest
import torch
from stages import same, tiny, trained_again_from_the_last_but_one

from mimicgait.cli import train
from mimicgait.cli.evaluate import visibility_of
from mimicgait.cli.parser import CommandParser
from mimicgait.errors import CheckpointError
from mimicgait.models import OcclusionClassifier, ResidualNetwork, load_model, save_model
from mimicgait.occlusion import Nothing
from mimicgait.training.folder import RunFolder
from mimicgait.training.residual import RGGaitConfig, _stage, train_rggait

FRAMES = (torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(0)) > 0.5).to(torch.uint8)


def config_of(walkers, networks, out, **others):
    return RGGaitConfig(
        **tiny(walkers, out, **others), teacher=networks / "teacher", visibility=networks / "ven"
    )


def test_rggait_is_trained_saved_and_goes_on(walkers, networks, tmp_path):
    config = config_of(walkers, networks, tmp_path / "run", validate=True)
    before, after = trained_again_from_the_last_but_one(train_rggait, config)
    assert same(before, after)
    network, teacher = load_model(tmp_path / "run" / "model"), load_model(networks / "teacher")
    assert isinstance(network, ResidualNetwork)
    assert same(network.teacher.module.state_dict(), teacher.state_dict())
    assert not torch.allclose(network(FRAMES), teacher(FRAMES))
    assert visibility_of(network) is network.visibility.module
    last = RunFolder(tmp_path / "run").records()[-1]
    assert {"validation/clean", "validation/occluded"} <= last.keys()


def test_half_of_the_sequences_are_occluded_by_10_to_60_percent(walkers, networks):
    stage = _stage(config_of(walkers, networks, "out"), 5)
    hidden = stage.occlusion(torch.ones(400, 1, 64, 64), torch.Generator().manual_seed(0))
    assert 160 < (hidden.amount > 0).sum() < 240
    shown = hidden.amount[hidden.amount > 0]
    assert 0.09 < shown.min() < 0.15
    assert 0.55 < shown.max() < 0.61
    assert isinstance(stage.occlusion.occlusions[-1], Nothing)


def test_the_first_signature_is_the_teachers(walkers, networks):
    network = _stage(config_of(walkers, networks, "out"), 5).eval().network()
    assert torch.equal(network(FRAMES), load_model(networks / "teacher")(FRAMES))
    assert all(p.requires_grad for p in network.backbone.parameters())


def test_a_classifier_knows_no_amount(walkers, networks, tmp_path):
    save_model(OcclusionClassifier(width=0.25), tmp_path / "classifier")
    words = ["--train", "a", "--out", "b", "--teacher", str(networks / "teacher")]
    words += ["--visibility", str(tmp_path / "classifier")]
    config = CommandParser("train rggait", train.rggait).settings(words)["config"]
    assert config.occlusion.amount == (0.1, 0.6)
    with pytest.raises(CheckpointError, match="estimates how much is hidden"):
        _stage(config, 5)
