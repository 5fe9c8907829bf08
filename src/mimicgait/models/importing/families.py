"""The six families as the field's checkpoints know them: how to tell them apart, size them and name them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from mimicgait.errors import CheckpointError
from mimicgait.models.backbones import DeepGaitV2, GaitBase, GaitGL, GaitPart, GaitSet, SwinGait
from mimicgait.models.base import Backbone
from mimicgait.models.importing.naming import PART, Naming

Weights = Mapping[str, Tensor]
Settings = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Family:
    """One layout of names.

    Attributes:
        network: the class that computes it.
        marker: a key that every checkpoint of this layout has.
        settings: reads the constructor's arguments, `cut` aside, off names and shapes.
        naming: from our names to theirs.
        cuts: whether the class has the setting `cut`.
    """

    network: type[Backbone]
    marker: str
    settings: Callable[[Weights], Settings]
    naming: Naming
    cuts: bool = True


CLASS_HEADS = re.compile(r"(BNNecks\.|Head1\.)")
"""Weights that only tell the people of the training set apart; embeddings do without them."""

RECOMPUTED = re.compile(r".*\.relative_position_index$")
"""Tables that the network computes itself."""


def recognise(weights: Weights) -> Family | None:
    """Find the family that a checkpoint's names belong to."""
    return next((family for family in FAMILIES if family.marker in weights), None)


def _width(weights: Weights, key: str, full: int) -> float | str:
    return _named(_size(weights, key, 0) / full)


def _named(factor: float) -> float | str:
    return "full" if factor == 1 else factor


def _size(weights: Weights, key: str, axis: int) -> int:
    if key not in weights or weights[key].ndim == 0:
        raise CheckpointError(f"{key} is missing or empty; the size of the network cannot be told without it")
    return weights[key].shape[axis]


def _blocks(weights: Weights, *prefixes: str) -> list[int]:
    """Count the blocks under each prefix; names are counted, not trusted: an index may be any number."""
    return [
        len({key.removeprefix(prefix).split(".")[0] for key in weights if key.startswith(prefix)})
        for prefix in prefixes
    ]


def _gaitbase(weights: Weights) -> Settings:
    return {"width": _width(weights, "Backbone.forward_block.conv1.conv.weight", 64)}


def _gaitset(weights: Weights) -> Settings:
    # Embeddings are 256 wide in both published sizes, so the first convolution tells them apart.
    factor = _size(weights, "Head.fc_bin", -1) / 256
    first = _size(weights, "set_block1.forward_block.0.conv.weight", 0)
    return {"large": first > 48 * factor, "width": _named(factor)}


def _gaitpart(weights: Weights) -> Settings:
    prefix = "Backbone.forward_block.feature"
    return {
        "large": f"{prefix}.14.conv.weight" in weights,
        "width": _width(weights, f"{prefix}.0.conv.weight", 32),
    }


def _gaitgl(weights: Weights) -> Settings:
    return {
        "large": "GLConvA0.0.global_conv3d.conv3d.weight" in weights,
        "normalised": any(key.startswith("Bn.") for key in weights),
        "width": _width(weights, "conv3d.0.conv3d.weight", 32),
    }


def _deepgait(mode: str) -> Callable[[Weights], Settings]:
    inner = "forward_block." if mode == "2d" else ""
    prefixes = ["layer1.forward_block.", *(f"layer{i}.{inner}" for i in (2, 3, 4))]

    def settings(weights: Weights) -> Settings:
        width = _width(weights, "layer0.forward_block.0.weight", 64)
        return {"mode": mode, "blocks": _blocks(weights, *prefixes), "width": width}

    return settings


def _swingait(weights: Weights) -> Settings:
    stages = [f"transformer.layers.{i}.blocks." for i in (0, 1)]
    return {
        "blocks": _blocks(weights, "layer1.forward_block.", "layer2.", *stages),
        "width": _width(weights, "layer0.forward_block.0.weight", 64),
    }


