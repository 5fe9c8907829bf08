"""The report's charts: one function a figure, each returning SVG."""

from collections.abc import Mapping, Sequence

import numpy as np
from markupsafe import Markup
from matplotlib.axes import Axes

from mimicgait.evaluation.comparison import Comparison, Sweep
from mimicgait.evaluation.report.model import VideoTrack
from mimicgait.evaluation.report.svg import (
    GRID,
    INK,
    MARKERS,
    MUTED,
    SERIES,
    add_legend,
    name_axes,
    new_axes,
    to_svg,
)
from mimicgait.evaluation.visibility import VisibilityEstimate


def method_bars(comparisons: Sequence[Comparison]) -> Markup:
    """Rank-1 of every method, occluded (filled, with a dot for each seed) and complete (outlined)."""
    figure, (axes,) = new_axes(0.75 + 0.62 * len(comparisons))
    for i, comparison in enumerate(comparisons):
        colour = SERIES[i % len(SERIES)]
        axes.barh(
            i - 0.19, 100 * comparison.clean.rank1, 0.34, facecolor="none", edgecolor=colour, linewidth=1.2
        )
        axes.barh(i + 0.19, 100 * comparison.occluded.rank1, 0.34, color=colour)
        values = 100 * comparison.occluded.values()
        axes.plot(values, np.full(len(values), i + 0.19), "o", color=INK, markersize=2.5, alpha=0.7)
        for y, score in ((i - 0.19, comparison.clean), (i + 0.19, comparison.occluded)):
            end = 100 * score.values().max() + 2
            axes.text(end, y, f"{100 * score.rank1:.1f}", va="center", fontsize=9, color=INK)
    axes.set_yticks(range(len(comparisons)), [c.method.replace(" (", "\n(") for c in comparisons])
    axes.tick_params(axis="y", labelcolor=INK, length=0)
    axes.grid(visible=False, axis="y")
    axes.set(xlim=(0, 108), ylim=(len(comparisons) - 0.5, -0.5), xticks=range(0, 101, 20))
    name_axes(axes, "rank-1 in %")
    return to_svg(figure, "Rank-1 of every method on complete and on occluded sequences")


def cmc_curves(comparisons: Sequence[Comparison]) -> Markup:
    """Share of probes found among the k nearest, k up to 20: all methods occluded, the teacher complete."""
    figure, (axes,) = new_axes(3.4)
    curves = [("complete (teacher)", comparisons[0].holistic.cmc)]
    curves += [(comparison.method, comparison.occluded.cmc) for comparison in comparisons]
    for i, (name, curve) in enumerate(curves):
        shown = 100 * np.asarray(curve)[:20]
        k = np.arange(1, len(shown) + 1)
        if i == 0:
            axes.plot(k, shown, "--", color=MUTED, label=name, linewidth=1.6)
        else:
            _points(axes, k.tolist(), shown.tolist(), i - 1, name, line=True)
    axes.set(ylim=(0, 102), xlim=(0.5, 20.5), xticks=(1, 5, 10, 15, 20))
    name_axes(axes, "k", "found among the k nearest, %")
    add_legend(figure, axes, 2)
    return to_svg(figure, "Cumulative match characteristic of every method")


def rp_by_type(sweeps: Sequence[Sweep]) -> Markup:
    """Relative performance of every method under every type of occlusion, one row a type."""
    labels = list(sweeps[0].scores)
    figure, (axes,) = new_axes(1.2 + 0.36 * len(labels))
    for row in range(len(labels)):
        values = [sweep.rp()[labels[row]] for sweep in sweeps]
        axes.plot([min(values), max(values)], [row, row], color=GRID, linewidth=3, zorder=1)
    for i, sweep in enumerate(sweeps):
        _points(axes, list(sweep.rp().values()), list(range(len(labels))), i, sweep.method)
    axes.set_yticks(range(len(labels)), labels)
    axes.tick_params(axis="y", labelcolor=INK, length=0)
    axes.set(ylim=(len(labels) - 0.5, -0.5))
    axes.set_xlim(0, max(1.0, *(max(sweep.rp().values()) for sweep in sweeps)) * 1.03)
    name_axes(axes, "relative performance")
    add_legend(figure, axes)
    return to_svg(figure, "Relative performance of every method by type of occlusion")


