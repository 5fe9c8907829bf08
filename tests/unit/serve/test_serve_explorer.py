"""The robustness explorer: what is hidden, and who ranks whom where."""

import base64

import numpy as np
import pytest
import torch

from mimicgait.data import SequenceStore
from mimicgait.errors import ConfigError
from mimicgait.models.backbones import GaitBase
from mimicgait.serve.explorer import Explorer, divide
from mimicgait.synth import SynthConfig, write_walkers


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    config = SynthConfig(people=3, sequences=2, frames=8, faults=0.0)
    return write_walkers(tmp_path_factory.mktemp("explorer") / "walkers", config, workers=1, progress=False)


@pytest.fixture(scope="module")
def explorer(store, observer):
    torch.manual_seed(1)
    return Explorer(lambda: store, GaitBase(width="tiny"), observer.network)


def bits(text):
    return np.unpackbits(np.frombuffer(base64.b64decode(text), np.uint8)).reshape(-1, 64, 64)


def test_without_hiding_everything_is_seen_and_all_of_it_is_enrolled(explorer, store):
    shown = explorer.show(1, "top", 0.0)
    assert np.array_equal(shown.complete, store[3].frames)
    assert np.array_equal(shown.occluded, shown.complete)
    assert (shown.visible.all(), shown.hidden) == (True, 0.0)
    assert sorted(one.name for one in shown.teacher) == sorted(set(store.subjects))


def test_what_is_hidden_is_marked_and_the_rankings_are_in_order(explorer):
    shown = explorer.show(0, "top", 0.5)
    assert not shown.visible[:, :32].any()
    assert shown.visible[:, 32:].all()
    assert shown.hidden == pytest.approx(0.5)
    for ranking, place in ((shown.teacher, shown.places[0]), (shown.mimic, shown.places[1])):
        distances = [one.distance for one in ranking]
        assert distances == sorted(distances)
        assert ranking[place - 1].name == shown.name
    assert (
        explorer.show(0, "patch", 0.3, seed=1).visible.tobytes()
        != explorer.show(0, "patch", 0.3).visible.tobytes()
    )


def test_over_http(make_client, explorer):
    client = make_client(explorer=explorer)
    choices = client.get("/v1/explorer").json()
    assert (choices["synthetic"], len(choices["walkers"])) == (True, 3)
    shown = client.post("/v1/explorer", json={"walker": 0, "kind": "bottom", "amount": 0.4}).json()
    assert bits(shown["complete"]).shape == bits(shown["visible"]).shape == bits(shown["occluded"]).shape
    for wrong in ({"walker": 99}, {"kind": "fog"}, {"amount": 0.9}, {"amount": "NaN"}, {"seed": -1}):
        sent = {"walker": 0, "kind": "top", "amount": 0.4, **wrong}
        assert client.post("/v1/explorer", json=sent).status_code == 422, wrong


def test_without_a_teacher_there_is_none(client):
    refused = client.get("/v1/explorer")
    assert (refused.status_code, "--teacher" in refused.json()["detail"]) == (404, True)


def test_a_store_without_second_walks_is_refused(store):
    first = store.select([0, 2, 4])
    assert isinstance(first, SequenceStore)
    with pytest.raises(ConfigError, match="two walks each"):
        divide(first)
