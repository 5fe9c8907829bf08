"""Sequences from wherever a user has them: a store, folders in the field's layout, masks, or a video."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

from mimicgait.cli.console import watched
from mimicgait.errors import DataError

if TYPE_CHECKING:
    from mimicgait.data import SequenceStore


def open_source(src: Path, scratch: Path) -> tuple["SequenceStore", list[tuple[Path, str]]]:
    """Open a store, or turn a folder or a video into one; a folder of images is one walk.

    Args:
        src: what the user has.
        scratch: where a store may be written for as long as it is needed.

    Returns:
        The store, and the files that could not be read, each with the reason.

    Raises:
        DataError: if it is none of these, or nothing in it can be read.
        VideoError: if it is no video, or nobody was found in it.
    """
    from mimicgait.data import SequenceStore, import_opengait
    from mimicgait.data.folders import is_image

    if not src.exists():
        raise DataError(f"{src}: there is nothing of that name: check the path")
    if src.is_file():
        from mimicgait.video import find_people, write_people

        write_people(find_people(src, progress=watched()).people, scratch)
        return SequenceStore(scratch), []
    if (src / "store.json").exists():
        return SequenceStore(src), []
    if any(is_image(path.name) for path in src.iterdir()):
        return one_walk(src, scratch), []
    report = import_opengait(src, scratch, progress=watched())
    return SequenceStore(scratch), report.bad


def one_walk(src: Path, scratch: Path) -> "SequenceStore":
    """Turn a folder of masks, one image a frame, into a store with one sequence.

    Raises:
        DataError: if the images cannot be read, or nobody is in them.
    """
    from mimicgait.data import SequenceStore, StoreWriter
    from mimicgait.data.reading import read_sequence
    from mimicgait.types import SequenceKey, Silhouettes

    found = read_sequence(src)
    name = re.sub(r"[^A-Za-z0-9_]+", "_", src.resolve().name).strip("_") or "walk"
    key = SequenceKey(name, "masks", "000000")
    with StoreWriter(scratch, name=src.name, licence="unknown: made from masks") as writer:
        writer.add(Silhouettes(key, found.frames, str(src)))
    return SequenceStore(scratch)
