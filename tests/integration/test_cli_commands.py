"""Commands that do their work, through a real process."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pyarrow.parquet as pq
import pytest
import torch

from mimicgait import __version__
from mimicgait.data import SequenceStore
from mimicgait.models import load_model


def done(result: subprocess.CompletedProcess[str]) -> str:
    """Check that a command succeeded, and return what it said."""
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_help_is_quick(command):
    command("--help")  # warms the file cache
    start = time.perf_counter()
    page = done(command("--help"))
    assert time.perf_counter() - start < 1.0
    assert "mimicgait demo" in page


def test_the_script_is_installed():
    script = os.path.join(os.path.dirname(sys.executable), "mimicgait")
    result = subprocess.run([script, "--version"], capture_output=True, text=True, timeout=60)
    assert done(result) == f"mimicgait {__version__}\n"


def test_walkers_there_and_back(command, tmp_path):
    done(command("synth", "stores", "--size", "tiny", "--seed", 3, "--workers", 1, cwd=tmp_path))
    pickles = ["--size", "tiny", "--seed", 3, "--layout", "opengait", "--workers", 1]
    done(command("synth", "pickles", *pickles, cwd=tmp_path))
    partition = ["--partition", "pickles/partition.json"]
    done(command("data", "import", "pickles", "back", *partition, "--licence", "CC0-1.0", cwd=tmp_path))
    for name in ("train", "test"):
        made, back = SequenceStore(tmp_path / "stores" / name), SequenceStore(tmp_path / "back" / name)
        position = {key: i for i, key in enumerate(back.keys)}
        assert set(position) == set(made.keys)
        assert all(np.array_equal(s.frames, back[position[s.key]].frames) for s in made)
        assert back.licence == "CC0-1.0"
    page = done(command("data", "check", "back/test", cwd=tmp_path))
    assert "people       6" in page
    assert "CC0-1.0" in page


def test_one_store_of_so_many_people(command, tmp_path):
    words = ["--people", 2, "--sequences", 4, "--frames", 10, "--start", 7, "--workers", 1]
    assert "2 people, 8 sequences" in done(command("synth", "few", *words, cwd=tmp_path))
    assert set(SequenceStore(tmp_path / "few").subjects) == {"p00007", "p00008"}


def test_a_store_is_replaced_only_when_asked(command, tmp_path):
    few = ["synth", "few", "--people", 1, "--sequences", 1, "--frames", 10, "--workers", 1]
    done(command(*few, cwd=tmp_path))
    assert command(*few, cwd=tmp_path).returncode == 2
    done(command(*few, "--seed", 1, "--overwrite", cwd=tmp_path))


@pytest.mark.parametrize("suffix", [".npz", ".parquet"])
def test_signatures_are_those_of_the_network(command, walkers, networks, tmp_path, suffix):
    out = tmp_path / f"signatures{suffix}"
    done(command("embed", walkers / "test", out, "--model", networks / "mimic"))
    store = SequenceStore(walkers / "test")
    with torch.inference_mode():
        expected = load_model(networks / "mimic")(torch.from_numpy(store[5].frames)[None])[0]
    if suffix == ".npz":
        with np.load(out) as file:
            found, subjects = file["embeddings"][5], list(file["subject"])
            assert str(file["fingerprint"]) == store.fingerprint
    else:
        table = pq.read_table(out)
        c, p = (int(table.schema.metadata[name]) for name in (b"channels", b"parts"))
        found, subjects = table["embedding"].to_pylist()[5], table["subject"].to_pylist()
        found = np.array(found).reshape(c, p)
    assert subjects == list(store.subjects)
    assert np.allclose(found, expected.numpy(), rtol=1e-4, atol=1e-5), (found, expected)


def test_a_teacher_is_trained_and_used(command, walkers, tmp_path):
    settings = tmp_path / "teacher.yaml"
    settings.write_text(
        f"train: {walkers / 'train'}\nvalidation: {walkers / 'val'}\n"
        "backbone: {args: {width: tiny}}\nbatch: {people: 4, sequences: 2, frames: [4, 8]}\n"
        "loop: {steps: 2, progress: false, trackers: []}\n"
    )
    words = ["train", "teacher", "--config", settings, "--out", "run", "--loop.steps", 3]
    page = done(command(*words, cwd=tmp_path))
    assert "run/model" in page
    assert load_model(tmp_path / "run" / "model").channels == 16
    assert '"step": 3' in (tmp_path / "run" / "log.jsonl").read_text()
    done(command("embed", walkers / "test", "out.npz", "--model", "run", cwd=tmp_path))


@pytest.mark.skipif(sys.platform == "win32", reason="signals work another way there")
def test_ctrl_c_leaves_nothing_half_written(tmp_path):
    words = ["synth", "crowd", "--people", "2000", "--workers", "2"]
    process = subprocess.Popen(
        [sys.executable, "-m", "mimicgait", *words],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # a terminal sends Ctrl-C to the workers too
    )
    deadline = time.monotonic() + 60
    while not any(p.stat().st_size for p in tmp_path.rglob("frames.bin")) and time.monotonic() < deadline:
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    assert err.strip() == "mimicgait: interrupted"
    assert not list(tmp_path.iterdir())
