"""What a client sent: told by its first bytes, never by its name, and kept for as long as it is needed."""

import hashlib
import logging
import os
import secrets
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from mimicgait.errors import ConfigError
from mimicgait.serve.refusals import BusyError, RequestError

_LOG = logging.getLogger(__name__)
HEAD_BYTES = 512
_FOLDER = "mimicgait-serve-"
_BLOCK = 1 << 20
_TRANSPORT_PACKET = 188
_VIDEO_STARTS = (
    b"\x1aE\xdf\xa3",  # Matroska, WebM
    b"\x00\x00\x01\xba",  # MPEG program stream
    b"\x00\x00\x01\xb3",  # MPEG video
    b"OggS",
    b"FLV\x01",
    b"0&\xb2u\x8ef\xcf\x11",  # ASF
)
_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")
"""What MP4 and QuickTime files begin with, after the four bytes of the first box's size."""


class UploadKind(StrEnum):
    """What an upload is, judged by its first bytes."""

    VIDEO = "video"
    ARCHIVE = "zip"
    ARRAY = "npy"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that a client sent, under a name of our own; digest: the SHA-256 of its bytes in hex."""

    path: Path
    kind: UploadKind
    digest: str


def sniff(head: bytes) -> UploadKind:
    """Tell what begins with these bytes.

    Raises:
        RequestError: with status 415, if it is nothing that is taken here.

    >>> sniff(b"PK\\x03\\x04 and so on").value
    'zip'
    """
    if not head:
        raise RequestError("the upload is empty (0 bytes): choose a file")
    if head.startswith(b"PK\x03\x04"):
        return UploadKind.ARCHIVE
    if head.startswith(b"\x93NUMPY"):
        return UploadKind.ARRAY
    if _is_video(head):
        return UploadKind.VIDEO
    raise RequestError(
        "the file is neither a video (MP4, MOV, AVI, MKV, WebM, MPEG, OGG, FLV, ASF) nor silhouettes "
        f"(.zip of PNG masks, .npz, .npy): it begins with {head[:8]!r}",
        status=415,
    )


def _is_video(head: bytes) -> bool:
    packets = head[::_TRANSPORT_PACKET][:2]
    return (
        head.startswith(_VIDEO_STARTS)
        or head[4:8] in _BOXES
        or (head.startswith(b"RIFF") and head[8:12] == b"AVI ")
        or packets == b"GG"  # an MPEG transport stream: 0x47 every 188 bytes
    )


class Scratch:
    """A private folder for uploads; it goes when the service ends, and a killed one's is swept by the next.

    Args:
        most_bytes: of all uploads together.
        keep: where uploads are moved when they have been used; by default they are deleted.

    Raises:
        ConfigError: if the folder to keep them in cannot be made.
    """

    def __init__(self, most_bytes: int, keep: Path | None = None) -> None:
        _sweep()
        self.folder = Path(tempfile.mkdtemp(prefix=f"{_FOLDER}{os.getpid()}-"))
        self._most, self._used, self._keep = most_bytes, 0, keep
        self._lock = threading.Lock()
        if keep is not None:
            try:
                keep.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise ConfigError(f"{keep}: uploads cannot be kept there ({error.strerror})") from error

    @property
    def used(self) -> int:
        """Bytes that are promised to uploads at the moment."""
        return self._used

    @contextmanager
    def reserved(self, count: int) -> Iterator[None]:
        """Promise room for an upload while it is on its way.

        Raises:
            BusyError: if there is no room for so many bytes now.
        """
        self._take(count)
        try:
            yield
        finally:
            self._give(count)

    def save(self, stream: BinaryIO, most_bytes: int) -> Upload:
        """Copy an upload to a file with a name of our own; `discard` it when it is done with.

        Raises:
            RequestError: with status 413 if it is too large, 415 if it is nothing that is taken here.
            BusyError: if there is no room for it now.
        """
        size = stream.seek(0, os.SEEK_END)
        stream.seek(0)
        if size > most_bytes:
            raise too_large(most_bytes)
        kind = sniff(stream.read(HEAD_BYTES))
        stream.seek(0)
        self._take(size)
        path, digest = self.folder / secrets.token_hex(16), hashlib.sha256()
        try:
            path.touch(0o600, exist_ok=False)  # for those, too, that are kept
            with path.open("wb") as file:
                while block := stream.read(_BLOCK):
                    digest.update(block)
                    file.write(block)
        except BaseException:
            path.unlink(missing_ok=True)
            self._give(size)
            raise
        return Upload(path, kind, digest.hexdigest())

    def discard(self, upload: Upload) -> None:
        """Delete an upload, or put it where uploads are kept; nothing happens if it is gone.

        What cannot be kept, for want of room say, is deleted, and the log tells.
        """
        path = upload.path
        try:
            size = path.stat().st_size
        except FileNotFoundError:
            return
        if self._keep is not None:
            try:
                shutil.move(path, self._keep / f"{upload.digest[:16]}.{upload.kind}")
            except OSError as error:
                _LOG.warning("an upload cannot be kept in %s (%s): it is deleted", self._keep, error)
        path.unlink(missing_ok=True)
        self._give(size)

    def close(self) -> None:
        """Delete everything that is left."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _take(self, count: int) -> None:
        with self._lock:
            if self._used + count > self._most:
                raise BusyError("there is no room for another upload now: try again", retry_after=5)
            self._used += count

    def _give(self, count: int) -> None:
        with self._lock:
            self._used -= count


def too_large(most_bytes: int) -> RequestError:
    """Make the refusal of an upload that is larger than allowed."""
    return RequestError(
        f"the upload is larger than the {most_bytes / 2**20:.0f} MiB allowed: cut it into pieces", status=413
    )


def _sweep() -> None:
    """Delete what services that were killed left behind: their folders bear the number of the process."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_FOLDER}*"):
        number = folder.name.removeprefix(_FOLDER).partition("-")[0]
        if number.isdigit() and not _is_alive(int(number)):
            shutil.rmtree(folder, ignore_errors=True)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
