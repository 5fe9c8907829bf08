"""What a gallery's file is asked: people, templates, what is stale, the audit log."""

import json
import zlib
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch

from mimicgait.data import unpack_frames
from mimicgait.data.packing import PACKED_BYTES
from mimicgait.errors import DataError
from mimicgait.gallery.records import Candidate, Event, Person, Template, Walk
from mimicgait.gallery.store import SILHOUETTES, GalleryStore
from mimicgait.types import Frames

CHUNK = 500
"""Rows that are asked for, or held, at once."""


class ModelInUse(NamedTuple):
    """A network with templates in a gallery: its hash, the shape of its signatures, and their number."""

    hash: str
    channels: int
    parts: int
    templates: int


class TemplateChunk(NamedTuple):
    """Some templates: ids int64 `[n]` ascending, people int64 `[n]`, values float16 `[n, c, p]`."""

    ids: npt.NDArray[np.int64]
    people: npt.NDArray[np.int64]
    values: npt.NDArray[np.float16]


def list_people(store: GalleryStore, name: str | None = None) -> tuple[Person, ...]:
    """List who is enrolled, by name; only one person if named."""
    with store.reading() as connection:
        people = connection.execute(
            "SELECT id, name, consent, added FROM person WHERE ?1 IS NULL OR name = ?1 ORDER BY name", (name,)
        ).fetchall()
        rows = connection.execute(
            "SELECT walk.person, walk.uid, source, walk.added, frames, hidden, walk.silhouettes IS NOT NULL, "
            "group_concat(model.hash, ' ') FROM walk LEFT JOIN template ON template.walk = walk.id "
            "LEFT JOIN model ON model.id = template.model "
            "WHERE ?1 IS NULL OR walk.person = (SELECT id FROM person WHERE name = ?1) "
            "GROUP BY walk.id ORDER BY walk.id",
            (name,),
        ).fetchall()
    walks: dict[int, list[Walk]] = {row[0]: [] for row in people}
    for person, uid, source, added, frames, hidden, kept, models in rows:
        if person in walks:  # who was enrolled between the two questions waits for the next one
            walks[person].append(
                Walk(uid, source, added, frames, hidden, tuple((models or "").split()), bool(kept))
            )
    return tuple(Person(row[1], row[2], row[3], tuple(walks[row[0]])) for row in people)


def models_in_use(store: GalleryStore) -> tuple[ModelInUse, ...]:
    """List the networks that there are templates of, most templates first."""
    with store.reading() as connection:
        rows = connection.execute(
            "SELECT hash, channels, parts, (SELECT count(*) FROM template WHERE model = model.id) AS n "
            "FROM model WHERE n > 0 ORDER BY n DESC, hash"
        ).fetchall()
    return tuple(ModelInUse(*row) for row in rows)


def count_people(store: GalleryStore) -> int:
    """Count who is enrolled."""
    with store.reading() as connection:
        return int(connection.execute("SELECT count(*) FROM person").fetchone()[0])


def template_ids(store: GalleryStore, model: str) -> npt.NDArray[np.int64]:
    """Return the ids of a network's templates, int64 `[n]`, ascending."""
    with store.reading() as connection:
        rows = connection.execute(
            "SELECT template.id FROM template JOIN model ON model.id = template.model WHERE hash = ? "
            "ORDER BY template.id",
            (model,),
        ).fetchall()
    return np.fromiter((row[0] for row in rows), np.int64, len(rows))


def templates_after(
    store: GalleryStore, model: ModelInUse, last: int, rows: int = CHUNK
) -> Iterator[TemplateChunk]:
    """Yield a network's templates with larger ids than `last`, ascending, `rows` at a time."""
    while True:
        with store.reading() as connection:
            found = connection.execute(
                "SELECT template.id, walk.person, walk.uid, template.data FROM template "
                "JOIN walk ON walk.id = template.walk "
                "WHERE template.model = (SELECT id FROM model WHERE hash = ?) AND template.id > ? "
                "ORDER BY template.id LIMIT ?",
                (model.hash, last, rows),
            ).fetchall()
        if not found:
            return
        values = np.stack([_template(store, data, uid, model) for _, _, uid, data in found])
        ids, people = (np.fromiter((row[i] for row in found), np.int64, len(found)) for i in (0, 1))
        yield TemplateChunk(ids, people, values)
        last = int(ids[-1])


