"""Signatures that one can see through: numbers on a line, for worked examples and tests of protocols."""

import torch

from mimicgait.errors import DataError
from mimicgait.types import Embeddings, SequenceKey


def on_a_line(table: str) -> Embeddings:
    """Read signatures `[n, 1, 1]` from lines of subject, type, view and a number: their distance is |a - b|.

    Raises:
        DataError: if a line has another form.

    >>> on_a_line("ann nm-01 000 2.5").values.item()
    2.5
    """
    keys, values = [], []
    for line in filter(None, map(str.strip, table.splitlines())):
        words = line.split()
        try:
            subject, kind, view, number = words
            values.append(float(number))
        except ValueError as error:
            raise DataError(f"expected subject, type, view and a number, got {line!r}") from error
        keys.append(SequenceKey(subject, kind, view))
    return Embeddings(torch.tensor(values).reshape(-1, 1, 1), tuple(keys))
