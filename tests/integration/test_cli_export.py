"""Exported networks from the command line: written, embedded with, evaluated, refused."""

import json

import numpy as np
import pytest

from mimicgait.cli.main import main
from mimicgait.cli.networks import trained_data
from mimicgait.models import load_model

pytest.importorskip("onnxruntime")
from mimicgait.export import export_onnx


@pytest.fixture(scope="module")
def graph(command, networks, tmp_path_factory):
    """The guided mimic as a file."""
    path = tmp_path_factory.mktemp("export") / "mimic.onnx"
    done = command("export", networks / "mimic", path)
    assert done.returncode == 0, done.stderr
    assert "float32, from frames and lengths" in done.stdout
    assert "differ from PyTorch's by at most" in done.stdout
    assert not done.stderr
    return path


@pytest.fixture
def mimicgait(capsys):
    """Return a function that runs a command here and gives its exit code and its message."""

    def run(*words):
        code = main(list(map(str, words)))
        return code, capsys.readouterr().err

    return run


def test_the_same_signatures_as_with_pytorch(mimicgait, networks, walkers, graph, tmp_path):
    found = {}
    for name, model in (("torch", networks / "mimic"), ("onnx", graph)):
        code, message = mimicgait("embed", walkers / "test", tmp_path / f"{name}.npz", "--model", model)
        assert code == 0, message
        with np.load(tmp_path / f"{name}.npz") as file:
            found[name] = file["embeddings"]
    assert np.abs(found["onnx"] - found["torch"]).max() < 1e-4 * np.abs(found["torch"]).max()


@pytest.mark.slow
def test_a_run_folder_is_exported_on_the_spot(mimicgait, networks, walkers, graph, tmp_path):
    runs = {"made": ["--model", networks / "mimic", "--runtime", "onnx"], "file": ["--model", graph]}
    for name, words in runs.items():
        code, message = mimicgait("embed", walkers / "test", tmp_path / f"{name}.npz", *words)
        assert code == 0, message
    with np.load(tmp_path / "made.npz") as made, np.load(tmp_path / "file.npz") as file:
        assert np.array_equal(made["embeddings"], file["embeddings"])


def test_an_exported_file_is_evaluated_like_a_network(mimicgait, walkers, graph, tmp_path):
    words = [
        "--store",
        walkers / "test",
        "--out",
        tmp_path / "report",
        "--seeds",
        "[0]",
        "--amounts",
        "[0.5]",
    ]
    code, message = mimicgait("evaluate", "--model", graph, *words, "--sweep_people", 3)
    assert code == 0, message
    (headline,) = json.loads((tmp_path / "report" / "report.json").read_text())["headline"]
    assert 0 <= headline["clean"]["mean"]["rank1"] <= 1


def test_an_exported_file_knows_whom_it_has_seen(networks, graph, tmp_path):
    export_onnx(load_model(networks / "teacher"), tmp_path / "a.onnx", metadata={"data_fingerprint": "abc"})
    assert (trained_data(tmp_path / "a.onnx"), trained_data(graph)) == ("abc", None)


@pytest.mark.slow
def test_int8_is_calibrated_on_a_store(command, networks, walkers, tmp_path):
    path = tmp_path / "mimic.onnx"
    words = ["--numbers", "int8", "--store", walkers / "train", "--calibration", 8]
    done = command("export", networks / "mimic", path, *words)
    assert done.returncode == 0, done.stderr
    assert "of the distance between sequences" in done.stdout
    done = command("embed", walkers / "test", tmp_path / "test.npz", "--model", path)
    assert done.returncode == 0, done.stderr


def test_mistakes_end_with_one_message(mimicgait, networks, walkers, graph, tmp_path):
    out, embed = tmp_path / "a.onnx", ["embed", walkers / "test", tmp_path / "a.npz", "--model", graph]
    mistakes = {
        "say --store": ["export", networks / "mimic", out, "--numbers", "int8"],
        "gives no signatures": ["export", networks / "ven", out],
        "is exported already": ["export", graph, out],
        "exists already": ["export", networks / "mimic", graph],
        "runs with ONNX Runtime only": [*embed, "--runtime", "torch"],
        "computes in float32": [*embed, "--precision", "bfloat16"],
    }
    for expected, words in mistakes.items():
        code, message = mimicgait(*words)
        assert (code, message.count("\n")) == (2, 1), message
        assert expected in message
    assert not list(tmp_path.iterdir())
