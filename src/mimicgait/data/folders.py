"""Walking through the folders of a data set, and telling why a place is not one."""

import difflib
import gc
import itertools
import os
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

from mimicgait.data.index import HEADER_FILE, refuse_key
from mimicgait.data.layouts import GENERIC, Layout
from mimicgait.errors import ConfigError, DataError
from mimicgait.types import SequenceKey

IMAGES = (".png", ".jpg", ".jpeg", ".bmp")
"""What raw silhouettes are stored as."""

_SEARCHED_FOLDERS = 2_000
"""A mistyped root may be the whole disk: the search for a hint ends after so many folders."""


class Problem(NamedTuple):
    """A file or folder that cannot be used, and why."""

    path: Path
    reason: str


@dataclass(frozen=True, slots=True)
class Found:
    """The place of every sequence, sorted by its key, and the folders without one.

    Attributes:
        files: a `.pkl` file, or a folder of images.
        problems: folders that hold nothing usable, each with the reason.
    """

    files: dict[SequenceKey, Path]
    problems: tuple[Problem, ...]


def scan(
    root: Path, layout: Layout = GENERIC, data_in_use: Sequence[bool] | Sequence[int] | None = None
) -> Found:
    """Walk through a data set and find one `.pkl`, or one folder of images, for each sequence.

    Raises:
        DataError: if the root is no folder.
        ConfigError: if `data_in_use` does not choose exactly one file.
    """
    if root.is_file():
        raise DataError(f"{root}: is a file: give the folder of the data set")
    if (root / HEADER_FILE).is_file():
        raise DataError(f"{root}: is a store already: use it as it is")
    if not root.is_dir():
        names = [path.name for path in root.parent.iterdir()] if root.parent.is_dir() else []
        close = difflib.get_close_matches(root.name, names, n=1)
        hint = f"did you mean {root.with_name(close[0])}?" if close else "check the spelling"
        raise DataError(f"{root}: is no folder: {hint}")
    choice = layout.data_in_use if data_in_use is None else data_in_use
    walk = _Walk(layout, layout.depth, choice, _position(choice))
    with uncollected():
        walk.visit(str(root), (), 1)
        return Found(dict(sorted(walk.files.items(), key=_by_key)), tuple(walk.problems))


