"""`mimicgait import-checkpoint` through real processes: what it makes, what it says, what it refuses."""

import json
import os
import pickle
import sys
from pathlib import Path

import pytest
import torch

sys.path.append(str(Path(__file__).parents[1] / "unit" / "models"))

from field_checkpoints import detector_weights, field_weights, mimic_weights, write

from mimicgait.cli.main import main
from mimicgait.models import MimicNetwork, VisibilityNetwork, load_model
from mimicgait.models.backbones import GaitPart


@pytest.fixture(autouse=True)
def room(tmp_path, monkeypatch):
    """Let every test work in an empty folder of its own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refused(done, room, *said):
    """Check for one message that holds certain words, and for a folder with nothing but the `.pt` file."""
    assert done.returncode == 2, done.stderr
    first, *others = done.stderr.splitlines()
    assert first.startswith("mimicgait: ")
    assert all(line.startswith("  ") for line in others)
    assert "Traceback" not in done.stderr
    assert not [words for words in said if words not in done.stderr], done.stderr
    assert [path.suffix for path in room.iterdir()] == [".pt"]
    assert not done.stdout


def test_a_backbone_with_its_class_head(command, room):
    weights = field_weights("GaitPart-small", classes=74)
    write(room / "GaitPart-40000.pt", weights)
    done = command("import-checkpoint", "GaitPart-40000.pt", "gaitpart")
    assert done.returncode == 0, done.stderr
    assert "trained for 40000 steps" in done.stdout
    assert "gaitpart: GaitPart(large=False, width=full, cut=True)" in done.stdout
    assert "dropped the class head" in done.stdout
    assert "BNNecks.fc_bin" in done.stdout
    assert {"config.json", "model.safetensors"} <= {path.name for path in (room / "gaitpart").iterdir()}
    assert isinstance(load_model(room / "gaitpart"), GaitPart)


def test_a_released_mimic_model_and_its_teacher(command, room):
    write(room / "mimic.pt", mimic_weights())
    done = command("import-checkpoint", "mimic.pt", "mimic")
    assert done.returncode == 0, done.stderr
    assert isinstance(load_model(room / "mimic"), MimicNetwork)
    assert isinstance(load_model(room / "mimic-teacher"), GaitPart)


def test_what_is_there_is_replaced_only_when_asked(room, capsys):
    write(room / "mimic.pt", mimic_weights())
    (room / "mimic-teacher").mkdir()
    assert main(["import-checkpoint", "mimic.pt", "mimic", "--overwrite"]) == 2
    assert "mimic-teacher exists and is no checkpoint" in capsys.readouterr().err
    assert sorted(path.name for path in room.iterdir()) == ["mimic-teacher", "mimic.pt"]
    (room / "mimic-teacher").rmdir()
    assert main(["import-checkpoint", "mimic.pt", "mimic"]) == 0
    assert load_model(room / "mimic-teacher").config["cut"] is False
    assert main(["import-checkpoint", "mimic.pt", "mimic"]) == 2
    assert "mimic exists; choose another folder, or --overwrite" in capsys.readouterr().err
    assert main(["import-checkpoint", "mimic.pt", "mimic", "--overwrite", "--cut", "true"]) == 0
    assert load_model(room / "mimic-teacher").config["cut"] is True


def test_a_detector(command, room):
    write(room / "ven.pt", detector_weights(2, prefix="module."), bare=True)
    done = command("import-checkpoint", "ven.pt", "ven")
    assert done.returncode == 0, done.stderr
    assert "VEN's amount of occlusion is not imported" in done.stdout
    assert isinstance(load_model(room / "ven"), VisibilityNetwork)
    imported = json.loads((room / "ven" / "config.json").read_text())["metadata"]["imported"]
    assert len(imported["dropped"]) == 2


class Trap:
    """A pickle that makes a folder when an ordinary reader opens it."""

    def __init__(self, folder):
        self.folder = folder

    def __reduce__(self):
        return os.mkdir, (str(self.folder),)


@pytest.mark.parametrize("kind", ["checkpoint", "old checkpoint", "pickle"])
def test_a_pickle_that_would_run_code(command, room, kind):
    trap = Trap(room / "sprung")
    if kind == "pickle":
        (room / "hostile.pt").write_bytes(pickle.dumps(trap))
    else:
        content = {"model": {**field_weights("GaitPart-small"), "extra": trap}, "iteration": 1}
        torch.save(content, room / "hostile.pt", _use_new_zipfile_serialization=kind == "checkpoint")
    refused(command("import-checkpoint", "hostile.pt", "out"), room, "hostile.pt")


def test_another_familys_checkpoint(command, room):
    write(room / "x.pt", field_weights("GaitSet-small"))
    done = command("import-checkpoint", "x.pt", "out", "--expect", "GaitBase")
    refused(done, room, "x.pt: expected weights of GaitBase, got those of GaitSet")


def test_a_network_of_no_family(command, room):
    torch.save(torch.nn.Linear(3, 3).state_dict(), room / "x.pt")
    done = command("import-checkpoint", "x.pt", "out")
    refused(done, room, "no weights of", "GaitSet", "first names are weight, bias")


def test_keys_that_do_not_fit_are_listed(command, room):
    weights = field_weights("GaitPart-small")
    weights["Head.fc_bin"] = weights["Head.fc_bin"][:, :, :100]
    gone = next(key for key in weights if key.startswith("TFA."))
    weights["surprise"] = weights.pop(gone)
    write(room / "x.pt", weights)
    refused(
        command("import-checkpoint", "x.pt", "out"),
        room,
        f"1 missing: {gone}",
        "1 unexpected: surprise",
        "1 wrongly shaped: Head.fc_bin (expected [16, 128, 128], got [16, 128, 100])",
    )


@pytest.mark.parametrize("share", [0.3, 0.99])
def test_a_truncated_file(command, room, share):
    data = write(room / "x.pt", field_weights("GaitPart-small")).read_bytes()
    (room / "x.pt").write_bytes(data[: int(share * len(data))])
    refused(command("import-checkpoint", "x.pt", "out"), room, "x.pt is damaged, cut short or no PyTorch")
