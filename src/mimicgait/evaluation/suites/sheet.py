"""Pictures of suites: walkers behind what hides them, and beside that what a network is given."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from mimicgait.data import SequenceStore
from mimicgait.data.sheet import BACKGROUND, GAP, LABEL, PAPER, WHITE, write_line
from mimicgait.evaluation.specimens import Specimen, show_sequence
from mimicgait.evaluation.suites.definition import Suite
from mimicgait.occlusion import Objects, seeded_uniforms
from mimicgait.occlusion.shapes import SHAPES
from mimicgait.types import FRAME_SIZE

Picture = npt.NDArray[np.uint8]

THING, BEHIND = 90, 165
"""Shades of grey: what hides, and the part of the person that is hidden."""

ROWS = 8
"""Rows of a sheet, if the suite has fewer cases."""

CELL = FRAME_SIZE + GAP
"""Pixels from one frame to the next."""


def suite_sheet(suite: Suite, store: SequenceStore, *, seed: int = 0, columns: int = 8) -> Picture:
    """Draw every case of a suite: sequences as they are hidden (left), and what a network is given (right).

    Sequences are taken from all over the store, and hidden exactly as an evaluation with that seed does. A
    suite of few cases shows several sequences of each.

    Args:
        suite: what to draw.
        store: the silhouettes.
        seed: of the occlusions.
        columns: frames of each sequence, evenly spread over time.

    Returns:
        A grey picture `[h, w]`.
    """
    repeats = max(1, ROWS // len(suite.cases))
    labels = [label for label in suite.cases for _ in range(repeats)]
    places = np.linspace(0, len(store) - 1, len(labels)).round().astype(int)
    rows = []
    for label, place in zip(labels, places, strict=True):
        found = show_sequence(
            store, int(place), suite.cases[label], seed=seed, draw=suite.name, frames=columns
        )
        rows.append((f"{label}   {found.key}   hidden: {100 * found.amount:.0f} % of the frames", found))
    return _sheet(rows, columns)


def street_sheet(*, seed: int = 0, each: int = 4) -> Picture:
    """Draw the things of `Objects` whole, as they stand in a street: a row for each kind.

    Args:
        seed: of the draws.
        each: how many of each kind.

    Returns:
        A grey picture `[h, w]`; a frame, which a walker fills, is 64 rows high.
    """
    under, width = FRAME_SIZE // 8, 3 * FRAME_SIZE
    height = LABEL + FRAME_SIZE + under + GAP
    sheet = np.full((GAP + height * len(SHAPES), GAP + (width + GAP) * each), BACKGROUND, np.uint8)
    for row, name in enumerate(SHAPES):
        top = GAP + height * row
        sheet[top : top + LABEL] = PAPER
        write_line(sheet, name, top)
        occlusion = Objects(kinds=name)
        draws = seeded_uniforms([f"{name} {i}" for i in range(each)], seed, occlusion.draws)
        things = occlusion.draw_things(draws, FRAME_SIZE, width, under=under).numpy()
        for column, thing in enumerate(things):
            left, first = GAP + (width + GAP) * column, top + LABEL
            sheet[first : first + FRAME_SIZE + under, left : left + width] = np.where(thing, BEHIND, 0)
    return sheet


def _sheet(rows: Sequence[tuple[str, Specimen]], columns: int) -> Picture:
    """Draw a line with a name above the frames of each specimen."""
    height = LABEL + CELL
    wide = GAP + CELL * columns
    sheet = np.full((GAP + height * len(rows), 2 * wide + GAP), BACKGROUND, np.uint8)
    for place, (text, found) in enumerate(rows):
        top = GAP + height * place
        sheet[top : top + LABEL] = PAPER
        write_line(sheet, text, top)
        person = np.where(found.visible, WHITE, BEHIND)
        hidden = np.where(found.complete > 0, person, np.where(found.visible, 0, THING))
        for side, frames in enumerate((hidden, found.seen * WHITE)):
            for column, frame in enumerate(frames):
                left, first = side * (wide + GAP) + GAP + CELL * column, top + LABEL
                sheet[first : first + FRAME_SIZE, left : left + FRAME_SIZE] = frame
    return sheet
