"""A backbone's first weights: random, those of a trained network, or those of some of its layers."""

from collections.abc import Sequence
from pathlib import Path

from torch import Tensor, nn

from mimicgait.errors import ConfigError
from mimicgait.training.build import build_backbone
from mimicgait.training.config import BackboneConfig
from mimicgait.training.run import load_network


def first_backbone(
    config: BackboneConfig, initial: Path | None, layers: Sequence[str], trust: Sequence[str] = ()
) -> nn.Module:
    """Return the network that a training begins with.

    Args:
        config: how to build one.
        initial: the run or model folder of a trained network; None for random weights.
        layers: names of the layers to take over from it into a new network; none of them takes it as it is.
        trust: packages whose networks may be built from a checkpoint.

    Raises:
        ConfigError: if a layer is missing on either side or has other weights, or if nobody said from where.
        CheckpointError: if `initial` cannot be loaded.
    """
    if initial is None:
        if layers:
            raise ConfigError(f"layers {list(layers)} are to be taken over, but `initial` names no network")
        return build_backbone(config)
    source = load_network(initial, tuple(trust))
    if not layers:
        return source.requires_grad_(True)
    backbone = build_backbone(config)
    for layer in layers:
        take_over(layer, source, backbone)
    return backbone


def take_over(layer: str, source: nn.Module, target: nn.Module) -> None:
    """Copy the weights and buffers of one layer from a network to another that has the same layer.

    Raises:
        ConfigError: if one of them has no such layer, or the weights differ in names or shapes.
    """
    theirs, ours = _weights_of(layer, source), _weights_of(layer, target)
    if not ours or {k: v.shape for k, v in ours.items()} != {k: v.shape for k, v in theirs.items()}:
        raise ConfigError(
            f"layer {layer!r} cannot be taken over: {type(source).__name__} has {len(theirs)} weights there, "
            f"{type(target).__name__} {len(ours)}, and names or shapes differ"
        )
    target.load_state_dict({**target.state_dict(), **theirs})


def _weights_of(layer: str, network: nn.Module) -> dict[str, Tensor]:
    return {k: v for k, v in network.state_dict().items() if k == layer or k.startswith(f"{layer}.")}
