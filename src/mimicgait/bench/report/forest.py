"""RP of every method with its interval over people, one line a method."""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from mimicgait.bench.methods import find_method
from mimicgait.bench.report.drawing import Axis, Plot, round_ticks
from mimicgait.bench.report.styles import Style

_ROW, _TALL, _EDGES = 24.0, 34.0, 42.0
_LONGEST = 26  # letters of a name that has room beside its line; longer ones stand above theirs


def forest(lines: Sequence[Mapping[str, Any]], styles: Mapping[str, Style], title: str, top: float) -> Markup:
    """Draw RP with its 95 % interval (bar and marker) and HPR (a hollow circle), one row a method.

    Args:
        lines: results of one backbone under one case, as `bench.json` has them.
        styles: of the methods.
        title: backbone and suite, for the description.
        top: the largest value of the axis.
    """
    n = len(lines)
    names = [find_method(line["method"]).title for line in lines]
    above = max(map(len, names)) > _LONGEST
    left = 14 if above else 12 + 5.6 * max(map(len, names))
    rows = [(float(n - 1 - i), name) for i, name in enumerate(names)]
    ticks = tuple((row, "" if above else name) for row, name in rows)
    size = (left + (300 if above else 210), _EDGES + (_TALL if above else _ROW) * n)
    up = Axis(-0.4 if above else -0.6, n - 0.4, ticks)
    plot = Plot(Axis(0, top, round_ticks(top), "RP, HPR"), up, width=size[0], height=size[1], left=left)
    for (row, name), line in zip(rows, lines, strict=True):
        style, rp = styles[line["method"]], line["rp"]
        if above:
            plot.write((left, plot.up(row) - 8), name)
        plot.bar((rp["low"], row), (rp["high"], row), style.colour, 2.6)
        words = f"{name}: RP {rp['value']:.2f} ({rp['low']:.2f}-{rp['high']:.2f})"
        plot.mark(
            (line["hpr"], row), Style(style.colour, "circle"), f"{name}: HPR {line['hpr']:.2f}", hollow=True
        )
        plot.mark((rp["value"], row), style, words)
    said = "; ".join(
        f"{name} RP {line['rp']['value']:.2f}, HPR {line['hpr']:.2f}"
        for name, line in zip(names, lines, strict=True)
    )
    return plot.as_svg(f"{title}: {said}")
