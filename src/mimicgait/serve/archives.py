"""Zip archives of strangers: nothing is written to the disk, and nothing unpacks to more than is allowed."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from mimicgait.serve.limits import Limits
from mimicgait.serve.refusals import RequestError

_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1
_LONGEST_RATIO = 200
"""Deflate cannot do better than about 1030; masks of a person reach 60."""

# What `zipfile` raises for archives that are damaged or encrypted; no code of ours runs where it is caught.
_BROKEN = (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError, RuntimeError)


@contextmanager
def opened(path: Path, limits: Limits) -> Iterator[zipfile.ZipFile]:
    """Open an archive and judge its list of contents before anything is unpacked.

    Raises:
        RequestError: if it is damaged, encrypted, or a bomb, or has names that lead elsewhere.
    """
    try:
        archive = zipfile.ZipFile(path)
    except _BROKEN as error:
        raise RequestError(f"the archive is damaged or cut short ({error}): make it again") from error
    with archive:
        _check(archive.infolist(), limits)
        yield archive


def read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """Unpack one file into memory, and never more of it than its entry in the list says.

    Raises:
        RequestError: if it is longer than its entry says, or damaged.
    """
    try:
        with archive.open(member) as stream:
            data, more = stream.read(member.file_size), stream.read(1)
    except _BROKEN as error:
        raise RequestError(f"an entry of the archive is damaged ({error}): make it again") from error
    if more:
        raise RequestError("an entry of the archive is longer than the archive says: make it again")
    return data


def files_in(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """List the files in the order of the numbers in their names, without folders and hidden files."""
    files = [
        member
        for member in archive.infolist()
        if not member.is_dir() and not _hidden(PurePosixPath(member.filename))
    ]
    return sorted(files, key=lambda member: _in_time(member.filename))


def _check(members: list[zipfile.ZipInfo], limits: Limits) -> None:
    """Refuse archives by what their lists say."""
    if len(members) > 2 * limits.silhouettes:
        raise RequestError(
            f"the archive has {len(members)} entries, {limits.silhouettes} masks are allowed", status=413
        )
    total = 0
    for member in members:
        total += member.file_size
        if _leads_elsewhere(member.filename):
            raise RequestError(f"the archive has an entry {member.filename[:80]!r}, which leads out of it")
        if member.flag_bits & _ENCRYPTED or member.compress_type not in _METHODS:
            raise RequestError(
                "the archive is encrypted, or packed in another way than deflate: make a plain .zip"
            )
        if member.file_size > 1 << 16 and member.file_size > _LONGEST_RATIO * max(1, member.compress_size):
            raise RequestError(
                f"an entry of the archive unpacks to {member.file_size} bytes from {member.compress_size}: "
                "that is no mask",
                status=413,
            )
    if total > limits.unpacked_bytes:
        raise RequestError(
            f"the archive unpacks to {total} bytes, {limits.unpacked_bytes} are allowed", status=413
        )


def _leads_elsewhere(name: str) -> bool:
    """Tell whether a name would leave the folder that somebody unpacks it to."""
    return "\\" in name or "\0" in name or name.startswith("/") or ".." in name.split("/") or ":" in name


def _hidden(name: PurePosixPath) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in name.parts)


def _in_time(name: str) -> tuple[object, ...]:
    """Sort names as people do: 2.png before 10.png."""
    words = re.split(r"(\d+)", name)
    return tuple((int(word), "") if i % 2 else (-1, word) for i, word in enumerate(words))