@contextmanager
def uncollected() -> Iterator[None]:
    """Make many small objects without looking for cycles among all objects of the process all the while."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def where_else(root: Path, layout: Layout = GENERIC) -> str:
    """Say where files of sequences lie instead, if a short search finds one."""
    expected = f"Expected {places(layout)}"
    for folder, _, names in itertools.islice(os.walk(root), _SEARCHED_FOLDERS):
        name = next((name for name in sorted(names) if _kind(name)), None)
        if name is None:
            continue
        inside = (Path(folder) / name).relative_to(root)
        if layout.depth == len(inside.parts) - 1:
            return f"{expected}: check the files there, such as {inside}"
        around = Path(folder).absolute().parents
        better = around[layout.depth - 1] if len(around) >= layout.depth else root
        return f"{expected}, found {inside}: did you mean {better}?"
    return f"{expected}, found no .pkl and no image: check the path, and that the archive was unpacked"


def places(layout: Layout) -> str:
    """Write down where the sequences of a data set lie.

    >>> places(GENERIC)
    '<root>/<subject>/<type>/<view>/'
    """
    paths = [place.path.replace("{", "<").replace("}", ">") for place in layout.places]
    return " or ".join(f"<root>/{path}/" for path in paths)


def is_image(name: str) -> bool:
    """Tell whether a file is a frame by its name; an energy image (`gei.png`) and a hidden file are none.

    >>> is_image("001.PNG"), is_image("001-gei.png")
    (True, False)
    """
    lower = name.lower()
    return lower.endswith(IMAGES) and not lower.endswith("gei.png") and not lower.startswith(".")


@dataclass(slots=True)
class _Walk:
    """A walk through the folders of a data set, and what it found."""

    layout: Layout
    depth: int
    choice: Sequence[bool] | Sequence[int] | None
    position: int | None
    files: dict[SequenceKey, Path] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def visit(self, folder: str, parts: tuple[str, ...], rank: int) -> None:
        """Visit one folder and those inside it, sorted by name; stores that were written there are not."""
        try:
            inside = _contents(folder, self.layout.ignored)
        except OSError as error:
            reason = f"cannot be read ({error.strerror}): check its rights"
            self.problems.append(Problem(Path(folder), reason))
            return
        if inside is None:
            return
        folders, pickles, images = inside
        if parts and (pickles or images):
            self._take(folder, parts, rank, pickles, images)
        elif parts and not folders:
            self.problems.append(Problem(Path(folder), "is empty: it has no folders, no .pkl, no images"))
        elif parts and len(parts) >= self.depth:
            reason = "has folders inside, but neither a .pkl file nor images"
            self.problems.append(Problem(Path(folder), reason))
        if len(parts) < self.depth:
            for place, name in enumerate(folders, 1):
                self.visit(f"{folder}{os.sep}{name}", (*parts, name), place)

    def _take(
        self, folder: str, parts: tuple[str, ...], rank: int, pickles: list[str], images: list[str]
    ) -> None:
        """Take the sequence of a folder that has files."""
        try:
            key = self.layout.key(parts, rank)
            if key is None:
                raise DataError(f"lies where no sequence belongs: expected {places(self.layout)}")
            refuse_key(key)
            if key in self.files:
                raise DataError(f"is {key}, and so is {self.files[key]}: remove one")
            self.files[key] = self._choose(folder, pickles, images)
        except DataError as error:
            self.problems.append(Problem(Path(folder), str(error)))

    def _choose(self, folder: str, pickles: list[str], images: list[str]) -> Path:
        """Choose the file of one folder, or the folder itself when it holds images."""
        if pickles and images:
            raise DataError("has .pkl files and images: keep one kind")
        if not pickles:
            return Path(folder)
        listed = f"has {len(pickles)} files ({', '.join(pickles)})"
        if self.position is None:
            return Path(f"{folder}{os.sep}{self._by_name(pickles, listed)}")
        masked = self.choice is not None and isinstance(self.choice[0], bool)
        if self.position >= len(pickles) or (masked and len(self.choice or ()) != len(pickles)):
            raise DataError(f"{listed}: data_in_use does not fit, it chooses number {self.position} from 0")
        return Path(f"{folder}{os.sep}{pickles[self.position]}")

    def _by_name(self, pickles: list[str], listed: str) -> str:
        """Choose a file by its name when there are several."""
        if len(pickles) == 1:
            return pickles[0]
        if self.layout.file is None:
            raise DataError(f"{listed}: say which with data_in_use")
        fitting = [name for name in pickles if fnmatchcase(name, self.layout.file)]
        if len(fitting) != 1:
            raise DataError(
                f"{listed}, of which {len(fitting)} are like {self.layout.file}: say which with data_in_use"
            )
        return fitting[0]


def _contents(folder: str, ignored: Collection[str] = ()) -> tuple[list[str], list[str], list[str]] | None:
    """List folders, pickles and images in a folder, sorted; hidden things and energy images are none.

    Of a store there is nothing to list. No path is built here: a data set has tens of thousands of folders.
    """
    names: dict[str, list[str]] = {"folder": [], "pickle": [], "image": []}
    with os.scandir(folder) as entries:
        for entry in entries:
            name = entry.name
            if name == HEADER_FILE and entry.is_file():
                return None
            if name.startswith("."):
                continue
            kind = "folder" if entry.is_dir() else _kind(name)
            if kind and name not in ignored:
                names[kind].append(name)
    return sorted(names["folder"]), sorted(names["pickle"]), sorted(names["image"])


def _kind(name: str) -> str:
    """Tell a pickle and an image by their names."""
    return "pickle" if name.lower().endswith(".pkl") else "image" if is_image(name) else ""


def _by_key(item: tuple[SequenceKey, Path]) -> tuple[str, str, str]:
    """Sort by identity, type and view."""
    return item[0].subject, item[0].type, item[0].view


def _position(choice: Sequence[bool] | Sequence[int] | None) -> int | None:
    """Translate a mask or a list of positions into the one position."""
    if choice is None:
        return None
    values = list(choice)
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
