"""The package's own errors: each message says what was given, what is allowed and what to try next."""

import difflib
from collections.abc import Iterable


class MimicGaitError(Exception):
    """Base of every error that a user can cause; the command line prints it and exits with 2."""


class ShapeError(MimicGaitError, ValueError):
    """A tensor or an array has another shape, size or type than the function takes."""


class DataError(MimicGaitError, ValueError):
    """A file, folder or store cannot be used: it is empty, cut short, hostile or of another format."""


class CheckpointError(MimicGaitError, ValueError):
    """A checkpoint is damaged, belongs to another model or names a class that may not be loaded."""


class ConfigError(MimicGaitError, ValueError):
    """A setting is unknown, out of range or contradicts another one."""


class VideoError(MimicGaitError, ValueError):
    """A video cannot be read, or nobody was found in it."""


class ProtocolError(MimicGaitError, ValueError):
    """Gallery and probe cannot be compared: one is empty, or nobody is in both."""


class ExportError(MimicGaitError, RuntimeError):
    """A network cannot be exported or published, or what was exported gives something else."""


def suggest(name: str, allowed: Iterable[str]) -> str:
    """Say which names are allowed and which of them `name` was probably meant to be.

    >>> suggest("topp", ["top", "bottom"])
    "did you mean 'top'? Allowed: bottom, top"
    """
    names = sorted(allowed)
    close = difflib.get_close_matches(name, names, n=1)
    hint = f"did you mean {close[0]!r}? " if close else ""
    return f"{hint}Allowed: {', '.join(names)}"
