"""The people found in a video, and how they are kept: as a store, or in the field's folder layout."""

import os
import re
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from mimicgait.data import SequenceStore, StoreWriter, write_opengait
from mimicgait.errors import ShapeError, VideoError
from mimicgait.types import FRAME_SIZE, Frames, SequenceKey, Silhouettes
from mimicgait.video.regions import Box


@dataclass(frozen=True, slots=True)
class DroppedFrame:
    """A frame of a track that was not used, why, and where the person was in it, as far as is known."""

    index: int
    reason: str
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class PersonSequence:
    """One person's walk in one video.

    number: 1 for who appears first; frames `[t, 64, 64]` of 0 and 1; index `[t]`: number of the video's
    frame; times `[t]` in seconds; boxes `[t]` in pixels of the video; dropped: the other frames in which the
    person was seen, with the reason; mirrored `[t]`: frames that were turned so that everybody walks the same
    way, none by default.
    """

    number: int
    frames: Frames
    index: npt.NDArray[np.int64]
    times: npt.NDArray[np.float64]
    boxes: tuple[Box, ...]
    dropped: tuple[DroppedFrame, ...]
    source: str
    mirrored: npt.NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))

    def __post_init__(self) -> None:
        t = len(self.frames)
        if not len(self.mirrored):
            object.__setattr__(self, "mirrored", np.zeros(t, dtype=np.bool_))
        if self.frames.shape != (t, FRAME_SIZE, FRAME_SIZE) or not t:
            raise ShapeError(f"expected frames [t, {FRAME_SIZE}, {FRAME_SIZE}], got {self.frames.shape}")
        if not len(self.index) == len(self.times) == len(self.boxes) == len(self.mirrored) == t:
            raise ShapeError(
                f"expected {t} indices, times and boxes, "
                f"got {len(self.index)}, {len(self.times)} and {len(self.boxes)}"
            )

    def __len__(self) -> int:
        return len(self.frames)

    @property
    def reasons(self) -> dict[str, int]:
        """How many frames were dropped for which reason, most frequent first."""
        return dict(Counter(frame.reason for frame in self.dropped).most_common())

    def silhouettes(self) -> Silhouettes:
        """The sequence under a key made of the video's name and the person's number."""
        stem = re.sub(r"[^A-Za-z0-9_]+", "_", Path(self.source).stem).strip("_") or "video"
        key = SequenceKey(f"{stem}_{self.number:03d}", "video", f"{int(self.index[0]):06d}")
        return Silhouettes(key, self.frames, self.source)


def write_people(
    people: Sequence[PersonSequence],
    out: str | os.PathLike[str],
    *,
    layout: Literal["store", "opengait"] = "store",
    licence: str = "unknown: made from a video",
    overwrite: bool = False,
) -> Path:
    """Write found sequences to disk; the folder appears whole or not at all.

    Args:
        people: at least one sequence.
        out: the folder to make.
        layout: a `SequenceStore`, or folders `id/type/view/view.pkl` with a partition as OpenGait reads them.
        licence: the licence of the video, kept with the store.
        overwrite: replace a store that is there.

    Returns:
        The folder.

    Raises:
        VideoError: if there is nobody to write.
        DataError: if the folder exists or cannot be written.
    """
    if not people:
        raise VideoError("nobody was found, so there is nothing to write")
    target = Path(out)
    if layout == "store":
        _write_store(people, target, licence, overwrite)
        return target
    with tempfile.TemporaryDirectory() as folder:
        _write_store(people, Path(folder) / "store", licence, overwrite=False)
        write_opengait(SequenceStore(Path(folder) / "store"), target)
    return target


def _write_store(people: Sequence[PersonSequence], target: Path, licence: str, overwrite: bool) -> None:
    """Write all sequences to one store."""
    with StoreWriter(
        target, name=Path(people[0].source).name, licence=licence, overwrite=overwrite
    ) as writer:
        for person in people:
            writer.add(person.silhouettes())
