"""The truth of a gallery: who is enrolled, on whose consent, with which walks, in one SQLite file."""

import json
import os
import sqlite3
import threading
import uuid
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from mimicgait.data import pack_frames
from mimicgait.errors import ConfigError, DataError, ShapeError
from mimicgait.gallery.database import BUSY_SECONDS, now, open_database, wipe, writing
from mimicgait.gallery.records import Enrolled, Signature, checked_name
from mimicgait.gallery.sealing import CHECK, VARIABLE, Seal, Sealed, Unsealed


@dataclass(frozen=True, slots=True)
class Removal:
    """What was removed: number of walks; `wiped`: whether no byte of them is left in the files.

    If another process kept the file busy, `wiped` is False, and the next one who opens the gallery wipes it.
    """

    walks: int
    wiped: bool


class State(NamedTuple):
    """What has changed so far: the largest id that a template ever had, and the number of removals."""

    newest: int
    removals: int


class GalleryStore:
    """One gallery's file, for any number of threads and processes.

    One connection writes and one reads, each behind a lock: who reads never waits for a disk.

    Attributes:
        path: the file.
        uid: random name of this gallery, for as long as it exists.
        wipe_seconds: how long a removal waits for other processes that read, before it leaves the wiping of
            the file to the next opening.

    Args:
        path: the file.
        key: of the encryption, in base64; empty for none. It is settled when the gallery is made.
        create: whether the file may be made.

    Raises:
        ConfigError: if the key is missing, or the gallery is not encrypted and a key is given.
        DataError: if it is no gallery, or the key is another one.
    """

    def __init__(self, path: str | os.PathLike[str], *, key: str = "", create: bool = True) -> None:
        self.path = Path(path)
        self.wipe_seconds = BUSY_SECONDS
        self._seal: Seal = Sealed(key) if key else Unsealed()
        self._write_lock, self._read_lock = threading.RLock(), threading.RLock()
        self._writer = open_database(self.path, create=create)
        try:
            self._reader = open_database(self.path, create=False)
            self.uid = str(self._reader.execute("SELECT uid FROM state").fetchone()[0])
            self._check_key(bool(key))
            if self._reader.execute("SELECT unwiped FROM state").fetchone()[0]:
                self._wipe()
        except BaseException:
            self.close()
            raise

    @property
    def sealed(self) -> bool:
        """Whether templates and silhouettes are encrypted."""
        return isinstance(self._seal, Sealed)

    def close(self) -> None:
        """Close the file. What was acknowledged is in it, closed or not."""
        with self._write_lock, self._read_lock:
            for connection in (self._writer, getattr(self, "_reader", None)):
                if connection is not None:
                    connection.close()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Lend the connection that reads, to one thread at a time."""
        with self._read_lock:
            yield self._reader

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Lend the connection that writes, for one transaction."""
        with self._write_lock, writing(self._writer):
            yield self._writer

    def state(self) -> State:
        """Say what has changed, in microseconds."""
        with self.reading() as connection:
            row = connection.execute(
                "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'template'), 0), removals "
                "FROM state"
            ).fetchone()
        return State(int(row[0]), int(row[1]))

    def enroll(
        self, people: Iterable[tuple[str, Sequence[Signature]]], *, consent: str | None
    ) -> tuple[Enrolled, ...]:
        """Add walks of people, all in one transaction; it returns when they are on the disk.

        Args:
            people: names, each with walks; who is enrolled already gets more walks.
            consent: the note on the consent of those who are new; None if nobody is.

        Raises:
            ConfigError: if a name is none, there is no walk, or somebody new comes without consent.
            ShapeError: if a network's signatures had another shape before.
        """
        done = []
        with self.writing() as connection:
            for given, signatures in people:
                name = checked_name(given)
                if not signatures:
                    raise ConfigError(f"{name}: expected at least one walk, got none")
                person = self._person(connection, name, consent)
                uids = tuple(self._add_walk(connection, person, signature) for signature in signatures)
                log(connection, "enrol", person=person, walks=len(uids))
                done.append(Enrolled(name, uids))
        return tuple(done)

    def remove(self, name: str, *, reason: str = "") -> Removal:
        """Remove a person and everything about them; the log keeps a number, not the name.

        Raises:
            DataError: if nobody of that name is enrolled.
        """
        with self.writing() as connection:
            person = self.find_person(connection, name)
            count = connection.execute("SELECT count(*) FROM walk WHERE person = ?", (person,)).fetchone()[0]
            connection.execute("DELETE FROM person WHERE id = ?", (person,))
            self._note_removal(connection, person=person, walks=count, reason=reason)
        return Removal(count, self._wipe())

    def remove_walk(self, uid: str, *, reason: str = "") -> Removal:
        """Remove one walk; its person stays, even without any.

        Raises:
            DataError: if there is no such walk.
        """
        with self.writing() as connection:
            row = connection.execute("SELECT id, person FROM walk WHERE uid = ?", (uid,)).fetchone()
            if row is None:
                raise DataError(f"{self.path}: there is no walk {uid!r}")
            connection.execute("DELETE FROM walk WHERE id = ?", row[:1])
            self._note_removal(connection, person=row[1], walks=1, reason=reason)
        return Removal(1, self._wipe())

    def replace_templates(self, uid: str, signature: Signature) -> None:
        """Put a walk's template of a new network in the place of those of older ones.

        Raises:
            DataError: if the walk is gone.
        """
        with self.writing() as connection:
            row = connection.execute("SELECT id FROM walk WHERE uid = ?", (uid,)).fetchone()
            if row is None:
                raise DataError(f"{self.path}: there is no walk {uid!r}")
            connection.execute("DELETE FROM template WHERE walk = ?", row)
            connection.execute("UPDATE walk SET hidden = ? WHERE id = ?", (signature.hidden, row[0]))
            self.add_template(connection, row[0], uid, signature)
            connection.execute("UPDATE state SET removals = removals + 1, unwiped = 1")

    def note(self, action: str, **detail: object) -> None:
        """Write a line of your own into the audit log; leave biometric data out of it."""
        with self.writing() as connection:
            log(connection, action, **detail)

    def wipe(self) -> bool:
        """Rewrite the file without what was deleted; see `database.wipe`."""
        return self._wipe()

    def opened(self, kept: bytes, uid: str, purpose: str) -> bytes:
        """Decrypt what is kept of a walk, if it is encrypted; `purpose` is a network's hash or a word."""
        return self._seal.open(kept, f"{uid}/{purpose}")

    def closed(self, data: bytes, uid: str, purpose: str) -> bytes:
        """Encrypt what is to be kept of a walk, if this gallery is encrypted."""
        return self._seal.close(data, f"{uid}/{purpose}")

    def add_template(self, connection: sqlite3.Connection, walk: int, uid: str, signature: Signature) -> None:
        """Add a template within a transaction of the caller's.

        Raises:
            ShapeError: if the network's signatures had another shape before.
        """
        shape = signature.values.shape
        connection.execute(
            "INSERT INTO model (hash, channels, parts) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            (signature.model, *shape),
        )
        model, c, p = connection.execute(
            "SELECT id, channels, parts FROM model WHERE hash = ?", (signature.model,)
        ).fetchone()
        if (c, p) != shape:
            raise ShapeError(
                f"network {signature.model[:12]} gave signatures [{c}, {p}] before, got {list(shape)}"
            )
        data = self.closed(signature.values.astype("<f2").tobytes(), uid, signature.model)
        connection.execute("INSERT INTO template (walk, model, data) VALUES (?, ?, ?)", (walk, model, data))

    def find_person(self, connection: sqlite3.Connection, name: str) -> int:
        """Return the id of an enrolled person, with a connection that was lent.

        Raises:
            DataError: if nobody of that name is enrolled.
        """
        row = connection.execute("SELECT id FROM person WHERE name = ?", (name.strip(),)).fetchone()
        if row is None:
            raise DataError(f"{self.path}: nobody called {name.strip()!r} is enrolled")
        return int(row[0])

    def _person(self, connection: sqlite3.Connection, name: str, consent: str | None) -> int:
        row = connection.execute("SELECT id FROM person WHERE name = ?", (name,)).fetchone()
        if row is None:
            if not (consent or "").strip():
                raise ConfigError(
                    f"{name} is new: say on which consent or other ground they are enrolled (consent)"
                )
            row = connection.execute(
                "INSERT INTO person (name, consent, added) VALUES (?, ?, ?) RETURNING id",
                (name, consent, now()),
            ).fetchone()
        return int(row[0])

    def _add_walk(self, connection: sqlite3.Connection, person: int, signature: Signature) -> str:
        uid, kept = uuid.uuid4().hex, None
        if signature.silhouettes is not None:
            kept = self.closed(zlib.compress(pack_frames(signature.silhouettes).tobytes()), uid, SILHOUETTES)
        (walk,) = connection.execute(
            "INSERT INTO walk (uid, person, source, added, frames, hidden, silhouettes) "
            "VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
            (uid, person, signature.source, now(), signature.frames, signature.hidden, kept),
        ).fetchone()
        self.add_template(connection, walk, uid, signature)
        return uid

    def _note_removal(self, connection: sqlite3.Connection, **detail: object) -> None:
        connection.execute("UPDATE state SET removals = removals + 1, unwiped = 1")
        log(connection, "remove", **detail)

    def _wipe(self) -> bool:
        with self._write_lock, self._read_lock:
            if not wipe(self._writer, seconds=self.wipe_seconds):
                return False
            with writing(self._writer):
                self._writer.execute("UPDATE state SET unwiped = 0")
        return True

    def _check_key(self, given: bool) -> None:
        """Compare the key with that of the gallery; settle it in one without walks."""
        (check,) = self._reader.execute("SELECT key_check FROM state").fetchone()
        if not given:
            if check is not None:
                raise ConfigError(f"{self.path} is encrypted: put its key into {VARIABLE}")
            return
        if check is None:
            with self.writing() as connection:
                if connection.execute("SELECT EXISTS (SELECT 1 FROM walk)").fetchone()[0]:
                    raise ConfigError(
                        f"{self.path} is not encrypted, and {VARIABLE} is set: export it, and import it into "
                        "a new gallery to have it encrypted"
                    )
                check = self.closed(CHECK, self.uid, "check")
                connection.execute("UPDATE state SET key_check = ?", (check,))
        try:
            self.opened(check, self.uid, "check")
        except DataError as error:
            raise DataError(f"{self.path} is encrypted with another key than that in {VARIABLE}") from error


SILHOUETTES = "silhouettes"
"""What the silhouettes of a walk are encrypted for; templates are for their network's hash."""


def log(connection: sqlite3.Connection, action: str, **detail: object) -> None:
    """Write a line into the audit log, within a transaction of the caller's."""
    connection.execute(
        "INSERT INTO audit (at, action, detail) VALUES (?, ?, ?)", (now(), action, json.dumps(detail))
    )
