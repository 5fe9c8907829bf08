"""Writing a graph: what is in the file, and what is refused with nothing left behind."""

import importlib.util

import onnx
import pytest
import torch
from small_networks import Changing, Leaking, Long, Looking, Small, Stubborn
from torch import nn

from mimicgait.distance import PartwiseEuclidean, VisibleEuclidean, distance_of
from mimicgait.errors import ExportError, ShapeError
from mimicgait.export import Calibration, OnnxEncoder, export_onnx
from mimicgait.models import VisibilityNetwork, model_hash


def seeded(network):
    """The network with the same weights every time."""
    torch.manual_seed(0)
    return network().eval()


def test_inputs_outputs_and_free_axes(exported):
    graph = onnx.load(str(exported.path)).graph
    shapes = {
        value.name: [dim.dim_param or dim.dim_value for dim in value.type.tensor_type.shape.dim]
        for value in (*graph.input, *graph.output)
    }
    assert shapes == {"frames": ["n", "t", 64, 64], "lengths": ["n"], "embeddings": ["n", 2, 4]}


def test_the_file_says_what_it_is(exported, small, walks):
    facts = exported.facts
    assert OnnxEncoder(exported.path).facts == facts
    assert (facts.channels, facts.parts, facts.input_size, facts.least_frames) == (2, 4, (64, 64), 1)
    assert facts.network == "small_networks.Small"
    assert facts.source == model_hash(small)
    assert facts.numbers == "float32"
    assert "centred" in facts.silhouettes
    assert 0 <= facts.difference < 1e-5
    assert facts.trained == {"stage": "teacher", "data_licence": "CC0", "silhouettes": "64x44"}
    assert exported.size == exported.path.stat().st_size
    assert [file.name for file in exported.path.parent.iterdir()] == ["small.onnx"]


def test_the_network_is_left_as_it_is(tmp_path):
    network = Small().train()
    before = {key: value.clone() for key, value in network.state_dict().items()}
    export_onnx(network.double(), tmp_path / "small.onnx")
    assert network.training
    assert all(torch.equal(before[key].double(), value) for key, value in network.state_dict().items())


def test_a_graph_that_is_not_the_network_is_refused_and_nothing_is_left(tmp_path):
    with pytest.raises(ExportError, match=r"the graph is not the network.*differ by .*e-04"):
        export_onnx(seeded(Changing), tmp_path / "changing.onnx")
    assert not list(tmp_path.iterdir())


def test_a_network_that_sees_padding_is_refused(tmp_path):
    with pytest.raises(ExportError, match=r"sequences of \[.*\] frames in a batch"):
        export_onnx(seeded(Leaking), tmp_path / "leaking.onnx")
    assert not list(tmp_path.iterdir())


def test_a_refusal_keeps_the_file_that_was_there(tmp_path):
    (tmp_path / "a.onnx").write_text("mine")
    with pytest.raises(ExportError, match="exists already"):
        export_onnx(seeded(Small), tmp_path / "a.onnx")
    with pytest.raises(ExportError, match="is not the network"):
        export_onnx(seeded(Changing), tmp_path / "a.onnx", overwrite=True)
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("a.onnx", "mine")]


def test_lengths_as_python_numbers_give_a_graph_for_batches_of_one_length(tmp_path):
    network = seeded(Looking)
    exported = export_onnx(network, tmp_path / "looking.onnx")
    assert not exported.facts.mixed_lengths
    frames, lengths = torch.rand(3, 6, 64, 64).round(), torch.tensor([6, 2, 6])
    with torch.no_grad():
        expected = network(frames, lengths)
    torch.testing.assert_close(OnnxEncoder(exported.path)(frames, lengths), expected)


@pytest.mark.parametrize(
    ("own", "said", "used"),
    [
        (None, "PartwiseEuclidean", PartwiseEuclidean()),
        (VisibleEuclidean(), "VisibleEuclidean", VisibleEuclidean()),
        (VisibleEuclidean(unknown=0.5), "", PartwiseEuclidean()),
    ],
)
def test_the_file_says_what_signatures_are_compared_with(own, said, used, tmp_path):
    network = seeded(Small)
    network.distance = own
    exported = export_onnx(network, tmp_path / "small.onnx")
    assert exported.facts.distance == said
    assert distance_of(OnnxEncoder(exported.path)) == used


def test_the_shortest_sequence_is_found_out(tmp_path):
    exported = export_onnx(seeded(Long), tmp_path / "long.onnx")
    assert exported.facts.least_frames == 4
    graph = OnnxEncoder(exported.path)
    assert graph(torch.zeros(1, 4, 64, 64)).shape == (1, 2, 4)
    with pytest.raises(ShapeError, match="4 frames or more, got one of 3"):
        graph(torch.zeros(2, 5, 64, 64), torch.tensor([5, 3]))


@pytest.mark.parametrize(
    ("network", "name", "reason"),
    [
        (Stubborn, "a.onnx", r"Stubborn cannot be written as one graph .*: \S.* \(with the lengths .*: \S"),
        (VisibilityNetwork, "a.onnx", "gives no signatures"),
        (nn.Identity, "a.onnx", "gives no signatures"),
        (Small, "a.pt", r"must end in \.onnx"),
    ],
)
def test_what_cannot_be_exported(network, name, reason, tmp_path):
    with pytest.raises(ExportError, match=reason):
        export_onnx(seeded(network), tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_int8_is_measured_on_some_walks_and_checked_on_others(small, walks, tmp_path):
    calibration = Calibration(walks, sequences=4)
    measured, others = calibration.split()
    assert len(measured) == 4
    assert not set(measured) & set(others)
    exported = export_onnx(small, tmp_path / "small.onnx", store=walks, int8=calibration)
    assert exported.facts.numbers == "int8"
    assert exported.facts.calibration == {
        "store": walks.name,
        "fingerprint": walks.fingerprint,
        "sequences": 4,
    }
    assert 0 < exported.facts.difference < 0.25
    operators = {node.op_type for node in onnx.load(str(exported.path)).graph.node}
    assert {"QuantizeLinear", "DequantizeLinear"} <= operators
    frames = torch.stack([torch.from_numpy(walks[i].frames[:5]) for i in (1, 6)])
    with torch.no_grad():
        expected = small(frames)
    got = OnnxEncoder(exported.path)(frames)
    assert 0 < (got - expected).norm() < 0.1 * expected.norm()


def test_int8_needs_enough_sequences(walks):
    with pytest.raises(ExportError, match="at least 4"):
        Calibration(walks.select([0, 1, 2]))
    with pytest.raises(ExportError, match="say 1 or more"):
        Calibration(walks, sequences=0)


def test_a_missing_package_is_named_with_what_to_do(monkeypatch, small, tmp_path):
    real = importlib.util.find_spec
    hidden = lambda name: None if name == "onnxscript" else real(name)  # noqa: E731
    monkeypatch.setattr("mimicgait.export.extras.find_spec", hidden)
    with pytest.raises(ExportError, match=r"needs onnxscript: pip install 'mimicgait\[onnx\]'"):
        export_onnx(small, tmp_path / "small.onnx")
