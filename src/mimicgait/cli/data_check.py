"""`mimicgait data check`: what is in a store, and whether it is sound."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from mimicgait.cli.console import say
from mimicgait.errors import DataError

if TYPE_CHECKING:
    from mimicgait.data import Coverage, StoreReport

NAMED = 5
"""How many types, views or sequences are named before the rest is counted."""


def data_check(
    store: Path,
    partition: Path | None = None,
    subset: Literal["train", "test"] | None = None,
    layout: str | None = None,
    strict: bool = False,
) -> None:
    """Read a store to the last frame, compare every hash, and say what is in it.

    The exit code is 2 if frames are not those that were written, if people or sequences of the partition are
    missing, or if types or views have names that the data set does not know. Black and repeated sequences and
    people whom nobody asked for are reported, because they often mean that something went wrong before the
    import; with --strict, they are errors too.

    Examples:
        mimicgait data check walkers/train
        mimicgait data check casia/test --partition casia/partition.json --strict

    Args:
        store: folder of the store.
        partition: who should be in it: the field's JSON, or lists as CSV or YAML.
        subset: which people of the partition; the import has noted it if there were two stores.
        layout: whose names the types and views should have; by default that of the import.
        strict: whatever deserves a look is an error.
    """
    from mimicgait.data import check_store, find_layout

    known = find_layout(layout) if layout else None
    report = check_store(store, partition, subset=subset, layout=known)
    say(describe(report))
    wrong = list(faults(report))
    if strict and not report.spotless and not wrong:
        wrong = ["black or repeated sequences, or people whom nobody asked for: see above"]
    if wrong:
        raise DataError("\n".join([f"{store}: {wrong[0]}", *wrong[1:]]))


def faults(report: "StoreReport") -> Iterator[str]:
    """Say what is wrong with a store, and what to do about it."""
    coverage = report.coverage
    if report.damaged:
        yield (
            f"the frames of {len(report.damaged)} sequences are damaged ({few(report.damaged)}): "
            "import the data again"
        )
    if coverage.missing:
        yield f"{len(coverage.missing)} people of the partition are missing: {few(coverage.missing)}"
    if coverage.missing_sequences:
        names = few(coverage.missing_sequences)
        yield f"{len(coverage.missing_sequences)} probes and gallery sequences are missing: {names}"
    if coverage.strange:
        yield f"types or views that the data set does not know: {few(coverage.strange)}"


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
        *describe_coverage(report.coverage),
    ]
    if report.size:
        lines.insert(4, f"  files        {report.size}")
    if report.empty_sequences:
        lines.append(f"  black throughout: {few(report.empty_sequences)}")
    if report.duplicates:
        lines.append(f"  the same frames:  {'; '.join(few(group) for group in report.duplicates[:NAMED])}")
    return "\n".join(lines)


def describe_coverage(coverage: "Coverage") -> Iterator[str]:
    """Describe how a store covers its partition, one fact a line."""
    if coverage.people is not None:
        asked, there = coverage.people
        yield f"  partition    {there} of {asked} people are there, {len(coverage.unlisted)} others too"
    if coverage.expected is not None:
        yield f"  literature   {coverage.expected} people"


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
