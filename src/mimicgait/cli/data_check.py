"""`mimicgait data check`: what is in a store, and whether it is sound."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from mimicgait.cli.console import say
from mimicgait.errors import DataError

if TYPE_CHECKING:
    from mimicgait.data import StoreReport

NAMED = 5
"""How many types, views or sequences are named before the rest is counted."""


def data_check(store: Path) -> None:
    """Read a store to the last frame, compare every hash, and say what is in it.

    The exit code is 2 if frames are not those that were written. Black and repeated sequences are reported,
    because they often mean that something went wrong before the import.

    Examples:
        mimicgait data check walkers/train

    Args:
        store: folder of the store.
    """
    from mimicgait.data import check_store

    report = check_store(store)
    say(describe(report))
    if not report.ok:
        raise DataError(
            f"{store}: the frames of {len(report.damaged)} sequences are damaged ({few(report.damaged)}): "
            "import the data again"
        )


def describe(report: "StoreReport") -> str:
    """Describe a store, one fact a line."""
    shortest, median, longest = report.lengths
    lines = [
        f"{report.path}: {report.name}",
        f"  licence      {report.licence}",
        f"  people       {report.people}",
        f"  sequences    {report.sequences}, of {shortest} to {longest} frames, median {median:g}",
        f"  frames       {report.frames}, of which {report.empty_frames} are black",
        f"  types        {few(report.types)}",
        f"  views        {few(report.views)}",
        f"  fingerprint  {report.fingerprint}",
    ]
    if report.empty_sequences:
        lines.append(f"  black throughout: {few(report.empty_sequences)}")
    if report.duplicates:
        lines.append(f"  the same frames:  {'; '.join(few(group) for group in report.duplicates[:NAMED])}")
    return "\n".join(lines)


def few(items: Iterable[object] | Mapping[str, int]) -> str:
    """Name the first few of some things, and count the others.

    >>> few({"nm-01": 4, "nm-02": 4})
    'nm-01 (4), nm-02 (4)'
    >>> few(tuple("abcdefg"))
    'a, b, c, d, e and 2 more'
    """
    names = (
        [f"{name} ({n})" for name, n in items.items()] if isinstance(items, Mapping) else [*map(str, items)]
    )
    rest = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + rest
