"""The field's layout of folders, `ROOT/<id>/<type>/<view>/<anything>.pkl`, read and written."""

import itertools
import logging
import os
import pickle
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from os import PathLike
from pathlib import Path

import numpy as np

from mimicgait.data.folders import Problem, scan, uncollected, where_else
from mimicgait.data.layouts import GENERIC, Layout
from mimicgait.data.lists import load_partition
from mimicgait.data.partition import Partition, first_few
from mimicgait.data.reading import Read, Size, changes, read_sequence, size_name
from mimicgait.data.staging import staged_folder
from mimicgait.data.store import SequenceStore
from mimicgait.errors import DataError
from mimicgait.types import SequenceKey, Silhouettes

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class OpenGaitEntry:
    """A sequence on disk, read when it is needed.

    Attributes:
        key: its identity, type and view.
        path: its file, or its folder of images.
        root: the folder of the data set.
        layout: what is known about the data set.
    """

    key: SequenceKey
    path: Path
    root: Path
    layout: Layout = GENERIC

    @property
    def source(self) -> str:
        """Its file or folder below the root."""
        path, above = str(self.path), f"{self.root}{os.sep}"
        if path.startswith(above):  # as the next line does, in a quarter of the time
            return path[len(above) :].replace(os.sep, "/")
        return self.path.relative_to(self.root).as_posix()

    def read(self) -> Silhouettes:
        """Read the silhouettes, binarised at half of the file's maximum; a change of size is announced once.

        Raises:
            DataError: if the file is no pickle of silhouettes of a known size, or no folder of images.
        """
        read = self.load()
        if changes(read.size):
            _announce(self.root, read.size)
        return Silhouettes(self.key, read.frames, self.source)

    def load(self) -> Read:
        """Read the silhouettes and say what size they had on disk.

        Raises:
            DataError: as `read` does.
        """
        return read_sequence(self.path, self.layout)


@dataclass(frozen=True)
class OpenGaitFolder:
    """A data set in the field's layout.

    Attributes:
        root: its folder.
        entries: all sequences on disk: first the training people in the partition's order, then the test
            people, then everybody else; those of one person by type and view.
        partition: who is in training and test, if that was given.
        problems: folders that hold no usable file, and the reason.
        layout: what is known about the data set.
    """

    root: Path
    entries: tuple[OpenGaitEntry, ...]
    partition: Partition | None
    problems: tuple[Problem, ...]
    layout: Layout = GENERIC

    @property
    def train(self) -> tuple[OpenGaitEntry, ...]:
        """The sequences of the training people.

        Raises:
            DataError: if no partition was given.
        """
        return self._of(set(self._known_partition().train))

    @property
    def test(self) -> tuple[OpenGaitEntry, ...]:
        """The sequences of the test people.

        Raises:
            DataError: if no partition was given.
        """
        return self._of(set(self._known_partition().test))

    @property
    def unlisted(self) -> tuple[OpenGaitEntry, ...]:
        """The sequences of people whom the partition does not name; without a partition, of everybody."""
        listed = {*self.partition.train, *self.partition.test} if self.partition else set()
        return self._of({entry.key.subject for entry in self.entries} - listed)

    @property
    def probe_set(self) -> frozenset[str] | None:
        """Names `id-type-view` of the sequences that ask, if the partition has them."""
        names = self.partition.probe if self.partition else None
        return None if names is None else frozenset(names)

    @property
    def gallery_set(self) -> frozenset[str] | None:
        """Names `id-type-view` of the sequences that are known, if the partition has them."""
        names = self.partition.gallery if self.partition else None
        return None if names is None else frozenset(names)

    def _of(self, people: set[str]) -> tuple[OpenGaitEntry, ...]:
        return tuple(entry for entry in self.entries if entry.key.subject in people)

    def _known_partition(self) -> Partition:
        if self.partition is None:
            raise DataError(f"{self.root}: nobody said who is in training and test: give a partition file")
        return self.partition


