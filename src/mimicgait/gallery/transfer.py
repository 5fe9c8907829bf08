"""Galleries as files to be carried away: Parquet, one row a template."""

import os
import sqlite3
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from mimicgait.data.packing import PACKED_BYTES
from mimicgait.errors import ConfigError, DataError, MimicGaitError
from mimicgait.gallery.database import now
from mimicgait.gallery.gallery import Gallery
from mimicgait.gallery.records import Signature, checked_name
from mimicgait.gallery.store import SILHOUETTES, GalleryStore, log

FORMAT = "1"
ROWS = 1000

SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in ("person", "consent", "since", "walk", "source", "added", "model")),
        ("frames", pa.int64()),
        ("hidden", pa.float64()),
        ("channels", pa.int32()),
        ("parts", pa.int32()),
        ("template", pa.binary()),
        ("silhouettes", pa.binary()),
    ]
)
"""A template is float16, little endian, `[c, p]`; silhouettes are packed bits, deflated. Sealed or not."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What came in: people who are new, walks, and walks that were there already."""

    people: int
    walks: int
    known: int


def export_gallery(
    gallery: Gallery, path: str | os.PathLike[str], *, people: Sequence[str] | None = None
) -> int:
    """Write people, walks, templates and kept silhouettes to a Parquet file that appears when it is whole.

    The export of an encrypted gallery is encrypted with the same key. Only the owner may read the file.

    Args:
        gallery: what to export.
        path: the file; replaced if it is there.
        people: names; all if None.

    Returns:
        Number of people.

    Raises:
        DataError: if somebody is not enrolled, or the file cannot be written.
    """
    target, names = Path(path), [person.name for person in gallery.people()]
    if missing := set(people or ()) - set(names):
        raise DataError(f"{gallery.path}: nobody called {min(missing)!r} is enrolled")
    chosen = [name for name in names if people is None or name in people]
    facts = {"mimicgait.gallery": FORMAT, "sealed": str(gallery.store.sealed)}
    try:
        handle, partial = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        os.close(handle)
        try:
            with pq.ParquetWriter(partial, SCHEMA.with_metadata(facts)) as writer:
                for rows in _exported(gallery.store, chosen):
                    writer.write_table(pa.Table.from_pylist(rows, SCHEMA))
            os.replace(partial, target)
        finally:
            Path(partial).unlink(missing_ok=True)
    except OSError as error:
        raise DataError(f"{target}: cannot be written ({error.strerror}): choose another place") from error
    gallery.store.note("export", people=len(chosen))
    return len(chosen)


def import_gallery(gallery: Gallery, path: str | os.PathLike[str], *, merge: bool = False) -> Imported:
    """Read what `export_gallery` wrote, all of it or nothing. Walks that are there already are left alone.

    Args:
        gallery: where to put it.
        path: the file.
        merge: add walks to people who are enrolled here under the same name; otherwise they are refused,
            because they might be other people.

    Raises:
        DataError: if the file is none of ours, is damaged, or was encrypted with another key.
        ConfigError: if somebody of the same name is enrolled here, and `merge` is not said.
    """
    store, path = gallery.store, Path(path)
    known_before = {person.name for person in gallery.people()}
    counts = {"people": 0, "walks": 0, "known": 0}
    try:
        with pq.ParquetFile(path) as file, store.writing() as connection:
            facts = file.schema_arrow.metadata or {}
            if facts.get(b"mimicgait.gallery") != FORMAT.encode() or not file.schema_arrow.equals(SCHEMA):
                raise DataError(f"{path}: is no export of a gallery, or one of a newer version")
            opened = facts.get(b"sealed") == b"True"
            if opened and not store.sealed:
                raise ConfigError(f"{path} is encrypted: import it into a gallery with the same key")
            for batch in file.iter_batches(ROWS):
                for row in batch.to_pylist():
                    _import_row(store, connection, row, opened, known_before if not merge else set(), counts)
            log(connection, "import", people=counts["people"], walks=counts["walks"])
    except (pa.ArrowException, OSError) as error:
        raise DataError(f"{path}: cannot be read as an export of a gallery ({error})") from error
    except MimicGaitError as error:
        raise type(error)(f"{path}: {str(error).removeprefix(f'{path}: ')}") from error
    return Imported(**counts)


