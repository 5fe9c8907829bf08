"""`mimicgait data import`: from the data sets of the field to stores."""

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from mimicgait.cli.console import complain, say, watched
from mimicgait.errors import DataError

if TYPE_CHECKING:
    from mimicgait.data import ImportReport, Layout, OpenGaitFolder

Subset = Literal["train", "test"]
Size = Literal["64x64", "64x44", "128x128", "128x88", "raw"]

LISTED = 50
"""Most bad files that a message names; the others are counted."""


@dataclass(frozen=True)
class ImportConfig:
    """What is imported, and how.

    Args:
        src: folder of the data set.
        out: folder of the store, or of the two stores.
        layout: which data set it is.
        partition: JSON with TRAIN_SET and TEST_SET, or lists of train, gallery and probe as CSV or YAML.
        subset: import only these people of the partition, into one store.
        data_in_use: which file of a folder holds the silhouettes, as a mask or as a position from 0.
        size: what the silhouettes must be; found out if not given. Files of another size are refused.
        allow_missing: go on when people of the partition are not on disk.
        name: what the data set is called; the folder's name if not given.
        licence: the terms under which the data may be used; they travel with the store.
        workers: how many are read at the same time; -1 for as many as there are cores, if that pays.
        bad_files: write every bad file with its reason here, as tab-separated text.
        overwrite: start from nothing, and replace stores that are there.
    """

    src: Path
    out: Path
    _: KW_ONLY
    layout: str = "generic"
    partition: Path | None = None
    subset: Subset | None = None
    data_in_use: list[bool] | list[int] | None = None
    size: Size | None = None
    allow_missing: bool = False
    name: str = ""
    licence: str = "unknown"
    workers: int = -1
    bad_files: Path | None = None
    overwrite: bool = False


def data_import(config: ImportConfig) -> None:
    """Import a data set, pickles or raw images, into a store.

    The layout says where sequences lie and what they may be called: casia-b, casia-b-star, oumvlp, grew,
    gait3d, ccpg, sustech1k, casia-e, ccgr-mini, occgait, freegait, hid, tum-iitkgp, briar, or generic for any
    SRC/id/type/view. With a partition, training and test people go to two stores, OUT/train and OUT/test.

    Nothing in a pickle is ever run. Files that cannot be read are listed at the end, the others are
    imported, and the exit code is 2. Started again, an import that was interrupted goes on where it was, and
    one that had ended reads only what is new, was changed or was bad.

    Examples:
        mimicgait data import CASIA-B-pkl casia --layout casia-b --partition CASIA-B.json
        mimicgait data import GREW-raw grew --layout grew --partition GREW.json --licence "research only"
        mimicgait data import Gait3D-pkl gait3d-test --layout gait3d --partition Gait3D.json --subset test
        mimicgait data import mine store --partition lists.csv    # columns set,subject,type,view; * allowed
    """
    from mimicgait.data import find_layout, read_opengait

    layout = find_layout(config.layout)
    if config.bad_files is not None:
        config.bad_files.parent.mkdir(parents=True, exist_ok=True)
    folder = read_opengait(
        config.src,
        config.partition,
        layout=layout,
        data_in_use=config.data_in_use,
        allow_missing=config.allow_missing,
    )
    announce_partition(folder, layout)
    bad = import_parts(folder, config)
    if folder.partition is not None and config.subset is None:
        folder.partition.save(config.out / "partition.json")
    if config.bad_files is not None:
        text = "".join(f"{shown(path)}\t{' '.join(reason.split())}\n" for path, reason in bad)
        config.bad_files.write_text(text, encoding="utf-8")
    refuse_bad(bad)


def import_parts(folder: "OpenGaitFolder", config: ImportConfig) -> list[tuple[Path, str]]:
    """Write one store, or one of training and one of test people; return the files that were bad."""
    from mimicgait.data import import_folder
    from mimicgait.data.importing import wanted_entries

    bad: list[tuple[Path, str]] = []
    wanted = parts(config.out, config.partition, config.subset)
    if folder.partition is not None and config.subset is None:
        # HID 2023 and BRIAR-like lists have nobody to train on
        wanted = [(path, people) for path, people in wanted if wanted_entries(folder, people)]
        if not wanted:
            raise DataError(f"{config.partition}: names nobody who is on disk in {config.src}: check both")
    for path, people in wanted:
        report = import_folder(
            folder,
            path,
            subset=people,
            size=config.size,
            name=config.name,
            licence=config.licence,
            workers=config.workers,
            overwrite=config.overwrite,
            progress=watched(),
        )
        say(summary(report))
        bad += [item for item in report.bad if item not in bad]
    return bad


def announce_partition(folder: "OpenGaitFolder", layout: "Layout") -> None:
    """Say when a partition has other numbers of people than the one that the field uses."""
    if folder.partition is None or layout.counts is None:
        return
    named = (len(folder.partition.train), len(folder.partition.test))
    usual = (layout.counts.train, layout.counts.test)
    if named != usual:
        complain(
            f"note: the partition names {named[0]} + {named[1]} people, the field's usual one of "
            f"{layout.title} {usual[0]} + {usual[1]}: compare results only with those on the same people"
        )


def parts(out: Path, partition: Path | None, subset: Subset | None) -> list[tuple[Path, Subset | None]]:
    """Say which stores to write and who goes into each: training and test people are kept apart."""
    if partition is not None and subset is None:
        return [(out / "train", "train"), (out / "test", "test")]
    return [(out, subset)]


def summary(report: "ImportReport") -> str:
    """Say in a few lines what was imported."""
    from mimicgait.data.reading import changes, parse_size

    text = f"{report.path}: {report.imported} sequences"
    if not report.written:
        text += ", all of them there already: nothing had to be done"
    elif report.resumed:
        text += f", {report.resumed} of them by an earlier import"
    lines = [text]
    if report.size and report.size != "unknown":
        done = changes(parse_size(report.size))
        lines.append(f"  silhouettes of {report.size}" + (f": {done}" if done else ""))
    if report.dropped:
        lines.append(f"  {report.dropped} images show nobody and were left out")
    if report.unlisted:
        lines.append(f"  {len(report.unlisted)} people on disk are not in the partition and were left out")
    if report.gone:
        lines.append(f"  {report.gone} sequences are no longer on disk; they stay in the store")
    return "\n".join([*lines, f"  manifest {report.manifest}"])


def shown(path: Path) -> str:
    """Write a path on one line, whatever characters are in it.

    >>> shown(Path("a b")), shown(Path("a\\nb"))
    ('a b', "'a\\\\nb'")
    """
    return str(path) if str(path).isprintable() else repr(str(path))


def refuse_bad(bad: Sequence[tuple[Path, str]]) -> None:
    """List what could not be imported.

    Raises:
        DataError: if there is anything.
    """
    if bad:
        lines = [f"{shown(path)}: {reason}" for path, reason in bad[:LISTED]]
        if len(bad) > LISTED:
            lines.append(f"and {len(bad) - LISTED} more: write all of them to a file with --bad_files FILE")
        raise DataError("\n".join([f"{len(bad)} could not be imported, the others were:", *lines]))
