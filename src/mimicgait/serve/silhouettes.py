"""Uploaded silhouettes: a .zip of PNG masks, or an .npz or .npy of frames, from anybody."""

import io
import math
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from mimicgait.data import normalise_sequence
from mimicgait.data.reading import SIZES, to_silhouettes
from mimicgait.errors import DataError
from mimicgait.serve.archives import files_in, opened, read_member
from mimicgait.serve.limits import Limits
from mimicgait.serve.refusals import RequestError
from mimicgait.serve.uploads import UploadKind
from mimicgait.types import Frames

_PNG = b"\x89PNG\r\n\x1a\n"
_HEADER_BYTES = 10_000
"""Longest header of an array; NumPy's own writes 128."""

_PREFERRED = ("frames.npy", "silhouettes.npy")


def read_silhouettes(path: Path, kind: UploadKind, limits: Limits) -> Frames:
    """Read the frames `[t, 64, 64]` of 0 and 1 of one walk.

    Masks of a size that the field prepares are taken as they are; others are cropped, stretched and centred.

    Raises:
        RequestError: saying what is wrong with the upload.
    """
    if kind is UploadKind.ARRAY:
        return from_array(_read_array(path.read_bytes(), limits), limits)
    with opened(path, limits) as archive:
        files = files_in(archive)
        arrays = [file for file in files if file.filename.endswith(".npy")]
        if arrays:
            chosen = next((file for file in arrays if file.filename in _PREFERRED), arrays[0])
            if len(arrays) > 1 and chosen.filename not in _PREFERRED:
                raise RequestError("the .npz has several arrays: call that of the silhouettes `frames`")
            return from_array(_read_array(read_member(archive, chosen), limits), limits)
        if not files:
            raise RequestError("the archive holds no file: put the PNG masks of one walk into it")
        _refuse_count(len(files), limits)
        masks: list[Frames] = []
        pixels = 0
        for file in files:
            masks.append(_read_mask(read_member(archive, file), limits))
            pixels += masks[-1].size
            if pixels > limits.unpacked_bytes:
                raise RequestError("the masks have too many pixels together: make them smaller", status=413)
        return from_masks(masks)


def from_array(array: npt.NDArray[Any], limits: Limits) -> Frames:
    """Turn an array into silhouettes `[t, 64, 64]`.

    Args:
        array: `[t, h, w]`; bool, integers (0 and 1, or 0 and 255) or floats from 0 to 1.
        limits: how many frames there may be.

    Raises:
        RequestError: for another shape, another type, values that are not finite, or no frame.
    """
    if array.ndim != 3:
        raise RequestError(f"expected silhouettes [frames, height, width], got the shape {list(array.shape)}")
    if not array.size:
        raise RequestError(f"the array holds no frame: its shape is {list(array.shape)}")
    _refuse_count(len(array), limits)
    if array.dtype.kind == "f":
        array = _from_floats(array)
    elif array.dtype.kind in "iu":
        if int(array.min()) < 0 or int(array.max()) > 255:
            raise RequestError(f"expected values 0 and 1, or 0 and 255, got {array.min()} to {array.max()}")
        array = array.astype(np.uint8)
    try:
        if array.shape[1:] in SIZES:
            return _with_somebody(to_silhouettes(array))
    except DataError as error:
        raise RequestError(f"the array {error}") from error
    masks = array.astype(np.uint8)
    return from_masks([mask * np.uint8(255) if masks.max() <= 1 else mask for mask in masks])


def from_masks(masks: list[Frames]) -> Frames:
    """Turn masks `[h, w]` of 0 to 255 into silhouettes `[t, 64, 64]`.

    Raises:
        RequestError: if nobody is in them.
    """
    if len({mask.shape for mask in masks}) == 1 and masks[0].shape in SIZES:
        return from_array(np.stack(masks), Limits(silhouettes=len(masks)))
    normalised = normalise_sequence(masks)
    if not len(normalised.frames):
        raise RequestError(f"no mask shows a person: of the first, {next(iter(normalised.dropped.values()))}")
    return normalised.frames


def _from_floats(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    if not np.isfinite(array).all():
        raise RequestError("the array has values that are not finite (NaN or infinite)")
    if float(array.min()) < 0 or float(array.max()) > 1:
        raise RequestError(f"expected floats from 0 to 1, got {array.min():g} to {array.max():g}")
    return np.asarray(array > 0.5)


def _with_somebody(frames: Frames) -> Frames:
    kept = frames[frames.any(axis=(1, 2))]
    if not len(kept):
        raise RequestError("no frame shows a person: all of them are empty")
    return kept


def _refuse_count(count: int, limits: Limits) -> None:
    if count > limits.silhouettes:
        raise RequestError(f"{count} frames are more than the {limits.silhouettes} allowed", status=413)


def _read_array(data: bytes, limits: Limits) -> npt.NDArray[Any]:
    """Read an array of numbers; a pickle in it is refused unread, and so is a shape that the bytes belie."""
    stream = io.BytesIO(data)
    try:
        version = np.lib.format.read_magic(stream)
        read = (
            np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        )
        shape, _, dtype = read(stream, max_header_size=_HEADER_BYTES)
    except (ValueError, EOFError, TypeError, KeyError, MemoryError, RecursionError) as error:
        raise RequestError(f"the array's header is damaged ({_first(error)}): save it again") from error
    if dtype.hasobject or dtype.kind not in "biuf":
        raise RequestError(f"the array holds {dtype}, expected numbers: pickled objects are never read")
    expected, there = math.prod(shape) * dtype.itemsize, len(data) - stream.tell()
    if min(shape, default=0) < 0 or expected > limits.unpacked_bytes:
        raise RequestError(
            f"the array is said to have the shape {list(shape)}, which is too large", status=413
        )
    if expected != there:
        raise RequestError(
            f"the array is cut short, or too long: its header promises {expected} bytes, there are {there}"
        )
    stream.seek(0)
    return np.asarray(np.lib.format.read_array(stream, allow_pickle=False, max_header_size=_HEADER_BYTES))


def _read_mask(data: bytes, limits: Limits) -> Frames:
    """Decode one PNG mask whose header has been looked at first."""
    if not data.startswith(_PNG) or len(data) < 33:
        raise RequestError(
            "the archive holds something else than PNG masks: put only the masks of one walk into it"
        )
    width, height = int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    if not 0 < width * height <= limits.mask_pixels:
        raise RequestError(
            f"a mask of {width} x {height} pixels is larger than the {limits.mask_pixels} allowed", status=413
        )
    try:
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
    except cv2.error:
        image = None
    if image is None or b"IEND" not in data[-16:]:
        raise RequestError("a mask is damaged or cut short: make the archive again")
    return np.asarray(image, dtype=np.uint8)


def _first(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:120]
