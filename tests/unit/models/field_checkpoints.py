"""Checkpoints as the field writes them, made from the keys and shapes of the reference fixture."""

import sys
from pathlib import Path

import torch
from torch.nn.functional import conv2d, linear, max_pool2d

sys.path.append(str(Path(__file__).parents[2] / "contract"))

from reference_formulas import reference_state

INITIAL = {"HPP.p": torch.tensor([6.5])}


def field_weights(name, *, classes=None):
    """Weights of one published configuration; `classes` adds a BNNeck to one that has none."""
    weights = reference_state(name, initial=INITIAL)
    if classes is not None:
        parts, _, channels = weights["Head0.fc_bin" if "Head0.fc_bin" in weights else "Head.fc_bin"].shape
        weights["BNNecks.fc_bin"] = torch.zeros(parts, channels, classes)
        weights["BNNecks.bn1d.weight"] = torch.ones(parts * channels)
    return weights


def detector_weights(generation=1, *, heads=True, prefix=""):
    """Weights of the released occlusion detector, in its earlier (1) or later (2) names."""
    last, kind, amount = {
        1: ("fc1", "fc2", "fc_amount_head"),
        2: ("layer4.0", "classification_head.0", "layer_amount.0"),
    }[generation]
    generator = torch.Generator().manual_seed(5)
    shapes = {
        "layer1.0": (32, 1, 3, 3),
        "layer2.0": (64, 32, 3, 3),
        "layer3.0": (128, 64, 3, 3),
        last: (64, 128),
    }
    shapes |= {kind: (3, 64), amount: (1, 64)} if heads else {}
    weights = {}
    for name, shape in shapes.items():
        weights[f"{prefix}{name}.weight"] = (
            torch.randn(shape, generator=generator) * (2 / shape[1] / 9) ** 0.5
        )
        weights[f"{prefix}{name}.bias"] = torch.randn(shape[0], generator=generator) * 0.1
    return weights


def detector_features(weights, frames):
    """What the released detector's last common layer gives for every frame, `[m, 64]`, spelt out."""
    x = frames.float()[:, None]
    for i in (1, 2, 3):
        x = conv2d(x, weights[f"layer{i}.0.weight"], weights[f"layer{i}.0.bias"], padding=1)
        x = max_pool2d(x.relu(), 2)
    return linear(x.mean((2, 3)), weights["fc1.weight"], weights["fc1.bias"]).relu()


def mimic_weights(name="GaitPart-small"):
    """Weights of a released mimic model around one configuration; the student's differ from the teacher's."""
    teacher = field_weights(name)
    student = {key: value + 0.01 if value.ndim > 1 else value for key, value in teacher.items()}
    parts, _, channels = teacher["Head.fc_bin"].shape
    mixing = torch.randn(parts, channels + 64, channels, generator=torch.Generator().manual_seed(7)) * 0.05
    return {
        **{f"full_component.{key}": value for key, value in teacher.items()},
        **{f"mimic_component.{key}": value for key, value in student.items()},
        **{f"occ_detector.{key}": value for key, value in detector_weights().items()},
        "occ_mixer_fc.fc_bin": mixing,
    }


def write(path, weights, *, bare=False):
    """Save weights as the field's trainers do: under `model`, beside the optimiser, or bare."""
    wrapped = {
        "model": weights,
        "optimizer": {"state": {}},
        "scheduler": {"last_epoch": 7},
        "iteration": 40000,
    }
    torch.save(weights if bare else wrapped, path)
    return path
