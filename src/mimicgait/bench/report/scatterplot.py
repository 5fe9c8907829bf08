"""Maps of signatures, coloured by person and by type of occlusion."""

from typing import Literal

from markupsafe import Markup

from mimicgait.bench.report.drawing import Axis, Plot
from mimicgait.bench.report.scatter import Scatter
from mimicgait.bench.report.styles import COMPLETE, Style, group_styles


def groups(scatter: Scatter, by: Literal["person", "type"]) -> dict[str, Style]:
    """Return the people or the types of a map, each with its style."""
    return group_styles(list(dict.fromkeys(scatter.people if by == "person" else scatter.types)))


def scatter_plot(scatter: Scatter, by: Literal["person", "type"], title: str) -> Markup:
    """Draw a map; by person, complete sequences are filled and occluded ones hollow."""
    styles = groups(scatter, by)
    labels = scatter.people if by == "person" else scatter.types
    plot = Plot(Axis(-0.03, 1.03), Axis(-0.03, 1.03), width=260, height=258, left=10, bottom=10)
    points = list(zip(scatter.places.tolist(), scatter.keys, scatter.types, labels, strict=True))
    for (x, y), key, kind, label in sorted(points, key=lambda point: point[2] == COMPLETE):  # above others
        hollow = (kind != COMPLETE) == (by == "person")  # a ring leaves what it lies on to be seen
        plot.mark((x, y), styles[label], f"{key}, {kind}", hollow=hollow)
    found, chance = scatter.same_person if by == "person" else scatter.same_type
    what = "of the same person" if by == "person" else "hidden alike"
    return plot.as_svg(
        f"{title}, coloured by {by}: {len(scatter.keys)} signatures of {len(set(scatter.people))} people; "
        f"{100 * found:.0f} % of the nearest are {what}, {100 * chance:.0f} % would be by chance"
    )
