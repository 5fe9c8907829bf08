"""What a training begins with: random weights, a trained network, or some layers of it."""

import pytest
import torch

from mimicgait.errors import ConfigError
from mimicgait.losses import TripletLoss
from mimicgait.models import save_model
from mimicgait.models.backbones import DeepGaitV2, GaitBase, SwinGait
from mimicgait.training.config import BackboneConfig, NetworkConfig
from mimicgait.training.initial import first_backbone
from mimicgait.training.loop import store_as_images
from mimicgait.training.stage import step_generator
from mimicgait.training.teacher import RecognitionStage, TeacherConfig
from mimicgait.types import Batch

SWIN = BackboneConfig(name="SwinGait", args={"width": "tiny", "blocks": [1, 1, 1, 1]})
LAYERS = ("conv1", "bn1", "layer1", "layer2")


@pytest.fixture
def trained(tmp_path):
    network = DeepGaitV2(width="tiny")
    save_model(network, tmp_path / "deep")
    return tmp_path / "deep", network


def test_layers_are_taken_over_and_the_rest_is_new(trained):
    path, source = trained
    network = first_backbone(SWIN, path, LAYERS)
    assert isinstance(network, SwinGait)
    theirs, ours = source.state_dict(), network.state_dict()
    prefixes = tuple(f"{layer}." for layer in LAYERS)
    taken = [key for key in ours if key.startswith(prefixes)]
    assert taken == [key for key in theirs if key.startswith(prefixes)]
    assert all(torch.equal(ours[key], theirs[key]) for key in taken)
    assert not torch.equal(ours["head.fc_bin"], theirs["head.fc_bin"])


def test_without_layers_the_network_is_taken_as_it_is(trained):
    path, source = trained
    network = first_backbone(SWIN, path, ())
    assert isinstance(network, DeepGaitV2)
    assert all(p.requires_grad for p in network.parameters())
    assert torch.equal(network.conv1.weight, source.conv1.weight)


@pytest.mark.parametrize("layer", ["layer4", "layer9", "lay"])
def test_a_layer_that_differs_or_is_not_there_is_refused(trained, layer):
    with pytest.raises(ConfigError, match=f"layer '{layer}' cannot be taken over: DeepGaitV2 has"):
        first_backbone(SWIN, trained[0], (layer,))


def test_layers_from_nowhere_are_refused():
    with pytest.raises(ConfigError, match="`initial` names no network"):
        first_backbone(SWIN, None, LAYERS)


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (BackboneConfig(network=NetworkConfig(args={"width": 3})), "need backbone.network.name"),
        (BackboneConfig(network=NetworkConfig(name="GaitBase")), "GaitBase takes no setting 'network'"),
        (BackboneConfig(name="FrameEncoder"), "FrameEncoder cannot be built .* 'network'"),
        (
            BackboneConfig(name="FrameEncoder", network=NetworkConfig(name="torch.nn.functional.relu")),
            "is no torch.nn.Module class",
        ),
        (BackboneConfig(name="torch.nn.Identity"), "--backbone.network.name torch.nn.Identity"),
        (BackboneConfig(name="mimicgait.models.backbones.GaitBas"), "did you mean"),
    ],
)
def test_a_network_that_cannot_be_built_is_explained(config, message):
    with pytest.raises(ConfigError, match=message):
        first_backbone(config, None, ())


def test_any_module_becomes_a_backbone_in_an_adapter():
    network = NetworkConfig(
        name="torch.nn.Conv2d",
        args={"in_channels": 1, "out_channels": 6, "kernel_size": 8, "stride": 8},
    )
    config = BackboneConfig(name="FrameEncoder", args={"channels": None, "strips": 4}, network=network)
    backbone = first_backbone(config, None, ())
    assert (backbone.channels, backbone.parts) == (6, 4)


@pytest.fixture
def batch():
    frames = (torch.rand(4, 3, 64, 64, generator=torch.Generator().manual_seed(0)) > 0.5).to(torch.uint8)
    return Batch(frames, torch.tensor([3, 3, 2, 3]), torch.tensor([0, 0, 1, 1]))


@pytest.mark.parametrize("neck", ["bnneck", "linear", "none"])
def test_the_loss_is_what_the_neck_says(neck, batch, tmp_path):
    torch.manual_seed(0)
    config = TeacherConfig(train=tmp_path, out=tmp_path, neck=neck, augment=0.0, scale=1.0, smoothing=0.0)
    stage = RecognitionStage(GaitBase(width="tiny"), 2, config).eval()
    loss, logs = stage(batch, step_generator(0, 0, 0))
    embeddings = stage.backbone(batch.frames, batch.lengths)
    expected = TripletLoss(margin=0.2)(embeddings, batch.labels)
    if neck != "none":
        logits = stage.neck(embeddings)[1] if neck == "bnneck" else stage.neck(embeddings)
        right = logits.log_softmax(1)[torch.arange(4), batch.labels]
        expected = expected - right.mean()
    torch.testing.assert_close(loss, expected)
    assert set(logs) == ({"triplet"} if neck == "none" else {"triplet", "identity"})


def test_weights_of_2d_convolutions_are_stored_as_images_and_3d_ones_left_alone():
    network = torch.nn.Sequential(torch.nn.Conv2d(2, 3, 3), torch.nn.Conv3d(2, 3, 3))
    before = [p.clone() for p in network.parameters()]
    store_as_images(network)
    assert network[0].weight.is_contiguous(memory_format=torch.channels_last)
    assert network[1].weight.is_contiguous()
    assert all(torch.equal(p, q) for p, q in zip(network.parameters(), before, strict=True))