def rp_by_amount(sweeps: Sequence[Sweep]) -> Markup:
    """Relative performance of every method as more and more is hidden; all sweeps of one kind."""
    figure, (axes,) = new_axes(3.4)
    for i, sweep in enumerate(sweeps):
        rp = sweep.rp()
        shares = [100 * float(label) for label in rp]
        _points(axes, shares, list(rp.values()), i, sweep.method, line=True)
    top = max(max(sweep.rp().values()) for sweep in sweeps)
    axes.set(ylim=(0, max(1.0, top) * 1.03))
    name_axes(axes, "hidden share, %", "relative performance")
    add_legend(figure, axes)
    return to_svg(figure, f"Relative performance of every method by {sweeps[0].axis}")


def training_curves(stage: str, records: Sequence[Mapping[str, float]]) -> Markup:
    """Loss above; below, everything that validation measured as a share, in per cent."""
    shares = sorted({name for record in records for name in record if _is_share(name)})
    figure, axes = new_axes(4.0 if shares else 2.6, rows=2 if shares else 1)
    losses = [(record["step"], record["loss"]) for record in records if "loss" in record]
    if losses:
        axes[0].plot(*np.array(losses).T, color=SERIES[0], linewidth=1.3)
        axes[0].set_ylim(bottom=0)
    name_axes(axes[0], "" if shares else "step", "loss")
    for i, name in enumerate(shares):
        points = np.array([(record["step"], 100 * record[name]) for record in records if name in record])
        x, y = points.T.tolist()
        _points(axes[1], x, y, i + 1, name.removeprefix("validation/"), line=True)
    if shares:
        axes[1].set_xlim(axes[0].get_xlim())
        axes[1].set_ylim(0, 103)
        name_axes(axes[1], "step", "validation, %")
        add_legend(figure, axes[1])
    return to_svg(figure, f"Training of {stage}: loss and validation by step")


def amount_scatter(estimate: VisibilityEstimate) -> Markup:
    """Estimated against true hidden share, one dot a sequence, on the diagonal when right."""
    figure, (axes,) = new_axes(3.4)
    top = 100 * max(0.1, estimate.true_amounts.max(), estimate.estimated_amounts.max()) + 3
    axes.plot([0, top], [0, top], color=MUTED, linewidth=1, linestyle="--")
    true, estimated = 100 * estimate.true_amounts, 100 * estimate.estimated_amounts
    step = max(1, len(true) // 1500)  # more dots than that only make the file large
    axes.plot(
        true[::step], estimated[::step], "o", color=SERIES[2], markersize=3, alpha=0.5, markeredgewidth=0
    )
    axes.set(xlim=(-2, top), ylim=(-2, top))
    name_axes(axes, "hidden, %", "estimated, %")
    return to_svg(figure, "Estimated against true hidden share, one dot for each sequence")


def visibility_timeline(track: VideoTrack) -> Markup:
    """What the visibility network sees over time: its kind as a band, and the hidden share as a line."""
    figure, (axes,) = new_axes(2.6)
    step = float(np.median(np.diff(track.seconds))) if len(track.seconds) > 1 else 1.0
    for i, kind in enumerate(track.kinds):
        spans = [(start - step / 2, end - start + step) for start, end in _runs(track, i)]
        colour = GRID if kind == "none" else SERIES[i % len(SERIES)]
        axes.broken_barh(spans, (-14, 9), facecolors=colour, label=kind if spans else "_")
    axes.plot(track.seconds, 100 * np.asarray(track.amount), color=INK, linewidth=1.5, label="hidden share")
    axes.set(ylim=(-16, 103), yticks=range(0, 101, 25))
    name_axes(axes, "seconds", "hidden share, %")
    add_legend(figure, axes, 4)
    return to_svg(figure, f"Visibility of {track.name} over time: kind of occlusion and hidden share")


def _runs(track: VideoTrack, kind: int) -> list[tuple[float, float]]:
    """First and last second of each run of frames of one kind."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], track.kind == kind, [False]]).astype(int)))
    return [(float(track.seconds[a]), float(track.seconds[b - 1])) for a, b in edges.reshape(-1, 2)]


def _points(
    axes: Axes, x: Sequence[float], y: Sequence[float], i: int, label: str, *, line: bool = False
) -> None:
    """Draw the i-th series in its own colour and marker."""
    axes.plot(
        x,
        y,
        color=SERIES[i % len(SERIES)],
        marker=MARKERS[i % len(MARKERS)],
        markersize=5 if line else 7,
        linestyle="-" if line else "none",
        linewidth=1.6,
        label=label,
        zorder=3,
    )


def _is_share(name: str) -> bool:
    """Tell the values of validation that lie in [0, 1] and are better when larger."""
    return name.startswith(("validation/", "rank1")) and not name.endswith(("mse", "loss", "error"))
