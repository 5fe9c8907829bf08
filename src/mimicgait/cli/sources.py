"""Sequences from wherever a user has them: a store, a folder in the field's layout, or a video."""

from pathlib import Path
from typing import TYPE_CHECKING

from mimicgait.cli.console import watched
from mimicgait.errors import DataError

if TYPE_CHECKING:
    from mimicgait.data import SequenceStore


def open_source(src: Path, scratch: Path) -> tuple["SequenceStore", list[tuple[Path, str]]]:
    """Open a store, or turn a folder or a video into one.

    Args:
        src: what the user has.
        scratch: where a store may be written for as long as it is needed.

    Returns:
        The store, and the files that could not be read, each with the reason.

    Raises:
        DataError: if it is none of the three, or nothing in it can be read.
        VideoError: if it is no video, or nobody was found in it.
    """
    from mimicgait.data import SequenceStore, import_opengait

    if not src.exists():
        raise DataError(f"{src}: there is nothing of that name: check the path")
    if src.is_file():
        from mimicgait.video import find_people, write_people

        write_people(find_people(src, progress=watched()).people, scratch)
        return SequenceStore(scratch), []
    if (src / "store.json").exists():
        return SequenceStore(src), []
    report = import_opengait(src, scratch, progress=watched())
    return SequenceStore(scratch), report.bad
