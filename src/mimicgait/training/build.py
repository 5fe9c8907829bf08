"""From settings to the objects that they describe."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from torch import nn

from mimicgait.errors import CheckpointError, ConfigError, suggest
from mimicgait.models import adapters, backbones, construct
from mimicgait.models.blueprint import describe, import_named
from mimicgait.occlusion import (
    Bottom,
    Changing,
    Kind,
    LostFrames,
    Middle,
    Mixture,
    MovingPatch,
    MovingPole,
    Nothing,
    Objects,
    Occlusion,
    People,
    Redetected,
    Top,
)
from mimicgait.training.config import BackboneConfig, OcclusionConfig

BANDS: dict[str, type[Top | Bottom | Middle | Changing]] = {
    "top": Top,
    "bottom": Bottom,
    "middle": Middle,
    "changing": Changing,
}
"""Occlusions whose hidden share of the height can be set, by the names that settings use."""

MOVING: dict[str, Callable[[], Occlusion]] = {
    "patch": MovingPatch,
    "pole": MovingPole,
    "patch-from-left": partial(MovingPatch, enter="left"),
    "pole-from-left": partial(MovingPole, enter="left"),
    "objects": Objects,
    "people": People,
    "redetect": lambda: Redetected(Mixture([Top(), Bottom(), Objects(), People()])),
    "lost": LostFrames,
}
"""Occlusions that have sizes of their own; the released code has patch and pole from the left."""


KNOWN: dict[str, Any] = {name: vars(part)[name] for part in (backbones, adapters) for name in part.__all__}
"""Networks that need no import path."""


def build_backbone(config: BackboneConfig) -> nn.Module:
    """Build a backbone by class name or import path, and the network inside if it is an adapter.

    Raises:
        ConfigError: if there is no such class, an argument is unknown or does not fit, a fact of the backbone
            is missing, or it could not be saved once it is trained.
    """
    arguments = dict(config.args)
    if config.network.name is not None:
        arguments["network"] = build_network(config.network.name, config.network.args)
    elif config.network.args:
        raise ConfigError("backbone.network.args need backbone.network.name: whose arguments are they?")
    module = build_network(config.name, arguments)
    missing = [f for f in ("channels", "parts", "input_size") if not hasattr(module, f)]
    if missing:
        raise ConfigError(
            f"{config.name} does not say its {', '.join(missing)}; every backbone must. An adapter does: "
            f"--backbone.name FrameEncoder --backbone.network.name {config.name} (or ClipEncoder, "
            "SequenceEncoder)"
        )
    try:
        describe(module)
    except CheckpointError as error:
        raise ConfigError(str(error)) from error
    return module


def build_network(name: str, arguments: Mapping[str, Any]) -> nn.Module:
    """Build a network by class name or import path.

    Raises:
        ConfigError: if there is no such class, or an argument is unknown or does not fit.
    """
    path, _, attribute = name.rpartition(".")
    try:
        there = vars(import_named(path)) if path else KNOWN
    except (ImportError, ValueError) as error:
        raise ConfigError(f"no backbone {name!r} ({error}); {suggest(name, KNOWN)}") from error
    if attribute not in there:
        networks = [key for key, value in there.items() if _is_network(value)]
        raise ConfigError(f"no backbone {name!r}; {suggest(attribute, networks)}, or the path of a class")
    if not _is_network(there[attribute]):
        raise ConfigError(f"{name} is no torch.nn.Module class; write a class around it if it makes one")
    return construct(there[attribute], arguments)


def _is_network(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, nn.Module)


def build_occlusion(config: OcclusionConfig) -> Mixture:
    """Build the mixture of occlusions that a configuration describes.

    Raises:
        ConfigError: if a type is unknown, none is given, or the probability is not between 0 and 1.
    """
    if not config.types or not 0 <= config.probability <= 1:
        raise ConfigError(f"expected occlusion types and a probability in [0, 1], got {config}")
    parts = [_one_occlusion(name, config) for name in config.types]
    if config.probability == 1:
        return Mixture(parts)
    share = config.probability / len(parts)
    return Mixture([*parts, Nothing()], weights=[*[share] * len(parts), 1 - config.probability])


def occlusion_kind(occlusion: Occlusion) -> str:
    """Name what an occlusion hides, as the classes of a visibility network are named.

    >>> occlusion_kind(MovingPatch(enter="left")), occlusion_kind(Nothing())
    ('patch', 'none')
    """
    kind = getattr(occlusion, "kind", Kind.NONE)
    return Kind(kind).name.lower()


def _one_occlusion(name: str, config: OcclusionConfig) -> Occlusion:
    if name in BANDS:
        return BANDS[name]() if config.amount is None else BANDS[name](amount=config.amount)
    if name in MOVING:
        return MOVING[name]()
    raise ConfigError(f"no occlusion type {name!r}; {suggest(name, [*BANDS, *MOVING])}")
