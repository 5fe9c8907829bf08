"""The networks that guide: the classifier of types, and the VEN as the released code trains it."""

import pytest
import torch
import yaml
from stages import same, tiny, trained_again_from_the_last_but_one

from mimicgait.errors import ConfigError
from mimicgait.models import OcclusionClassifier, VisibilityNetwork, load_model, save_model
from mimicgait.training.classifier import ClassifierConfig, train_classifier
from mimicgait.training.config import OcclusionConfig
from mimicgait.training.folder import RunFolder
from mimicgait.training.stage import step_generator
from mimicgait.training.visibility import VisibilityConfig, _stage, train_visibility
from mimicgait.types import Batch

FRAMES = torch.zeros(2, 3, 64, 64, dtype=torch.uint8)
FRAMES[:, :, 4:60, 20:40] = 1
BATCH = Batch(FRAMES, torch.tensor([3, 2]), torch.tensor([0, 1]))


def loss(config):
    """Return the first loss of a VEN's training, by the same weights and occlusions."""
    torch.manual_seed(0)
    value, _ = _stage(config, 2)(BATCH, step_generator(0, 0, 0))
    return value.item()


def test_the_classifier_is_trained_saved_and_goes_on(walkers, tmp_path):
    config = ClassifierConfig(
        **tiny(walkers, tmp_path / "run", validate=True),
        occlusion=OcclusionConfig(types=("top", "bottom", "middle")),
    )
    before, after = trained_again_from_the_last_but_one(train_classifier, config)
    assert same(before, after)
    network = load_model(tmp_path / "run" / "model")
    assert isinstance(network, OcclusionClassifier)
    assert network.kinds == ("none", "top", "bottom", "middle")
    assert not any("amount" in name for name in before)
    accuracy = [r for r in RunFolder(tmp_path / "run").records() if "validation/accuracy" in r]
    assert 0 <= accuracy[-1]["validation/accuracy"] <= 1


def test_a_ven_that_estimates_the_visible_share_says_the_hidden_one(tmp_path):
    torch.manual_seed(0)
    usual = VisibilityNetwork(width="tiny")
    released = VisibilityNetwork(width="tiny", amount="visible")
    released.load_state_dict(usual.state_dict())
    torch.testing.assert_close(released(FRAMES).amount, 1 - usual(FRAMES).amount)
    save_model(released, tmp_path / "ven")
    assert load_model(tmp_path / "ven").amount == "visible"
    with pytest.raises(ConfigError, match="did you mean 'visible'"):
        VisibilityNetwork(amount="visibel")


def test_the_ways_of_the_released_code_change_the_ven_s_training(walkers, tmp_path):
    common = tiny(walkers, tmp_path / "run", steps=1)
    usual = loss(VisibilityConfig(**common))
    assert loss(VisibilityConfig(**common, double_softmax=True)) != usual
    assert loss(VisibilityConfig(**common, amount="visible")) != usual
    run = train_visibility(VisibilityConfig(**common, amount="visible"))
    assert load_model(run / "model").amount == "visible"


def test_a_ven_that_looks_at_patches_from_the_left_knows_patches():
    config = VisibilityConfig(
        train="a", out="b", occlusion=OcclusionConfig(types=("patch-from-left", "pole-from-left", "pole"))
    )
    assert config.kinds == ("none", "patch", "pole")
    stage = _stage(config, 0)
    mixture = [one for one in stage.occlusion.occlusions if one.draws]
    assert [one.enter for one in mixture] == ["left", "left", "either"]
    for one in mixture[:2]:
        hidden = one(FRAMES, torch.Generator().manual_seed(0))
        columns = (~hidden.visible).any(dim=2)
        assert columns[:, 0, 0].all(), "begins at column 0"
        assert columns[:, :, 0].float().diff(dim=1).max() <= 0, "and leaves it to the right"


def test_a_run_of_an_older_version_goes_on_with_settings_it_did_not_know(walkers, tmp_path):
    config = VisibilityConfig(**tiny(walkers, tmp_path / "run", steps=1))
    run = train_visibility(config)
    settings = yaml.safe_load((run / "config.yaml").read_text())
    for name in ("amount", "double_softmax"):
        del settings[name]
    (run / "config.yaml").write_text(yaml.safe_dump(settings))
    assert train_visibility(config) == run
    with pytest.raises(ConfigError, match=r"other settings \(amount\)"):
        train_visibility(VisibilityConfig(**tiny(walkers, run, steps=1), amount="visible"))
