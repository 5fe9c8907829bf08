"""Reading pickled arrays of strangers: nothing that a pickle names is ever looked up, called or imported.

A pickle is a small program. Here it runs against stand-ins that only write down what it asks for; when the
notes describe exactly one NumPy array, the array is built from them by plain, checked calls.
"""

import io
import os
import pickle
import re
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from mimicgait.data.operations import check_operations
from mimicgait.errors import DataError

MAX_BYTES = 1 << 30
"""Largest pickle that is read unless told otherwise: 1 GiB is 262,144 frames of 64x64."""

_NAMES = {
    "numpy.ndarray": "ndarray",
    "numpy.dtype": "dtype",
    "numpy.core.multiarray._reconstruct": "_reconstruct",
    "numpy._core.multiarray._reconstruct": "_reconstruct",
    "numpy.core.numeric._frombuffer": "_frombuffer",
    "numpy._core.numeric._frombuffer": "_frombuffer",
    "_codecs.encode": "encode",
    "builtins.bytes": "bytes",
    "__builtin__.bytes": "bytes",
}
"""What pickled arrays refer to: by NumPy 1 and 2, in protocols 0 to 5."""

_NUMBERS = re.compile("[biuf](1|2|4|8|16)")
"""Types of arrays that are read: bool, integers, floating point, and the number of their bytes."""

_BROKEN = (
    pickle.UnpicklingError,
    ArithmeticError,
    AttributeError,
    EOFError,
    ImportError,
    LookupError,
    MemoryError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What the standard library raises for pickles that are cut short or scrambled."""


def read_pickle(
    path: str | os.PathLike[str], *, max_bytes: int = MAX_BYTES, copy: bool = True
) -> npt.NDArray[Any]:
    """Read the one array of numbers that a pickle holds, whoever wrote it. No code of the file is run.

    Args:
        path: a pickle of one NumPy array, written by NumPy 1 or 2, in any protocol.
        max_bytes: refuse a larger file.
        copy: give an array of its own, which may be written to; otherwise the numbers stay where they are in
            the bytes of the file, if they are in this machine's byte order.

    Returns:
        The array; bool, integers or floating point, of any shape, in this machine's byte order.

    Raises:
        DataError: if the file is missing, empty, too large, cut short, or anything but one array of numbers.
    """
    data = _read_bounded(Path(path), max_bytes)
    try:
        return loads_array(data, copy=copy)
    except DataError as error:
        raise DataError(f"{path}: {error}") from error.__cause__


def loads_array(data: bytes, *, copy: bool = True) -> npt.NDArray[Any]:
    """Read an array from the bytes of a pickle, as `read_pickle` does from a file.

    Raises:
        DataError: saying what is wrong and what to do.
    """
    try:
        check_operations(data)
        found = _Recorder(io.BytesIO(data), encoding="latin1").load()
        return _build_array(found, copy)
    except DataError:
        raise
    except _BROKEN as error:
        raise DataError(
            f"is cut short or damaged ({_first_line(error)}): copy it again from its source, or leave it out"
        ) from error


class _Name:
    """Stands for something that the pickle names; called, it notes the call."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, *arguments: object) -> "_Called":
        return _Called(self.name, arguments)

    def __setstate__(self, state: object) -> NoReturn:
        raise pickle.UnpicklingError(f"it tries to change {self.name}")


class _Called:
    """Notes that something was called with some arguments, and the state that was put into the result."""

    __slots__ = ("arguments", "name", "state")

    def __init__(self, name: str, arguments: tuple[object, ...]) -> None:
        self.name, self.arguments = name, arguments
        self.state: Any = None

    def __setstate__(self, state: Any) -> None:
        self.state = state


class _Recorder(pickle.Unpickler):
    """Runs a pickle against stand-ins."""

    def find_class(self, module: str, name: str) -> _Name:
        """Give a stand-in for what arrays need; refuse every other name."""
        try:
            return _Name(_NAMES[f"{module}.{name}"])
        except KeyError:
            raise DataError(
                f"holds more than an array: it asks for {f'{module}.{name}'[:100]!r}, which was not run. "
                "Do not open it with other tools; get the file from a source that you trust"
            ) from None

    def persistent_load(self, pid: object) -> NoReturn:
        """Refuse references to things outside of the file."""
        raise pickle.UnpicklingError("it refers to something outside of the file")


def _build_array(found: object, copy: bool) -> npt.NDArray[Any]:
    """Build the array that the notes describe."""
    if isinstance(found, _Called) and found.name == "_reconstruct" and isinstance(found.state, tuple):
        *_, shape, kind, fortran, content = found.state
        order: Any = "F" if fortran else "C"
        return _array(content, kind, shape, order, copy)
    if isinstance(found, _Called) and found.name == "_frombuffer":
        content, kind, shape, order, *axes = found.arguments
        if axes and axes[0] is not None:
            return _array(content, kind, shape, "C", copy).transpose(_integers(axes[0]))
        return _array(content, kind, shape, "C" if order == "K" else order, copy)
    what = "something else" if isinstance(found, _Called | _Name) else f"a {type(found).__name__}"
    raise DataError(f"holds {what}, not one array: store one NumPy array in each file")


def _array(content: object, kind: object, shape: object, order: Any, copy: bool) -> npt.NDArray[Any]:
    """Read numbers from bytes; NumPy checks that bytes and shape agree."""
    if isinstance(content, _Called) and content.name == "encode":
        content = content.arguments[0]  # Python 2 had no bytes: protocols 0 to 2 write them as Latin-1 text,
    elif isinstance(content, _Called) and content.name == "bytes" and not content.arguments:
        content = b""  # and none at all as a call
    if isinstance(content, str):
        content = content.encode("latin1")
    if not isinstance(content, bytes | bytearray):
        raise DataError("holds an array of objects, not of numbers: store uint8 frames")
    flat = np.frombuffer(content, dtype=_dtype(kind))
    array = flat.reshape(_integers(shape), order=order)
    return array.astype(array.dtype.newbyteorder("="), order="K", copy=copy)


def _dtype(kind: object) -> np.dtype[Any]:
    """Read a type of numbers; its byte order stands in the state."""
    if isinstance(kind, _Called) and kind.name == "dtype" and isinstance(kind.arguments[0], str):
        name = kind.arguments[0]
        if _NUMBERS.fullmatch(name):
            return np.dtype(name).newbyteorder(kind.state[1] if kind.state else "=")
    raise DataError("holds an array of something else than numbers: store uint8 frames")


def _integers(shape: object) -> tuple[int, ...]:
    """Read a shape."""
    if not isinstance(shape, tuple) or not all(type(side) is int and side >= 0 for side in shape):
        raise ValueError("its shape is none")
    return shape


def _read_bounded(path: Path, max_bytes: int) -> bytes:
    """Read a regular file that is neither empty nor too large."""
    try:
        if not path.is_file():
            raise DataError(f"{path}: is no file: check the path")
        with path.open("rb") as file:
            # Asked for the largest size at once, the system would hand out fresh memory for each file, page
            # by page; with the file's own size, the memory of the last one is used again.
            data = file.read(min(max_bytes, os.fstat(file.fileno()).st_size) + 1)
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror}): check the file") from error
    if not data:
        raise DataError(f"{path}: is empty: copy it again from its source, or leave it out")
    if len(data) > max_bytes:
        raise DataError(f"{path}: is larger than {max_bytes} bytes: split the sequence, or raise the limit")
    return data


def _first_line(error: BaseException) -> str:
    """Say in one line what the standard library said."""
    lines = str(error).splitlines()
    return lines[0][:200] if lines else type(error).__name__
