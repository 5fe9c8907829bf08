"""Pictures to look at: a sheet of silhouettes, and frames of the video with what was found drawn on them."""

import os
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from mimicgait.errors import DataError, ShapeError
from mimicgait.types import Frames
from mimicgait.video.decode import FrameSource, Image
from mimicgait.video.people import PersonSequence
from mimicgait.video.regions import Box, tight

_COLOURS = ((0, 160, 255), (255, 160, 0), (90, 200, 60), (200, 80, 200), (60, 60, 230), (200, 200, 0))
_GREY = (190, 190, 190)


def contact_sheet(frames: Frames, *, columns: int = 12, pictures: int = 60, scale: int = 2) -> Frames:
    """Put silhouettes side by side, in reading order.

    Args:
        frames: `[t, h, w]` of 0 and 1, at least one.
        columns: pictures in a row.
        pictures: at most so many, evenly chosen from first to last.
        scale: enlargement, a whole number.

    Returns:
        A grey picture of uint8, with grey lines between the silhouettes.

    Raises:
        ShapeError: if there are no frames, or they are not `[t, h, w]`.
    """
    if frames.ndim != 3 or not len(frames):
        raise ShapeError(f"expected frames [t, h, w] with t > 0, got {frames.shape}")
    chosen = np.unique(np.linspace(0, len(frames) - 1, min(pictures, len(frames))).round().astype(int))
    columns = min(columns, len(chosen))
    rows = -(-len(chosen) // columns)
    tiles = np.zeros((rows * columns, *frames.shape[1:]), dtype=np.uint8)
    tiles[: len(chosen)] = frames[chosen] * np.uint8(255)
    tiles = tiles.repeat(scale, axis=1).repeat(scale, axis=2)
    tiles = np.pad(tiles, ((0, 0), (0, 1), (0, 1)), constant_values=96)
    height, width = tiles.shape[1:]
    return tiles.reshape(rows, columns, height, width).swapaxes(1, 2).reshape(rows * height, columns * width)


def overlay(image: Image, people: Sequence[PersonSequence], index: int) -> Image:
    """Draw box, number and silhouette of everybody in one frame; the image itself is left alone.

    Whoever is not used in this frame has a thin grey box around the place where they are.

    Args:
        image: `[h, w, 3]` in BGR.
        people: everybody found in the video.
        index: number of the frame.
    """
    drawn = image.copy()
    thick = max(image.shape[0] // 300, 1)
    for person in people:
        position = int(np.searchsorted(person.index, index))
        if position < len(person) and person.index[position] == index:
            colour = _COLOURS[person.number % len(_COLOURS)]
            silhouette = person.frames[position]
            turned = silhouette[:, ::-1] if person.mirrored[position] else silhouette
            _tint(drawn, turned, person.boxes[position], colour)
            _frame(drawn, person.boxes[position], str(person.number), colour, thick)
            continue
        box = next((frame.box for frame in person.dropped if frame.index == index), None)
        if box is not None:
            _frame(drawn, box, str(person.number), _GREY, 1)
    return drawn


def _frame(image: Image, box: Box, text: str, colour: tuple[int, int, int], thick: int) -> None:
    """Draw a box with a word above it."""
    corner, opposite = (round(box.x), round(box.y)), (round(box.x + box.width), round(box.bottom))
    cv2.rectangle(image, corner, opposite, colour, thick)
    place = (corner[0], max(corner[1] - 3 * thick, 12))
    cv2.putText(image, text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.4 * thick + 0.2, colour, thick)


def save_preview(
    source: FrameSource, people: Sequence[PersonSequence], path: str | os.PathLike[str], *, pictures: int = 6
) -> None:
    """Write a PNG of frames in which people were found, evenly chosen, two in a row, each 640 pixels wide.

    Raises:
        VideoError: if the video cannot be read.
        DataError: if there is no frame to draw, or the file cannot be written.
    """
    used = np.unique(np.concatenate([person.index for person in people])) if people else np.zeros(0, np.int64)
    if not len(used):
        raise DataError("there is nobody to draw a preview of")
    chosen = set(used[np.linspace(0, len(used) - 1, min(pictures, len(used))).round().astype(int)].tolist())
    tiles: list[Image] = []
    for frame in source:
        if frame.index in chosen:
            drawn = overlay(frame.image, people, frame.index)
            height = round(drawn.shape[0] * 640 / drawn.shape[1])
            tiles.append(np.asarray(cv2.resize(drawn, (640, height), interpolation=cv2.INTER_AREA), np.uint8))
    if len(tiles) % 2:
        tiles.append(np.zeros_like(tiles[0]))
    save_png(np.vstack([np.hstack(tiles[i : i + 2]) for i in range(0, len(tiles), 2)]), path)


def save_previews(
    source: FrameSource, people: Sequence[PersonSequence], folder: str | os.PathLike[str]
) -> None:
    """Write `overview.png`, and for everybody a sheet of silhouettes `person_001.png`; the folder is made.

    Raises:
        VideoError: if the video cannot be read.
        DataError: if there is nobody, or a file cannot be written.
    """
    target = Path(folder)
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataError(f"{target}: cannot be made ({error.strerror}): choose another place") from error
    save_preview(source, people, target / "overview.png")
    for person in people:
        save_png(contact_sheet(person.frames), target / f"person_{person.number:03d}.png")


def save_png(picture: Image | Frames, path: str | os.PathLike[str]) -> None:
    """Write a picture `[h, w]` or `[h, w, 3]` (BGR) of uint8 as PNG; the file appears when it is whole.

    Raises:
        DataError: if the file cannot be written.
    """
    target = Path(path)
    encoded, data = cv2.imencode(".png", picture)
    if not encoded:
        raise DataError(f"{target}: a picture of {picture.shape} cannot be written as PNG")
    partial = target.with_name(f".{target.name}.partial")
    try:
        partial.write_bytes(data.tobytes())
        os.replace(partial, target)
    except OSError as error:
        raise DataError(f"{target}: cannot be written ({error.strerror}): choose another place") from error


def _tint(image: Image, silhouette: Frames, box: Box, colour: tuple[int, int, int]) -> None:
    """Blend a normalised silhouette `[64, 64]` back into its box."""
    bounds = tight(silhouette)
    if bounds is None:
        return
    left, top, right, bottom = bounds
    x0, y0 = max(round(box.x), 0), max(round(box.y), 0)
    x1, y1 = min(round(box.x + box.width), image.shape[1]), min(round(box.bottom), image.shape[0])
    if x1 <= x0 or y1 <= y0:
        return
    size = (x1 - x0, y1 - y0)
    mask = cv2.resize(silhouette[top:bottom, left:right], size, interpolation=cv2.INTER_NEAREST) > 0
    patch = image[y0:y1, x0:x1]
    patch[mask] = (0.5 * patch[mask] + 0.5 * np.array(colour)).astype(np.uint8)
