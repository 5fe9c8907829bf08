"""From a configuration (JSON or YAML values) back to the occlusion."""

import inspect
from collections.abc import Mapping
from typing import Any

from mimicgait.errors import ConfigError, suggest
from mimicgait.occlusion.base import Occlusion
from mimicgait.occlusion.cut import Bottom, Changing, Top
from mimicgait.occlusion.lost_frames import LostFrames
from mimicgait.occlusion.middle import Middle
from mimicgait.occlusion.mixture import Mixture
from mimicgait.occlusion.moving import MovingPatch, MovingPole
from mimicgait.occlusion.nothing import Nothing
from mimicgait.occlusion.objects import Objects
from mimicgait.occlusion.people import People
from mimicgait.occlusion.redetected import Redetected

_CLASSES: dict[str, type[Occlusion]] = {
    cls.__name__: cls
    for cls in (
        Nothing,
        Top,
        Bottom,
        Middle,
        MovingPatch,
        MovingPole,
        Changing,
        Objects,
        People,
        LostFrames,
        Redetected,
        Mixture,
    )
}


def occlusion_from_config(config: Mapping[str, Any]) -> Occlusion:
    """Build an occlusion from what its `config` gave, or from the same written by hand.

    Only this package's classes are built: a configuration may come with a checkpoint from elsewhere.

    Raises:
        ConfigError: if the kind or an argument is unknown, missing or out of range.

    >>> occlusion_from_config({"kind": "Top", "amount": [0.2, 0.4]})
    Top(amount=[0.2, 0.4])
    """
    if not isinstance(config, Mapping) or not isinstance(config.get("kind"), str):
        raise ConfigError(f'occlusion: expected {{"kind": NAME, ...}}, got {config!r}')
    arguments = {name: value for name, value in config.items() if name != "kind"}
    cls = _CLASSES.get(config["kind"])
    if cls is None:
        raise ConfigError(
            f"occlusion: kind {config['kind']!r} is unknown; {suggest(config['kind'], _CLASSES)}"
        )
    parameters = inspect.signature(cls).parameters
    for name in arguments:
        if name not in parameters:
            raise ConfigError(
                f"{cls.__name__}: argument {name!r} is unknown; {suggest(str(name), parameters)}"
            )
    if cls is Mixture:
        members = arguments.get("occlusions")
        if not isinstance(members, list | tuple):
            raise ConfigError(f"Mixture: expected a list of occlusions, got {members!r}")
        arguments["occlusions"] = [occlusion_from_config(member) for member in members]
    if cls is Redetected and "inner" in arguments:
        arguments["inner"] = occlusion_from_config(arguments["inner"])
    return cls(**arguments)
