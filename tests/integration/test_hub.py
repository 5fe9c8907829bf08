"""Publishing and fetching networks by the real client, in processes of their own, and a Hub in this one."""

import json
import os
import subprocess
import sys

import pytest
import torch
from fake_hub import COMMIT, FakeHub

from mimicgait.models import load_model, save_model

REPOSITORY = "user/mimic"


@pytest.fixture
def hub():
    with FakeHub() as hub:
        yield hub


@pytest.fixture
def talk(hub, tmp_path):
    """Return a function that runs Python with that Hub, a cache of its own and a token."""

    def run(*words: object, **settings: str) -> subprocess.CompletedProcess[str]:
        own = {"HF_ENDPOINT": hub.address, "HF_HOME": str(tmp_path / "cache"), "HF_TOKEN": "hf_test"}
        quiet = {"HF_HUB_DISABLE_PROGRESS_BARS": "1", "HF_HUB_DISABLE_XET": "1", "OMP_NUM_THREADS": "1"}
        return subprocess.run(
            [sys.executable, *map(str, words)],
            capture_output=True,
            text=True,
            timeout=240,
            cwd=tmp_path,
            env={**os.environ, **own, **quiet, **settings},
        )

    return run


def test_there_and_back(talk, hub, networks, tmp_path):
    cli = ["-m", "mimicgait", "hub"]
    model = tmp_path / "model"
    network = load_model(networks / "mimic")
    save_model(network, model, {"trained_on": "walkers 0-7, seed 0", "data_licence": "CC0-1.0"})
    refused = talk(*cli, "push", model, REPOSITORY)
    assert (refused.returncode, "states no licence" in refused.stderr) == (2, True), refused.stderr
    assert not hub.asked

    assert talk(*cli, "card", model, "--licence", "apache-2.0").returncode == 0
    pushed = talk(*cli, "push", model, REPOSITORY, "--private", "true")
    assert pushed.returncode == 0, pushed.stderr
    assert pushed.stdout == f"{hub.address}/{REPOSITORY}/commit/{COMMIT}\n"
    assert hub.private[REPOSITORY]
    assert hub.files[REPOSITORY] == {file.name: file.read_bytes() for file in model.iterdir()}

    hub.files[REPOSITORY]["pytorch_model.bin"] = b"never fetched"
    pulled = talk(*cli, "pull", REPOSITORY, tmp_path / "pulled")
    assert pulled.returncode == 0, pulled.stderr
    assert {file.name: file.read_bytes() for file in (tmp_path / "pulled").iterdir()} == {
        file.name: file.read_bytes() for file in model.iterdir()
    }
    assert not [request for request in hub.asked if "pytorch_model" in request]
    frames = torch.ones(1, 3, 64, 64, dtype=torch.uint8)
    with torch.no_grad():
        assert torch.equal(load_model(tmp_path / "pulled")(frames), network(frames))

    script = f"from mimicgait.models import from_pretrained as f; print(type(f({REPOSITORY!r})).__name__)"
    asked = len(hub.asked)
    again = talk("-c", script, HF_HUB_OFFLINE="1")
    assert (again.stdout, len(hub.asked)) == ("MimicNetwork\n", asked), again.stderr


def test_what_is_not_ours_is_refused(talk, hub, networks):
    files = {file.name: file.read_bytes() for file in (networks / "teacher").iterdir()}
    config = json.loads(files["config.json"])
    foreign = json.dumps({**config, "class": "os.PathLike"}).encode()
    hub.files = {
        "user/pickles": {"pytorch_model.bin": b"\x80\x04."},
        "user/foreign": {**files, "config.json": foreign},
        "user/cut": {**files, "model.safetensors": files["model.safetensors"][:-100]},
    }
    script = """
import sys
from mimicgait.errors import CheckpointError
from mimicgait.models import from_pretrained
for name in sys.argv[1:]:
    try:
        from_pretrained(name)
        print("loaded")
    except CheckpointError as error:
        print(error)
"""
    done = talk("-c", script, "user/pickles", "user/foreign", "user/cut", "user/nobody", "no/such/name")
    pickles, foreign_, cut, nobody, name = done.stdout.splitlines()
    assert "has no config.json" in pickles
    assert "outside the trusted packages" in foreign_
    assert "cut short" in cut
    assert "cannot be had" in nobody
    assert "neither a folder nor a name" in name


def test_the_hub_says_no(talk, hub, networks, tmp_path):
    model = tmp_path / "model"
    save_model(load_model(networks / "teacher"), model, {"licence": "apache-2.0"})
    done = talk("-m", "mimicgait", "hub", "push", model, REPOSITORY, HF_TOKEN="hf_other")
    assert done.returncode == 2
    assert done.stderr.startswith(f"mimicgait: {REPOSITORY} cannot be written on {hub.address}: ")
    assert "Traceback" not in done.stderr
