"""A gallery of enrolled people: enrol, identify, verify, remove."""

import os
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import torch

from mimicgait.distance import Distance
from mimicgait.errors import ProtocolError, ShapeError
from mimicgait.gallery import queries
from mimicgait.gallery.matrix import Block
from mimicgait.gallery.observe import Observer
from mimicgait.gallery.records import Candidate, Enrolled, Event, Person, Ranking, Signature
from mimicgait.gallery.sealing import key_from_environment
from mimicgait.gallery.search import Hits, Index, MemorySearch, Search, compare, nearest_people
from mimicgait.gallery.store import GalleryStore, Removal, State


class Gallery:
    """Enrolled people in one SQLite file, searched in memory; any number of threads and processes may use it.

    Enrolments are on the disk when `enroll` returns. A search sees everything that was enrolled, and nothing
    of what was removed, by any thread or process before it began.

    Args:
        path: the file; it is made when it is not there.
        key: of the encryption; that in the environment (`MIMICGAIT_GALLERY_KEY`) if None, "" for none.
        distance: between signatures; by default the one that those of the probe's network are made for.
        search: `MemorySearch()`, or `QdrantSearch(...)` for what outgrows one machine.
        create: whether the file may be made.

    Raises:
        ConfigError: if the key is missing, or the gallery is not encrypted and there is a key.
        DataError: if the file is no gallery, or was encrypted with another key.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder, Gallery(f"{folder}/people.db") as gallery:
    ...     ann = Signature(values=np.ones((4, 2)), model="m", frames=30)
    ...     _ = gallery.enroll("ann", [ann], consent="signed form of 2 March")
    ...     gallery.identify(ann).candidates[0].name
    'ann'
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        key: str | None = None,
        distance: Distance | None = None,
        search: Search | None = None,
        create: bool = True,
    ) -> None:
        self.path = Path(path)
        self._distance = distance
        self._search = search or MemorySearch()
        self.store = GalleryStore(path, key=key_from_environment() if key is None else key, create=create)
        self._lock = threading.Lock()
        self._indexes: dict[tuple[str, Distance], _Synchronised] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; wait for a search that is under way."""
        with self._lock:
            for index in self._indexes.values():
                index.close()
            self._indexes.clear()
            self.store.close()

    def enroll(self, name: str, signatures: Sequence[Signature], *, consent: str | None = None) -> Enrolled:
        """Add walks of a person; they are on the disk when this returns.

        Args:
            name: of the person; who is enrolled already gets more walks.
            signatures: at least one.
            consent: on which consent, or other ground, somebody new is enrolled; kept with them.

        Raises:
            ConfigError: if the name is none, there is no walk, or somebody new comes without consent.
            ShapeError: if the network's signatures had another shape before.
            DataError: if the file cannot be written.
        """
        return self.enroll_many([(name, signatures)], consent=consent)[0]

    def enroll_many(
        self, people: Iterable[tuple[str, Sequence[Signature]]], *, consent: str | None = None
    ) -> tuple[Enrolled, ...]:
        """Add walks of several people, all of them or none; much quicker than one by one. See `enroll`."""
        return self.store.enroll(people, consent=consent)

    def identify(self, probe: Signature, *, limit: int | None = 10) -> Ranking:
        """Rank the enrolled people by their distance to a walk.

        Args:
            probe: the walk.
            limit: how many people to return; None for all, which are then compared one by one.

        Raises:
            ProtocolError: if nobody is enrolled, or only with templates of other networks.
            ShapeError: if the signature has another shape than the templates.
        """
        with self._lock:
            index = self._index(probe)
            if index is None:
                raise ProtocolError(self._nobody(probe.model))
            hits = index.nearest(probe, limit)
            searched, stale = index.people, index.stale
        candidates = queries.describe(self.store, hits.ids.tolist(), hits.distances.tolist())
        return Ranking(candidates, searched, stale, hits.exact, probe.model, self.distance_for(probe).name)

    def verify(self, name: str, probe: Signature) -> Candidate:
        """Compare a walk with one person: their nearest walk and its distance.

        Raises:
            DataError: if nobody of that name is enrolled.
            ProtocolError: if there is no template of them by the probe's network.
            ShapeError: if the signature has another shape than the templates.
        """
        model = self._model(probe.model)
        if model is None:
            raise ProtocolError(self._nobody(probe.model))
        chunk = queries.templates_of_person(self.store, name, model)
        _check_shape(probe, model)
        values = torch.from_numpy(chunk.values.astype(np.float32))
        block = Block(chunk.ids, chunk.people, values)
        compared = compare(self.distance_for(probe), _as_tensor(probe), block)
        hits = nearest_people([compared], 1, exact=True)
        found = queries.describe(self.store, hits.ids.tolist(), hits.distances.tolist())
        if not found:
            raise ProtocolError(
                f"{name}: no template of network {probe.model[:12]}: embed the gallery again, or enrol them"
            )
        return found[0]

    def distance_for(self, made: Signature | Observer) -> Distance:
        """Return what walks are compared with: the gallery's own distance, or that of their network."""
        return self._distance or made.distance

    def remove(self, name: str, *, reason: str = "") -> Removal:
        """Remove a person, their walks and templates from the file and from every search after this.

        The audit log keeps a number for the person, how many walks there were, and the reason; the file is
        rewritten, so that no byte of a template is left in it or in its log.

        Raises:
            DataError: if nobody of that name is enrolled.
        """
        return self.store.remove(name, reason=reason)

    def remove_walk(self, walk: str, *, reason: str = "") -> Removal:
        """Remove one walk; its person stays enrolled.

        Raises:
            DataError: if there is no walk of that id.
        """
        return self.store.remove_walk(walk, reason=reason)

    def people(self) -> tuple[Person, ...]:
        """List who is enrolled, by name, with their walks."""
        return queries.list_people(self.store)

    def person(self, name: str) -> Person | None:
        """Return one person, or None if nobody of that name is enrolled."""
        return next(iter(queries.list_people(self.store, name.strip())), None)

    def models(self) -> tuple[queries.ModelInUse, ...]:
        """List the networks that there are templates of, most templates first."""
        return queries.models_in_use(self.store)

    def events(self, last: int | None = None) -> tuple[Event, ...]:
        """Return the audit log, oldest first; only its last lines if asked."""
        return queries.events(self.store, last)

    def __len__(self) -> int:
        return queries.count_people(self.store)

    def _index(self, probe: Signature) -> "_Synchronised | None":
        """Return the index of the templates of a probe's network, up to date; None if there are none."""
        key = probe.model, self.distance_for(probe)
        index = self._indexes.get(key)
        if index is None:
            found = self._model(probe.model)
            if found is None:
                return None
            made = self._search.index(self.store, found, self.distance_for(probe))
            index = self._indexes[key] = _Synchronised(self.store, found, made)
        index.refresh()
        return index if index.people else None

    def _model(self, model: str) -> queries.ModelInUse | None:
        return next((found for found in self.models() if found.hash == model), None)

    def _nobody(self, model: str) -> str:
        others = self.models()
        if not others:
            return f"{self.path}: nobody is enrolled: there is nobody to compare with"
        names = ", ".join(f"{other.hash[:12]} ({other.templates})" for other in others)
        return (
            f"{self.path}: no template is of network {model[:12]}; there are those of {names}: use that "
            "network, or embed the gallery again (mimicgait gallery reembed)"
        )


