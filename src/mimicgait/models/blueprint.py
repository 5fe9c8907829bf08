"""A network as plain data and back: its class by import path, and the arguments that build it."""

import importlib
import inspect
import os
import sys
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any

from torch import nn

from mimicgait.errors import CheckpointError, ConfigError, MimicGaitError, suggest

OWN_PACKAGE = "mimicgait"
UNFIT = (
    MimicGaitError,
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What constructors raise for arguments that do not fit, such as a text where a number belongs."""

REMEMBERED = "_constructed_from"
"""The attribute in which `construct` keeps a network's arguments."""

Blueprint = dict[str, Any]
"""`{"class": import path, "config": keyword arguments}`; a network among them is a blueprint again."""


def describe(model: nn.Module) -> Blueprint:
    """Write a network down as data: the shortest import path of its class, and its `config`.

    A class without a `config` of its own is described by the arguments that `construct` gave it.

    Raises:
        CheckpointError: if neither is there, or the class cannot be imported by name.
    """
    config = getattr(model, "config", None)
    if not isinstance(config, dict):
        config = getattr(model, REMEMBERED, None)
    if config is None:
        raise CheckpointError(
            f"{type(model).__name__} cannot be saved: it needs a property `config` with its "
            "constructor's keyword arguments, or must be made by mimicgait.models.construct"
        )
    return {
        "class": import_path(type(model)),
        "config": {k: describe(v) if isinstance(v, nn.Module) else v for k, v in config.items()},
    }


def import_path(cls: type) -> str:
    """Return the shortest path a class can be imported from, so that moving a file breaks no checkpoint.

    Raises:
        CheckpointError: for a class made inside a function or class, or in a script.

    >>> from mimicgait.models.frozen import Frozen
    >>> import_path(Frozen)
    'mimicgait.models.Frozen'
    """
    parts = cls.__module__.split(".")
    for end in range(1, len(parts) + 1):
        module = ".".join(parts[:end])
        if getattr(sys.modules.get(module), cls.__name__, None) is cls and module != "__main__":
            return f"{module}.{cls.__name__}"
    raise CheckpointError(f"{cls.__qualname__} cannot be saved: put the class into a module and import it")


def build(blueprint: Any, trust: Sequence[str] = ()) -> nn.Module:
    """Build the network that a blueprint describes, with fresh weights.

    Only subclasses of `nn.Module` that live in this package or in the packages of `trust` are built; nothing
    else is so much as imported.

    Raises:
        CheckpointError: if the blueprint is malformed, its class unknown, not trusted or no network, or if
            the class does not take the arguments.
    """
    if not _is_blueprint(blueprint):
        raise CheckpointError(f"expected a network as class and config, got {str(blueprint)[:200]}")
    cls = _find_class(blueprint["class"], trust)
    config = {k: build(v, trust) if _is_blueprint(v) else v for k, v in blueprint["config"].items()}
    try:
        return construct(cls, config)
    except ConfigError as error:
        raise CheckpointError(str(error)) from error


def construct(cls: type[nn.Module], arguments: Mapping[str, Any]) -> nn.Module:
    """Call the constructor of a network; what it was given is remembered, so that it can be saved.

    Args:
        cls: any class of networks; it need not know this package, nor have a `config`.
        arguments: the constructor's keyword arguments, plain values that JSON can hold or other networks.

    Raises:
        ConfigError: if the class takes no such argument, or does not take its value.

    >>> describe(construct(nn.Linear, {"in_features": 3, "out_features": 2}))["config"]
    {'in_features': 3, 'out_features': 2}
    """
    parameters = inspect.signature(cls).parameters
    if all(parameter.kind is not parameter.VAR_KEYWORD for parameter in parameters.values()):
        for name in arguments:
            if name not in parameters:
                raise ConfigError(f"{cls.__name__} takes no setting {name!r}; {suggest(name, parameters)}")
    try:
        model = cls(**arguments)
    except UNFIT as error:
        raise ConfigError(f"{cls.__name__} cannot be built from {dict(arguments)}: {error}") from error
    setattr(model, REMEMBERED, dict(arguments))
    return model


def _is_blueprint(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() == {"class", "config"}
        and isinstance(value["class"], str)
        and isinstance(value["config"], dict)
    )


def _find_class(path: str, trust: Sequence[str]) -> type[nn.Module]:
    module_name, _, name = path.rpartition(".")
    trusted = (OWN_PACKAGE, *trust)
    if not _inside(module_name, trusted):
        raise CheckpointError(
            f"class {path!r} is outside the trusted packages ({', '.join(trusted)}) and was not imported; if "
            "you trust its author, name its package in `trust`"
        )
    try:
        module = import_named(module_name)
    except ImportError as error:
        raise CheckpointError(f"class {path!r} cannot be imported: {error}") from error
    cls = getattr(module, name, None)
    if cls is None:
        raise CheckpointError(f"{module_name} has no class {name!r}; {suggest(name, _networks(module))}")
    if not _is_network(cls) or not _inside(cls.__module__, trusted):
        raise CheckpointError(f"{path!r} is not a network of a trusted package; it was not built")
    return cls  # type: ignore[no-any-return]


def import_named(module: str) -> ModuleType:
    """Import a module that the user named, by its dotted name.

    It may lie in the working directory: a script's own folder is on Python's path, that of a command's user
    is not. The folder comes last on the path, and only for somebody who named a module in it.

    Raises:
        ImportError: if there is no such module, or if it fails to import what it needs.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        here = os.getcwd()
        if error.name != module.partition(".")[0] or here in sys.path:
            raise
        sys.path.append(here)
        importlib.invalidate_caches()
        try:
            return importlib.import_module(module)
        except ImportError:
            sys.path.remove(here)
            raise


def _inside(module: str, packages: Sequence[str]) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def _is_network(value: Any) -> bool:
    return isinstance(value, type) and issubclass(value, nn.Module) and not inspect.isabstract(value)


def _networks(module: Any) -> list[str]:
    return [name for name, value in vars(module).items() if _is_network(value)]
