"""A network as plain data and back: its class by import path, and the arguments that build it."""

import importlib
import inspect
import sys
from collections.abc import Sequence
from typing import Any

from torch import nn

from mimicgait.errors import CheckpointError, MimicGaitError, suggest

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

Blueprint = dict[str, Any]
"""`{"class": import path, "config": keyword arguments}`; a network among them is a blueprint again."""


def describe(model: nn.Module) -> Blueprint:
    """Write a network down as data: the shortest import path of its class, and its `config`.

    Raises:
        CheckpointError: if a network in it has no `config`, or its class cannot be imported by name.
    """
    config = getattr(model, "config", None)
    if not isinstance(config, dict):
        raise CheckpointError(
            f"{type(model).__name__} cannot be saved: it needs a property `config` with its "
            "constructor's keyword arguments"
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
    allowed = list(inspect.signature(cls).parameters)
    for name in config:
        if name not in allowed:
            raise CheckpointError(f"{blueprint['class']} takes no setting {name!r}; {suggest(name, allowed)}")
    try:
        return cls(**config)
    except UNFIT as error:
        raise CheckpointError(f"{blueprint['class']} cannot be built from {config}: {error}") from error


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
        module = importlib.import_module(module_name)
    except ImportError as error:
        raise CheckpointError(f"class {path!r} cannot be imported: {error}") from error
    cls = getattr(module, name, None)
    if cls is None:
        raise CheckpointError(f"{module_name} has no class {name!r}; {suggest(name, _networks(module))}")
    if not _is_network(cls) or not _inside(cls.__module__, trusted):
        raise CheckpointError(f"{path!r} is not a network of a trusted package; it was not built")
    return cls  # type: ignore[no-any-return]


def _inside(module: str, packages: Sequence[str]) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def _is_network(value: Any) -> bool:
    return isinstance(value, type) and issubclass(value, nn.Module) and not inspect.isabstract(value)


def _networks(module: Any) -> list[str]:
    return [name for name, value in vars(module).items() if _is_network(value)]
