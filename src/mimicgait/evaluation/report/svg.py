"""Figures as inline SVG whose colours follow the page, light or dark."""

import io
import re

from markupsafe import Markup, escape
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

# Colours that nothing else uses, to be replaced by the page's variables.
INK, MUTED, GRID = "#010203", "#020304", "#030405"
SERIES = ("#0a0001", "#0a0002", "#0a0003", "#0a0004", "#0a0005", "#0a0006", "#0a0007")
"""Line colours, one for each method or kind."""

MARKERS = ("o", "s", "D", "^", "v", "P", "X")
"""Markers in the same order: colour is never the only difference."""

_VARIABLES = {INK: "var(--ink)", MUTED: "var(--muted)", GRID: "var(--grid)"} | {
    colour: f"var(--series-{i})" for i, colour in enumerate(SERIES)
}
_TEXT = 10.5  # points, in a figure that fills a telephone's width


def new_axes(height: float = 3.2, *, rows: int = 1) -> tuple[Figure, list[Axes]]:
    """Return a figure as wide as a telephone, with `rows` plots above each other, in the page's style."""
    figure = Figure(figsize=(4.8, height), layout="constrained", facecolor="none")
    axes = [figure.add_subplot(rows, 1, i + 1) for i in range(rows)]
    for one in axes:
        one.set_facecolor("none")
        one.spines[["top", "right"]].set_visible(False)
        one.spines[["left", "bottom"]].set_color(GRID)
        one.tick_params(color=GRID, labelcolor=MUTED, labelsize=_TEXT - 1)
        one.grid(visible=True, color=GRID, linewidth=0.7)
        one.set_axisbelow(True)
    return figure, axes


def name_axes(axes: Axes, x: str = "", y: str = "") -> None:
    """Write what the axes hold."""
    axes.set_xlabel(x, color=MUTED, fontsize=_TEXT)
    axes.set_ylabel(y, color=MUTED, fontsize=_TEXT)


def add_legend(figure: Figure, axes: Axes, columns: int = 3) -> None:
    """Name the lines above the plot."""
    handles, labels = axes.get_legend_handles_labels()
    if handles:
        figure.legend(
            handles,
            labels,
            loc="outside upper left",
            ncols=min(columns, len(labels)),
            frameon=False,
            fontsize=_TEXT - 1,
            labelcolor=INK,
            handlelength=1.4,
            columnspacing=1.2,
        )


def to_svg(figure: Figure, label: str) -> Markup:
    """Return a figure as an SVG element that scales with the page; `label` is for those who cannot see it."""
    buffer = io.StringIO()
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": label}):
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
    text = buffer.getvalue()
    view_box = re.search(r'viewBox="([^"]+)"', text)
    body = re.sub(
        r"<metadata>.*?</metadata>", "", text[text.index(">", text.index("<svg")) + 1 :], flags=re.S
    )
    body = re.sub(r"<style[^>]*>.*?</style>", "", body, flags=re.S)  # it would style the whole page
    body = re.sub(r'<g id="[^"]*"', "<g", body)  # the same names in every figure
    body = re.sub(r"<!--.*?-->", "", body, flags=re.S)
    body = re.sub(r"font: ([\d.]+px) [^;\"]*", r"font-size: \1", body)  # the page's own font
    for colour, variable in _VARIABLES.items():
        body = body.replace(colour, variable)
    body = re.sub(r"\s*\n\s*", "\n", body)
    box = view_box.group(1) if view_box else "0 0 345.6 230.4"
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="{}" role="img" aria-label="{}">{}'
    ).format(box, escape(label), Markup(body))
