"""Networks on disk: bit by bit, whole or not at all, and a clear refusal of everything else."""

import hashlib
import json
import os
import stat

import pytest
import safetensors.torch
import torch

from mimicgait.errors import CheckpointError
from mimicgait.models import MimicNetwork, VisibilityNetwork, load_model, model_hash, save_model
from mimicgait.models.backbones import GaitBase
from mimicgait.models.checkpoint import read_info

FRAMES = (torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(0)) > 0.5).to(torch.uint8)


@pytest.fixture
def model():
    torch.manual_seed(0)
    network = MimicNetwork(GaitBase(width="tiny"), VisibilityNetwork(width="tiny"))
    network(FRAMES)  # the BatchNorm statistics are not the initial ones
    return network.eval()


@pytest.fixture
def saved(model, tmp_path):
    save_model(model, tmp_path / "model", {"steps": 7})
    return tmp_path / "model"


def replace_weights(folder, state):
    """Write other weights and the hash that belongs to them, as a newer or hostile writer could."""
    data = safetensors.torch.save(state)
    (folder / "model.safetensors").write_bytes(data)
    edit(folder, sha256=hashlib.sha256(data).hexdigest())


def edit(folder, **changes):
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, **changes}))


def test_loaded_network_is_the_saved_one_in_eval_mode(model, saved):
    loaded = load_model(saved)
    assert not any(module.training for module in loaded.modules())
    assert torch.equal(loaded(FRAMES), model(FRAMES))
    assert all(torch.equal(value, model.state_dict()[key]) for key, value in loaded.state_dict().items())


def test_loaded_network_can_be_trained_on(saved):
    loaded = load_model(saved).train()
    loaded(FRAMES).sum().backward()
    assert loaded.backbone.conv1.weight.grad is not None
    assert not any(p.requires_grad for p in loaded.visibility.parameters())


def test_type_of_the_weights_is_kept(model, tmp_path):
    save_model(model.bfloat16(), tmp_path / "half")
    loaded = load_model(tmp_path / "half")
    assert loaded.backbone.conv1.weight.dtype == torch.bfloat16
    assert torch.equal(loaded(FRAMES), model(FRAMES))


def test_channels_last_weights_can_be_saved(model, tmp_path):
    save_model(model.to(memory_format=torch.channels_last), tmp_path / "model")
    assert torch.equal(load_model(tmp_path / "model")(FRAMES), model(FRAMES))


def test_info_is_read_without_building(saved):
    edit(saved, **{"class": "hostile.Net"})
    info = read_info(saved)
    assert info.metadata == {"steps": 7}
    assert info.blueprint["class"] == "hostile.Net"
    assert info.sha256 == hashlib.sha256((saved / "model.safetensors").read_bytes()).hexdigest()


def test_hash_is_that_of_the_network_not_of_the_folder(model, saved, tmp_path):
    assert model_hash(model) == model_hash(saved) == model_hash(load_model(saved))
    save_model(model, tmp_path / "again", {"steps": 8})
    assert model_hash(tmp_path / "again") == model_hash(saved)


def test_hash_tells_weights_and_settings_apart():
    plain, cut = GaitBase(width="tiny"), GaitBase(width="tiny", cut=True)
    cut.load_state_dict(plain.state_dict())
    other = GaitBase(width="tiny")
    assert len({model_hash(network) for network in (plain, cut, other)}) == 3


def test_saving_twice_replaces_and_leaves_nothing_else(model, saved):
    with torch.no_grad():
        model.mixing.fc_bin.add_(1)
    save_model(model, saved)
    assert torch.equal(load_model(saved)(FRAMES), model(FRAMES))
    assert [path.name for path in saved.parent.iterdir()] == ["model"]
    assert sorted(path.name for path in saved.iterdir()) == ["README.md", "config.json", "model.safetensors"]


def test_folders_on_the_way_are_made_and_others_can_read(model, tmp_path):
    save_model(model, tmp_path / "a" / "b")
    mode = stat.S_IMODE((tmp_path / "a" / "b").stat().st_mode)
    assert mode == stat.S_IMODE((tmp_path / "a").stat().st_mode)


def test_an_empty_folder_may_be_filled_and_any_other_not(model, tmp_path):
    (tmp_path / "empty").mkdir()
    save_model(model, tmp_path / "empty")
    load_model(tmp_path / "empty")
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("mine")
    with pytest.raises(CheckpointError, match="is no checkpoint"):
        save_model(model, tmp_path / "thesis")
    assert (tmp_path / "thesis" / "chapter.txt").read_text() == "mine"


def test_a_place_that_cannot_be_written(model, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CheckpointError, match="cannot be written"):
        save_model(model, tmp_path / "file" / "model")


def test_a_folder_that_merely_has_a_config_json_is_left_alone(model, saved):
    (saved / "README.md").write_text("mine")
    with pytest.raises(CheckpointError, match="is no checkpoint"):
        save_model(model, saved)


@pytest.mark.parametrize("failing", ["fsync", "rename"])
def test_a_failed_save_leaves_the_old_checkpoint_and_nothing_else(model, saved, monkeypatch, failing):
    expected = model(FRAMES)
    with torch.no_grad():
        model.mixing.fc_bin.add_(1)

    def fail(source, *rest):
        if failing == "fsync" or str(source).endswith("new"):
            raise OSError("disk full")
        return rename(source, *rest)

    rename = type(saved).rename
    monkeypatch.setattr(*((os, "fsync") if failing == "fsync" else (type(saved), "rename")), fail)
    with pytest.raises(CheckpointError, match="cannot be written: disk full"):
        save_model(model, saved)
    monkeypatch.undo()
    assert torch.equal(load_model(saved)(FRAMES), expected)
    assert [path.name for path in saved.parent.iterdir()] == ["model"]