def read_opengait(
    root: str | PathLike[str],
    partition: str | PathLike[str] | Partition | None = None,
    *,
    layout: Layout = GENERIC,
    data_in_use: Sequence[bool] | Sequence[int] | None = None,
    allow_missing: bool = False,
) -> OpenGaitFolder:
    """Find the sequences of a data set. No file of it is opened before an entry is read.

    Args:
        root: folder of the identities.
        partition: who is in training and test; a `Partition`, the field's JSON file, or a list of patterns
            (see `mimicgait.data.lists`).
        layout: what is known about the data set: where sequences lie, and what they may be called.
        data_in_use: which of the files of a sequence holds the silhouettes, when there are several: one true
            value for each of the sorted names, or a list of its position.
        allow_missing: go on when the partition names people or sequences that are not on disk.

    Raises:
        DataError: if there is no sequence at all (with a hint where some are), or names of the partition are
            missing.
    """
    folder = Path(root)
    found = scan(folder, layout, data_in_use)
    if not found.files:
        reason = f": {found.problems[0].reason}" if found.problems else ""
        raise DataError(f"{folder}: holds no sequence{reason}. {where_else(folder, layout)}")
    if isinstance(partition, str | PathLike):
        partition = load_partition(partition, found.files)
    people = sorted({key.subject for key in found.files})
    if partition is not None:
        people = list(dict.fromkeys([*partition.train, *partition.test, *people]))
        if not allow_missing:
            _refuse_missing(folder, partition, found.files)
    of_person: dict[str, list[OpenGaitEntry]] = {person: [] for person in people}
    with uncollected():
        for key, path in found.files.items():
            of_person[key.subject].append(OpenGaitEntry(key, path, folder, layout))
    entries = tuple(itertools.chain.from_iterable(of_person.values()))
    return OpenGaitFolder(folder, entries, partition, found.problems, layout)


def write_opengait(
    train: SequenceStore, root: str | PathLike[str], test: SequenceStore | None = None
) -> Partition:
    """Write stores as `root/<id>/<type>/<view>/<view>.pkl` (0 and 255, uint8) and `root/partition.json`.

    The folder appears when it is whole. The pickles can be read by NumPy 1 and 2.

    Args:
        train: its people become the TRAIN_SET.
        root: folder to be made.
        test: its people become the TEST_SET.

    Raises:
        DataError: if the folder exists, or somebody is in both stores.
    """
    stores = [train] if test is None else [train, test]
    people = [tuple(dict.fromkeys(store.subjects)) for store in stores]
    partition = Partition(people[0], people[1] if test is not None else ())
    both = set(partition.train) & set(partition.test)
    if both:
        raise DataError(f"{root}: {first_few(both)} are in both stores: keep training and test people apart")
    with staged_folder(Path(root)) as folder:
        for store in stores:
            for silhouettes in store:
                _write_pickle(silhouettes, folder)
        partition.save(folder / "partition.json")
    return partition


@lru_cache(maxsize=64)
def _announce(root: Path, size: Size) -> None:
    """Tell once that a data set has files of another size."""
    _log.warning("%s: has silhouettes of %s; %s", root, size_name(size), changes(size))


def _write_pickle(silhouettes: Silhouettes, root: Path) -> None:
    """Write one sequence into its folder."""
    key = silhouettes.key
    folder = root / key.subject / key.type / key.view
    folder.mkdir(parents=True)
    data = pickle.dumps(silhouettes.frames * np.uint8(255), protocol=3)
    # NumPy 2 writes a module name that most versions of NumPy 1 do not know; both know the old one.
    old = data.replace(b"cnumpy._core.multiarray\n", b"cnumpy.core.multiarray\n", 1)
    (folder / f"{key.view}.pkl").write_bytes(old)


def _refuse_missing(root: Path, partition: Partition, keys: Collection[SequenceKey]) -> None:
    """Refuse a partition that names people or sequences which are not there."""
    people, names = {key.subject for key in keys}, {str(key) for key in keys}
    missing = {
        "people": {*partition.train, *partition.test} - people,
        "sequences": {*(partition.probe or ()), *(partition.gallery or ())} - names,
    }
    for kind, absent in missing.items():
        if absent:
            raise DataError(
                f"{root}: {len(absent)} {kind} of the partition are not on disk: {first_few(absent)}. "
                "Check that root and partition are of the same data set, or allow missing ones"
            )
