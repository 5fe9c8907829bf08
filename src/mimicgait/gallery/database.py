"""The gallery's SQLite file: its tables, how it is opened, and how what was deleted is wiped from it."""

import os
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from mimicgait.errors import DataError

APPLICATION = 0x6D674741
"""`PRAGMA application_id` of a gallery: tells it from other SQLite files."""

VERSION = 1
BUSY_SECONDS = 30.0
"""How long to wait for another process that writes."""

TABLES = """
CREATE TABLE person (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE, consent TEXT NOT NULL, added TEXT NOT NULL
);
CREATE TABLE walk (
    id INTEGER PRIMARY KEY AUTOINCREMENT, uid TEXT NOT NULL UNIQUE,
    person INTEGER NOT NULL REFERENCES person(id) ON DELETE CASCADE,
    source TEXT NOT NULL, added TEXT NOT NULL, frames INTEGER NOT NULL, hidden REAL, silhouettes BLOB
);
CREATE INDEX walk_of_person ON walk(person);
CREATE TABLE model (
    id INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE, channels INTEGER NOT NULL, parts INTEGER NOT NULL
);
-- Ids only grow, and a template is never changed: what is new to a reader has a larger id than all it knows.
CREATE TABLE template (
    id INTEGER PRIMARY KEY AUTOINCREMENT, walk INTEGER NOT NULL REFERENCES walk(id) ON DELETE CASCADE,
    model INTEGER NOT NULL REFERENCES model(id), data BLOB NOT NULL
);
CREATE UNIQUE INDEX template_of_walk ON template(walk, model);
CREATE INDEX template_of_model ON template(model);
CREATE TABLE audit (id INTEGER PRIMARY KEY, at TEXT NOT NULL, action TEXT NOT NULL, detail TEXT NOT NULL);
CREATE TABLE state (
    uid TEXT NOT NULL, key_check BLOB, removals INTEGER NOT NULL DEFAULT 0, unwiped INTEGER NOT NULL DEFAULT 0
);
"""


def open_database(path: Path, *, create: bool) -> sqlite3.Connection:
    """Open a gallery's file, made with its tables if it is not there.

    The journal is a write-ahead log, and a commit returns when it is on the disk (`synchronous=FULL`).
    Deleted rows are overwritten with zeros (`secure_delete`), and temporary tables stay in memory.

    Args:
        path: the file; its folder must exist. Only its owner may read it.
        create: whether it may be made.

    Raises:
        DataError: if it is absent, no gallery, of a newer version, or cannot be opened.
    """
    if not path.exists():
        if not create:
            raise DataError(f"{path}: there is no gallery of that name: enrol somebody first")
        _touch(path)
    try:
        connection = sqlite3.connect(
            path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA secure_delete = ON")
            connection.execute("PRAGMA temp_store = MEMORY")
            _prepare(connection, path)
        except BaseException:
            connection.close()
            raise
    except sqlite3.Error as error:
        raise DataError(f"{path}: cannot be opened as a gallery ({error})") from error
    return connection


@contextmanager
def writing(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """Run a block as one transaction: all of it is on the disk afterwards, or nothing.

    Raises:
        DataError: if the system does not let us write.
    """
    try:
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
    except sqlite3.OperationalError as error:
        raise DataError(f"the gallery cannot be written ({error}): is the disk full, or in use?") from error


def wipe(connection: sqlite3.Connection, *, seconds: float = BUSY_SECONDS) -> bool:
    """Make the file anew without what was deleted, and empty the log.

    `secure_delete` alone does not do: pages that were divided keep copies, and the log keeps older pages.

    Returns:
        Whether nothing is left; a process that reads all the time can keep the log from being emptied.
    """
    connection.execute(f"PRAGMA busy_timeout = {round(1000 * seconds)}")
    try:
        connection.execute("VACUUM")
        return not connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    except sqlite3.OperationalError:  # another process writes, or the disk is full
        return False
    finally:
        connection.execute(f"PRAGMA busy_timeout = {round(1000 * BUSY_SECONDS)}")


def now() -> str:
    """Return the time as the gallery keeps it: ISO 8601, UTC, seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _touch(path: Path) -> None:
    """Make an empty file that only its owner may read; SQLite gives its log the same rights."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise DataError(f"{path}: cannot be made ({error.strerror}): choose another place") from error


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Make the tables in an empty file; refuse a file of something else."""
    if _foreign(connection):
        raise DataError(f"{path}: is an SQLite file of something else: choose another name")
    if _number(connection, "application_id") != APPLICATION:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("BEGIN IMMEDIATE")  # two processes may meet here: the second finds the tables
        try:
            if _number(connection, "application_id") != APPLICATION:
                _make(connection)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
    version = _number(connection, "user_version")
    if version != VERSION:
        raise DataError(f"{path}: expected a gallery of version {VERSION}, got {version}: update mimicgait")


def _foreign(connection: sqlite3.Connection) -> bool:
    """Tell whether there are tables that are not a gallery's; tables and mark of one appear together."""
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    return bool(tables) and _number(connection, "application_id") != APPLICATION


def _make(connection: sqlite3.Connection) -> None:
    for statement in TABLES.split(";\n"):
        connection.execute(statement)
    connection.execute("INSERT INTO state (uid) VALUES (?)", (uuid.uuid4().hex,))
    connection.execute(f"PRAGMA application_id = {APPLICATION}")
    connection.execute(f"PRAGMA user_version = {VERSION}")


def _number(connection: sqlite3.Connection, pragma: str) -> int:
    return int(connection.execute(f"PRAGMA {pragma}").fetchone()[0])
