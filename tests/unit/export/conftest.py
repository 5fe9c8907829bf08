"""Graphs that several tests look at, written once."""

import pytest
import torch
from small_networks import Small

from mimicgait.export import export_onnx
from mimicgait.synth import SynthConfig, write_walkers


@pytest.fixture(scope="session")
def small():
    torch.manual_seed(0)
    return Small().eval()


@pytest.fixture(scope="session")
def walks(tmp_path_factory):
    """A store of walkers."""
    config = SynthConfig(people=4, sequences=2, frames=8)
    return write_walkers(tmp_path_factory.mktemp("walks") / "store", config, workers=1, progress=False)


@pytest.fixture(scope="session")
def exported(small, walks, tmp_path_factory):
    """The small network as a file, checked on the store."""
    path = tmp_path_factory.mktemp("exported") / "small.onnx"
    about = {
        "stage": "teacher",
        "data_licence": "CC0",
        "silhouettes": "64x44",
        "training": {"train": "/home/me"},
    }
    return export_onnx(small, path, store=walks, metadata=about)
