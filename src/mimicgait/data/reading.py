"""Reading one sequence from a pickle or from images, whatever its size, as silhouettes of 64x64."""

import re
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from mimicgait.data.folders import is_image
from mimicgait.data.layouts import GENERIC, Layout
from mimicgait.data.silhouette import normalise_sequence
from mimicgait.data.unpickle import read_pickle
from mimicgait.errors import ConfigError, DataError, suggest
from mimicgait.types import FRAME_SIZE, Frames

Size = tuple[int, int]

SIZES: tuple[Size, ...] = ((64, 64), (64, 44), (128, 128), (128, 88))
"""Height and width of the field's prepared silhouettes; 44 and 88 are what a cut of the sides leaves."""

RAW = (0, 0)
"""Stands for images of any size, which were cropped, stretched and centred here."""

_LARGEST_IMAGE = 32 << 20
_MOST_PIXELS = 1 << 26
_MOST_IMAGES = 100_000


class Read(NamedTuple):
    """A sequence: frames `[t, 64, 64]` of 0 and 1, their size on disk, and how many images show nobody."""

    frames: Frames
    size: Size
    dropped: int = 0


def size_name(size: Size) -> str:
    """Write down a size.

    >>> size_name((128, 88)), size_name(RAW)
    ('128x88', 'raw')
    """
    return "raw" if size == RAW else f"{size[0]}x{size[1]}"


def parse_size(name: str) -> Size:
    """Read a size that was written down.

    >>> parse_size("128x88")
    (128, 88)

    Raises:
        ConfigError: if no data set of the field has it.
    """
    sizes = {size_name(size): size for size in (*SIZES, RAW)}
    if name not in sizes:
        raise ConfigError(f"size {name!r} is unknown: {suggest(name, sizes)}")
    return sizes[name]


def changes(size: Size) -> str:
    """Say what is done to frames of a size so that they fit 64x64; nothing for those that do.

    >>> changes((128, 88))
    'reduced by half (by area), then 10 black columns put back on each side'
    """
    if size == RAW:
        return "cropped, stretched to full height and centred"
    margin = (FRAME_SIZE - size[1] * FRAME_SIZE // size[0]) // 2
    steps = ["reduced by half (by area)"] if size[0] > FRAME_SIZE else []
    if margin:
        steps.append(f"{margin} black columns put back on each side")
    return ", then ".join(steps)


def read_sequence(path: Path, layout: Layout = GENERIC) -> Read:
    """Read the file, or the folder of images, of one sequence.

    Raises:
        DataError: saying what is wrong with it, beginning with the path.
    """
    try:
        if path.is_dir():
            return _read_images(path, layout)
        array = read_pickle(path, copy=False)
        return Read(to_silhouettes(array), (array.shape[1], array.shape[2]))
    except DataError as error:
        raise DataError(f"{path}: {str(error).removeprefix(f'{path}: ')}") from error
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror}): check its rights") from error


def to_silhouettes(array: npt.NDArray[Any]) -> Frames:
    """Turn an array of a file into frames `[t, 64, 64]` of 0 and 1: binarise at half of the maximum.

    Frames 128 high are reduced by area first; a pixel of which just half is white stays white. Frames of
    64x44 get 10 black columns on each side.

    Raises:
        DataError: for another type, shape or range of values, or no frame.
    """
    if array.dtype not in (np.uint8, np.bool_):
        raise DataError(f"holds {array.dtype}, expected uint8: these are no silhouettes, choose another file")
    if array.ndim != 3 or array.shape[1:] not in SIZES:
        raise DataError(
            f"has the shape {array.shape}, expected (t, 64, 64), (t, 64, 44), (t, 128, 128) or (t, 128, 88): "
            "normalise it to 64x64, or import the images that it was made from"
        )
    if not len(array):
        raise DataError("holds no frame: leave it out")
    grey = array.view(np.uint8)
    largest = int(grey.max())
    if 1 < largest < 128:
        raise DataError(
            f"has values up to {largest}, expected 0 and 1 or 0 and 255: is it a map of body parts?"
        )
    frames = _halve(grey, largest) if grey.shape[1] > FRAME_SIZE else (grey > largest // 2).view(np.uint8)
    margin = (FRAME_SIZE - frames.shape[2]) // 2
    return np.pad(frames, ((0, 0), (0, 0), (margin, margin))) if margin else frames


def _halve(grey: Frames, largest: int) -> Frames:
    """Reduce frames `[t, 2h, 2w]` to `[t, h, w]`: 1 where the mean of four is half of white or more."""
    rows = grey[:, 0::2].astype(np.uint16) + grey[:, 1::2]
    total = rows[:, :, 0::2] + rows[:, :, 1::2]
    return ((total >= 2 * largest) & (total > 0)).view(np.uint8)


def _read_images(folder: Path, layout: Layout) -> Read:
    """Read the images of one sequence in the order of the numbers in their names."""
    names = sorted((path for path in folder.iterdir() if is_image(path.name)), key=_in_time)
    if not names:
        raise DataError("has no images: copy it again from its source, or leave it out")
    if len(names) > _MOST_IMAGES:
        raise DataError(f"has {len(names)} images, more than {_MOST_IMAGES}: split the sequence")
    images = [_read_image(path) for path in names]
    if layout.images == "keep":
        sizes = {image.shape for image in images}
        if len(sizes) > 1:
            raise DataError(f"has images of several sizes ({sorted(sizes)}): sort them out")
        stack = np.stack(images)
        return Read(to_silhouettes(stack), (stack.shape[1], stack.shape[2]))
    result = normalise_sequence(images, interpolation=layout.interpolation)
    if not len(result.frames):
        raise DataError(f"shows nobody: of the first image, {next(iter(result.dropped.values()))}")
    return Read(result.frames, RAW, len(result.dropped))


def _read_image(path: Path) -> Frames:
    """Read one grey image of a bounded size."""
    size = path.stat().st_size
    if not 0 < size <= _LARGEST_IMAGE:
        raise DataError(f"its image {path.name} has {size} bytes: copy it again, or leave the sequence out")
    data = path.read_bytes()
    if data[:4] == b"\x89PNG" and _pixels_of_png(data) > _MOST_PIXELS:
        raise DataError(f"its image {path.name} is larger than {_MOST_PIXELS} pixels: leave the sequence out")
    try:
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
    except cv2.error:
        image = None
    if image is None or _cut_short(data):
        raise DataError(f"its image {path.name} is damaged: copy it again, or leave the sequence out")
    return np.asarray(image, dtype=np.uint8)


def _pixels_of_png(data: bytes) -> int:
    """Read the number of pixels from the header of a PNG file."""
    return int.from_bytes(data[16:20], "big") * int.from_bytes(data[20:24], "big")


def _cut_short(data: bytes) -> bool:
    """Tell whether a PNG file lacks its end; decoders fill in black rows without a word."""
    return data[:4] == b"\x89PNG" and b"IEND" not in data[-16:]


def _in_time(path: Path) -> tuple[object, ...]:
    """Sort names as people do: 2.png before 10.png."""
    words = re.split(r"(\d+)", path.name)
    return tuple((int(word), "") if i % 2 else (-1, word) for i, word in enumerate(words))
