"""The four trainings, for real, on tiny walkers with tiny networks."""

import json
from dataclasses import replace

import pytest
import torch

from mimicgait.data import SequenceStore, collate
from mimicgait.errors import CheckpointError, ConfigError
from mimicgait.models import MimicNetwork, load_model
from mimicgait.synth import SIZES, write_splits
from mimicgait.training.baselines import Baseline2Config, train_baseline2
from mimicgait.training.config import BackboneConfig, BatchConfig, LoopConfig, OptimizerConfig
from mimicgait.training.distill import MimicConfig, train_mimic
from mimicgait.training.folder import RunFolder
from mimicgait.training.teacher import TeacherConfig, train_teacher
from mimicgait.training.visibility import VisibilityConfig, train_visibility

STEPS = 4


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    folder = tmp_path_factory.mktemp("training")
    write_splits(folder / "data", SIZES["tiny"], workers=1, progress=False)
    return folder


@pytest.fixture(scope="module")
def common(room):
    return {
        "train": room / "data" / "train",
        "validation": room / "data" / "val",
        "batch": BatchConfig(people=4, sequences=2, frames=(3, 5)),
        "optimizer": OptimizerConfig(name="adamw", lr=1e-3, schedule="cosine"),
        "loop": LoopConfig(
            steps=STEPS,
            log_every=1,
            validate_every=2,
            checkpoint_every=2,
            trackers=("tensorboard",),
            progress=False,
            device="cpu",
            precision="float32",
        ),
    }


@pytest.fixture(scope="module")
def backbone():
    return BackboneConfig(name="GaitBase", args={"width": "tiny", "cut": True})


@pytest.fixture(scope="module")
def teacher(room, common, backbone):
    return train_teacher(TeacherConfig(**common, out=room / "teacher", backbone=backbone))


@pytest.fixture(scope="module")
def ven(room, common):
    return train_visibility(VisibilityConfig(**common, out=room / "ven"))


@pytest.fixture(scope="module")
def mimic(room, common, teacher, ven):
    return train_mimic(MimicConfig(**common, out=room / "mimic", teacher=teacher, visibility=ven))


def frames_of(room):
    store = SequenceStore(room / "data" / "test")
    return collate([store[i].frames for i in range(3)])


def test_the_teachers_run_folder_tells_everything(teacher):
    log = RunFolder(teacher).records()
    assert [r["step"] for r in log if "loss" in r] == [1, 2, 3, 4]
    assert [r["step"] for r in log if "validation/clean" in r] == [2, 4]
    assert all(0 <= r["validation/occluded"] <= 1 for r in log if "validation/clean" in r)
    assert json.loads((teacher / "environment.json").read_text())["data"]
    assert list(teacher.rglob("events.out.tfevents.*"))
    assert "Training run teacher" in (teacher / "report.html").read_text()
    metadata = json.loads((teacher / "model" / "config.json").read_text())["metadata"]
    assert metadata["data_licence"].startswith("CC0")
    assert metadata["training"]["margin"] == 0.2
    assert metadata["silhouettes"] == "64x64"


def test_a_run_that_has_ended_is_not_done_again(teacher, room, common, backbone):
    before = (teacher / "model" / "model.safetensors").stat().st_mtime_ns
    assert train_teacher(TeacherConfig(**common, out=room / "teacher", backbone=backbone)) == teacher
    assert (teacher / "model" / "model.safetensors").stat().st_mtime_ns == before


def test_other_settings_are_refused_in_the_same_folder(teacher, room, common, backbone):
    other = TeacherConfig(**common, out=room / "teacher", backbone=backbone, margin=0.3)
    with pytest.raises(ConfigError, match=r"other settings \(margin\)"):
        train_teacher(other)


def test_the_ven_learns_types_and_amounts(ven):
    network = load_model(ven / "model")
    assert network.kinds == ("none", "top", "bottom")
    last = [r for r in RunFolder(ven).records() if "validation/accuracy" in r][-1]
    assert 0 <= last["validation/accuracy"] <= 1
    assert last["validation/amount_mse"] >= 0


