"""Every family and adapter can be exported, for any number of sequences and frames, and stays itself."""

import inspect
from functools import partial

import pytest
import torch
from adapter_cases import (
    clip_whole,
    clip_windows,
    frame_maps,
    groups_in_order,
    groups_of_frames,
    sequence_vectors,
)

from mimicgait.export import OnnxEncoder, export_onnx
from mimicgait.models import MimicNetwork, VisibilityNetwork, backbones
from mimicgait.models.base import Backbone

pytest.importorskip("onnxruntime")

LENGTHS = [9, 1, 2, 3, 7]
ONLY_ALIKE = {"clip_whole", "sequence_vectors"}
"""Adapters whose network looks at a sequence as a whole: their graphs take batches of one length."""

SHALLOW = {"blocks": (1, 1, 2, 2)}
FAMILIES = [
    value
    for value in vars(backbones).values()
    if inspect.isclass(value) and issubclass(value, Backbone) and not inspect.isabstract(value)
]
CASES = [
    *(
        pytest.param(partial(family, width="tiny", **(SHALLOW if name == "SwinGait" else {})), id=name)
        for family in FAMILIES
        if (name := family.__name__)
    ),
    pytest.param(partial(backbones.DeepGaitV2, width="tiny", mode="3d"), id="DeepGaitV2-3d"),
    *(
        pytest.param(make, id=make.__name__)
        for make in (
            frame_maps,
            clip_windows,
            clip_whole,
            sequence_vectors,
            groups_of_frames,
            groups_in_order,
        )
    ),
]


@pytest.fixture(params=CASES)
def network(request, frames):
    """A network of each kind, with BatchNorm statistics of its own, in eval mode."""
    torch.manual_seed(0)
    network = request.param()
    with torch.no_grad():
        network.train()(frames(4, 8))
    return network.eval()


@pytest.mark.slow
def test_the_graph_gives_what_the_network_gives(network, frames, tmp_path, request):
    exported = export_onnx(network, tmp_path / "network.onnx")
    graph = OnnxEncoder(exported.path)
    assert (graph.channels, graph.parts, graph.input_size) == (network.channels, network.parts, (64, 64))
    assert exported.facts.mixed_lengths == (request.node.callspec.id not in ONLY_ALIKE)
    batch, lengths = frames(len(LENGTHS), max(LENGTHS), seed=1), torch.tensor(LENGTHS)
    for sequence, length in zip(batch, LENGTHS, strict=True):
        sequence[length:] = 1
    with torch.no_grad():
        alone = torch.cat([network(one[None, :k]) for one, k in zip(batch, LENGTHS, strict=True)])
        got = graph(batch, lengths)
        several = graph(batch[:, :1])
    differences = (got - alone).abs().flatten(1).amax(1) / alone.abs().flatten(1).amax(1)
    assert differences.max() < 1e-4, differences
    assert several.shape == (len(LENGTHS), network.channels, network.parts)


def test_a_guided_mimic_is_one_graph(frames, tmp_path):
    torch.manual_seed(0)
    mimic = MimicNetwork(backbones.GaitBase(width="tiny"), VisibilityNetwork(width="tiny")).eval()
    graph = OnnxEncoder(export_onnx(mimic, tmp_path / "mimic.onnx").path)
    batch = frames(2, 5)
    with torch.no_grad():
        expected, unguided = mimic(batch), mimic.backbone(batch)
    torch.testing.assert_close(graph(batch), expected, rtol=1e-4, atol=1e-5)
    assert not torch.allclose(expected, unguided, rtol=1e-2)
