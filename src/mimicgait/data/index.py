"""The index of a store: which sequence lies where in its file of frames, and how that is checked."""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from mimicgait.data.packing import PACKED_BYTES
from mimicgait.errors import DataError
from mimicgait.types import SequenceKey

VERSION = 1
FRAMES_FILE = "frames.bin"
TABLE_FILE = "sequences.parquet"
HEADER_FILE = "store.json"

_SCHEMA = pa.schema(
    [
        ("subject", pa.string()),
        ("type", pa.string()),
        ("view", pa.string()),
        ("offset", pa.int64()),
        ("length", pa.int64()),
        ("source", pa.string()),
        ("hash", pa.string()),
    ]
)
_AGAIN = "import the data again"


@dataclass(frozen=True)
class Index:
    """One entry a sequence: key, first frame, number of frames, source file, hash of the packed frames."""

    keys: tuple[SequenceKey, ...]
    offsets: npt.NDArray[np.int64]
    lengths: npt.NDArray[np.int64]
    sources: tuple[str, ...]
    hashes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.keys)

    @cached_property
    def fingerprint(self) -> str:
        """Hash of keys, lengths and contents in their order: equal for equal data, wherever it came from."""
        digest = hashlib.blake2b(digest_size=16)
        for key, length, content in zip(self.keys, self.lengths.tolist(), self.hashes, strict=True):
            digest.update(json.dumps([key.subject, key.type, key.view, length, content]).encode())
        return digest.hexdigest()

    def select(self, positions: Sequence[int] | npt.NDArray[np.int64]) -> "Index":
        """Keep the sequences at the given positions, in that order.

        Raises:
            IndexError: if a position is outside of the index.
        """
        order = np.asarray(positions, dtype=np.int64).reshape(-1)
        return Index(
            tuple(self.keys[i] for i in order),
            self.offsets[order],
            self.lengths[order],
            tuple(self.sources[i] for i in order),
            tuple(self.hashes[i] for i in order),
        )

    def save(self, path: Path) -> None:
        """Write the table to a parquet file."""
        columns = {
            "subject": [key.subject for key in self.keys],
            "type": [key.type for key in self.keys],
            "view": [key.view for key in self.keys],
            "offset": self.offsets,
            "length": self.lengths,
            "source": self.sources,
            "hash": self.hashes,
        }
        pq.write_table(pa.table(columns, schema=_SCHEMA), path)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the table of a parquet file and check that the sequences lie one behind the other.

        Raises:
            DataError: if the file cannot be read, has other columns, gaps, overlaps or a key twice.
        """
        try:
            table = pq.read_table(path, schema=_SCHEMA)
        except (OSError, pa.ArrowException) as error:
            raise DataError(f"{path}: is damaged or no table of sequences ({error}): {_AGAIN}") from error
        column = {name: table.column(name).to_pylist() for name in _SCHEMA.names}
        if any(None in values for values in column.values()):
            raise DataError(f"{path}: has empty fields: {_AGAIN}")
        keys = tuple(map(SequenceKey, column["subject"], column["type"], column["view"]))
        offsets = np.array(column["offset"], dtype=np.int64)
        lengths = np.array(column["length"], dtype=np.int64)
        index = cls(keys, offsets, lengths, tuple(column["source"]), tuple(column["hash"]))
        if (lengths < 1).any() or (offsets != np.cumsum(lengths) - lengths).any():
            raise DataError(f"{path}: its sequences overlap or leave gaps: {_AGAIN}")
        for key in keys:
            refuse_key(key, path)
        refuse_duplicates(keys, path)
        return index


@dataclass(frozen=True, slots=True)
class Header:
    """What `store.json` tells about a store; `origin`, what an import noted, is left out when empty."""

    version: int
    name: str
    licence: str
    frames: int
    sequences: int
    fingerprint: str
    origin: dict[str, Any] = field(default_factory=dict)

    def save(self, path: Path) -> None:
        """Write the header as JSON."""
        values = {name: value for name, value in asdict(self).items() if value or name != "origin"}
        path.write_text(json.dumps(values, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read and check a header.

        Raises:
            DataError: if it is no header of a store, or of a version that this package does not know.
        """
        try:
            values: Any = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError) as error:
            raise DataError(f"{path}: is damaged or no header of a store ({error}): {_AGAIN}") from error
        expected = {field.name: field.type for field in fields(cls)} | {"origin": dict}
        if not isinstance(values, dict) or {"origin": {}, **values}.keys() != expected.keys():
            raise DataError(f"{path}: expected the fields {', '.join(expected)}: {_AGAIN}")
        if any(type(value) is not expected[name] for name, value in values.items()):
            raise DataError(f"{path}: a field has a value of another type: {_AGAIN}")
        if values["version"] != VERSION:
            raise DataError(
                f"{path}: is of version {values['version']}, this package reads {VERSION}: "
                "upgrade mimicgait or import the data again"
            )
        return cls(**values)


def load_index(path: Path) -> tuple[Header, Index]:
    """Read header and index of a store, and check that they and the size of the file of frames agree.

    Raises:
        DataError: if anything is missing or does not fit.
    """
    if not path.is_dir():
        raise DataError(f"{path}: is no folder: give the folder of a store")
    for name in (HEADER_FILE, TABLE_FILE, FRAMES_FILE):
        if not (path / name).is_file():
            inside = sorted(header.parent for header in path.glob(f"*/{HEADER_FILE}"))
            hint = (
                f"did you mean {' or '.join(map(str, inside))}?"
                if inside
                else "make one with `mimicgait data import`"
            )
            raise DataError(f"{path}: is no store (it has no {name}): {hint}")
    header, index = Header.load(path / HEADER_FILE), Index.load(path / TABLE_FILE)
    if not len(index):
        raise DataError(f"{path}: holds no sequence: {_AGAIN}")
    found = (len(index), int(index.lengths.sum()))
    if found != (header.sequences, header.frames) or index.fingerprint != header.fingerprint:
        raise DataError(f"{path}: {TABLE_FILE} does not belong to {HEADER_FILE}: {_AGAIN}")
    size, expected = (path / FRAMES_FILE).stat().st_size, header.frames * PACKED_BYTES
    if size != expected:
        raise DataError(f"{path}: {FRAMES_FILE} has {size} bytes instead of {expected}: {_AGAIN}")
    return header, index


def refuse_key(key: SequenceKey, where: Path | str = "") -> None:
    """Refuse a key that cannot name three folders: each part must stay one plain folder name.

    Raises:
        DataError: naming the part; the message begins with `where`.
    """
    for part in (key.subject, key.type, key.view):
        if not part.strip(".") or "/" in part or "\\" in part or not part.isprintable():
            begin = f"{where}: " if where else ""
            raise DataError(f"{begin}{part!r} in the key {str(key)!r} cannot name a folder: rename it")


def refuse_duplicates(keys: Sequence[SequenceKey], where: Path | str) -> None:
    """Refuse keys of which one stands for two sequences.

    Raises:
        DataError: naming the first of them.
    """
    twice = [str(key) for key, count in Counter(keys).items() if count > 1]
    if twice:
        raise DataError(f"{where}: {len(twice)} sequences occur twice, the first is {twice[0]}: rename one")


def content_hash(packed: bytes | memoryview) -> str:
    """Hash the packed frames of one sequence."""
    return hashlib.blake2b(packed, digest_size=16).hexdigest()
