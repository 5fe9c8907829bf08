"""Sequences being written: frames and, for each sequence, a line that says that its frames are complete."""

import json
import os
import sys
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np
import numpy.typing as npt

from mimicgait.data.index import FRAMES_FILE, Index, content_hash
from mimicgait.data.packing import PACKED_BYTES
from mimicgait.types import SequenceKey

JOURNAL_FILE = "journal.jsonl"


SEND = 16 << 20
"""Bytes of frames after which the system is asked to send them to the disk, while others are read."""


class Entry(NamedTuple):
    """A sequence that has been written: number of frames, source and hash."""

    length: int
    source: str
    content: str


class Journal:
    """Appends sequences to a folder, and goes on where an earlier, killed process stopped.

    Attributes:
        entries: what the folder holds, in order.

    Args:
        folder: an existing folder. Sequences that were written completely are kept; what follows is cut off.
    """

    def __init__(self, folder: Path) -> None:
        self.entries: dict[SequenceKey, Entry] = {}
        self._frames_path, self._lines_path = folder / FRAMES_FILE, folder / JOURNAL_FILE
        for path in (self._frames_path, self._lines_path):
            path.touch()
        self._frames = self._frames_path.open("r+b")
        self._lines = self._lines_path.open("r+b")
        self._recover()
        self._sent = self._frames.tell()

    def append(self, key: SequenceKey, packed: npt.NDArray[np.uint8], source: str, content: str = "") -> None:
        """Write the packed frames `[t, 512]` of one sequence, then the line that vouches for them."""
        frames = np.ascontiguousarray(packed).data
        self._frames.write(frames)
        self._frames.flush()
        self._send_to_disk()
        entry = Entry(len(packed), source, content or content_hash(frames))
        self._lines.write(json.dumps([key.subject, key.type, key.view, *entry]).encode() + b"\n")
        self._lines.flush()
        self.entries[key] = entry

    def close(self) -> None:
        """Close both files."""
        self._frames.close()
        self._lines.close()

    def remove(self) -> None:
        """Close both files and remove the lines, which a finished store does not need."""
        self.close()
        self._lines_path.unlink()

    def index(self) -> Index:
        """Return the index of the frames written so far; there must be one sequence at least."""
        lengths, sources, hashes = zip(*self.entries.values(), strict=True)
        ends = np.cumsum(np.array(lengths, dtype=np.int64))
        return Index(tuple(self.entries), ends - lengths, np.diff(ends, prepend=0), sources, hashes)

    def _send_to_disk(self) -> None:
        """Let the system begin with what it would otherwise do at the end, when everybody waits for it."""
        size = self._frames.tell()
        if sys.platform == "linux" and size - self._sent >= SEND:
            # Linux starts to write such pages at once, and keeps those in memory that are not yet written.
            os.posix_fadvise(self._frames.fileno(), self._sent, size - self._sent, os.POSIX_FADV_DONTNEED)
            self._sent = size

    def _recover(self) -> None:
        """Read what is there, compare every hash, and cut both files after the last complete sequence."""
        end_of_lines = 0
        for line in self._lines:
            if not line.endswith(b"\n"):  # the process was killed within this line
                break
            *names, length, source, content = json.loads(line)
            packed = self._frames.read(length * PACKED_BYTES)
            if content_hash(packed) != content:
                break
            self.entries[SequenceKey(*names)] = Entry(length, source, content)
            end_of_lines += len(line)
        _cut(self._lines, end_of_lines)
        _cut(self._frames, sum(entry.length for entry in self.entries.values()) * PACKED_BYTES)


def _cut(file: BinaryIO, size: int) -> None:
    """Cut a file to a size and stand at its end."""
    file.seek(size)
    file.truncate()