def templates_by_id(store: GalleryStore, model: ModelInUse, ids: Sequence[int]) -> TemplateChunk:
    """Return the templates of given ids, as far as they are still there."""
    found = []
    for start in range(0, len(ids), CHUNK):
        some = [int(i) for i in ids[start : start + CHUNK]]
        with store.reading() as connection:
            found += connection.execute(
                "SELECT template.id, walk.person, walk.uid, template.data FROM template "
                f"JOIN walk ON walk.id = template.walk WHERE template.id IN ({_marks(some)})",
                some,
            ).fetchall()
    found.sort()
    shape = (len(found), model.channels, model.parts)
    values = np.empty(shape, np.float16)
    for row, (_, _, uid, data) in zip(values, found, strict=True):
        row[:] = _template(store, data, uid, model)
    return TemplateChunk(
        np.array([row[0] for row in found], np.int64), np.array([row[1] for row in found], np.int64), values
    )


def templates_of_person(store: GalleryStore, name: str, model: ModelInUse) -> TemplateChunk:
    """Return a person's templates of a network.

    Raises:
        DataError: if nobody of that name is enrolled.
    """
    with store.reading() as connection:
        person = store.find_person(connection, name)
        ids = connection.execute(
            "SELECT template.id FROM template JOIN walk ON walk.id = template.walk "
            "JOIN model ON model.id = template.model WHERE walk.person = ? AND hash = ?",
            (person, model.hash),
        ).fetchall()
    return templates_by_id(store, model, [row[0] for row in ids])


def describe(store: GalleryStore, ids: Sequence[int], distances: Sequence[float]) -> tuple[Candidate, ...]:
    """Name the people behind templates, in the given order, without those who are gone by now."""
    known: dict[int, tuple[str, str, int, float | None]] = {}
    for start in range(0, len(ids), CHUNK):
        some = [int(i) for i in ids[start : start + CHUNK]]
        with store.reading() as connection:
            for row in connection.execute(
                "SELECT template.id, person.name, walk.uid, frames, hidden FROM template "
                "JOIN walk ON walk.id = template.walk JOIN person ON person.id = walk.person "
                f"WHERE template.id IN ({_marks(some)})",
                some,
            ):
                known[row[0]] = row[1:]
    found = []
    for template, distance in zip(ids, distances, strict=True):
        if (row := known.get(int(template))) is not None:
            name, uid, frames, hidden = row
            found.append(Candidate(name, float(distance), uid, frames, hidden))
    return tuple(found)


def walks_to_embed(store: GalleryStore, model: str) -> tuple[list[str], int]:
    """Name the walks with silhouettes and no template of a network, and count those with neither."""
    with store.reading() as connection:
        rows = connection.execute(
            "SELECT uid, silhouettes IS NOT NULL FROM walk WHERE NOT EXISTS (SELECT 1 FROM template "
            "JOIN model ON model.id = template.model WHERE template.walk = walk.id AND hash = ?) ORDER BY id",
            (model,),
        ).fetchall()
    return [uid for uid, kept in rows if kept], sum(not kept for _, kept in rows)


def silhouettes_of(store: GalleryStore, uid: str) -> tuple[Frames, str] | None:
    """Return the silhouettes `[t, 64, 64]` that are kept of a walk, and its source, or None."""
    with store.reading() as connection:
        row = connection.execute("SELECT silhouettes, source FROM walk WHERE uid = ?", (uid,)).fetchone()
    if row is None or row[0] is None:
        return None
    packed = zlib.decompress(store.opened(row[0], uid, SILHOUETTES))
    frames = unpack_frames(torch.frombuffer(bytearray(packed), dtype=torch.uint8).view(-1, PACKED_BYTES))
    return frames.numpy(), str(row[1])


def events(store: GalleryStore, last: int | None = None) -> tuple[Event, ...]:
    """Return the audit log, oldest first; only its last lines if asked."""
    with store.reading() as connection:
        rows = connection.execute(
            "SELECT at, action, detail FROM audit ORDER BY id DESC LIMIT ?", (-1 if last is None else last,)
        ).fetchall()
    return tuple(Event(at, action, json.loads(detail)) for at, action, detail in reversed(rows))


def _template(store: GalleryStore, data: bytes, uid: str, model: ModelInUse) -> Template:
    values = np.frombuffer(store.opened(data, uid, model.hash), "<f2")
    if values.size != model.channels * model.parts:
        raise DataError(f"{store.path}: the template of walk {uid} is damaged: restore the file from a copy")
    return values.reshape(model.channels, model.parts).astype(np.float16, copy=False)


def _marks(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))
