"""MimicPlus, trained for real on tiny walkers with tiny networks."""

import pytest
import torch
from stages import same, tiny, trained_again_from_the_last_but_one

from mimicgait.data import SequenceStore
from mimicgait.errors import CheckpointError, ConfigError
from mimicgait.evaluation import embed_store, evaluate
from mimicgait.models import MimicPlusNetwork, OcclusionClassifier, load_model, save_model
from mimicgait.training.plus import MimicPlusConfig, _stage, train_plus
from mimicgait.training.run import load_network


def config_of(walkers, networks, out, **others):
    names = ("temperature", "alignment", "placed", "student_share")
    settings = {name: others.pop(name) for name in names if name in others}
    known = {"teacher": networks / "teacher", "visibility": networks / "ven"}
    return MimicPlusConfig(**tiny(walkers, out, **others), **known, **settings)


def test_is_trained_saved_judged_and_goes_on(walkers, networks, tmp_path):
    config = config_of(walkers, networks, tmp_path / "run", validate=True)
    before, after = trained_again_from_the_last_but_one(train_plus, config)
    assert same(before, after)
    network = load_model(tmp_path / "run" / "model")
    assert isinstance(network, MimicPlusNetwork)
    assert network.placed
    score = evaluate(network, SequenceStore(walkers / "test"), seeds=(0,))
    assert score.setting.distance == "VisibleEuclidean"


def test_begins_with_the_teachers_directions(walkers, networks):
    """With frames left where they are: a VEN trained for two steps believes anything."""
    stage = _stage(config_of(walkers, networks, "out", placed=False), 5).eval()
    store = SequenceStore(walkers / "train")
    student, teacher = (embed_store(m, store).values for m in (stage.network(), stage.teacher.module))
    torch.testing.assert_close(stage.network().centre, teacher.mean(0), rtol=1e-3, atol=1e-4)
    seen = student.norm(dim=1, keepdim=True)
    directions = torch.nn.functional.normalize(teacher - stage.centre, dim=1)
    assert seen.mean() > 0.5
    torch.testing.assert_close(student, seen * directions, rtol=1e-3, atol=1e-4)


def test_a_part_of_the_sequences_stays_complete(walkers, networks):
    stage = _stage(config_of(walkers, networks, "out"), 5)
    hidden = stage.occlusion(torch.ones(400, 1, 64, 64), torch.Generator().manual_seed(0))
    assert 250 < (hidden.amount > 0).sum() < 310
    assert hidden.amount.max() < 0.66


def test_what_is_saved_may_be_an_average_with_the_teacher(walkers, networks, tmp_path):
    """The training itself is the same; doing it again from its last checkpoint averages once, not twice."""
    teacher = load_network(networks / "teacher").state_dict()
    student = load_network(
        train_plus(config_of(walkers, networks, tmp_path / "student"))
    ).backbone.state_dict()
    config = config_of(walkers, networks, tmp_path / "average", student_share=0.25)
    before, after = trained_again_from_the_last_but_one(train_plus, config)
    assert same(before, after)
    average = load_network(tmp_path / "average").backbone.state_dict()
    assert any(not torch.equal(student[name], teacher[name]) for name in teacher)
    for name, value in average.items():
        if value.is_floating_point():
            torch.testing.assert_close(value, 0.25 * student[name] + 0.75 * teacher[name])


def test_bad_settings_are_refused(walkers, networks, tmp_path):
    with pytest.raises(ConfigError, match="temperature"):
        config_of(walkers, networks, "out", temperature=0.0)
    with pytest.raises(ConfigError, match=r"student_share: expected a number from 0 to 1, got 1\.5"):
        config_of(walkers, networks, "out", student_share=1.5)
    save_model(OcclusionClassifier(width=0.25), tmp_path / "classifier")
    config = MimicPlusConfig(
        **tiny(walkers, tmp_path / "run"), teacher=networks / "teacher", visibility=tmp_path / "classifier"
    )
    with pytest.raises(CheckpointError, match="estimates how much is hidden"):
        train_plus(config)
