"""A user's own lists of training, gallery and probe sequences, as patterns in a CSV or YAML file."""

import csv
import os
from collections.abc import Collection, Iterable
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from mimicgait.data.partition import Partition, first_few
from mimicgait.errors import DataError, suggest
from mimicgait.types import SequenceKey

SETS = ("train", "gallery", "probe")
COLUMNS = ("set", "subject", "type", "view")
_TABLE = ",".join(COLUMNS)


class Rule(NamedTuple):
    """A line of a list: the sequences whose identity, type and view fit these patterns are in a set."""

    set: str
    subject: str = "*"
    type: str = "*"
    view: str = "*"

    def fits(self, key: SequenceKey) -> bool:
        """Tell whether a sequence is meant."""
        parts = zip((key.subject, key.type, key.view), self[1:], strict=True)
        return all(fnmatchcase(part, pattern) for part, pattern in parts)


def load_partition(path: str | os.PathLike[str], keys: Collection[SequenceKey]) -> Partition:
    """Read who is in training and test: the field's JSON, or a user's list as CSV or YAML.

    A CSV has the header `set,subject,type,view`, a YAML file has lists of `subject/type/view` under `train`,
    `gallery` and `probe`. Both may use `*`, `?` and `[...]`; what is left out is `*`.

    Args:
        path: the file; its ending tells which it is.
        keys: the sequences that there are.

    Raises:
        DataError: if the file is neither, a pattern fits no sequence, somebody is trained on and tested, or
            a sequence is in the gallery and among the probes.
    """
    ending = Path(path).suffix.lower()
    if ending == ".csv":
        return resolve(_read_csv(Path(path)), keys, path)
    if ending in (".yaml", ".yml"):
        return resolve(_read_yaml(Path(path)), keys, path)
    return Partition.load(path)


def resolve(
    rules: Iterable[Rule], keys: Collection[SequenceKey], where: str | os.PathLike[str] = "rules"
) -> Partition:
    """Find out which sequences a list means.

    Raises:
        DataError: as `load_partition` does; messages begin with `where`.
    """
    of_person: dict[str, list[SequenceKey]] = {}
    for key in keys:
        of_person.setdefault(key.subject, []).append(key)
    chosen: dict[str, dict[SequenceKey, None]] = {name: {} for name in SETS}
    for rule in rules:
        literal = not set("*?[") & set(rule.subject)
        fitting = [key for key in (of_person.get(rule.subject, ()) if literal else keys) if rule.fits(key)]
        if not fitting:
            raise DataError(f"{where}: {'/'.join(rule[1:])} ({rule.set}) fits no sequence: check it")
        chosen[rule.set].update(dict.fromkeys(fitting))
    train = tuple(dict.fromkeys(key.subject for key in chosen["train"]))
    test = tuple(dict.fromkeys(key.subject for name in ("gallery", "probe") for key in chosen[name]))
    _refuse(set(train) & set(test), where, "are trained on and tested: keep people apart")
    _refuse(
        {str(key) for key in chosen["gallery"].keys() & chosen["probe"].keys()},
        where,
        "are in the gallery and among the probes: choose one",
    )
    if bool(chosen["gallery"]) != bool(chosen["probe"]):
        raise DataError(f"{where}: has a gallery or probes, but not both: add the other")
    return Partition(train, test, _names(chosen["probe"]), _names(chosen["gallery"]))


def _names(keys: Iterable[SequenceKey]) -> tuple[str, ...] | None:
    """Write keys as `id-type-view`; none when there are none."""
    return tuple(map(str, keys)) or None


def _refuse(both: set[str], where: object, why: str) -> None:
    """Refuse names that are in two sets."""
    if both:
        raise DataError(f"{where}: {first_few(both)} {why}")


def _read_csv(path: Path) -> list[Rule]:
    """Read rules from a table."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.reader(file))
    except (OSError, ValueError, csv.Error) as error:
        raise DataError(f"{path}: cannot be read as CSV ({error}): its columns are {_TABLE}") from error
    header = [name.strip().lower() for name in rows[0]] if rows else []
    for name in header:
        if name not in COLUMNS:
            raise DataError(f"{path}: the column {name!r} is unknown, {suggest(name, COLUMNS)}")
    if "set" not in header or len(set(header)) < len(header):
        raise DataError(f"{path}: needs the header {_TABLE}, of which only set must be there")
    rules = []
    for number, row in enumerate(rows[1:], 2):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(header):
            raise DataError(f"{path}: line {number} has {len(row)} fields instead of {len(header)}: add them")
        cells = {name: cell.strip() for name, cell in zip(header, row, strict=True) if cell.strip()}
        rules.append(_rule(cells.pop("set", ""), cells, f"{path}: line {number}"))
    return rules


def _read_yaml(path: Path) -> list[Rule]:
    """Read rules from lists of paths."""
    try:
        values: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError, RecursionError) as error:
        raise DataError(f"{path}: cannot be read as YAML ({error}): check the file") from error
    if not isinstance(values, dict) or not all(isinstance(lines, list) for lines in values.values()):
        raise DataError(f"{path}: expected lists under {', '.join(SETS)}: correct it")
    rules = []
    for name, lines in values.items():
        for line in lines:
            parts = str(line).split("/")
            if len(parts) > 3:
                raise DataError(f"{path}: {line!r} has more than three parts: write subject/type/view")
            cells = dict(zip(COLUMNS[1:], parts, strict=False))
            rules.append(_rule(str(name), cells, str(path)))
    return rules


def _rule(name: str, cells: dict[str, str], where: str) -> Rule:
    """Make a rule of a set that exists."""
    if name.lower() not in SETS:
        raise DataError(f"{where}: the set {name!r} is unknown, {suggest(name, SETS)}")
    return Rule(name.lower(), **cells)
