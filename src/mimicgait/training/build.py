"""From settings to the objects that they describe."""

import inspect
from importlib import import_module

from torch import nn

from mimicgait.errors import ConfigError, suggest
from mimicgait.models import backbones
from mimicgait.occlusion import (
    Bottom,
    Changing,
    Middle,
    Mixture,
    MovingPatch,
    MovingPole,
    Nothing,
    Occlusion,
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

MOVING: dict[str, type[MovingPatch | MovingPole]] = {"patch": MovingPatch, "pole": MovingPole}
"""Occlusions that move and have sizes of their own."""


def build_backbone(config: BackboneConfig) -> nn.Module:
    """Build a backbone by class name or import path.

    Raises:
        ConfigError: if there is no such class, an argument is unknown, or a fact of the backbone is missing.
    """
    kind = _backbone_class(config.name)
    allowed = inspect.signature(kind).parameters
    for name in config.args:
        if name not in allowed:
            raise ConfigError(f"{config.name} takes no argument {name!r}; {suggest(name, allowed)}")
    module = kind(**config.args)
    missing = [f for f in ("channels", "parts", "input_size") if not hasattr(module, f)]
    if missing:
        raise ConfigError(f"{config.name} does not say its {', '.join(missing)}; every backbone must")
    return module


def _backbone_class(name: str) -> type[nn.Module]:
    module, _, attribute = name.rpartition(".")
    try:
        found = getattr(import_module(module) if module else backbones, attribute)
    except (ImportError, AttributeError) as error:
        known = [n for n in dir(backbones) if n[0].isupper()]
        raise ConfigError(f"no backbone {name!r} ({error}); {suggest(name, known)}") from error
    if not (isinstance(found, type) and issubclass(found, nn.Module)):
        raise ConfigError(f"{name} is no torch.nn.Module class")
    return found


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


def _one_occlusion(name: str, config: OcclusionConfig) -> Occlusion:
    if name in BANDS:
        return BANDS[name]() if config.amount is None else BANDS[name](amount=config.amount)
    if name in MOVING:
        return MOVING[name]()
    raise ConfigError(f"no occlusion type {name!r}; {suggest(name, [*BANDS, *MOVING])}")
