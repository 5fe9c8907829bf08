import json

import pytest
import torch
from field_checkpoints import (
    detector_features,
    detector_weights,
    field_weights,
    mimic_weights,
    write,
)

from mimicgait.errors import CheckpointError
from mimicgait.models import MimicNetwork, VisibilityNetwork, load_model, save_model
from mimicgait.models.backbones import GaitGL, GaitPart, GaitSet
from mimicgait.models.importing import import_checkpoint
from mimicgait.models.importing.backbone import import_backbone


@pytest.fixture
def frames():
    return (torch.rand(2, 5, 64, 64, generator=torch.Generator().manual_seed(1)) > 0.5).to(torch.uint8)


@pytest.fixture
def out(tmp_path):
    return tmp_path / "model"


def test_checkpoint_becomes_a_folder_that_load_model_reads(tmp_path, out, frames):
    weights = field_weights("GaitSet-small")
    report = import_checkpoint(write(tmp_path / "GaitSet-40000.pt", weights), out)
    model = load_model(out)
    assert isinstance(model, GaitSet)
    assert report.written == (out,)
    assert report.networks == ("GaitSet",)
    assert report.settings == ({"large": False, "width": "full", "cut": True},)
    assert report.iteration == 40000
    with torch.no_grad():
        direct = import_backbone(weights, cut=True).network(frames)
        assert torch.equal(model(frames), direct)
    imported = json.loads((out / "config.json").read_text())["metadata"]["imported"]
    assert imported["file"] == "GaitSet-40000.pt"
    assert imported["iteration"] == 40000


def test_file_without_wrapper_and_data_parallel_prefix(tmp_path, out):
    weights = {f"module.{key}": value for key, value in field_weights("GaitPart-small").items()}
    report = import_checkpoint(write(tmp_path / "bare.pt", weights, bare=True), out)
    assert report.networks == ("GaitPart",)
    assert report.iteration is None


def test_class_heads_are_dropped_with_a_message(tmp_path, out):
    weights = field_weights("GaitGL-small")
    report = import_checkpoint(write(tmp_path / "x.pt", weights), out)
    assert report.dropped == ("Head1.fc_bin",)
    assert any("Head1.fc_bin" in message for message in report.messages)
    assert "Head1.fc_bin" in str(report)


def test_gaitgl_with_a_bnneck_has_no_norm_at_its_end(tmp_path, out):
    weights = field_weights("GaitGL-small", classes=3)
    for key in list(weights):
        if key.startswith(("Bn.", "Head1.")):
            del weights[key]
    report = import_checkpoint(write(tmp_path / "x.pt", weights), out)
    model = load_model(out)
    assert isinstance(model, GaitGL)
    assert model.config["normalised"] is False
    assert set(report.dropped) == {"BNNecks.fc_bin", "BNNecks.bn1d.weight"}


def test_cut_is_the_users_choice(tmp_path, out):
    source = write(tmp_path / "x.pt", field_weights("GaitPart-small"))
    assert import_checkpoint(source, out).settings[0]["cut"] is True
    assert import_checkpoint(source, out, cut=False, overwrite=True).settings[0]["cut"] is False
    assert load_model(out).config["cut"] is False


def test_another_width_is_read_off_the_shapes():
    weights = field_weights("GaitSet-large")
    half = {key: halved(key, value) for key, value in weights.items()}
    network = import_backbone(half, cut=True).network
    assert network.config == {"large": True, "width": 0.5, "cut": True}
    assert network.channels == 128


def halved(key, value):
    if key == "Head.fc_bin":
        return value[:, :128, :128]
    return value[: len(value) // 2, : max(1, value.shape[1] // 2)]


@pytest.mark.parametrize("generation", [1, 2])
@pytest.mark.parametrize("prefix", ["", "module."])
def test_detector_becomes_ven(tmp_path, out, frames, generation, prefix):
    source = write(tmp_path / "ven.pt", detector_weights(generation, prefix=prefix), bare=True)
    report = import_checkpoint(source, out)
    model = load_model(out)
    assert isinstance(model, VisibilityNetwork)
    assert len(report.dropped) == 2
    reference = detector_weights()
    features = detector_features(reference, frames.flatten(0, 1)).unflatten(0, frames.shape[:2])
    logits = features @ reference["fc2.weight"].T + reference["fc2.bias"]
    with torch.no_grad():
        seen = model(frames)
        torch.testing.assert_close(seen.features, features)
        torch.testing.assert_close(model.guidance(frames), features.mean(1))
        # The release numbers the kinds none, bottom, top; ours are none, top, bottom.
        torch.testing.assert_close(seen.logits, logits[..., [0, 2, 1]])


def test_detector_without_heads_says_so(tmp_path, out, frames):
    report = import_checkpoint(write(tmp_path / "v.pt", detector_weights(heads=False), bare=True), out)
    assert len(report.messages) == 2
    with torch.no_grad():
        assert not load_model(out)(frames).logits.any()


def test_released_mimic_model_becomes_eq_1_and_its_teacher(tmp_path, out, frames):
    weights = mimic_weights()
    report = import_checkpoint(write(tmp_path / "mimic.pt", weights), out)
    teacher_folder = out.with_name("model-teacher")
    assert report.written == (out, teacher_folder)
    mimic, teacher = load_model(out), load_model(teacher_folder)
    assert isinstance(mimic, MimicNetwork)
    assert isinstance(teacher, GaitPart)
    assert teacher.config["cut"] is False  # the released mimic models see whole frames
    student = {k.removeprefix("mimic_component."): v for k, v in weights.items() if k.startswith("mimic_")}
    with torch.no_grad():
        own = import_backbone(student, cut=False).network(frames)
        seen = (
            detector_features(detector_weights(), frames.flatten(0, 1)).unflatten(0, frames.shape[:2]).mean(1)
        )
        expected = torch.stack(
            [
                torch.cat([own[..., part], seen], dim=1) @ weights["occ_mixer_fc.fc_bin"][part]
                for part in range(mimic.parts)
            ],
            dim=2,
        )
        torch.testing.assert_close(mimic(frames), expected)
        assert not torch.equal(teacher(frames), own)


def test_mimic_model_without_guidance(tmp_path, out):
    weights = {key: v for key, v in mimic_weights().items() if key.startswith("mimic_component.")}
    report = import_checkpoint(write(tmp_path / "mimic.pt", weights), out)
    assert report.written == (out,)
    assert load_model(out).visibility is None
    assert any("no guidance" in message for message in report.messages)


def test_two_networks_are_written_or_none(tmp_path, out, monkeypatch):
    from mimicgait.models.importing import importer

    def fail_for_the_teacher(network, folder, metadata):
        if folder.name.endswith("-teacher"):
            raise CheckpointError("no space left")
        save_model(network, folder, metadata)

    monkeypatch.setattr(importer, "save_model", fail_for_the_teacher)
    source = write(tmp_path / "mimic.pt", mimic_weights())
    with pytest.raises(CheckpointError, match="no space left"):
        import_checkpoint(source, out)
    assert list(tmp_path.iterdir()) == [source]
