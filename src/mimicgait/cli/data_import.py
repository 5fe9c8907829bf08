"""`mimicgait data import`: from the field's folders of pickles to a store."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from mimicgait.cli.console import say, watched
from mimicgait.errors import DataError

if TYPE_CHECKING:
    from mimicgait.data import ImportReport

Subset = Literal["train", "test"]

LISTED = 50
"""Most bad files that a message names; the others are counted."""


def data_import(
    src: Path,
    out: Path,
    partition: Path | None = None,
    subset: Subset | None = None,
    data_in_use: list[bool] | list[int] | None = None,
    allow_missing: bool = False,
    name: str = "",
    licence: str = "unknown",
    overwrite: bool = False,
) -> None:
    """Import a data set in the layout that the field uses, SRC/id/type/view/*.pkl, into a store.

    With a partition file, training and test people go to two stores, OUT/train and OUT/test. Pickles are
    read by a reader that admits arrays only: nothing in them is ever run. Files that cannot be read are
    listed at the end, the others are imported, and the exit code is 2. An import that was interrupted goes
    on where it was when it is started again.

    Examples:
        mimicgait data import CASIA-B-pkl casia --partition CASIA-B.json --licence "research only"
        mimicgait data import Gait3D-pkl gait3d-test --partition Gait3D.json --subset test
        mimicgait data import SUSTech1K-pkl sustech --data_in_use "[6]"   # the 7th file of each folder

    Args:
        src: folder of the identities.
        out: folder of the store, or of the two stores.
        partition: JSON with TRAIN_SET and TEST_SET.
        subset: import only these people of the partition, into one store.
        data_in_use: which file of a folder holds the silhouettes, as a mask or as a position from 0.
        allow_missing: go on when people of the partition are not on disk.
        name: what the data set is called; the folder's name if not given.
        licence: the terms under which the data may be used; they travel with the store.
        overwrite: replace a store that is there.
    """
    from mimicgait.data import import_opengait

    settings: dict[str, Any] = {"data_in_use": data_in_use, "allow_missing": allow_missing, "name": name}
    settings |= {"licence": licence, "overwrite": overwrite, "progress": watched()}
    bad: list[tuple[Path, str]] = []
    for path, people in parts(out, partition, subset):
        report = import_opengait(src, path, partition, subset=people, **settings)
        say(summary(report))
        bad += report.bad
    refuse_bad(bad)


def parts(out: Path, partition: Path | None, subset: Subset | None) -> list[tuple[Path, Subset | None]]:
    """Say which stores to write and who goes into each: training and test people are kept apart."""
    if partition is not None and subset is None:
        return [(out / "train", "train"), (out / "test", "test")]
    return [(out, subset)]


def summary(report: "ImportReport") -> str:
    """Say in a line what was imported."""
    text = f"{report.path}: {report.imported} sequences"
    if report.resumed:
        text += f", {report.resumed} of them by an earlier, interrupted import"
    if report.unlisted:
        text += f"; {len(report.unlisted)} people on disk are not in the partition and were left out"
    return text


def refuse_bad(bad: Sequence[tuple[Path, str]]) -> None:
    """List what could not be imported.

    Raises:
        DataError: if there is anything.
    """
    if bad:
        lines = [f"{path}: {reason}" for path, reason in bad[:LISTED]]
        if len(bad) > LISTED:
            lines.append(f"and {len(bad) - LISTED} more")
        raise DataError("\n".join([f"{len(bad)} could not be imported, the others were:", *lines]))
