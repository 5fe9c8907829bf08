"""`mimicgait register`, and what `evaluate` makes of its network."""

import pytest

from mimicgait.cli.evaluate import visibility_of
from mimicgait.cli.main import main
from mimicgait.cli.networks import load_fitting
from mimicgait.data import SequenceStore
from mimicgait.models import OcclusionClassifier, Registered, load_model, save_model
from mimicgait.models.checkpoint import read_info
from mimicgait.occlusion import Top
from mimicgait.training.validation import rank_validation


def test_a_registered_teacher_is_written_and_can_be_judged(walkers, networks, tmp_path):
    out = tmp_path / "registered"
    words = ["register", str(networks / "teacher"), str(networks / "ven"), str(out), "--assignment", "soft"]
    assert main(words) == 0
    assert read_info(out).metadata["stage"] == "register"
    store = SequenceStore(walkers / "val")
    network = load_fitting(out, store)
    assert isinstance(network, Registered)
    assert network.assignment == "soft"
    assert visibility_of(network) is network.visibility.module
    judged = rank_validation(store, Top(), "float32")(network)
    assert all(0 <= rank <= 1 for rank in judged.values())


def test_mistakes_end_with_one_message(networks, tmp_path, capsys):
    teacher, ven = str(networks / "teacher"), str(networks / "ven")
    (tmp_path / "there").mkdir()
    assert main(["register", teacher, ven, str(tmp_path / "there")]) == 2
    assert "exists; choose another folder" in capsys.readouterr().err
    save_model(OcclusionClassifier(width=0.25), tmp_path / "classifier")
    assert main(["register", teacher, str(tmp_path / "classifier"), str(tmp_path / "out")]) == 2
    assert "estimates how much is hidden" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("overwrite", [True, False])
def test_silhouettes_of_two_sizes_do_not_go_together(overwrite, networks, tmp_path, capsys):
    for name, size in (("teacher", "64x44"), ("ven", "64x64")):
        save_model(load_model(networks / name), tmp_path / name, metadata={"silhouettes": size})
    words = ["register", str(tmp_path / "teacher"), str(tmp_path / "ven"), str(tmp_path / "out")]
    assert main(words + ["--overwrite"] * overwrite) == 2
    assert "of 64x44" in capsys.readouterr().err
