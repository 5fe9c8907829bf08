"""Uploads as clients make them: silhouettes as arrays and archives, and files that mean harm."""

import io
import struct
import zipfile
import zlib

import cv2
import numpy as np


def npy(array: np.ndarray, **options: bool) -> bytes:
    """Write an array as .npy."""
    stream = io.BytesIO()
    np.save(stream, array, **options)
    return stream.getvalue()


def npz(**arrays: np.ndarray) -> bytes:
    """Write arrays as .npz."""
    stream = io.BytesIO()
    np.savez_compressed(stream, **arrays)
    return stream.getvalue()


def png(mask: np.ndarray) -> bytes:
    """Write a mask `[h, w]` as PNG."""
    return cv2.imencode(".png", mask)[1].tobytes()


def png_that_claims(width: int, height: int) -> bytes:
    """Write a PNG of a few bytes whose header has any size."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = chunk(b"IDAT", zlib.compress(b"\0" * 100))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + body + chunk(b"IEND", b"")


def archive(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Write files as .zip."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as made:
        for name, data in files.items():
            made.writestr(name, data)
    return stream.getvalue()


def masks(frames: np.ndarray, scale: int = 3) -> bytes:
    """Write silhouettes as a .zip of PNG masks, larger than the field's, so that they are normalised."""
    grown = frames.repeat(scale, 1).repeat(scale, 2) * np.uint8(255)
    padded = np.pad(grown, ((0, 0), (7, 9), (5, 11)))
    return archive({f"mask{i}.png": png(mask) for i, mask in enumerate(padded)})