_GAITBASE = Naming(
    [
        (r"^conv1\.", "Backbone.forward_block.conv1.conv."),
        (r"^(bn1|layer\d)\.", r"Backbone.forward_block.\1."),
        (r"^head\.", "FCs."),
    ]
)
_GAITSET = Naming(
    [
        (r"^frame_block(\d)\.0\.", r"set_block\1.forward_block.0."),
        (r"^frame_block(\d)\.1\.", r"set_block\1.forward_block.2."),
        (r"^set_block(\d)\.0\.conv", r"gl_block\1.0.conv"),
        (r"^set_block(\d)\.1\.conv", r"gl_block\1.2.conv"),
        (r"^head\.", "Head."),
    ]
)
# Ours are convolutions with their activation, and pools; the field counts the activations as layers too.
_GAITPART_LAYERS = {0: 0, 1: 2, 3: 5, 4: 7, 6: 10, 7: 12, 8: 14, 9: 16}
_GAITPART = Naming(
    [
        *(
            (rf"^layers\.{own}\.", f"Backbone.forward_block.feature.{theirs}.")
            for own, theirs in _GAITPART_LAYERS.items()
        ),
        (r"^attention3\.", f"TFA.pooling_func.conv1d3x1.{PART}."),
        (r"^attention5\.", f"TFA.pooling_func.conv1d3x3.{PART}."),
        (r"(?<=\.)squeeze\.", "0.conv."),
        (r"(?<=\.)excite\.", "2.conv."),
        (r"^head\.", "Head."),
    ],
    parts=16,
)


def _gaitgl_naming(block: str) -> Naming:
    return Naming(
        [
            (r"^stem\.0\.", "conv3d.0.conv3d."),
            (r"^stem\.1\.", "conv3d.2.conv3d."),
            (r"^reduction\.", "LTA.0.conv3d."),
            (rf"^stage1\.{block}", "GLConvA0.\\g<index>"),
            (rf"^stage2\.{block}", "GLConvA1.\\g<index>"),
            (rf"^stage3\.{block}", "GLConvB2.\\g<index>"),
            (r"\.whole\.", ".global_conv3d.conv3d."),
            (r"\.local\.", ".local_conv3d.conv3d."),
            (r"^exponent$", "HPP.p"),
            (r"^head\.", "Head0."),
            (r"^norm\.", "Bn."),
        ]
    )


_STEM = [
    (r"^conv1\.", "layer0.forward_block.0."),
    (r"^bn1\.", "layer0.forward_block.1."),
    (r"^layer1\.", "layer1.forward_block."),
    (r"^head\.", "FCs."),
]
_P3D = [
    *_STEM,
    (r"^(layer[234]\.\d+)\.conv([12])\.", r"\1.conv\2.forward_block.0."),
    (r"^(layer[234]\.\d+)\.bn([12])\.", r"\1.conv\2.forward_block.1."),
    (r"\.conv_time\.", ".shortcut3d."),
    (r"\.bn_time\.", ".sbn."),
]
_SWIN = [
    *_P3D,
    (r"^stage3\.", "transformer.layers.0."),
    (r"^stage4\.", "transformer.layers.1."),
    (r"\.widen\.", ".mlp.fc1."),
    (r"\.narrow\.", ".mlp.fc2."),
    (r"\.attention\.bias$", ".attn.relative_position_bias_table"),
    (r"\.attention\.projection\.", ".attn.proj."),
    (r"\.attention\.", ".attn."),
    (r"^widen_norm\.", "transformer.layers.0.downsample.0."),
    (r"^widen\.", "transformer.layers.0.downsample.1."),
    (r"^patches\.", "transformer.patch_embed.proj."),
    (r"^patch_norm\.", "transformer.patch_embed.norm."),
    (r"^norm\.", "transformer.norm."),
]

FAMILIES = (
    Family(SwinGait, "transformer.patch_embed.proj.weight", _swingait, Naming(_SWIN), cuts=False),
    Family(GaitSet, "set_block1.forward_block.0.conv.weight", _gaitset, _GAITSET),
    Family(GaitPart, "Backbone.forward_block.feature.0.conv.weight", _gaitpart, _GAITPART),
    Family(GaitGL, "GLConvA0.global_conv3d.conv3d.weight", _gaitgl, _gaitgl_naming(r"0\.(?P<index>)")),
    Family(GaitGL, "GLConvA0.0.global_conv3d.conv3d.weight", _gaitgl, _gaitgl_naming(r"(?P<index>\d\.)")),
    Family(GaitBase, "Backbone.forward_block.conv1.conv.weight", _gaitbase, _GAITBASE),
    Family(
        DeepGaitV2,
        "layer2.forward_block.0.conv1.weight",
        _deepgait("2d"),
        Naming([*_STEM, (r"^layer([234])\.", r"layer\1.forward_block.")]),
    ),
    Family(DeepGaitV2, "layer2.0.conv1.weight", _deepgait("3d"), Naming(_STEM)),
    Family(DeepGaitV2, "layer2.0.conv1.forward_block.0.weight", _deepgait("p3d"), Naming(_P3D)),
)
"""Every known layout; those with the more telling marker come first, for SwinGait begins like DeepGaitV2."""
