"""Bad input, through a real process: one message (what, where, what to do) and nothing half-written."""

import os
import pickle
import shutil
import subprocess
from pathlib import Path

import cv2
import numpy as np
import pytest

from mimicgait.data import SequenceStore, write_opengait


@pytest.fixture(autouse=True)
def room(tmp_path, monkeypatch):
    """Let every test work in an empty folder of its own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def pickles(walkers, room) -> Path:
    """Return a folder in the field's layout."""
    write_opengait(SequenceStore(walkers / "val"), room / "pickles")
    return room / "pickles"


def tree(folder: Path) -> list[str]:
    """List everything in a folder, hidden things too."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def refused(done: subprocess.CompletedProcess[str], *said: object) -> None:
    """Check that a command ended with one message, which holds certain words."""
    assert done.returncode == 2, done.stderr
    first, *others = done.stderr.splitlines()
    assert first.startswith("mimicgait: ")
    assert all(line.startswith("  ") for line in others), "one message: what follows is its list"
    assert "Traceback" not in done.stderr
    missing = [str(words) for words in said if str(words) not in done.stderr]
    assert not missing, done.stderr


@pytest.mark.parametrize(
    ("words", "what", "remedy"),
    [
        (["data", "import", "empty", "out"], "holds no sequence", "check the path"),
        (["data", "check", "empty"], "is no store", "mimicgait data import"),
        (["embed", "empty", "out.npz", "--model", "{networks}/mimic"], "holds no sequence", "check the path"),
        (["evaluate", "--model", "empty", "--store", "{walkers}/test", "--out", "out"], "config.json", ""),
        (["train", "teacher", "--train", "empty", "--out", "out"], "is no store", "mimicgait data import"),
    ],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, list) else "",
)
def test_an_empty_folder(command, room, walkers, networks, words, what, remedy):
    (room / "empty").mkdir()
    words = [word.format(walkers=walkers, networks=networks) for word in words]
    refused(command(*words), "empty", what, remedy)
    assert tree(room) == ["empty"]


def test_a_truncated_pickle_among_good_ones(command, pickles, room):
    victim = min(pickles.rglob("*.pkl"))
    victim.write_bytes(victim.read_bytes()[: victim.stat().st_size // 2])
    done = command("data", "import", pickles, "store")
    refused(done, victim, "cut short or damaged", "copy it again")
    total = len(list(pickles.rglob("*.pkl")))
    assert len(SequenceStore(room / "store", verify=True)) == total - 1


def test_nothing_but_truncated_pickles(command, pickles, room):
    for path in pickles.rglob("*.pkl"):
        path.write_bytes(path.read_bytes()[:-100])
    before = tree(room)
    refused(command("data", "import", pickles, "store"), "no store was written", "cut short or damaged")
    assert tree(room) == before


class Trap:
    """A pickle that runs a command when an ordinary reader opens it."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (os.system, (f"touch {Path.cwd() / 'sprung'}",))


@pytest.mark.parametrize("words", [["data", "import", "hostile", "out"], ["embed", "hostile", "out.npz"]])
def test_a_pickle_that_would_run_code(command, room, networks, words):
    path = room / "hostile" / "001" / "nm-01" / "090" / "090.pkl"
    path.parent.mkdir(parents=True)
    path.write_bytes(pickle.dumps(Trap()))
    before = tree(room)
    model = ["--model", networks / "mimic"] if words[0] == "embed" else []
    refused(command(*words, *model), path.name, "system", "not run", "source that you trust")
    assert tree(room) == before


