"""Adapters around networks that nobody wrote for them, to be held to the same contract as the families."""

from importlib.util import find_spec

import pytest
from plain_networks import Clips, Images, Masked, Sequences, Vectors

from mimicgait.models import construct
from mimicgait.models.adapters import (
    ClipEncoder,
    FrameEncoder,
    FrameGroups,
    SequenceEncoder,
    TimmModel,
    VideoResNet,
)
from mimicgait.models.backbones import DeepGaitV2, GaitBase

TRUST = ("plain_networks",)
"""Where the users' networks live, for those who load a checkpoint with one of them."""


def frame_maps():
    return FrameEncoder(network=construct(Images, {"width": 4}), channels=12, strips=4)


def frame_vectors():
    network = construct(Vectors, {"colours": 3})
    return FrameEncoder(network=network, channels=None, size=[48, 48], colours=3)


def clip_windows():
    return ClipEncoder(network=construct(Clips, {}), channels=12, strips=4, window=4, stride=3)


def clip_whole():
    return ClipEncoder(network=construct(Clips, {}), strips=2, channels=None, window=None)


def sequence_vectors():
    return SequenceEncoder(network=construct(Sequences, {}))


def sequence_parts():
    return SequenceEncoder(network=construct(Masked, {}), layout="ncthw", takes_lengths=True)


def groups_of_frames():
    return FrameGroups(network=GaitBase(width="tiny"), frames=2)


def groups_in_order():
    return FrameGroups(network=DeepGaitV2(width="tiny"), frames=3, order="consecutive")


def timm_maps():
    # A last BatchNorm that starts at zero, as timm's do, lets no gradient through to what lies before it.
    network = TimmModel(model="resnet10t", stage=2, options={"zero_init_last": False})
    return FrameEncoder(network=network, channels=32, strips=4)


def timm_vectors():
    return FrameEncoder(network=TimmModel(model="test_vit", options={"img_size": 64}), channels=32)


def video_resnet():
    return ClipEncoder(network=VideoResNet(model="r3d_18", stages=2), channels=32, strips=4, window=4)


PLAIN = (
    frame_maps,
    frame_vectors,
    clip_windows,
    clip_whole,
    sequence_vectors,
    sequence_parts,
    groups_of_frames,
    groups_in_order,
)
VISION = {timm_maps: "timm", timm_vectors: "timm", video_resnet: "torchvision"}


def needs(package):
    """Marks of a test that needs a package of the extra `vision`."""
    skip = pytest.mark.skipif(find_spec(package) is None, reason=f"{package} is missing: make test-vision")
    return [pytest.mark.vision, skip]


ADAPTERS = [
    *(pytest.param(make, id=make.__name__) for make in PLAIN),
    *(pytest.param(make, id=make.__name__, marks=needs(package)) for make, package in VISION.items()),
]
