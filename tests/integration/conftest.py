"""Real processes, and small things for them to work on: walkers, networks that were never trained."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mimicgait.models import MimicNetwork, VisibilityNetwork, save_model
from mimicgait.models.backbones import GaitBase
from mimicgait.synth import SIZES, write_splits

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def command() -> Command:
    """Return a function that runs `mimicgait` in a process of its own."""

    def run(*words: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "mimicgait", *map(str, words)],
            capture_output=True,
            text=True,
            timeout=240,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
        )

    return run


@pytest.fixture(scope="session")
def walkers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with stores of a few walkers: train, val and test."""
    folder = tmp_path_factory.mktemp("walkers")
    write_splits(folder, SIZES["tiny"], workers=1, progress=False)
    return folder


@pytest.fixture(scope="session")
def networks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with three tiny networks of random weights: teacher, ven and mimic."""
    folder = tmp_path_factory.mktemp("networks")
    teacher, ven = GaitBase(width="tiny"), VisibilityNetwork(width=0.25)
    save_model(teacher, folder / "teacher")
    save_model(ven, folder / "ven")
    save_model(MimicNetwork(teacher, ven), folder / "mimic")
    return folder
