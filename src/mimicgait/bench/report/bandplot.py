"""Which parts decided: distances to the right and to a wrong person, in bands beside the silhouette."""

import numpy as np
from markupsafe import Markup

from mimicgait.bench.report.drawing import Axis, Plot
from mimicgait.bench.report.styles import Style
from mimicgait.bench.report.votes import Bands
from mimicgait.evaluation.report.pictures import data_uri
from mimicgait.evaluation.specimens import Specimen

RIGHT, WRONG = Style("c2", "circle"), Style("c0", "square")
_TOP, _HEIGHT, _WIDTH = 8.0, 224.0, 154.0  # of the silhouette: 44 of 64 columns, as wide as they are
_CUT = slice(10, 54)
_DARK, _LIGHT = np.array([30, 41, 54]), np.array([240, 244, 248])


def band_plot(probe: Specimen, bands: Bands, title: str) -> Markup:
    """Draw the probe's mean silhouette and, beside each band, how far the right and the wrong person are.

    Args:
        probe: as the network was given it.
        bands: distances `[2, b]`: to the right person, to the wrong one.
        title: whose distances these are.
    """
    right, wrong = bands
    count, low, high = len(right), float(bands.min()), float(bands.max())
    margin = 0.08 * (high - low) or 0.5
    across = Axis(low - margin, high + margin, _ticks(low, high), "distance")
    left = _WIDTH + 12
    rows = tuple((band + 0.5, "") for band in range(count))
    plot = Plot(across, Axis(0, count, rows), width=left + 170, height=_TOP + _HEIGHT + 34, left=left)
    plot.picture(mean_silhouette(probe), (0, _TOP, _WIDTH, _HEIGHT))
    thick = min(5.0, 0.45 * _HEIGHT / count)
    for band in range(count):
        row = count - band - 0.5
        nearer = right[band] <= wrong[band]
        plot.bar((right[band], row), (wrong[band], row), (RIGHT if nearer else WRONG).colour + " pale", thick)
        said = f"band {band + 1} of {count}: right {right[band]:.2f}, wrong {wrong[band]:.2f}"
        plot.mark((right[band], row), RIGHT, said)
        plot.mark((wrong[band], row), WRONG, said)
    return plot.as_svg(
        f"{title}: mean distance to the right person {right.mean():.2f}, to the wrong one "
        f"{wrong.mean():.2f}; the right person is nearer in {int((right < wrong).sum())} of {count} bands"
    )


def mean_silhouette(specimen: Specimen) -> str:
    """Return the mean of a specimen's frames as a data URI, without the empty columns at the sides."""
    share = specimen.seen.mean(axis=0)[:, _CUT, None]
    colours = (_DARK + share * (_LIGHT - _DARK)).round().astype(np.uint8)
    opaque = np.full((*colours.shape[:2], 1), 255, np.uint8)
    return data_uri(np.concatenate([colours, opaque], axis=2))


def _ticks(low: float, high: float) -> tuple[tuple[float, str], ...]:
    """Three round numbers or so between the ends."""
    rough = max(high - low, 1e-6) / 3
    size = 10.0 ** np.floor(np.log10(rough))
    step = float(size * min((1, 2, 5, 10), key=lambda factor: abs(factor * size - rough)))
    first = np.ceil(low / step) * step
    return tuple((float(value), f"{value:g}") for value in np.round(np.arange(first, high + 1e-9, step), 6))