def _exported(store: GalleryStore, names: Sequence[str]) -> Iterator[list[dict[str, Any]]]:
    """Yield the rows of some people, a hundred people at a time."""
    for start in range(0, len(names), 100):
        some = names[start : start + 100]
        with store.reading() as connection:
            found = connection.execute(
                "SELECT person.name, consent, person.added, uid, source, walk.added, hash, frames, hidden, "
                "channels, parts, data, silhouettes FROM person LEFT JOIN walk ON walk.person = person.id "
                "LEFT JOIN template ON template.walk = walk.id LEFT JOIN model ON model.id = template.model "
                f"WHERE person.name IN ({','.join('?' * len(some))}) ORDER BY person.name, walk.id",
                some,
            ).fetchall()
        yield [dict(zip(SCHEMA.names, row, strict=True)) for row in found]


def _import_row(
    store: GalleryStore,
    connection: sqlite3.Connection,
    row: dict[str, Any],
    opened: bool,
    taken: set[str],
    counts: dict[str, int],
) -> None:
    """Add one row of an export."""
    name, uid = checked_name(row["person"] or ""), row["walk"]
    _refuse_damaged(row)
    walk = connection.execute("SELECT id FROM walk WHERE uid = ?", (uid,)).fetchone() if uid else None
    if walk is None:
        if name in taken:
            raise ConfigError(
                f"{name} is enrolled here already: say merge if it is the same person, or rename one of them"
            )
        person = _person(connection, row, name, counts)
        if uid is None:
            return
        walk = _add_walk(store, connection, person, row, opened)
        counts["walks"] += 1
    if row["template"] is None:
        return
    here = connection.execute(
        "SELECT 1 FROM template JOIN model ON model.id = template.model WHERE walk = ? AND hash = ?",
        (walk[0], row["model"]),
    ).fetchone()
    if here:
        counts["known"] += 1
        return
    data = store.opened(row["template"], uid, row["model"]) if opened else row["template"]
    shape = (int(row["channels"]), int(row["parts"]))
    if len(data) != 2 * shape[0] * shape[1]:
        raise DataError(f"the template of walk {uid} is damaged")
    signature = Signature(
        values=np.frombuffer(data, "<f2").reshape(shape),
        model=row["model"],
        frames=row["frames"],
        hidden=row["hidden"],
    )
    store.add_template(connection, walk[0], uid, signature)


def _refuse_damaged(row: dict[str, Any]) -> None:
    """Refuse a row of which numbers are missing, or less than one."""
    numbers = ["frames"] if row["walk"] is not None else []
    numbers += ["channels", "parts"] if row["template"] is not None else []
    if any((row[name] or 0) < 1 for name in numbers) or (row["template"] is not None and not row["model"]):
        raise DataError(f"the row of walk {row['walk']} is damaged")


def _person(connection: sqlite3.Connection, row: dict[str, Any], name: str, counts: dict[str, int]) -> int:
    found = connection.execute("SELECT id FROM person WHERE name = ?", (name,)).fetchone()
    if found is None:
        counts["people"] += 1
        found = connection.execute(
            "INSERT INTO person (name, consent, added) VALUES (?, ?, ?) RETURNING id",
            (name, row["consent"] or "", row["since"] or now()),
        ).fetchone()
    return int(found[0])


def _add_walk(
    store: GalleryStore, connection: sqlite3.Connection, person: int, row: dict[str, Any], opened: bool
) -> tuple[int]:
    uid, kept = row["walk"], row["silhouettes"]
    if kept is not None:
        packed = store.opened(kept, uid, SILHOUETTES) if opened else kept
        expected = row["frames"] * PACKED_BYTES
        try:
            whole = len(zlib.decompressobj().decompress(packed, expected + 1)) == expected
        except zlib.error as error:
            raise DataError(f"the silhouettes of walk {uid} are damaged") from error
        if not whole:
            raise DataError(f"the silhouettes of walk {uid} are damaged")
        kept = store.closed(packed, uid, SILHOUETTES)
    added: tuple[int] = connection.execute(
        "INSERT INTO walk (uid, person, source, added, frames, hidden, silhouettes) "
        "VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
        (uid, person, row["source"] or "", row["added"] or now(), row["frames"], row["hidden"], kept),
    ).fetchone()
    return added
