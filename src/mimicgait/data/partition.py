"""Who is in the training set and who in the test set: the field's partition files."""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from mimicgait.errors import DataError, suggest

_REQUIRED = ("TRAIN_SET", "TEST_SET")
_OPTIONAL = ("PROBE_SET", "GALLERY_SET")


@dataclass(frozen=True, slots=True)
class Partition:
    """Lists of identities, in the order of the file.

    Attributes:
        train: identities to learn from.
        test: identities to be recognised.
        probe: names `id-type-view` of the test sequences that ask; None when the file does not say.
        gallery: names of the test sequences that are known; None when the file does not say.
    """

    train: tuple[str, ...]
    test: tuple[str, ...]
    probe: tuple[str, ...] | None = None
    gallery: tuple[str, ...] | None = None

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Read a partition file: JSON with TRAIN_SET and TEST_SET, and perhaps PROBE_SET and GALLERY_SET.

        Raises:
            DataError: if the file is no such JSON, names somebody twice, or trains on people of the test.
        """
        try:
            values: Any = json.loads(Path(path).read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError) as error:
            raise DataError(f"{path}: cannot be read as JSON ({error}): give a partition file") from error
        if not isinstance(values, dict) or not values.keys() >= set(_REQUIRED):
            raise DataError(f"{path}: has no TRAIN_SET and TEST_SET: give a partition file")
        for name in values.keys() - {*_REQUIRED, *_OPTIONAL}:
            raise DataError(f"{path}: {name!r} is unknown, {suggest(name, (*_REQUIRED, *_OPTIONAL))}")
        lists = {name: _names(values[name], f"{path}: {name}") for name in values}
        partition = cls(
            lists["TRAIN_SET"], lists["TEST_SET"], lists.get("PROBE_SET"), lists.get("GALLERY_SET")
        )
        both = set(partition.train) & set(partition.test)
        if both:
            raise DataError(
                f"{path}: {first_few(both)} are in TRAIN_SET and in TEST_SET: remove them from one"
            )
        return partition

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the partition file."""
        values = {"TRAIN_SET": self.train, "TEST_SET": self.test}
        if self.probe is not None:
            values["PROBE_SET"] = self.probe
        if self.gallery is not None:
            values["GALLERY_SET"] = self.gallery
        Path(path).write_text(json.dumps(values, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def first_few(names: Iterable[str]) -> str:
    """Name the first five of some names, sorted, and count the others.

    >>> first_few("gfedcba")
    'a, b, c, d, e and 2 more'
    """
    ordered = sorted(names)
    rest = f" and {len(ordered) - 5} more" if len(ordered) > 5 else ""
    return ", ".join(ordered[:5]) + rest


def _names(values: object, where: str) -> tuple[str, ...]:
    """Check a list of names."""
    if not isinstance(values, list) or not all(isinstance(name, str) for name in values):
        raise DataError(f"{where} is no list of names in quotation marks: correct it")
    if len(set(values)) < len(values):
        twice = {name for name in values if values.count(name) > 1}
        raise DataError(f"{where} names {first_few(twice)} more than once: remove the repetition")
    return tuple(values)
