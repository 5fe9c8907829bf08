"""The operations of a pickle, counted before any of them is run."""

import pickletools
import re
import struct

from mimicgait.errors import DataError

MOST = 1_000
"""A pickled array is some thirty operations; more would only serve to keep the reader busy."""

_TEXT = 40
"""Longest text, in bytes, that a pickled array's own parts need: names of modules and types."""


def _plain() -> bytes:
    """Describe the operations of pickled arrays, each with all of its bytes, as a regular expression."""
    alone = rb"[\x93\x94\x85-\x89()tNRb0\x81]"  # tuples, true, false, none, calls, states, marks, memory
    fixed = [alone, rb"[Kqh\x80].", rb"M.{2}", rb"J.{4}", rb"\x95.{8}"]  # numbers, and numbered places
    named = rb"c[\w.]{1,60}\n\w{1,60}\n"
    texts = [
        start % re.escape(struct.pack(size, length)) + rb".{%d}" % length
        for start, size in ((rb"\x8c%b", "<B"), (rb"C%b", "<B"), (rb"U%b", "<B"), (rb"X%b", "<I"))
        for length in range(_TEXT + 1)
    ]
    return rb"(?:" + rb"|".join([*fixed, named, *texts]) + rb")*"


_PLAIN = re.compile(_plain(), re.DOTALL)
_CONTENT = {b"B": "<I", b"T": "<I", b"\x8e": "<Q", b"\x96": "<Q"}
"""Operations that hold an array's numbers, and how the number of bytes is written."""


def check_operations(data: bytes) -> None:
    """Refuse pickles that are cut short, endless, or would fill this machine's memory.

    Raises:
        DataError: for too many operations, or a place in the memory that only an attack would ask for.
        ValueError: as `pickletools` does, for a pickle that is cut short or scrambled.
    """
    if is_plain(data):
        return
    for count, (operation, argument, _) in enumerate(pickletools.genops(data)):
        if count >= MOST:
            raise DataError("is no array: it has too many parts. Store one NumPy array in each file")
        if "PUT" in operation.name and int(argument or 0) >= MOST:
            raise DataError(
                "is damaged, or built to fill the memory, and was not read: copy it again from its source, "
                "or leave it out"
            )


def is_plain(data: bytes) -> bool:
    """Tell at once that a pickle is whole and short, as nearly every pickled array is.

    What this does not know may still be an array: it is left to the slow and thorough look.
    """
    place = read = 0
    while read < MOST:
        found = _PLAIN.match(data, place)
        place, read = (found.end(), read + found.end() - place) if found else (place, read)
        operation = data[place : place + 1]
        if operation == b".":
            return read < MOST
        if operation not in _CONTENT:
            return False
        size = struct.calcsize(_CONTENT[operation])
        length = data[place + 1 : place + 1 + size]
        if len(length) < size:
            return False
        place += 1 + size + struct.unpack(_CONTENT[operation], length)[0]
        read += 1 + size
    return False
