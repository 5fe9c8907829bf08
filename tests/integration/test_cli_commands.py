"""Commands that do their work: from the words on the command line to what lies on disk."""

import json
import os
import signal
import subprocess
import sys
import time

import cv2
import numpy as np
import pyarrow.parquet as pq
import pytest
import torch

from mimicgait import __version__
from mimicgait.cli.main import main
from mimicgait.data import SequenceStore, write_opengait
from mimicgait.models import load_model
from mimicgait.synth import SynthConfig, generate


@pytest.fixture
def mimicgait(tmp_path, monkeypatch, capsys):
    """Return a function that runs a command in an empty folder, expects success, and gives its words."""
    monkeypatch.chdir(tmp_path)

    def run(*words: object) -> str:
        code = main(list(map(str, words)))
        out, err = capsys.readouterr()
        assert code == 0, err
        return out

    return run


def test_help_is_quick(command):
    command("--help")  # warms the file cache
    start = time.perf_counter()
    page = command("--help")
    assert time.perf_counter() - start < 1.0
    assert "mimicgait demo" in page.stdout


def test_the_script_is_installed():
    script = os.path.join(os.path.dirname(sys.executable), "mimicgait")
    result = subprocess.run([script, "--version"], capture_output=True, text=True, timeout=60)
    assert result.stdout == f"mimicgait {__version__}\n"


def test_walkers_there_and_back(mimicgait, tmp_path):
    tiny = ["--size", "tiny", "--sequences", 4, "--seed", 3, "--workers", 1]
    mimicgait("synth", "stores", *tiny)
    mimicgait("synth", "pickles", *tiny, "--layout", "opengait")
    mimicgait(
        "data", "import", "pickles", "back", "--partition", "pickles/partition.json", "--licence", "CC0-1.0"
    )
    for name in ("train", "test"):
        made, back = SequenceStore(tmp_path / "stores" / name), SequenceStore(tmp_path / "back" / name)
        position = {key: i for i, key in enumerate(back.keys)}
        assert set(position) == set(made.keys)
        assert all(np.array_equal(s.frames, back[position[s.key]].frames) for s in made)
        assert back.licence == "CC0-1.0"
    page = mimicgait("data", "check", "back/test")
    assert "people       6" in page
    assert "CC0-1.0" in page


def test_only_the_people_that_were_asked_for(mimicgait, walkers, tmp_path):
    write_opengait(
        SequenceStore(walkers / "train"), tmp_path / "pickles", test=SequenceStore(walkers / "test")
    )
    mimicgait(
        *("data", "import", "pickles", "store", "--partition", "pickles/partition.json", "--subset", "test")
    )
    assert set(SequenceStore(tmp_path / "store").subjects) == set(SequenceStore(walkers / "test").subjects)


def test_one_store_of_so_many_people(mimicgait, tmp_path):
    few = ["--people", 2, "--sequences", 4, "--frames", 10, "--start", 7, "--workers", 1]
    assert "2 people, 8 sequences" in mimicgait("synth", "few", *few)
    assert set(SequenceStore(tmp_path / "few").subjects) == {"p00007", "p00008"}


def test_a_store_is_replaced_only_when_asked(mimicgait, tmp_path):
    few = ["synth", "few", "--people", 1, "--sequences", 1, "--frames", 10, "--workers", 1]
    mimicgait(*few)
    first = SequenceStore(tmp_path / "few").fingerprint
    assert main([str(word) for word in [*few, "--seed", 1]]) == 2
    assert SequenceStore(tmp_path / "few").fingerprint == first
    mimicgait(*few, "--seed", 1, "--overwrite")
    assert SequenceStore(tmp_path / "few").fingerprint != first


@pytest.mark.parametrize("suffix", [".npz", ".parquet"])
def test_signatures_are_those_of_the_network(mimicgait, walkers, networks, tmp_path, suffix):
    out = tmp_path / f"signatures{suffix}"
    mimicgait("embed", walkers / "test", out, "--model", networks / "mimic")
    store = SequenceStore(walkers / "test")
    with torch.inference_mode():
        expected = load_model(networks / "mimic")(torch.from_numpy(store[5].frames)[None])[0]
    if suffix == ".npz":
        with np.load(out) as file:
            found, subjects = file["embeddings"][5], list(file["subject"])
            assert str(file["fingerprint"]) == store.fingerprint
            distance = str(file["distance"])
    else:
        table = pq.read_table(out)
        c, p = (int(table.schema.metadata[name]) for name in (b"channels", b"parts"))
        found, subjects = table["embedding"].to_pylist()[5], table["subject"].to_pylist()
        found = np.array(found).reshape(c, p)
        distance = table.schema.metadata[b"distance"].decode()
    assert distance == "PartwiseEuclidean"
    assert subjects == list(store.subjects)
    assert np.allclose(found, expected.numpy(), rtol=1e-4, atol=1e-5), (found, expected)
    assert sorted(path.name for path in tmp_path.iterdir()) == [out.name]