@pytest.mark.parametrize("metadata", [{"when": object()}, {"loss": float("nan")}])
def test_metadata_must_be_json(model, tmp_path, metadata):
    with pytest.raises(CheckpointError, match="must be JSON"):
        save_model(model, tmp_path / "model", metadata)
    assert not list(tmp_path.iterdir())


def test_weights_that_are_not_finite_are_neither_saved_nor_loaded(model, saved, tmp_path):
    state = {key: value.clone() for key, value in model.state_dict().items()}
    state["mixing.fc_bin"][0, 0, 0] = torch.nan
    replace_weights(saved, state)
    with pytest.raises(CheckpointError, match=r"1 not finite: mixing\.fc_bin"):
        load_model(saved)
    model.load_state_dict(state)
    with pytest.raises(CheckpointError, match="not finite"):
        save_model(model, tmp_path / "other")
    assert not (tmp_path / "other").exists()


def test_keys_that_do_not_fit_are_listed(model, saved):
    state = {key: value.clone() for key, value in model.state_dict().items()}
    del state["backbone.conv1.weight"]
    state["backbone.bn1.weight"] = torch.ones(9)
    state["extra"] = torch.ones(1)
    replace_weights(saved, state)
    with pytest.raises(CheckpointError) as caught:
        load_model(saved)
    message = str(caught.value)
    assert str(saved) in message
    assert "1 missing: backbone.conv1.weight" in message
    assert "1 unexpected: extra" in message
    assert "backbone.bn1.weight (expected [4] real, got [9] real)" in message


def test_integers_in_place_of_weights_are_refused(model, saved):
    state = {key: value.clone() for key, value in model.state_dict().items()}
    state["backbone.bn1.weight"] = torch.ones(4, dtype=torch.int64)
    replace_weights(saved, state)
    with pytest.raises(CheckpointError, match=r"expected \[4\] real, got \[4\] integer"):
        load_model(saved)


def test_long_lists_are_cut_short(model, saved):
    replace_weights(saved, {})
    with pytest.raises(CheckpointError, match=r"missing: .* and \d+ more") as caught:
        load_model(saved)
    assert len(str(caught.value)) < 500


def test_missing_folder_and_files(saved, tmp_path):
    with pytest.raises(CheckpointError, match=r"nowhere is no folder"):
        load_model(tmp_path / "nowhere")
    (saved / "model.safetensors").unlink()
    with pytest.raises(CheckpointError, match=r"model\.safetensors cannot be read: No such file"):
        load_model(saved)
    (saved / "config.json").unlink()
    with pytest.raises(CheckpointError, match=r"config\.json cannot be read: No such file"):
        load_model(saved)


@pytest.mark.parametrize("kept", [0, 4, 100, -1])
def test_weights_cut_short(saved, kept):
    file = saved / "model.safetensors"
    file.write_bytes(file.read_bytes()[:kept])
    with pytest.raises(CheckpointError, match="cut short or damaged"):
        load_model(saved)


def test_changed_weights_are_noticed(saved):
    file = saved / "model.safetensors"
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)
    with pytest.raises(CheckpointError, match="SHA-256 differs"):
        load_model(saved)


@pytest.mark.parametrize("text", ["", "{", "\x00", "[" * 100_000, '{"format": 1'])
def test_corrupt_json(saved, text):
    (saved / "config.json").write_text(text)
    with pytest.raises(CheckpointError, match="is no JSON"):
        load_model(saved)


def test_bytes_that_are_no_text(saved):
    (saved / "config.json").write_bytes(b"\xff\xfe\xfd{}")
    with pytest.raises(CheckpointError, match="is no JSON"):
        load_model(saved)


@pytest.mark.parametrize("text", ["[]", "{}", '{"format": 2}', "7"])
def test_other_formats(saved, text):
    (saved / "config.json").write_text(text)
    with pytest.raises(CheckpointError, match="expected format 1"):
        load_model(saved)


@pytest.mark.parametrize(("key", "value"), [("class", 1), ("config", []), ("metadata", None), ("sha256", 0)])
def test_entries_of_the_wrong_type(saved, key, value):
    edit(saved, **{key: value})
    with pytest.raises(CheckpointError, match=f"wrong type: {key}"):
        load_model(saved)


@pytest.mark.parametrize("depth", [450, 10_000])
def test_networks_nested_without_end(saved, depth):
    text = (saved / "config.json").read_text()
    nested = '{"class": "mimicgait.models.Frozen", "config": {"module": ' * depth + "1" + "}}" * depth
    config = json.loads(text)
    config["config"] = {"module": 0}
    (saved / "config.json").write_text(json.dumps(config).replace('"module": 0', f'"module": {nested}'))
    with pytest.raises(CheckpointError, match=str(saved)):
        load_model(saved)


def test_an_untrusted_class_is_refused_with_the_path(saved):
    edit(saved, **{"class": "os.system"})
    with pytest.raises(CheckpointError, match=rf"{saved}: class 'os\.system' is outside"):
        load_model(saved)
