"""From YAML recipes to the settings of each training."""

from pathlib import Path
from typing import Any, TypeVar

import yaml
from jsonargparse import ArgumentError, ArgumentParser

from mimicgait.errors import ConfigError

T = TypeVar("T")
SHARED = ("batch", "optimizer", "loop")
"""Settings that every student takes from the student's recipe, so that all cost the same steps."""

TEACHERS_OWN = ("layers", "initial")
"""Settings of a teacher's beginning, which no student shares: it begins with the teacher."""


def read_recipe(path: Path) -> dict[str, Any]:
    """Read a recipe.

    Raises:
        ConfigError: if it is no YAML file of settings.
    """
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigError(f"{path}: no recipe ({' '.join(str(error).split())[:200]})") from error
    if not isinstance(found, dict):
        raise ConfigError(f"{path}: no recipe: expected settings by name")
    return found


def recognition_recipe(teacher: dict[str, Any], student: dict[str, Any]) -> dict[str, Any]:
    """Join both recipes for a student that learns by the teacher's own losses."""
    own = {name: value for name, value in teacher.items() if name not in (*SHARED, *TEACHERS_OWN)}
    return own | {name: student[name] for name in SHARED if name in student}


def settings(kind: type[T], recipe: dict[str, Any], *, seed: int, progress: bool, **others: Any) -> T:
    """Build a stage's settings from a recipe and what the benchmark adds.

    Args:
        kind: the settings' class.
        recipe: settings by name.
        seed, progress: of the training loop.
        others: settings that win over the recipe, such as the folders.

    Raises:
        ConfigError: if a setting is unknown or of the wrong kind.
    """
    loop = {**recipe.get("loop", {}), "seed": seed, "progress": progress}
    plain = {name: str(v) if isinstance(v, Path) else v for name, v in others.items()}
    parser = ArgumentParser(exit_on_error=False)
    parser.add_class_arguments(kind, as_group=False)
    try:
        parsed = parser.parse_object({**recipe, **plain, "loop": loop})
        return kind(**vars(parser.instantiate(parsed)))
    except (ArgumentError, KeyError, TypeError, ValueError) as error:
        raise ConfigError(f"{kind.__name__}: {' '.join(str(error).split())}") from error
