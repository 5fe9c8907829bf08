"""A graph in the place of a network: the same call, and a clear word when it cannot answer."""

import json

import onnx
import pytest
import torch
from small_networks import Small

from mimicgait.errors import ConfigError, ExportError, ShapeError
from mimicgait.evaluation import embed_store
from mimicgait.export import GraphFacts, OnnxEncoder
from mimicgait.export.facts import PREFIX
from mimicgait.models.base import GaitEncoder


@pytest.fixture(scope="module")
def graph(exported):
    return OnnxEncoder(exported.path)


def test_it_stands_where_a_network_stands(graph, small, walks):
    assert isinstance(graph, GaitEncoder)
    expected, got = embed_store(small, walks, batch_frames=20), embed_store(graph, walks, batch_frames=20)
    assert got.keys == expected.keys
    torch.testing.assert_close(got.values, expected.values)


def test_bytes_and_floats_give_the_same(graph):
    frames = (torch.rand(2, 3, 64, 64) > 0.5).to(torch.uint8)
    assert torch.equal(graph(frames), graph(frames.float()))
    assert torch.equal(graph(frames), graph(frames, torch.tensor([3, 3], dtype=torch.int32)))


@pytest.mark.parametrize(
    ("shape", "lengths", "reason"),
    [
        ((2, 3, 32, 32), None, "64x64"),
        ((2, 3, 64, 64), [4, 1], "between 1 and 3"),
        ((2, 3, 64, 64), [0, 1], "between 1 and 3"),
    ],
)
def test_other_shapes_are_refused(graph, shape, lengths, reason):
    with pytest.raises(ShapeError, match=reason):
        graph(torch.zeros(shape), None if lengths is None else torch.tensor(lengths))


def test_autocast_is_refused_rather_than_ignored(graph, walks):
    with pytest.raises(ConfigError, match="computes in float32"):
        embed_store(graph, walks, precision="bfloat16")


def test_a_device_without_provider_is_refused(graph):
    with pytest.raises(ConfigError, match="cannot use 'meta'"):
        graph(torch.zeros(1, 2, 64, 64, device="meta"))


def test_what_the_network_was_trained_on_is_known(graph):
    assert graph.trained_size == "64x44"


@pytest.mark.parametrize("contents", [None, b"", b"no graph at all", "cut"])
def test_damaged_files_are_refused(exported, contents, tmp_path):
    path = tmp_path / "a.onnx"
    if contents is not None:
        whole = exported.path.read_bytes()
        path.write_bytes(whole[: len(whole) // 2] if contents == "cut" else contents)
    with pytest.raises(ExportError, match=r"a\.onnx"):
        OnnxEncoder(path)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, "not those of `mimicgait export`"),
        ({"channels": "many"}, "must be positive"),
        ({"format": 2}, "expected format 1, got 2"),
        ({"distance": "Hyperbolic"}, "no distance 'Hyperbolic'"),
    ],
)
def test_graphs_of_others_are_refused(exported, change, reason, tmp_path):
    graph = onnx.load(str(exported.path))
    facts = dict(exported.facts.properties()) if change else {}
    facts |= {PREFIX + key: json.dumps(value) for key, value in change.items()}
    del graph.metadata_props[:]
    onnx.helper.set_model_props(graph, facts)
    onnx.save(graph, str(tmp_path / "a.onnx"))
    with pytest.raises(ExportError, match=reason):
        OnnxEncoder(tmp_path / "a.onnx")


def test_facts_there_and_back(exported):
    assert GraphFacts.of_properties({**exported.facts.properties(), "other": "x"}) == exported.facts


def test_nothing_in_it_can_be_trained(graph):
    assert not list(graph.parameters())
    assert isinstance(Small(), GaitEncoder)
