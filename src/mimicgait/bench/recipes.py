"""From YAML recipes to the settings of each training."""

from collections.abc import Mapping
from dataclasses import fields
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


def guide_recipe(kind: type[Any], recipe: dict[str, Any]) -> dict[str, Any]:
    """Return the VEN's recipe for a guide, without what it says of amounts if the guide knows none."""
    known = {each.name for each in fields(kind)}
    return {n: value for n, value in recipe.items() if n in known or not n.startswith("amount")}


def recognition_recipe(kind: type[Any], teacher: dict[str, Any], student: dict[str, Any]) -> dict[str, Any]:
    """Join both recipes for a student that learns by the teacher's own losses, as far as `kind` goes."""
    known = {each.name for each in fields(kind)}
    own = {n: value for n, value in teacher.items() if n in known and n not in (*SHARED, *TEACHERS_OWN)}
    return own | {name: student[name] for name in SHARED if name in student}


def overridden(recipe: Mapping[str, Any], others: Mapping[str, Any]) -> dict[str, Any]:
    """Return a recipe in which some settings are others, nested as they are there.

    >>> overridden({"loop": {"steps": 9, "seed": 0}}, {"loop": {"steps": 5}})
    {'loop': {'steps': 5, 'seed': 0}}
    """
    changed = dict(recipe)
    for name, value in others.items():
        inner = changed.get(name)
        both = isinstance(inner, Mapping) and isinstance(value, Mapping)
        changed[name] = overridden(inner, value) if both and inner is not None else value
    return changed


def shortened(recipe: dict[str, Any], share: float) -> dict[str, Any]:
    """Return a recipe with a share of its steps; warm-up and milestones come as much earlier."""
    if share == 1:
        return recipe
    loop, optimizer = dict(recipe.get("loop", {})), dict(recipe.get("optimizer", {}))
    for settings_of, name in ((loop, "steps"), (optimizer, "warmup"), (optimizer, "fall")):
        if settings_of.get(name):
            settings_of[name] = max(1, round(share * settings_of[name]))
    if "milestones" in optimizer:
        optimizer["milestones"] = [max(1, round(share * step)) for step in optimizer["milestones"]]
    return {**recipe, "loop": loop, "optimizer": optimizer}


def settings(kind: type[T], recipe: dict[str, Any], **others: Any) -> T:
    """Build a stage's settings from a recipe and what the benchmark adds.

    Args:
        kind: the settings' class.
        recipe: settings by name.
        others: settings that win over the recipe, such as the folders.

    Raises:
        ConfigError: if a setting is unknown or of the wrong kind.
    """
    plain = {name: str(value) if isinstance(value, Path) else value for name, value in others.items()}
    parser = ArgumentParser(exit_on_error=False)
    parser.add_class_arguments(kind, as_group=False)
    try:
        parsed = parser.parse_object({**recipe, **plain})
        return kind(**vars(parser.instantiate(parsed)))
    except (ArgumentError, KeyError, TypeError, ValueError) as error:
        raise ConfigError(f"{kind.__name__}: {' '.join(str(error).split())}") from error
