"""Silhouettes as pictures inside the page."""

import base64
from collections.abc import Mapping

import cv2
import numpy as np
import numpy.typing as npt

from mimicgait.evaluation.specimens import Specimen
from mimicgait.types import Frames

Colours = npt.NDArray[np.uint8]
"""A picture `[h, w, 3]`, red, green, blue."""

_BACKGROUND, _WALKER = (30, 41, 54), (240, 244, 248)
_HIDDEN, _HIDDEN_WALKER = (92, 58, 20), (244, 162, 60)
_GAP = 4


def strip(frames: Frames, visible: npt.NDArray[np.bool_] | None = None) -> str:
    """Return frames `[t, h, w]` side by side as a data URI; what is not visible is shown in amber."""
    return data_uri(_beside(_coloured(frames, visible)))


def contact_sheet(frames: Frames, columns: int = 12, most: int = 60) -> str:
    """Return at most `most` evenly spaced frames in rows of `columns` as a data URI."""
    chosen = np.linspace(0, len(frames) - 1, min(most, len(frames))).round().astype(int)
    tiles = _coloured(frames[chosen], None)
    empty = np.broadcast_to(np.array(_BACKGROUND, np.uint8), (-len(tiles) % columns, *tiles.shape[1:]))
    if len(tiles) > columns:
        tiles = np.concatenate([tiles, empty])
    rows = [_beside(tiles[start : start + columns]) for start in range(0, len(tiles), columns)]
    gap = np.zeros((_GAP, rows[0].shape[1], 4), np.uint8)
    return data_uri(np.concatenate([part for row in rows for part in (row, gap)][:-1]))


def before_and_after(specimens: Mapping[str, Specimen]) -> list[dict[str, str]]:
    """Return for each occlusion its name, amount, and the two strips as data URIs."""
    return [
        {
            "name": name,
            "amount": f"{100 * specimen.amount:.0f} %",
            "before": strip(specimen.complete, specimen.visible),
            "after": strip(specimen.seen),
            "key": str(specimen.key),
        }
        for name, specimen in specimens.items()
    ]


def data_uri(picture: Colours) -> str:
    """Return a picture `[h, w, 4]` (red, green, blue, opacity) as a PNG inside a data URI."""
    _, encoded = cv2.imencode(".png", cv2.cvtColor(picture, cv2.COLOR_RGBA2BGRA))
    return "data:image/png;base64," + base64.b64encode(encoded.tobytes()).decode("ascii")


def _coloured(frames: Frames, visible: npt.NDArray[np.bool_] | None) -> Colours:
    """Colour frames `[t, h, w]` as `[t, h, w, 3]`."""
    seen = np.ones(frames.shape, bool) if visible is None else visible
    palette = np.array([_HIDDEN, _HIDDEN_WALKER, _BACKGROUND, _WALKER], np.uint8)
    return np.asarray(palette[2 * seen + (frames > 0)])


def _beside(tiles: Colours) -> Colours:
    """Set tiles `[t, h, w, 3]` side by side with transparent gaps: `[h, t * (w + gap) - gap, 4]`."""
    t, h, w, _ = tiles.shape
    padded = np.zeros((h, t, w + _GAP, 4), np.uint8)
    padded[:, :, :w, :3] = tiles.transpose(1, 0, 2, 3)
    padded[:, :, :w, 3] = 255
    return padded.reshape(h, t * (w + _GAP), 4)[:, : t * (w + _GAP) - _GAP]
