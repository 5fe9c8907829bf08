"""`mimicgait data show`: contact sheets of a store."""

from fnmatch import fnmatchcase
from pathlib import Path

from mimicgait.cli.console import say


def data_show(
    store: Path,
    out: Path,
    subject: str = "*",
    type: str = "*",
    view: str = "*",
    columns: int = 12,
    rows: int = 12,
    pages: int = 1,
    overwrite: bool = False,
) -> None:
    """Draw contact sheets: sequences from all over a store, below each other, each with some of its frames.

    Examples:
        mimicgait data show casia/test sheets
        mimicgait data show casia/test coats --type "cl-*" --view 090 --pages 3

    Args:
        store: folder of the store.
        out: folder of the pictures, OUT/sheet-001.png and so on.
        subject: show these people only; a pattern, such as `00*`.
        type: show these types only.
        view: show these views only.
        columns: frames of each sequence.
        rows: sequences on each sheet.
        pages: sheets at most.
        overwrite: replace sheets that are there.
    """
    from mimicgait.data import SequenceStore, write_sheets

    opened = SequenceStore(store)
    patterns = (subject, type, view)
    fitting = [
        position
        for position, key in enumerate(opened.keys)
        if all(map(fnmatchcase, (key.subject, key.type, key.view), patterns))
    ]
    sheets = write_sheets(
        opened.select(fitting), out, columns=columns, rows=rows, pages=pages, overwrite=overwrite
    )
    for sheet in sheets:
        say(str(sheet))
