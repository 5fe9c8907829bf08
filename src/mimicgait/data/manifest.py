"""Which file became which sequence: what makes an import repeatable, and a second one unnecessary."""

import csv
import hashlib
import io
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISDIR
from typing import NamedTuple, Self

from mimicgait.data.folders import is_image, uncollected
from mimicgait.data.opengait import OpenGaitEntry
from mimicgait.errors import DataError
from mimicgait.types import SequenceKey

MANIFEST_FILE = "manifest.csv"
COLUMNS = ["source", "subject", "type", "view", "bytes", "modified"]


class Origin(NamedTuple):
    """The file of a sequence below the root, its size, and when it was changed (nanoseconds since 1970).

    Of a folder of images, the sums of sizes and times, its own time among them: whatever changes, they do.
    """

    source: str
    bytes: int
    modified: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """The origin of every sequence of a store, in the store's order."""

    origins: Mapping[SequenceKey, Origin]

    @classmethod
    def of(cls, entries: Iterable[OpenGaitEntry]) -> Self:
        """Look at the files of sequences; in a folder of images, at each of them."""
        with uncollected():
            return cls({entry.key: _look(entry) for entry in entries})

    @property
    def hash(self) -> str:
        """Hash of which source became which key: equal on every machine that has the same tree of files."""
        rows = sorted((o.source, k.subject, k.type, k.view) for k, o in self.origins.items())
        return hashlib.sha256(json.dumps(rows).encode()).hexdigest()

    def text(self) -> str:
        """Write the manifest as CSV."""
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(COLUMNS)
        for key, (source, *stamp) in self.origins.items():
            writer.writerow([source, key.subject, key.type, key.view, *stamp])
        return text.getvalue()

    @classmethod
    def load(cls, store: str | os.PathLike[str]) -> Self:
        """Read the manifest of a store; an empty one if it has none.

        Raises:
            DataError: if it is damaged.
        """
        path = Path(store) / MANIFEST_FILE
        if not path.exists():
            return cls({})
        try:
            with path.open(newline="", encoding="utf-8") as file:
                header, *rows = csv.reader(file)
            if header != COLUMNS:
                raise ValueError("it has other columns")
            return cls({SequenceKey(*row[1:4]): Origin(row[0], int(row[4]), int(row[5])) for row in rows})
        except (OSError, ValueError, TypeError, IndexError, csv.Error) as error:
            raise DataError(f"{path}: is damaged ({error}): import the data again with overwrite") from error


def _look(entry: OpenGaitEntry) -> Origin:
    """Note size and time of a file; a file that is gone by now will be listed when it is read.

    A folder's own time tells what was added, removed or renamed in it, not what was written to an image.
    """
    try:
        found = entry.path.stat()
        if not S_ISDIR(found.st_mode):
            return Origin(entry.source, found.st_size, found.st_mtime_ns)
        with os.scandir(entry.path) as inside:
            images = [image.stat() for image in inside if is_image(image.name)]
    except OSError:
        return Origin(entry.source, -1, -1)
    times = sum(look.st_mtime_ns for look in (found, *images))
    return Origin(entry.source, sum(image.st_size for image in images), times)
