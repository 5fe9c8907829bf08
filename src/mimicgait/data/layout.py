"""Walking through three levels of folders, and telling why a place is not one of them."""

import difflib
import itertools
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from mimicgait.errors import ConfigError, DataError
from mimicgait.types import SequenceKey

_SEARCHED_FOLDERS = 2_000
"""A mistyped root may be the whole disk: the search for a hint ends after so many folders."""


class Problem(NamedTuple):
    """A file or folder that cannot be used, and why."""

    path: Path
    reason: str


@dataclass(frozen=True, slots=True)
class Found:
    """The file of every sequence, sorted by identity, type and view; and the folders without one."""

    files: dict[SequenceKey, Path]
    problems: tuple[Problem, ...]


def scan(root: Path, data_in_use: Sequence[bool] | Sequence[int] | None = None) -> Found:
    """Walk through `root/<id>/<type>/<view>` and choose one `.pkl` of each view.

    Raises:
        DataError: if the root is no folder.
        ConfigError: if `data_in_use` does not choose exactly one file.
    """
    if not root.is_dir():
        close = difflib.get_close_matches(root.name, [p.name for p in _folders(root.parent)], n=1)
        hint = f"did you mean {root.with_name(close[0])}?" if close else "check the spelling"
        raise DataError(f"{root}: is no folder: {hint}")
    position = _position(data_in_use)
    files: dict[SequenceKey, Path] = {}
    problems: list[Problem] = []
    for folder in _views(root, problems):
        choice = _choose(folder, data_in_use, position)
        if isinstance(choice, Problem):
            problems.append(choice)
        else:
            files[SequenceKey(*folder.relative_to(root).parts)] = choice
    return Found(files, tuple(problems))


def where_else(root: Path) -> str:
    """Say where files of sequences lie instead, if a short search finds one."""
    layout = "Expected <root>/<id>/<type>/<view>/<name>.pkl"
    for folder, _, names in itertools.islice(os.walk(root), _SEARCHED_FOLDERS):
        name = next((name for name in sorted(names) if name.endswith(".pkl")), None)
        if name is None:
            continue
        parts = (Path(folder) / name).relative_to(root).parts
        if len(parts) == 4:
            return f"{layout}: check the files there, such as {Path(*parts)}"
        better = Path(folder).absolute().parents[2] if len(Path(folder).absolute().parts) > 3 else root
        return f"{layout}, found {Path(*parts)}: did you mean {better}?"
    return f"{layout}, found no .pkl: check the path, and that the archive was unpacked"


def _views(root: Path, problems: list[Problem]) -> Iterator[Path]:
    """Walk over the view folders, sorted, and note the folders that have nothing inside."""
    for person in _folders(root):
        types = _folders(person)
        if not types:
            problems.append(Problem(person, "has no folder for a type inside"))
        for kind in types:
            views = _folders(kind)
            if not views:
                problems.append(Problem(kind, "has no folder for a view inside"))
            yield from views


def _folders(parent: Path) -> list[Path]:
    """List the folders in a folder, sorted by name, without hidden ones."""
    if not parent.is_dir():
        return []
    with os.scandir(parent) as entries:
        names = sorted(entry.name for entry in entries if entry.is_dir() and not entry.name.startswith("."))
    return [parent / name for name in names]


def _choose(
    folder: Path, data_in_use: Sequence[bool] | Sequence[int] | None, position: int | None
) -> Path | Problem:
    """Choose the file of one view."""
    with os.scandir(folder) as entries:
        names = sorted(entry.name for entry in entries if entry.name.endswith(".pkl"))
    if not names:
        return Problem(folder, "has no .pkl file")
    if position is None:
        if len(names) == 1:
            return folder / names[0]
        return Problem(folder, f"has {len(names)} files ({', '.join(names)}): say which with data_in_use")
    masked = data_in_use is not None and isinstance(data_in_use[0], bool)
    if position >= len(names) or (masked and data_in_use is not None and len(data_in_use) != len(names)):
        return Problem(folder, f"has {len(names)} files ({', '.join(names)}): data_in_use does not fit")
    return folder / names[position]


def _position(data_in_use: Sequence[bool] | Sequence[int] | None) -> int | None:
    """Translate a mask or a list of positions into the one position."""
    if data_in_use is None:
        return None
    values = list(data_in_use)
    if values and all(isinstance(value, bool) for value in values):
        chosen = [place for place, used in enumerate(values) if used]
    else:
        chosen = [value for value in values if type(value) is int and value >= 0]
        if len(chosen) != len(values):
            chosen = []
    if len(chosen) != 1:
        raise ConfigError(
            f"data_in_use must choose one file: true and false with one true, or one position, got {values}"
        )
    return chosen[0]