def test_the_mimic_holds_the_ven_as_it_was_and_has_changed_itself(mimic, teacher, ven, room):
    network = load_model(mimic / "model")
    assert isinstance(network, MimicNetwork)
    guide, alone = network.visibility.module.state_dict(), load_model(ven / "model").state_dict()
    assert all(torch.equal(guide[name], alone[name]) for name in alone)
    frames, lengths = frames_of(room)
    with torch.inference_mode():
        assert not torch.allclose(network(frames, lengths), load_model(teacher / "model")(frames, lengths))


def test_the_teacher_is_bit_identical_after_the_distillation(mimic, teacher, room, common, ven):
    from mimicgait.training.distill import _stage
    from mimicgait.training.stage import step_generator
    from mimicgait.types import Batch

    config = MimicConfig(**common, out=room / "again", teacher=teacher, visibility=ven)
    stage = _stage(config, 8).train()
    before = {k: v.clone() for k, v in stage.teacher.state_dict().items()}
    frames, lengths = frames_of(room)
    optimizer = torch.optim.SGD([p for p in stage.parameters() if p.requires_grad], lr=0.1)
    first, _ = stage(Batch(frames, lengths, torch.tensor([0, 0, 1])), step_generator(0, 0, 0))
    first.backward()
    optimizer.step()
    after = stage.teacher.state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before)
    student = stage.mimic.backbone.state_dict()
    assert any(not torch.equal(student[k.removeprefix("module.")], v) for k, v in before.items())


@pytest.mark.parametrize("initial", ["teacher", "random"])
def test_the_first_signature_is_the_teachers_only_when_asked(initial, teacher, ven, room, common):
    from mimicgait.training.distill import _stage

    config = MimicConfig(**common, out=room / "x", teacher=teacher, visibility=ven, initial=initial)
    stage = _stage(config, 8).eval()
    frames, lengths = frames_of(room)
    with torch.inference_mode():
        same = torch.allclose(stage.mimic(frames, lengths), stage.teacher(frames, lengths), atol=1e-5)
    assert same == (initial == "teacher")


def test_baseline2_starts_from_random_weights_or_from_a_network(room, common, backbone, teacher):
    short = {**common, "loop": replace(common["loop"], steps=1, validate_every=0)}
    for initial in (None, teacher):
        out = room / f"baseline2-{initial is None}"
        config = Baseline2Config(**short, out=out, backbone=backbone, initial=initial)
        assert load_model(train_baseline2(config) / "model").parts == 16


def test_a_mimic_without_guidance_has_no_mixing(room, common, teacher):
    short = {**common, "loop": replace(common["loop"], steps=1, validate_every=0)}
    run = train_mimic(MimicConfig(**short, out=room / "unguided", teacher=teacher))
    assert load_model(run / "model").mixing is None


def test_a_teacher_in_the_place_of_the_ven_is_refused(room, common, teacher):
    config = MimicConfig(**common, out=room / "wrong", teacher=teacher, visibility=teacher)
    with pytest.raises(CheckpointError, match="holds a GaitBase, not a VisibilityNetwork"):
        train_mimic(config)
    assert not (room / "wrong").exists()


@pytest.mark.parametrize(
    ("name", "args", "message"),
    [
        ("GaitBas", {}, "did you mean 'GaitBase'"),
        ("GaitBase", {"widht": 1}, "did you mean 'width'"),
        ("torch.nn.Identity", {}, "does not say its channels, parts, input_size"),
        ("no.such.module", {}, "no backbone"),
    ],
)
def test_a_misspelt_backbone_gets_advice_and_leaves_nothing(name, args, message, room, common):
    config = TeacherConfig(**common, out=room / "bad", backbone=BackboneConfig(name=name, args=args))
    with pytest.raises(ConfigError, match=message):
        train_teacher(config)
    assert not (room / "bad").exists()
