"""Packages that only some networks need, and what to say when they are not there."""

import importlib
from typing import Any

from mimicgait.errors import ConfigError


def optional(package: str) -> Any:
    """Import a package of the extra `vision`.

    Raises:
        ConfigError: if it is not installed, or does not work here.
    """
    try:
        return importlib.import_module(package)
    except (ImportError, OSError, RuntimeError) as error:
        raise ConfigError(
            f"{package.partition('.')[0]} cannot be used here ({error}): pip install 'mimicgait[vision]'"
        ) from error
