"""Qdrant for what outgrows one machine: it proposes, the gallery's file has the last word."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from mimicgait.distance import EUCLIDEAN, Distance
from mimicgait.errors import ConfigError
from mimicgait.gallery.matrix import Block, Ids
from mimicgait.gallery.proposals import searchable
from mimicgait.gallery.queries import (
    ModelInUse,
    TemplateChunk,
    template_ids,
    templates_after,
    templates_by_id,
)
from mimicgait.gallery.search import PROPOSED, Compared, Hits, Index, Search, compare, nearest_people
from mimicgait.gallery.store import GalleryStore

if TYPE_CHECKING:
    from qdrant_client import QdrantClient

ROWS = 256
"""Points that are sent, or asked for, at once."""


@dataclass(frozen=True, slots=True)
class QdrantSearch(Search):
    """Searches in a Qdrant server or cluster, or in the client's own local mode (`location=":memory:"`).

    The server gets vectors and numbers, no names; the distances of what it proposes are worked out here, from
    the gallery's file. Vectors are biometric data in the clear: an encrypted gallery is refused.

    Args:
        location: address of the server, such as `http://localhost:6333`, or `:memory:`.
        path: folder of the local mode instead.
        options: further arguments of `QdrantClient`: `api_key`, `prefer_grpc`, `timeout`.
        collection: further arguments of `create_collection`: `shard_number`, `replication_factor`,
            `quantization_config`, `hnsw_config`.

    Raises:
        ConfigError: if `qdrant-client` is not installed, or not one of both places is given.
    """

    location: str = ""
    path: str = ""
    options: dict[str, Any] = field(default_factory=dict)
    collection: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if bool(self.location) == bool(self.path):
            raise ConfigError("Qdrant: give the address of a server, or the path of a local folder")

    def index(self, store: GalleryStore, model: ModelInUse, distance: Distance) -> Index:
        """Return an index with what an earlier process left on the server.

        Raises:
            ConfigError: if the gallery is encrypted, or the client is not installed.
        """
        if store.sealed:
            raise ConfigError(
                f"{store.path} is encrypted; Qdrant would hold its templates in the clear: leave it in memory"
            )
        place = {"location": self.location} if self.location else {"path": self.path}
        return QdrantIndex(_client(**place, **self.options), store, model, distance, self.collection)


class QdrantIndex(Index):
    """One collection for each gallery, network and distance; a point's id is that of the template.

    Args:
        client: of the server.
        store: the gallery's file, from which proposed templates are read to be compared.
        model: whose templates these are.
        distance: between signatures.
        options: further arguments of `create_collection`.
    """

    def __init__(
        self,
        client: "QdrantClient",
        store: GalleryStore,
        model: ModelInUse,
        distance: Distance,
        options: dict[str, Any],
    ) -> None:
        from qdrant_client.models import Distance as Metric
        from qdrant_client.models import VectorParams

        self._client, self._store, self._model, self._distance = client, store, model, distance
        suffix = "" if distance == EUCLIDEAN else f"-{distance.name}"
        self._name = f"mimicgait-{store.uid[:16]}-{model.hash[:16]}{suffix}"
        if not client.collection_exists(self._name):
            size = searchable(distance, torch.zeros(1, model.channels, model.parts)).shape[1]
            vectors = VectorParams(size=size, distance=Metric.EUCLID, on_disk=True)
            client.create_collection(self._name, vectors_config=vectors, **options)
        self._ids: Ids = np.array(sorted(self._scroll()), np.int64)
        self._people: dict[int, int] = {}
        self._restore()

    def add(self, chunk: TemplateChunk) -> None:
        """Send templates, in the order of their ids: what is there is complete up to the largest id."""
        from qdrant_client.models import PointStruct

        vectors = searchable(self._distance, torch.from_numpy(chunk.values.astype(np.float32))).tolist()
        points = [PointStruct(id=int(i), vector=v) for i, v in zip(chunk.ids, vectors, strict=True)]
        for start in range(0, len(points), ROWS):
            self._client.upsert(self._name, points[start : start + ROWS], wait=True)
        self._ids = np.concatenate([self._ids, chunk.ids])
        self._people.update(zip(chunk.ids.tolist(), chunk.people.tolist(), strict=True))

    def keep(self, ids: Ids) -> None:
        """Delete the others on the server."""
        from qdrant_client.models import PointIdsList

        gone = self._ids[~np.isin(self._ids, ids)].tolist()
        for start in range(0, len(gone), ROWS):
            self._client.delete(self._name, PointIdsList(points=gone[start : start + ROWS]), wait=True)
        for template in gone:
            self._people.pop(template, None)
        self._ids = self._ids[np.isin(self._ids, ids)]

    def known(self) -> tuple[Ids, Ids]:
        """Return ids and people."""
        return self._ids, np.array([self._people[i] for i in self._ids.tolist()], np.int64)

    def nearest(self, probe: Tensor, people: int | None) -> Hits:
        """Find the nearest people among those that Qdrant proposes; all from the file if `people` is None."""
        if people is None:
            blocks = (_block(chunk) for chunk in templates_after(self._store, self._model, 0))
            return nearest_people([self._compare(probe, block) for block in blocks], None, exact=True)
        count = max(PROPOSED, 4 * people)
        while True:
            ids = self._propose(probe, count)
            if count >= len(self._ids) or len({self._people.get(i) for i in ids}) >= people:
                break
            count *= 4  # a few people have most of the templates
        block = _block(templates_by_id(self._store, self._model, ids))
        return nearest_people([self._compare(probe, block)] if len(block.ids) else [], people, exact=False)

    def close(self) -> None:
        """Close the connection; what was sent stays on the server."""
        self._client.close()

    def _propose(self, probe: Tensor, count: int) -> list[int]:
        vector = searchable(self._distance, probe[None], probe=True)[0].tolist()
        found = self._client.query_points(self._name, query=vector, limit=count, with_payload=False)
        return [int(point.id) for point in found.points]

    def _compare(self, probe: Tensor, block: Block) -> Compared:
        return compare(self._distance, probe, block)

    def _scroll(self) -> Iterator[int]:
        """Yield the ids of the points that are there."""
        offset = None
        while True:
            points, offset = self._client.scroll(
                self._name, limit=10_000, offset=offset, with_payload=False, with_vectors=False
            )
            yield from (int(point.id) for point in points)
            if offset is None:
                return

    def _restore(self) -> None:
        """Compare what an earlier process left with the file: delete what is gone, see whose the rest is."""
        self.keep(template_ids(self._store, self._model.hash))
        with self._store.reading() as connection:
            rows = connection.execute(
                "SELECT template.id, walk.person FROM template JOIN walk ON walk.id = template.walk "
                "JOIN model ON model.id = template.model WHERE hash = ?",
                (self._model.hash,),
            ).fetchall()
        there = set(self._ids.tolist())
        self._people = {template: person for template, person in rows if template in there}


def _block(chunk: TemplateChunk) -> Block:
    return Block(chunk.ids, chunk.people, torch.from_numpy(chunk.values.astype(np.float32)))


def _client(**arguments: Any) -> "QdrantClient":
    try:
        from qdrant_client import QdrantClient
    except ImportError as error:
        raise ConfigError(
            "Qdrant needs its client: pip install 'mimicgait[scale]', or use MemorySearch"
        ) from error
    return QdrantClient(**arguments)
