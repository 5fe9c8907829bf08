"""Folders that appear whole or not at all."""

import contextlib
import glob
import os
import secrets
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from mimicgait.errors import DataError, MimicGaitError

if sys.platform != "win32":
    import fcntl

_ONCE = "once-"
"""Begins the token of work that has none: nobody can go on with it."""


@contextlib.contextmanager
def staged_folder(target: Path, *, replaces: str | None = None, token: str = "") -> Iterator[Path]:
    """Give a folder beside `target` to write to; rename it to `target` when the block ends well.

    When the block raises, the folder is removed. When the process is killed, `target` is untouched, and what
    was written lies in a hidden sibling `.NAME.TOKEN.partial`. The next writer of the same target goes on
    with it when it has the same token. One that has another token removes it when `target` is there, not
    before: it may have been started by mistake.

    Args:
        target: where the folder shall appear.
        replaces: allow `target` to exist, if it holds a file of this name: no other folder is ever deleted.
        token: names the work to be done. With a token, the folder may hold what an earlier attempt wrote, and
            is kept for the next attempt when this one is interrupted or the disk is full, for example.

    Raises:
        DataError: if `target` exists and may not be replaced, cannot be written to, or has another writer.
    """
    target = target.resolve()
    check_target(target, replaces)
    folder = target.with_name(f".{target.name}.{token or _ONCE + secrets.token_hex(8)}.partial")
    _remove_abandoned(target, f"{_ONCE}*")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataError(f"{target}: cannot be written ({error.strerror}): choose another place") from error
    with _claimed(folder, target):
        try:
            yield folder
            check_target(target, replaces)
            publish(folder, target)
        except BaseException as error:
            if not token or isinstance(error, MimicGaitError):
                shutil.rmtree(folder, ignore_errors=True)
            raise
    _remove_abandoned(target, "*")


def check_target(target: Path, replaces: str | None) -> None:
    """Refuse a target that exists, unless it is an empty folder or holds the file named by `replaces`.

    Raises:
        DataError: if it may not be written to.
    """
    if not os.path.lexists(target):
        return
    if target.is_dir() and not any(target.iterdir()):
        return
    if replaces is None:
        raise DataError(f"{target}: exists already: choose another name, or ask for it to be overwritten")
    if not (target / replaces).is_file():
        raise DataError(f"{target}: holds no {replaces}, so it will not be overwritten: choose another name")


def publish(folder: Path, target: Path) -> None:
    """Flush the files of a folder to disk and give the folder its final name."""
    for path in [*(entry for entry in folder.iterdir() if entry.is_file()), folder]:
        _flush(path)
    if target.exists():
        old = target.with_name(f".{target.name}.{secrets.token_hex(8)}.old")
        os.replace(target, old)
        os.replace(folder, target)
        shutil.rmtree(old, ignore_errors=True)
    else:
        os.replace(folder, target)
    _flush(target.parent)


@contextlib.contextmanager
def _claimed(folder: Path, target: Path) -> Iterator[None]:
    """Hold a lock on a folder while it is being written; the system frees it when the process ends."""
    if sys.platform == "win32":
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise DataError(f"{target}: is being written by another process: wait for its end") from error
        yield
    finally:
        os.close(handle)


def _remove_abandoned(target: Path, tokens: str) -> None:
    """Remove what killed writers of the same target left: partial folders that nobody holds a lock on."""
    if sys.platform == "win32" or not target.parent.is_dir():
        return
    for folder in target.parent.glob(f".{glob.escape(target.name)}.{tokens}.partial"):
        with contextlib.suppress(OSError, DataError), _claimed(folder, target):
            shutil.rmtree(folder)


def _flush(path: Path) -> None:
    """Wait until a file or the names in a folder are on disk, where the system can tell."""
    with contextlib.suppress(PermissionError):  # Windows opens no folders
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