class _Synchronised:
    """An index that follows the file."""

    def __init__(self, store: GalleryStore, model: queries.ModelInUse, index: Index) -> None:
        self._store, self.model, self._made = store, model, index
        self._seen: State | None = None
        self._people: set[int] = set()
        self._last = 0
        self.stale = 0

    @property
    def people(self) -> int:
        """Number of people with a template here."""
        return len(self._people)

    def refresh(self) -> None:
        """Take over what was added and removed since the last time, by whomever."""
        state = self._store.state()
        if state == self._seen:
            return
        if self._seen is None or state.removals != self._seen.removals:
            self._made.keep(queries.template_ids(self._store, self.model.hash))
            ids, people = self._made.known()
            self._people = set(people.tolist())
            self._last = int(ids[-1]) if len(ids) else 0
        for chunk in queries.templates_after(self._store, self.model, self._last):
            self._made.add(chunk)
            self._people.update(chunk.people.tolist())
            self._last = int(chunk.ids[-1])
        self.stale = max(0, queries.count_people(self._store) - len(self._people))
        self._seen = state

    def close(self) -> None:
        """Let go of the index."""
        self._made.close()

    def nearest(self, probe: Signature, limit: int | None) -> Hits:
        """Search for a probe of the right shape."""
        _check_shape(probe, self.model)
        return self._made.nearest(_as_tensor(probe), limit)


def _check_shape(probe: Signature, model: queries.ModelInUse) -> None:
    if probe.values.shape != (model.channels, model.parts):
        raise ShapeError(
            f"expected a signature [{model.channels}, {model.parts}], as those enrolled, "
            f"got {list(probe.values.shape)}"
        )


def _as_tensor(probe: Signature) -> torch.Tensor:
    return torch.from_numpy(probe.values.astype(np.float32))
