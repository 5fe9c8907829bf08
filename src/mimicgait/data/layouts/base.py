"""What is known about a data set: where its sequences lie, what its folders mean, what surprises people."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from mimicgait.data.silhouette import Interpolation
from mimicgait.errors import DataError
from mimicgait.types import SequenceKey

THREE_LEVELS = "{subject}/{type}/{view}"
"""The field's universal layout."""

_REMEDY = "rename it, or import with the generic layout"


@dataclass(frozen=True, slots=True)
class Place:
    """Folders that hold one sequence each, and how their path becomes a key.

    >>> Place("Silhouette_{view}-{type}/{subject}").key(("Silhouette_015-01", "00042"))
    SequenceKey(subject='00042', type='01', view='015')
    >>> Place("gallery/{subject}/{view}", type="{rank:02d}").key(("gallery", "00042", "x7"), rank=2)
    SequenceKey(subject='00042', type='02', view='x7')

    Attributes:
        path: folder names below the root; each `{word}` stands for a name or a part of one.
        subject, type, view: the parts of the key, made of those words and of `{rank}`, which counts the
            folder among its sorted neighbours, from 1.
    """

    path: str = THREE_LEVELS
    subject: str = "{subject}"
    type: str = "{type}"
    view: str = "{view}"

    @property
    def depth(self) -> int:
        """How many levels of folders there are below the root."""
        return self.path.count("/") + 1

    def key(self, parts: tuple[str, ...], rank: int = 1) -> SequenceKey | None:
        """Return the key of the folder at `parts` below the root; none if it lies elsewhere."""
        found = _expression(self.path).fullmatch("/".join(parts))
        if found is None:
            return None
        words = {**found.groupdict(), "rank": rank}
        return SequenceKey(*(part.format(**words) for part in (self.subject, self.type, self.view)))


@dataclass(frozen=True, slots=True)
class Names:
    """The names that a folder level may have.

    Attributes:
        pattern: regular expression of a whole name.
        words: the same for people.
        spellings: pairs (expression, replacement) that turn other spellings in use into the right one.
    """

    pattern: str = ".+"
    words: str = "any name"
    spellings: tuple[tuple[str, str], ...] = ()

    def correct(self, name: str) -> str:
        """Return a name in its right spelling.

        Raises:
            DataError: if no name of the data set is like it.
        """
        for expression, replacement in self.spellings:
            name = re.sub(expression, replacement, name)
        if not re.fullmatch(self.pattern, name):
            raise DataError(f"{name!r} is none of its names ({self.words})")
        return name


@dataclass(frozen=True, slots=True)
class Counts:
    """What the field's partition file of a data set names."""

    train: int
    test: int
    probe: int | None = None
    gallery: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A data set as it lies on disk.

    Attributes:
        name: what the command line calls it.
        title: what people call it.
        levels: what identity, type and view mean here.
        places: where sequences lie; the first that fits a folder counts.
        types, views: which names these levels may have.
        counts: people of the field's partition, if there is one.
        data_in_use: which of the sorted files of a folder holds the silhouettes, when there are several.
        file: else, the pattern of that file's name.
        ignored: names of folders that hold something else than silhouettes.
        images: whether raw images are cropped, stretched and centred, or kept as they are.
        interpolation: how raw images are resized.
        traps: what surprises people; shown by the documentation and after an import.
        verified: whether the facts were read from the sources of the field's main toolkit or of the authors.
    """

    name: str
    title: str
    levels: tuple[str, str, str]
    places: tuple[Place, ...] = (Place(),)
    types: Names = Names()
    views: Names = Names()
    counts: Counts | None = None
    data_in_use: tuple[bool, ...] | None = None
    file: str | None = None
    ignored: tuple[str, ...] = ()
    images: Literal["normalise", "keep"] = "normalise"
    interpolation: Interpolation = "cubic"
    traps: tuple[str, ...] = ()
    verified: bool = True

    @property
    def depth(self) -> int:
        """How many levels of folders are of interest."""
        return max(place.depth for place in self.places)

    def key(self, parts: tuple[str, ...], rank: int = 1) -> SequenceKey | None:
        """Return the key of the folder at `parts` below the root; none if no sequence belongs there.

        Raises:
            DataError: if its type or its view has a name that the data set does not know.
        """
        for place in self.places:
            key = place.key(parts, rank)
            if key is not None:
                return SequenceKey(key.subject, self._type(key.type), self._view(key.view))
        return None

    def _type(self, name: str) -> str:
        try:
            return self.types.correct(name)
        except DataError as error:
            raise DataError(f"{self.title} knows no such type: {error}: {_REMEDY}") from error

    def _view(self, name: str) -> str:
        try:
            return self.views.correct(name)
        except DataError as error:
            raise DataError(f"{self.title} knows no such view: {error}: {_REMEDY}") from error


@lru_cache(maxsize=256)
def _expression(path: str) -> re.Pattern[str]:
    """Turn the path of a place into a regular expression."""
    pieces = re.split(r"\{(\w+)\}", path)
    return re.compile(
        "".join(f"(?P<{piece}>[^/]+)" if i % 2 else re.escape(piece) for i, piece in enumerate(pieces))
    )
