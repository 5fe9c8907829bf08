"""Reading one sequence for a store, or saying why that is not possible."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mimicgait.data.index import content_hash
from mimicgait.data.opengait import OpenGaitEntry
from mimicgait.data.packing import pack_frames
from mimicgait.data.reading import Size, size_name
from mimicgait.errors import DataError, MimicGaitError


class Outcome(NamedTuple):
    """Packed frames `[t, 512]` and their hash, or why there are none; how many images showed nobody."""

    packed: npt.NDArray[np.uint8] | None
    reason: str = ""
    dropped: int = 0
    content: str = ""


NOT_READ = Outcome(None)


def attempt(entry: OpenGaitEntry, size: Size | None) -> Outcome:
    """Read one sequence, or say why that is not possible; `size` is what the others have on disk."""
    try:
        read = entry.load()
        if size is not None and read.size != size:
            raise DataError(
                f"is of size {size_name(read.size)}, expected {size_name(size)}: import each size on its own"
            )
        packed = pack_frames(read.frames)
        return Outcome(packed, dropped=read.dropped, content=content_hash(packed.data))
    except MimicGaitError as error:
        return Outcome(None, str(error).removeprefix(f"{entry.path}: "))


def attempt_all(entries: Iterable[OpenGaitEntry], size: Size | None) -> list[Outcome]:
    """Read some sequences: what one worker does before it reports."""
    return [attempt(entry, size) for entry in entries]
