"""Sequences at rest: a folder with bit-packed silhouettes, mapped into memory, and their index.

A store has three files: `frames.bin` (512 bytes a frame), `sequences.parquet` (one row a sequence) and
`store.json` (name, licence, counts, fingerprint). It appears under its name when it is whole, never before.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

import numpy as np
import numpy.typing as npt

from mimicgait.data.index import (
    FRAMES_FILE,
    HEADER_FILE,
    TABLE_FILE,
    VERSION,
    Header,
    content_hash,
    load_index,
    refuse_key,
)
from mimicgait.data.journal import Journal
from mimicgait.data.packing import PACKED_BYTES, pack_frames
from mimicgait.data.staging import check_target, staged_folder
from mimicgait.errors import DataError, ShapeError
from mimicgait.types import FRAME_SIZE, SequenceKey, Silhouettes


class SequenceStore:
    """A store opened for reading; its frames stay on disk until they are used.

    Attributes:
        path: the folder.
        name, licence: what the writer said about the data.
        origin: what an import noted about where the data came from; empty for others.
        packed: uint8 `[frames, 512]`, the whole file of frames, mapped into memory.

    Args:
        path: folder of the store. Sizes, version and index are verified.
        verify: read every frame as well and compare the hashes.

    Raises:
        DataError: if the folder is no store, is damaged, or was cut short.
    """

    def __init__(self, path: str | os.PathLike[str], *, verify: bool = False) -> None:
        self.path = Path(path)
        header, self._index = load_index(self.path)
        self.name, self.licence, self.origin = header.name, header.licence, header.origin
        self.packed = map_frames(self.path, header.frames, "r")
        if verify:
            self.verify()

    @property
    def keys(self) -> tuple[SequenceKey, ...]:
        """The key of every sequence."""
        return self._index.keys

    @cached_property
    def subjects(self) -> tuple[str, ...]:
        """The subject of every sequence."""
        return tuple(key.subject for key in self.keys)

    @property
    def sources(self) -> tuple[str, ...]:
        """The file that each sequence came from, empty where there was none."""
        return self._index.sources

    @property
    def hashes(self) -> tuple[str, ...]:
        """The hash of every sequence's packed frames."""
        return self._index.hashes

    @property
    def lengths(self) -> npt.NDArray[np.int64]:
        """Number of frames of every sequence, int64 `[s]`."""
        return self._index.lengths

    @property
    def offsets(self) -> npt.NDArray[np.int64]:
        """Position of every sequence's first frame in `packed`, int64 `[s]`."""
        return self._index.offsets

    @property
    def fingerprint(self) -> str:
        """Hash of keys, lengths and contents in their order; equal for equal data."""
        return self._index.fingerprint

    def __len__(self) -> int:
        return len(self._index)

    def __getitem__(self, position: int) -> Silhouettes:
        frames = np.unpackbits(self.packed_sequence(position), axis=1).reshape(-1, FRAME_SIZE, FRAME_SIZE)
        return Silhouettes(self.keys[position], frames, self.sources[position])

    def __iter__(self) -> Iterator[Silhouettes]:
        return (self[position] for position in range(len(self)))

    def __repr__(self) -> str:
        return f"SequenceStore({str(self.path)!r}: {len(self)} sequences, {int(self.lengths.sum())} frames)"

    def packed_sequence(self, position: int) -> npt.NDArray[np.uint8]:
        """The packed frames `[t, 512]` of one sequence, not copied.

        Raises:
            IndexError: if there is no such sequence.
        """
        offset, length = int(self.offsets[position]), int(self.lengths[position])
        return self.packed[offset : offset + length]

    def select(self, positions: Sequence[int] | npt.NDArray[np.int64]) -> "SequenceStore":
        """View the sequences at the given positions, in that order, as a store of its own on the same file.

        Raises:
            IndexError: if a position is outside of the store.
        """
        view = object.__new__(SequenceStore)
        view.path, view.name, view.licence, view.packed = self.path, self.name, self.licence, self.packed
        view.origin = self.origin
        view._index = self._index.select(positions)
        return view

    def damaged(self) -> tuple[SequenceKey, ...]:
        """Read every frame and name the sequences whose frames do not have their hash."""
        return tuple(
            key
            for position, key in enumerate(self.keys)
            if content_hash(self.packed_sequence(position).data) != self.hashes[position]
        )

    def verify(self) -> None:
        """Read every frame and compare the hashes.

        Raises:
            DataError: naming the first damaged sequence.
        """
        damaged = self.damaged()
        if damaged:
            raise DataError(
                f"{self.path}: the frames of {len(damaged)} sequences are damaged, "
                f"the first is {damaged[0]}: import the data again"
            )