def test_a_folder_of_pickles_gives_the_same_signatures_as_its_store(mimicgait, walkers, networks, tmp_path):
    write_opengait(SequenceStore(walkers / "val"), tmp_path / "pickles")
    model = ["--model", networks / "mimic"]
    mimicgait("embed", walkers / "val", "store.npz", *model)
    mimicgait("embed", "pickles", "pickles.npz", *model)
    with np.load("store.npz") as store, np.load("pickles.npz") as pickles:
        orders = [np.lexsort((f["view"], f["type"], f["subject"])) for f in (store, pickles)]
        assert np.allclose(store["embeddings"][orders[0]], pickles["embeddings"][orders[1]], atol=1e-5)


def test_a_teacher_is_trained_and_used(mimicgait, walkers, tmp_path):
    settings = tmp_path / "teacher.yaml"
    settings.write_text(
        f"train: {walkers / 'train'}\nvalidation: {walkers / 'val'}\n"
        "backbone: {args: {width: tiny}}\nbatch: {people: 4, sequences: 2, frames: [4, 8]}\n"
        "loop: {steps: 2, progress: false, trackers: []}\n"
    )
    page = mimicgait("train", "teacher", "--config", settings, "--out", "run", "--loop.steps", 3)
    assert "run/model" in page
    assert load_model(tmp_path / "run" / "model").channels == 16
    assert '"step": 3' in (tmp_path / "run" / "log.jsonl").read_text()
    mimicgait("embed", walkers / "test", "out.npz", "--model", "run")


@pytest.mark.slow
def test_a_report_with_its_numbers(mimicgait, walkers, networks, tmp_path):
    little = ["--seeds", "[0, 1]", "--amounts", "[0.0, 0.5]", "--sweep_people", 2]
    model, teacher = ["--model", networks / "mimic"], ["--teacher", networks / "teacher"]
    store = ["--store", walkers / "test", "--out", "report"]
    page = mimicgait("evaluate", *model, *teacher, *store, *little)
    assert "report/report.html" in page
    found = json.loads((tmp_path / "report" / "report.json").read_text())
    first, last = found["headline"]
    assert (first["hpr"], last["method"]) == (1.0, "mimic")
    assert last["rp"] == pytest.approx(last["occluded"]["mean"]["rank1"] / first["clean"]["mean"]["rank1"])
    assert found["visibility"]["frames"] > 0
    assert {"report.md", "report.html"} < {path.name for path in (tmp_path / "report").iterdir()}
    assert main(list(map(str, ["evaluate", *model, *teacher, *store]))) == 2


@pytest.fixture
def video(tmp_path):
    """Return a video in which one walker crosses a grey, slightly noisy room from left to right."""
    config = SynthConfig(people=1, sequences=1, frames=90, azimuth=(90, 90), elevation=(0, 0), faults=0)
    (walker,) = generate(config)
    rng = np.random.default_rng(0)
    writer = cv2.VideoWriter(str(tmp_path / "walk.mp4"), cv2.VideoWriter.fourcc(*"mp4v"), 25, (640, 240))
    for step in range(-20, len(walker.frames)):
        image = np.clip(110 + rng.normal(0, 2, (240, 640, 1)), 0, 255).repeat(3, axis=2).astype(np.uint8)
        if step >= 0:
            body = cv2.resize(walker.frames[step], (160, 160)) > 0
            left = 20 + 5 * step
            image[40:200, left : left + 160][body] = (30, 40, 200)
        writer.write(image)
    writer.release()
    return tmp_path / "walk.mp4"


def test_a_video_becomes_silhouettes_and_a_signature(mimicgait, video, networks, tmp_path):
    page = mimicgait("silhouettes", video, "walk", "--licence", "mine")
    store = SequenceStore(tmp_path / "walk", verify=True)
    assert (len(set(store.subjects)), store.licence) == (1, "mine"), page
    assert store.lengths.sum() >= 50, page
    mimicgait("embed", video, "walk.npz", "--model", networks / "mimic")
    with np.load("walk.npz") as file:
        assert len(file["embeddings"]) == len(store)


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
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's `&` has it ignored
    )
    deadline = time.monotonic() + 60
    while not any(p.stat().st_size for p in tmp_path.rglob("frames.bin")) and time.monotonic() < deadline:
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    assert err.strip() == "mimicgait: interrupted"
    assert not list(tmp_path.iterdir())
