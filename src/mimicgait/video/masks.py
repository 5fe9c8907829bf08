"""Masks that were made elsewhere: a folder with one picture a frame, by any other segmenter."""

import os
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from mimicgait.errors import VideoError
from mimicgait.video.decode import FrameSource
from mimicgait.video.instances import regions_from_masks, regions_from_probability
from mimicgait.video.regions import Region, Segmented

PICTURES = (".png", ".jpg", ".jpeg", ".bmp", ".webp", ".tif", ".tiff")


class MaskFolder:
    """Reads one picture a frame, in the order of their names, of the size of the frames or any other.

    A picture whose only value besides 0 is 255 or 1 is a mask of everybody: connected outlines are people.
    Any other has one value a person, 8 or 16 bits, 0 for nobody.

    Args:
        folder: with as many pictures as the video has frames; an empty frame has a black picture.
        min_height: people less high than this share of the frame are ignored.

    Raises:
        VideoError: if there is no such folder, or no picture in it; while reading, if pictures and frames
            differ in number, or a picture is damaged.
    """

    def __init__(self, folder: str | os.PathLike[str], *, min_height: float = 0.06) -> None:
        self.folder = Path(folder)
        self.min_height = min_height
        self.files = list_pictures(self.folder)

    def segment(self, source: FrameSource) -> Iterator[Segmented]:
        """Pair every frame with its mask."""
        count = 0
        for frame in source:
            if count == len(self.files):
                raise VideoError(
                    f"{self.folder}: has {count} masks, but the video goes on: one a frame is needed"
                )
            found, ignored = self._regions(self.files[count], frame.image.shape[:2])
            yield Segmented(frame, found, ignored)
            count += 1
        if count < len(self.files):
            raise VideoError(f"{self.folder}: has {len(self.files)} masks for a video of {count} frames")

    def _regions(self, path: Path, size: tuple[int, ...]) -> tuple[tuple[Region, ...], int]:
        picture = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
        if picture is None:
            raise VideoError(f"{path}: cannot be read as a picture: is it damaged?")
        if picture.ndim == 3:
            picture = picture[..., :3].max(axis=2)
        values = np.unique(picture)
        values = values[values > 0]
        shape = (size[0], size[1])
        if (
            set(values.tolist()) <= {1}
            or set(values.tolist()) <= {255}
            or path.suffix.lower() in (".jpg", ".jpeg")
        ):
            middle = 1 if values.max(initial=0) == 1 else 128
            return regions_from_probability(
                (picture >= middle).astype(np.float32), size=shape, min_height=self.min_height
            )
        masks = np.stack([picture == value for value in values])
        return regions_from_masks(masks, size=shape, min_height=self.min_height)


def list_pictures(folder: Path) -> list[Path]:
    """The pictures of a folder in the order of their names, numbers by their value (`2.png` before `10.png`).

    Raises:
        VideoError: if there is no such folder, or no picture in it.
    """
    if not folder.is_dir():
        raise VideoError(f"{folder}: is no folder of pictures")
    files = [path for path in folder.iterdir() if path.suffix.lower() in PICTURES and path.is_file()]
    if not files:
        raise VideoError(f"{folder}: holds no pictures ({', '.join(PICTURES)})")
    return sorted(files, key=_natural)


def _natural(path: Path) -> tuple[tuple[int, int | str], ...]:
    """Compare runs of digits by their value."""
    parts: list[tuple[int, int | str]] = []
    word = ""
    for character in path.name + "\0":
        if word and character.isdigit() != word[-1].isdigit():
            parts.append((0, int(word)) if word.isdecimal() else (1, word))
            word = ""
        word += character
    return tuple(parts)