def map_frames(path: Path, frames: int, mode: Literal["r", "c"]) -> npt.NDArray[np.uint8]:
    """Map the packed frames `[frames, 512]` of a store into memory: read-only, or with private changes.

    Raises:
        DataError: if the system does not let us read them.
    """
    try:
        return np.memmap(path / FRAMES_FILE, dtype=np.uint8, mode=mode, shape=(frames, PACKED_BYTES))
    except OSError as error:
        raise DataError(f"{path / FRAMES_FILE}: cannot be read ({error.strerror}): check the file") from error


class StoreWriter:
    """Writes a store, as a context: the store appears when the block ends well, and not at all otherwise.

    Args:
        path: folder to be made.
        name: what the data is called.
        licence: under which terms it may be used; it travels with the data.
        overwrite: replace a store that is there already. Nothing but a store is ever replaced.
        origin: what to note about where the data came from; JSON values, which may be added to until the end.
        resume: a name for this work. When a process with the same name was killed at it, its sequences are
            kept (ask with `key in writer`); without a name, every attempt starts from nothing.

    Raises:
        DataError: if the folder exists, or (when the block ends) nothing was added.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        name: str,
        licence: str,
        overwrite: bool = False,
        resume: str = "",
        origin: dict[str, Any] | None = None,
    ) -> None:
        self.path = Path(path).resolve()
        self.origin = origin or {}
        self._name, self._licence = name, licence
        self._replaces = HEADER_FILE if overwrite else None
        self._token = content_hash(resume.encode()) if resume else ""
        check_target(self.path, self._replaces)

    def __enter__(self) -> Self:
        self._stack = ExitStack()
        self._folder = self._stack.enter_context(
            staged_folder(self.path, replaces=self._replaces, token=self._token)
        )
        self._journal = self._stack.enter_context(closing(Journal(self._folder)))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._stack:
            if error is not None:
                raise error
            self._finish()

    def __len__(self) -> int:
        return len(self._journal.entries)

    def __contains__(self, key: SequenceKey) -> bool:
        return key in self._journal.entries

    @property
    def keys(self) -> tuple[SequenceKey, ...]:
        """The keys of the sequences so far, in order."""
        return tuple(self._journal.entries)

    def add(self, silhouettes: Silhouettes) -> None:
        """Append one sequence of 64x64 silhouettes.

        Raises:
            DataError: if its key was added before or cannot name a folder, or its frames are not of 0 and 1.
            ShapeError: if its frames are not 64x64.
        """
        self._refuse(silhouettes.key)
        self._journal.append(silhouettes.key, pack_frames(silhouettes.frames), silhouettes.source)

    def add_packed(
        self, key: SequenceKey, packed: npt.NDArray[np.uint8], source: str = "", content: str = ""
    ) -> None:
        """Append one sequence of frames that are packed already, uint8 `[t, 512]`.

        `content` is their `content_hash`, for those who know it; it is not computed again.

        Raises:
            DataError: as `add` does.
            ShapeError: if there is no frame, or they are not packed.
        """
        self._refuse(key)
        if packed.ndim != 2 or not len(packed) or packed.shape[1] != PACKED_BYTES or packed.dtype != np.uint8:
            raise ShapeError(
                f"{key}: expected packed frames [t, 512] of uint8, got {packed.shape} of {packed.dtype}"
            )
        self._journal.append(key, packed, source, content)

    def attach(self, name: str, text: str) -> None:
        """Put a file of text beside the frames; it appears with the store."""
        (self._folder / name).write_text(text, encoding="utf-8")

    def _refuse(self, key: SequenceKey) -> None:
        """Refuse a key that cannot name folders, or that is there."""
        refuse_key(key, self.path)
        if key in self:
            raise DataError(f"{self.path}: {key} was added before: give each sequence its own key")

    def _finish(self) -> None:
        """Write index and header beside the frames."""
        if not len(self):
            raise DataError(f"{self.path}: not written, because no sequence was added: check the source")
        index = self._journal.index()
        index.save(self._folder / TABLE_FILE)
        frames = int(index.lengths.sum())
        header = Header(
            VERSION, self._name, self._licence, frames, len(index), index.fingerprint, self.origin
        )
        header.save(self._folder / HEADER_FILE)
        self._journal.remove()
