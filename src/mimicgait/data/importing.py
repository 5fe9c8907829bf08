"""From a folder of strangers' files to a store: what can be read is kept, the rest listed with reasons."""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from mimicgait.data.earlier import Earlier, earlier_size, find_earlier, nothing_new
from mimicgait.data.folders import Problem
from mimicgait.data.index import content_hash
from mimicgait.data.layouts import GENERIC, Layout
from mimicgait.data.manifest import MANIFEST_FILE, Manifest
from mimicgait.data.opengait import OpenGaitEntry, OpenGaitFolder, read_opengait
from mimicgait.data.partition import Partition
from mimicgait.data.readers import Reader, reader
from mimicgait.data.reading import Size, parse_size, size_name
from mimicgait.data.store import StoreWriter
from mimicgait.data.transfer import common_size, transfer
from mimicgait.errors import ConfigError, DataError, suggest

Subset = Literal["train", "test"]


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of every file.

    Attributes:
        path: the store.
        imported: how many sequences it holds.
        resumed: how many of them need not be read, because an earlier import had done so.
        bad: files and folders that could not be imported, each with the reason.
        unlisted: people on disk whom the partition does not name; they are not imported.
        size: height and width of the silhouettes on disk, as in `64x44`, or `raw`.
        dropped: raw images that show nobody, and are left out of their sequences.
        gone: sequences of an earlier import whose files are no longer there; they stay in the store.
        written: whether anything had to be written.
        manifest: hash of which file became which sequence.
    """

    path: Path
    imported: int
    resumed: int
    bad: list[tuple[Path, str]]
    unlisted: tuple[str, ...]
    size: str = ""
    dropped: int = 0
    gone: int = 0
    written: bool = True
    manifest: str = ""

    @property
    def ok(self) -> bool:
        """Whether nothing had to be left out as bad."""
        return not self.bad


def import_opengait(
    root: str | os.PathLike[str],
    out: str | os.PathLike[str],
    partition: str | os.PathLike[str] | Partition | None = None,
    *,
    layout: Layout = GENERIC,
    subset: Subset | None = None,
    data_in_use: Sequence[bool] | Sequence[int] | None = None,
    allow_missing: bool = False,
    **settings: Any,
) -> ImportReport:
    """Import every readable sequence of a data set into a store: `read_opengait`, then `import_folder`.

    Args:
        root: folder of the identities; `partition`, `layout`, `data_in_use` and `allow_missing` are those of
            `read_opengait`, `out`, `subset` and other settings those of `import_folder`.

    Raises:
        DataError: as both do.
        ConfigError: for an unknown subset, or a subset without a partition.
    """
    _check_subset(subset, partition)
    folder = read_opengait(
        root, partition, layout=layout, data_in_use=data_in_use, allow_missing=allow_missing
    )
    return import_folder(folder, out, subset=subset, **settings)


def import_folder(
    folder: OpenGaitFolder,
    out: str | os.PathLike[str],
    *,
    subset: Subset | None = None,
    size: str | None = None,
    name: str = "",
    licence: str = "unknown",
    overwrite: bool = False,
    workers: int = -1,
    progress: bool = False,
) -> ImportReport:
    """Import every readable sequence of a folder into a store.

    An import that was killed goes on where it stopped, when it is started again with the same arguments. When
    it had ended, only files that are new, were changed or could not be read are read; without any, nothing
    is written. What was imported before is never lost.

    Args:
        folder: the data set. With a partition, only the people that it names are imported.
        out: the store to be made.
        subset: import only the training or the test people of the partition.
        size: what the silhouettes on disk must be: `64x64`, `64x44`, `128x128`, `128x88` or `raw` (images).
            Without it, what most files are; others are refused, because a store must not mix them.
        name, licence: what the data is called (by default as the root), and the terms of its use.
        overwrite: start from nothing, and replace a store that is there already.
        workers: how many are read at the same time; -1 for as many as there are cores, if that pays.
        progress: show a bar on standard error.

    Raises:
        DataError: if not one sequence could be read (no store is written then), or a store of others exists.
        ConfigError: for an unknown subset or size, a subset without a partition, or no workers.
    """
    _check_subset(subset, folder.partition)
    wanted = parse_size(size) if size else None
    name = name or folder.root.resolve().name
    token = _token(folder, [subset, size, name, licence])
    entries = wanted_entries(folder, subset)
    manifest = Manifest.of(entries)
    earlier = None if overwrite else find_earlier(Path(out), token, manifest)
    found = wanted or earlier_size(earlier) or common_size(entries)
    problems: list[tuple[Path, str]] = [*_problems(folder, subset)]
    read = reader(found, workers)
    if earlier and (bad := nothing_new(entries, earlier, read)) is not None:
        return _unchanged(earlier, folder, [*problems, *bad])
    resume, replaces = token + manifest.text(), overwrite or earlier is not None
    writer = StoreWriter(out, name=name, licence=licence, overwrite=replaces, resume=resume)
    writer.origin = _origin(folder.layout, found, token, subset)
    report = _write(writer, entries, manifest, read, earlier, progress)
    return replace(report, bad=problems + report.bad, unlisted=_unlisted(folder))


def wanted_entries(folder: OpenGaitFolder, subset: Subset | None = None) -> tuple[OpenGaitEntry, ...]:
    """Choose the sequences to import: of the people of the partition, or of its subset."""
    if folder.partition is None:
        return folder.entries
    return (() if subset == "test" else folder.train) + (() if subset == "train" else folder.test)


def _origin(layout: Layout, size: Size | None, token: str, subset: Subset | None) -> dict[str, Any]:
    """Write down what was imported, for those who check, go on with, or use the store."""
    origin = {"layout": layout.name, "size": size_name(size) if size else "unknown", "import": token}
    return {**origin, "subset": subset} if subset else origin


def _write(
    writer: StoreWriter,
    entries: Sequence[OpenGaitEntry],
    manifest: Manifest,
    read: Reader,
    earlier: Earlier | None,
    progress: bool,
) -> ImportReport:
    """Write the store; sequences whose files are gone come last."""
    with writer:
        done = transfer(entries, writer, read, earlier=earlier, progress=progress)
        gone = [key for key in (earlier.positions if earlier else ()) if key not in writer]
        for key in gone:
            if earlier:
                earlier.give(key, writer)
        _refuse_nothing(writer, entries, done.bad)
        kept = Manifest.load(earlier.store.path).origins if earlier else {}
        failed = {path for path, _ in done.bad}
        read_now = {e.key: manifest.origins[e.key] for e in entries if e.path not in failed}
        final = Manifest({key: read_now.get(key) or kept[key] for key in writer.keys})
        writer.attach(MANIFEST_FILE, final.text())
        writer.origin["manifest"] = final.hash
        total = len(writer)
    return ImportReport(
        path=writer.path,
        imported=total,
        resumed=total - done.read,
        bad=done.bad,
        unlisted=(),
        size=writer.origin["size"],
        dropped=done.dropped,
        gone=len(gone),
        manifest=final.hash,
    )


def _unchanged(earlier: Earlier, folder: OpenGaitFolder, bad: list[tuple[Path, str]]) -> ImportReport:
    """Report on a store that is as it should be."""
    store = earlier.store
    there = {entry.key for entry in folder.entries}
    return ImportReport(
        path=store.path.resolve(),
        imported=len(store),
        resumed=len(store),
        bad=bad,
        unlisted=_unlisted(folder),
        size=store.origin["size"],
        gone=sum(key not in there for key in store.keys),
        written=False,
        manifest=store.origin.get("manifest", ""),
    )


def _unlisted(folder: OpenGaitFolder) -> tuple[str, ...]:
    """Name the people whom the partition does not know."""
    if folder.partition is None:
        return ()
    return tuple(dict.fromkeys(entry.key.subject for entry in folder.unlisted))


def _problems(folder: OpenGaitFolder, subset: Subset | None) -> list[Problem]:
    """List the folders without a usable file, save those of people who are not wanted."""
    partition = folder.partition
    if partition is None:
        return list(folder.problems)
    others = {
        *(e.key.subject for e in folder.unlisted),
        *(partition.train if subset == "test" else ()),
        *(partition.test if subset == "train" else ()),
    }
    return [p for p in folder.problems if others.isdisjoint(p.path.relative_to(folder.root).parts)]


def _token(folder: OpenGaitFolder, settings: list[str | None]) -> str:
    """Shorten a description of what is imported: another description, another import."""
    work = [str(folder.root.resolve()), folder.layout.name, repr(folder.partition), *settings]
    return content_hash(json.dumps(work).encode())


def _check_subset(subset: str | None, partition: object) -> None:
    """Refuse a subset that does not exist, or that nobody could know."""
    if subset is not None and subset not in ("train", "test"):
        raise ConfigError(f"subset {subset!r} is unknown: {suggest(subset, ('train', 'test'))}")
    if subset is not None and partition is None:
        raise ConfigError(f"subset {subset!r} needs a partition, which says who is in it: give one")


def _refuse_nothing(
    writer: StoreWriter, entries: Sequence[OpenGaitEntry], bad: Sequence[tuple[Path, str]]
) -> None:
    """Refuse to write a store without a single sequence, and say why the first one failed."""
    if len(writer):
        return
    root = entries[0].root if entries else writer.path
    first = f" The first: {bad[0][0]}: {bad[0][1]}" if bad else " The partition names nobody who is on disk."
    raise DataError(f"{root}: not one sequence could be imported, so no store was written.{first}")
