"""Contact sheets: frames of many sequences on one picture, to see what a data set really holds."""

import os
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from mimicgait.data.staging import staged_folder
from mimicgait.data.store import SequenceStore
from mimicgait.errors import ConfigError, DataError
from mimicgait.types import FRAME_SIZE

GAP, LABEL = 2, 16
"""Pixels between frames, and the height of the line with a sequence's name."""

MOST = 100
"""Columns and rows of a sheet: 54 million pixels."""

BACKGROUND, PAPER, INK, WHITE = 70, 235, 20, 255
"""Shades of grey: what lies between frames, behind a name, the name itself, and the person."""


def contact_sheet(
    store: SequenceStore, positions: Sequence[int], *, columns: int = 12
) -> npt.NDArray[np.uint8]:
    """Draw sequences below each other: a line with name and length, then frames evenly spread over time.

    Args:
        store: the silhouettes.
        positions: which sequences.
        columns: frames of each; shorter sequences leave room.

    Returns:
        A grey picture `[h, w]`.

    Raises:
        ConfigError: for no sequence, or no column.
    """
    if not positions or columns < 1:
        raise ConfigError(f"expected sequences and columns, got {len(positions)} and {columns}")
    row = LABEL + FRAME_SIZE + GAP
    sheet = np.full((GAP + row * len(positions), GAP + (FRAME_SIZE + GAP) * columns), BACKGROUND, np.uint8)
    for place, position in enumerate(positions):
        silhouettes = store[position]
        t = len(silhouettes.frames)
        top = GAP + row * place
        sheet[top : top + LABEL] = PAPER
        write_line(sheet, f"{silhouettes.key}   {t} frames", top)
        shown = np.linspace(0, t - 1, min(columns, t)).round().astype(int)
        for column, index in enumerate(shown):
            left, first = GAP + (FRAME_SIZE + GAP) * column, top + LABEL
            sheet[first : first + FRAME_SIZE, left : left + FRAME_SIZE] = silhouettes.frames[index] * WHITE
    return sheet


def write_sheets(
    store: SequenceStore,
    out: str | os.PathLike[str],
    *,
    columns: int = 12,
    rows: int = 12,
    pages: int = 1,
    overwrite: bool = False,
) -> tuple[Path, ...]:
    """Write contact sheets of sequences evenly spread over a store as `sheet-001.png` and so on.

    Args:
        store: the silhouettes; `store.select(...)` shows a part of it.
        out: the folder to write; it appears when it is whole.
        columns, rows: frames of a sequence, and sequences on a page.
        pages: how many at most.
        overwrite: replace earlier sheets.

    Raises:
        ConfigError: if a number is below 1, or there are more columns or rows than anybody can look at.
        DataError: if the folder exists, or there is nothing to show.
    """
    if min(columns, rows, pages) < 1:
        raise ConfigError(f"columns, rows and pages must be 1 or more, got {columns}, {rows} and {pages}")
    if max(columns, rows) > MOST:
        raise ConfigError(f"columns and rows must be {MOST} or fewer, got {columns} and {rows}")
    if not len(store):
        raise DataError(f"{store.path}: no sequence fits what was asked for: there is nothing to show")
    count = min(rows * pages, len(store))
    chosen = [int(place) for place in np.linspace(0, len(store) - 1, count).round()]
    target = Path(out)
    names = []
    with staged_folder(target, replaces="sheet-001.png" if overwrite else None) as folder:
        for page, start in enumerate(range(0, count, rows), 1):
            names.append(f"sheet-{page:03d}.png")
            sheet = contact_sheet(store, chosen[start : start + rows], columns=columns)
            encoded = cv2.imencode(".png", sheet)[1]
            (folder / names[-1]).write_bytes(encoded.tobytes())
    return tuple(target / name for name in names)


def write_line(sheet: npt.NDArray[np.uint8], text: str, top: int) -> None:
    """Write a line; what the font does not have becomes a question mark."""
    plain = text.encode("ascii", "replace").decode()
    cv2.putText(sheet, plain, (4, top + LABEL - 4), cv2.FONT_HERSHEY_SIMPLEX, 0.4, INK, 1, cv2.LINE_AA)
