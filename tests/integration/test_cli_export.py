"""Exported networks from the command line: written, embedded with, evaluated, refused."""

import json

import numpy as np
import pytest

pytest.importorskip("onnxruntime")


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


def test_the_same_signatures_as_with_pytorch(command, networks, walkers, graph, tmp_path):
    runs = {
        "torch": ["--model", networks / "mimic"],
        "file": ["--model", graph],
        "made": ["--model", networks / "mimic", "--runtime", "onnx"],
    }
    found = {}
    for name, words in runs.items():
        done = command("embed", walkers / "test", tmp_path / f"{name}.npz", *words)
        assert done.returncode == 0, done.stderr
        with np.load(tmp_path / f"{name}.npz") as file:
            found[name] = file["embeddings"]
    largest = np.abs(found["torch"]).max()
    assert np.abs(found["file"] - found["torch"]).max() < 1e-4 * largest
    assert np.array_equal(found["file"], found["made"])


def test_an_exported_file_is_evaluated_like_a_network(command, walkers, graph, tmp_path):
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
    done = command("evaluate", "--model", graph, *words, "--sweep_people", 3)
    assert done.returncode == 0, done.stderr
    (headline,) = json.loads((tmp_path / "report" / "report.json").read_text())["headline"]
    assert 0 <= headline["clean"]["mean"]["rank1"] <= 1


@pytest.mark.slow
def test_int8_is_calibrated_on_a_store(command, networks, walkers, tmp_path):
    path = tmp_path / "mimic.onnx"
    words = ["--numbers", "int8", "--store", walkers / "train", "--calibration", 8]
    done = command("export", networks / "mimic", path, *words)
    assert done.returncode == 0, done.stderr
    assert "of the distance between sequences" in done.stdout
    done = command("embed", walkers / "test", tmp_path / "test.npz", "--model", path)
    assert done.returncode == 0, done.stderr


def test_mistakes_end_with_one_message(command, networks, walkers, graph, tmp_path):
    out = tmp_path / "a.onnx"
    mistakes = {
        "say --store": ["export", networks / "mimic", out, "--numbers", "int8"],
        "gives no signatures": ["export", networks / "ven", out],
        "is exported already": ["export", graph, out],
        "exists already": ["export", networks / "mimic", graph],
        "runs with ONNX Runtime only": [
            *("embed", walkers / "test", tmp_path / "a.npz", "--model", graph),
            *("--runtime", "torch"),
        ],
        "computes in float32": [
            *("embed", walkers / "test", tmp_path / "a.npz", "--model", graph),
            *("--precision", "bfloat16"),
        ],
    }
    for message, words in mistakes.items():
        done = command(*words)
        assert done.returncode == 2, (message, done.stderr)
        assert message in done.stderr
        assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())