@pytest.mark.parametrize(
    "words",
    [
        ["data", "check", "half"],
        ["embed", "half", "out.npz", "--model", "{networks}/mimic"],
        ["train", "teacher", "--train", "half", "--out", "out"],
        ["evaluate", "--model", "{networks}/mimic", "--store", "half", "--out", "out"],
    ],
    ids=lambda words: words[0],
)
def test_a_store_cut_in_half(command, room, walkers, networks, words):
    shutil.copytree(walkers / "test", room / "half")
    frames = room / "half" / "frames.bin"
    with frames.open("r+b") as file:
        file.truncate(frames.stat().st_size // 2)
    before = tree(room)
    refused(command(*(word.format(networks=networks) for word in words)), "half", "frames.bin")
    assert tree(room) == before


def test_a_store_with_a_bit_turned_over(command, room, walkers):
    shutil.copytree(walkers / "test", room / "store")
    frames = room / "store" / "frames.bin"
    content = bytearray(frames.read_bytes())
    content[1000] ^= 1
    frames.write_bytes(content)
    done = command("data", "check", "store")
    assert done.returncode == 2
    assert done.stderr.startswith("mimicgait: store: the frames of 1 sequences are damaged")


@pytest.mark.parametrize(
    ("words", "what", "remedy"),
    [
        (
            ["embed", "{walkers}/test", "out.npz", "--model", "{networks}/ven"],
            "gives no signatures",
            "give a",
        ),
        (
            [
                *("train", "mimic", "--teacher", "{networks}/teacher", "--visibility", "{networks}/teacher"),
                *("--train", "{walkers}/train", "--out", "out", "--batch.people", "4"),
            ],
            "not a VisibilityNetwork",
            "mimicgait train ven",
        ),
        (
            ["evaluate", "--model", "{networks}/ven", "--store", "{walkers}/test", "--out", "out"],
            "gives no signatures",
            "give a",
        ),
    ],
    ids=["embed", "train", "evaluate"],
)
def test_a_checkpoint_of_another_model(command, room, walkers, networks, words, what, remedy):
    done = command(*(word.format(walkers=walkers, networks=networks) for word in words))
    refused(done, networks, what, remedy)
    assert tree(room) == []


def test_a_checkpoint_with_the_weights_of_another(command, room, walkers, networks):
    shutil.copytree(networks / "mimic", room / "mixed")
    shutil.copy(networks / "teacher" / "model.safetensors", room / "mixed")
    before = tree(room)
    done = command("embed", walkers / "test", "out.npz", "--model", "mixed")
    refused(done, "mixed", "model.safetensors")
    assert tree(room) == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["synth", "out", "--sise", "tiny"], "no setting --sise: did you mean --size?"),
        (
            ["synth", "out", "--size", "tinny"],
            "size: expected one of 'tiny', 'small', 'medium', 'wide', got tinny",
        ),
        (
            ["synth", "out", "--config", "settings.yaml"],
            "settings.yaml: no setting 'peopel': did you mean people?",
        ),
        (["train", "teacher", "--lr", "1"], "no setting --lr: did you mean --optimizer.lr?"),
        (["synht", "out"], "no command 'synht': did you mean 'synth'?"),
    ],
    ids=["option", "value", "file", "nested", "command"],
)
def test_a_misspelt_setting(command, room, words, said):
    (room / "settings.yaml").write_text("peopel: 3\n")
    refused(command(*words), said)
    assert tree(room) == ["settings.yaml"]


@pytest.mark.parametrize(
    ("word", "allowed"), [("backbone.args.widht", "width"), ("validation_occlusion.types", "top")]
)
def test_a_misspelt_setting_of_a_network_or_an_occlusion(command, room, walkers, word, allowed):
    value = "[topp]" if "types" in word else "tiny"
    store = ["--train", walkers / "train", "--validation", walkers / "val", "--batch.people", "4"]
    refused(command("train", "teacher", *store, "--out", "out", f"--{word}", value), allowed, "did you mean")
    assert tree(room) == []


def still_video(path: Path, frames: int = 60) -> Path:
    """Write a video of an empty, slightly noisy room."""
    rng = np.random.default_rng(0)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 25, (320, 240))
    for _ in range(frames):
        noise = rng.normal(0, 2, (240, 320, 1))
        writer.write(np.clip(110 + noise, 0, 255).repeat(3, axis=2).astype(np.uint8))
    writer.release()
    return path


@pytest.mark.parametrize("words", [["silhouettes", "still.mp4", "out"], ["embed", "still.mp4", "out.npz"]])
def test_a_video_without_people(command, room, networks, words):
    still_video(room / "still.mp4")
    model = ["--model", networks / "mimic"] if words[0] == "embed" else []
    refused(command(*words, *model), "still.mp4", "no walking person", "does the camera stand still?")
    assert tree(room) == ["still.mp4"]


@pytest.mark.parametrize("content", [b"", b"no video at all" * 100], ids=["empty", "text"])
def test_a_file_that_is_no_video(command, room, content):
    (room / "talk.mp4").write_bytes(content)
    refused(command("silhouettes", "talk.mp4", "out"), "talk.mp4")
    assert tree(room) == ["talk.mp4"]


def test_a_file_that_is_not_there(command, room, networks):
    refused(command("silhouettes", "walk.mp4", "out"), "walk.mp4")
    refused(command("embed", "walk", "out.npz", "--model", networks / "mimic"), "walk", "check the path")
    assert tree(room) == []
