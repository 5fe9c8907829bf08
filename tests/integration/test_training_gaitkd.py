"""GaitKD, trained for real: students as large as the teacher, narrower, and with other parts."""

from dataclasses import replace

import pytest
import torch
from stages import same, tiny, trained_again_from_the_last_but_one

from mimicgait.cli import train
from mimicgait.cli.parser import CommandParser
from mimicgait.errors import ConfigError
from mimicgait.models import load_model
from mimicgait.models.heads import SeparateLinear
from mimicgait.training.config import BackboneConfig, OcclusionConfig
from mimicgait.training.folder import RunFolder
from mimicgait.training.gaitkd import GaitKDConfig, _stage, together, train_gaitkd
from mimicgait.training.stage import step_generator
from mimicgait.types import Batch

GENERATOR = torch.Generator().manual_seed(0)
FRAMES = (torch.rand(4, 3, 64, 64, generator=GENERATOR) > 0.5).to(torch.uint8)
BATCH = Batch(FRAMES, torch.tensor([3, 3, 2, 3]), torch.tensor([0, 0, 1, 1]))
STUDENTS = {
    "alike": BackboneConfig(args={"width": "tiny"}),
    "narrower": BackboneConfig(args={"width": 0.03}),
    "other parts": BackboneConfig(name="GaitSet", args={"width": "tiny"}),
}
TERMS = {"triplet", "identity", "teacher_head", "logits", "boundary"}


def config_of(walkers, networks, out="out", student="alike", **others):
    return GaitKDConfig(
        **tiny(walkers, out), teacher=networks / "teacher", backbone=STUDENTS[student], **others
    )


def first_loss(config):
    torch.manual_seed(0)
    loss, logs = _stage(config, 2)(BATCH, step_generator(0, 0, 0))
    return loss.item(), {name: value.item() for name, value in logs.items()}


@pytest.mark.parametrize("student", STUDENTS)
def test_gaitkd_is_trained_saved_and_goes_on(student, walkers, networks, tmp_path):
    config = config_of(walkers, networks, tmp_path / "run", student)
    before, after = trained_again_from_the_last_but_one(train_gaitkd, config)
    assert same(before, after)
    network = load_model(tmp_path / "run" / "model")
    assert type(network).__name__ == config.backbone.name
    assert network(FRAMES).shape[0] == 4
    assert set(RunFolder(tmp_path / "run").records()[0]) >= TERMS


@pytest.mark.parametrize("student", STUDENTS)
def test_everything_but_the_teacher_learns(student, walkers, networks):
    stage = _stage(config_of(walkers, networks, student=student), 2).train()
    before = {name: value.clone() for name, value in stage.teacher.state_dict().items()}
    stage(BATCH, step_generator(0, 0, 0))[0].backward()
    assert same(before, stage.teacher.state_dict())
    assert not any(p.requires_grad for p in stage.teacher.parameters())
    for part in (stage.backbone, stage.neck, stage.teacher_neck, stage.connector.student_norm):
        assert all(p.grad is not None for p in part.parameters())
    projected = isinstance(stage.connector.projection, SeparateLinear)
    assert projected == (stage.backbone.channels != 16)


def test_the_loss_is_the_weighted_sum_of_its_terms(walkers, networks):
    config = config_of(walkers, networks)
    loss, logs = first_loss(config)
    assert set(logs) == TERMS
    assert loss == pytest.approx(sum(logs.values()))
    assert all(value > 0 for value in logs.values())
    loss, again = first_loss(replace(config, logit_weight=3.0, boundary_weight=0.0))
    assert again == pytest.approx(logs)
    assert loss == pytest.approx(sum(logs.values()) + 2 * logs["logits"] - logs["boundary"], rel=1e-5)


def test_temperature_and_margin_act(walkers, networks):
    config = config_of(walkers, networks)
    _, logs = first_loss(config)
    _, other = first_loss(replace(config, temperature=1.0, boundary_margin=2.0))
    assert other["logits"] != pytest.approx(logs["logits"])
    assert other["boundary"] > logs["boundary"]
    assert other["identity"] == pytest.approx(logs["identity"])


def test_the_student_s_targets_are_the_teacher_s_complete_sequences(walkers, networks):
    """A student that is the teacher and sees all of the sequence has the teacher's features."""
    config = config_of(walkers, networks, initial=networks / "teacher", augment=0.0)
    stage = _stage(replace(config, occlusion=OcclusionConfig(probability=0.0)), 2).eval()
    ours, theirs = stage.connector(stage.backbone(FRAMES), stage.teacher(FRAMES))
    torch.testing.assert_close(ours, theirs)
    complete = stage(BATCH, step_generator(0, 0, 0))[1]["boundary"]
    hidden = _stage(config, 2).eval()(BATCH, step_generator(0, 0, 0))[1]["boundary"]
    assert complete != hidden


def test_networks_with_other_parts_are_compared_by_the_mean_of_their_parts():
    student, teacher = torch.rand(2, 5, 3), torch.rand(2, 7, 4)
    ours, theirs = together(student, teacher)
    assert torch.equal(ours, student.mean(2)[..., None])
    assert torch.equal(theirs, teacher.mean(2)[..., None])
    assert together(student, student)[0] is student


def test_settings_from_the_command_line_and_refusals(walkers, networks):
    words = ["--train", "a", "--out", "b", "--teacher", str(networks / "teacher"), "--temperature", "2"]
    config = CommandParser("train gaitkd", train.gaitkd).settings(words)["config"]
    assert (config.temperature, config.begins_with()) == (2.0, (networks / "teacher",))
    with pytest.raises(ConfigError, match="needs a class head"):
        config_of(walkers, networks, neck="none")
    with pytest.raises(ConfigError, match="logit_weight"):
        config_of(walkers, networks, logit_weight=-1.0)
    linear = _stage(config_of(walkers, networks, neck="linear"), 2)
    assert isinstance(linear.teacher_neck, SeparateLinear)
