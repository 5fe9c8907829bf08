"""Networks of timm and torchvision: one channel in, maps out, and no file opened that a checkpoint names."""

import json
from importlib.util import find_spec

import pytest
import torch
from torch import nn

from mimicgait.errors import CheckpointError, ConfigError
from mimicgait.models import load_model, save_model
from mimicgait.models.adapters import ClipEncoder, FrameEncoder, TimmModel, VideoResNet
from mimicgait.models.adapters.video_resnet import MODELS, one_channel

missing = [name for name in ("timm", "torchvision") if find_spec(name) is None]
pytestmark = [
    pytest.mark.vision,
    pytest.mark.skipif(bool(missing), reason=f"{' and '.join(missing)} missing: make test-vision"),
]


@pytest.mark.parametrize(
    ("model", "stage", "shape"),
    [
        ("resnet10t", None, (2, 512)),
        ("resnet10t", 2, (2, 128, 8, 8)),
        ("resnet10t.c3_in1k", 2, (2, 128, 8, 8)),
        ("test_convnext", -1, (2, 64, 2, 2)),
        ("test_efficientnet", 0, (2, 16, 32, 32)),
    ],
)
def test_vectors_or_the_maps_of_a_stage(model, stage, shape):
    assert TimmModel(model=model, stage=stage).eval()(torch.zeros(2, 1, 64, 64)).shape == shape


def test_maps_with_channels_last_are_turned_round():
    options = {"img_size": 64, "window_size": 4, "embed_dim": 24, "depths": (1, 1), "num_heads": (2, 2)}
    network = TimmModel(model="swin_tiny_patch4_window7_224", stage=1, options=options)
    assert network(torch.zeros(2, 1, 64, 64)).shape == (2, 48, 8, 8)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"model": "resnet19"}, "timm has no model 'resnet19'; did you mean 'resnet1"),
        ({"model": "hf-hub:someone/something"}, "timm has no model 'hf-hub:someone/something'"),
        ({"model": "local-dir:/somewhere"}, "timm has no model"),
        (
            {"model": "resnet10t", "options": {"checkpoint_path": "x.pth"}},
            "'checkpoint_path' .* not for here",
        ),
        ({"model": "resnet10t", "options": {"pretrained_cfg": {}}}, "'pretrained_cfg' .* not for here"),
        ({"model": "resnet10t", "options": {"in_chans": 3}}, "'in_chans' .* not for here"),
        ({"model": "resnet10t", "options": {"no_such": 3}}, "timm cannot make resnet10t"),
        ({"model": "resnet10t", "stage": 9}, "timm cannot make resnet10t"),
    ],
)
def test_what_timm_cannot_do_is_refused(arguments, message):
    with pytest.raises(ConfigError, match=message):
        TimmModel(**arguments)


@pytest.mark.parametrize("make", [lambda: TimmModel(model="resnet10t.c3_in1k", pretrained=True)])
def test_weights_that_cannot_be_downloaded(make, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HUB_CACHE", "/nonexistent")
    with pytest.raises(ConfigError, match=r"timm cannot make resnet10t\.c3_in1k"):
        make()


def test_a_hostile_checkpoint_cannot_name_a_file(tmp_path):
    save_model(FrameEncoder(network=TimmModel(model="resnet10t")), tmp_path / "model")
    file = tmp_path / "model" / "config.json"
    config = json.loads(file.read_text())
    config["config"]["network"]["config"]["options"] = {"checkpoint_path": "trap.pth"}
    file.write_text(json.dumps(config))
    with pytest.raises(CheckpointError, match=r"'checkpoint_path' .* not for here"):
        load_model(tmp_path / "model")


@pytest.mark.parametrize("model", MODELS)
def test_every_video_resnet_gives_volumes(model):
    network = VideoResNet(model=model, stages=3).eval()
    with torch.no_grad():
        assert network(torch.zeros(1, 1, 8, 32, 32)).shape == (1, 256, 8 if model == "mc3_18" else 2, 4, 4)


def test_one_channel_gives_what_three_equal_ones_gave():
    torch.manual_seed(0)
    conv = nn.Conv3d(3, 5, (3, 5, 5), stride=(1, 2, 2), padding=(1, 2, 2), bias=False)
    clip = torch.rand(2, 1, 4, 16, 16)
    torch.testing.assert_close(one_channel(conv)(clip), conv(clip.expand(-1, 3, -1, -1, -1)))


def test_the_whole_network_has_strips_as_high_as_its_maps():
    encoder = ClipEncoder(network=VideoResNet(stages=4), strips=4, window=8, channels=16)
    assert (encoder.channels, encoder.parts) == (16, 4)
    with pytest.raises(ConfigError, match="possible are 1, 2, 4"):
        ClipEncoder(network=VideoResNet(stages=4), strips=8)
    with pytest.raises(ConfigError, match="did you mean 'r3d_18'"):
        VideoResNet(model="r3d18")
