"""A small service: a tiny network of random weights, a few walkers, and clients that ask it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch
from fastapi.testclient import TestClient

from mimicgait.gallery import Gallery, Observer
from mimicgait.models import MimicNetwork, VisibilityNetwork
from mimicgait.models.backbones import GaitBase
from mimicgait.serve.http.app import create_app
from mimicgait.serve.http.guard import local_hosts
from mimicgait.serve.http.service import Service
from mimicgait.serve.limits import Limits
from mimicgait.serve.recognise import Recogniser
from mimicgait.serve.uploads import Scratch
from mimicgait.synth import SynthConfig, generate
from mimicgait.types import Frames

MakeClient = Callable[..., TestClient]


@pytest.fixture(scope="session")
def walks() -> list[Frames]:
    """Return two walks each of three people, one after the other: `[t, 64, 64]`."""
    config = SynthConfig(people=3, sequences=2, frames=12, seed=5, faults=0.0)
    return [walk.frames for walk in generate(config)]


@pytest.fixture(scope="session")
def observer() -> Observer:
    """Return a mimic of random weights with a visibility network in it."""
    torch.manual_seed(0)
    return Observer(MimicNetwork(GaitBase(width="tiny"), VisibilityNetwork(width=0.25)))


@pytest.fixture
def make_client(tmp_path: Path, observer: Observer) -> Iterator[MakeClient]:
    """Return a function that starts a service with these limits and other settings, and gives a client."""
    with starting(tmp_path, observer) as make:
        yield make


@pytest.fixture(scope="module")
def make_lasting_client(tmp_path_factory: pytest.TempPathFactory, observer: Observer) -> Iterator[MakeClient]:
    """Return the same function for clients that all tests of a file share."""
    with starting(tmp_path_factory.mktemp("service"), observer) as make:
        yield make


@contextmanager
def starting(folder: Path, observer: Observer) -> Iterator[MakeClient]:
    """Close what was started when the tests are through."""
    clients: list[TestClient] = []

    def make(limits: Limits | None = None, *, keep: Path | None = None, **settings: object) -> TestClient:
        limits = limits or Limits()
        recogniser = Recogniser(observer, Gallery(folder / f"people{len(clients)}.db", key=""), None, limits)
        settings = {"hosts": local_hosts(["testserver"]), **settings}
        service = Service.start(recogniser, Scratch(limits.scratch_bytes, keep), limits, **settings)
        client = TestClient(create_app(service), raise_server_exceptions=False)
        client.__enter__()
        clients.append(client)
        return client

    yield make
    for client in clients:
        client.__exit__(None, None, None)


@pytest.fixture
def client(make_client: MakeClient) -> TestClient:
    """Return a client of a service without keys."""
    return make_client()
