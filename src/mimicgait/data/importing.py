"""From a folder of strangers' files to a store: what can be read is kept, the rest listed with reasons."""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tqdm import tqdm

from mimicgait.data.layout import Problem
from mimicgait.data.opengait import OpenGaitEntry, OpenGaitFolder, read_opengait
from mimicgait.data.partition import Partition
from mimicgait.data.store import StoreWriter
from mimicgait.errors import ConfigError, DataError, ShapeError, suggest

Subset = Literal["train", "test"]


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of every file.

    Attributes:
        path: the store.
        imported: how many sequences it holds.
        resumed: how many of them an earlier, interrupted import had read.
        bad: files and folders that could not be imported, each with the reason.
        unlisted: people on disk whom the partition does not name; they are not imported.
    """

    path: Path
    imported: int
    resumed: int
    bad: list[tuple[Path, str]]
    unlisted: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing had to be left out as bad."""
        return not self.bad


def import_opengait(
    root: str | os.PathLike[str],
    out: str | os.PathLike[str],
    partition: str | os.PathLike[str] | Partition | None = None,
    *,
    subset: Subset | None = None,
    data_in_use: Sequence[bool] | Sequence[int] | None = None,
    allow_missing: bool = False,
    name: str = "",
    licence: str = "unknown",
    overwrite: bool = False,
    progress: bool = False,
) -> ImportReport:
    """Import every readable sequence of a data set in the field's layout into a store.

    An import that was killed goes on where it stopped, when it is started again with the same arguments.

    Args:
        root: folder of the identities; `partition`, `data_in_use` and `allow_missing` are those of
            `read_opengait`. With a partition, only the people that it names are imported.
        out: the store to be made.
        subset: import only the training or the test people of the partition.
        name: what the data is called; the root's name by default.
        licence: under which terms the data may be used.
        overwrite: replace a store that is there already.
        progress: show a bar on standard error.

    Raises:
        DataError: as `read_opengait` does, and if not one sequence could be read; then no store is written.
        ConfigError: for an unknown subset, or a subset without a partition.
    """
    _check_subset(subset, partition)
    if isinstance(partition, str | os.PathLike):
        partition = Partition.load(partition)
    folder = read_opengait(root, partition, data_in_use=data_in_use, allow_missing=allow_missing)
    entries = _wanted(folder, subset)
    unlisted = () if partition is None else tuple(dict.fromkeys(e.key.subject for e in folder.unlisted))
    bad: list[tuple[Path, str]] = [*_problems(folder, subset)]
    work = json.dumps([str(folder.root.resolve()), repr(partition), subset, repr(data_in_use)])
    writer = StoreWriter(
        out, name=name or folder.root.resolve().name, licence=licence, overwrite=overwrite, resume=work
    )
    with writer:
        resumed = len(writer)
        bad += _copy(entries, writer, progress)
        _refuse_nothing(writer, folder.root, bad)
    return ImportReport(writer.path, len(writer), resumed, bad, unlisted)


def _wanted(folder: OpenGaitFolder, subset: Subset | None) -> tuple[OpenGaitEntry, ...]:
    """Choose the sequences to import."""
    if folder.partition is None:
        return folder.entries
    return (() if subset == "test" else folder.train) + (() if subset == "train" else folder.test)


def _problems(folder: OpenGaitFolder, subset: Subset | None) -> list[Problem]:
    """List the folders without a usable file that belong to somebody who is wanted."""
    partition = folder.partition
    if partition is None:
        return list(folder.problems)
    wanted = {
        *(() if subset == "test" else partition.train),
        *(() if subset == "train" else partition.test),
    }
    return [p for p in folder.problems if p.path.relative_to(folder.root).parts[0] in wanted]


def _copy(entries: Sequence[OpenGaitEntry], writer: StoreWriter, progress: bool) -> list[tuple[Path, str]]:
    """Copy what can be read; return the rest with reasons, without repeating the path in them."""
    bad = []
    for entry in tqdm(entries, desc="import", unit="sequence", disable=not progress):
        if entry.key in writer:
            continue
        try:
            writer.add(entry.read())
        except (DataError, ShapeError) as error:
            bad.append((entry.path, str(error).removeprefix(f"{entry.path}: ")))
    return bad


def _check_subset(subset: str | None, partition: object) -> None:
    """Refuse a subset that does not exist, or that nobody could know."""
    if subset is not None and subset not in ("train", "test"):
        raise ConfigError(f"subset {subset!r} is unknown: {suggest(subset, ('train', 'test'))}")
    if subset is not None and partition is None:
        raise ConfigError(f"subset {subset!r} needs a partition, which says who is in it: give one")


def _refuse_nothing(writer: StoreWriter, root: Path, bad: Sequence[tuple[Path, str]]) -> None:
    """Refuse to write a store without a single sequence, and say why the first one failed."""
    if len(writer):
        return
    first = f" The first: {bad[0][0]}: {bad[0][1]}" if bad else " The partition names nobody who is on disk."
    raise DataError(f"{root}: not one sequence could be imported, so no store was written.{first}")
