"""Small plots side by side: the k nearest under each suite, and RP as more and more is hidden."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from markupsafe import Markup

from mimicgait.bench.jobs import plan_candidates
from mimicgait.bench.judge import COMPLETE, crowds, read_score, score_file, suites_of
from mimicgait.bench.methods import find_method
from mimicgait.bench.plan import BenchConfig
from mimicgait.bench.report.drawing import Axis, Plot, round_ticks
from mimicgait.bench.report.styles import Style
from mimicgait.bench.results import CURVE

RANKS = 20
"""How far the curve of the k nearest is drawn."""

PERCENT = tuple((float(value), f"{value}") for value in range(0, 101, 25))


@dataclass(frozen=True, slots=True)
class Panel:
    """One small plot and what stands above it."""

    title: str
    figure: Markup


def read_cmc(config: BenchConfig) -> dict[tuple[str, str, str], dict[str, list[float]]]:
    """Read the curves of the k nearest: by backbone, suite and case, then by method; the mean over all runs.

    Curves of the suite `curve` are left out: their rank-1 is drawn by amount.
    """
    runs: dict[tuple[str, str, str], dict[str, list[list[float]]]] = {}
    first = crowds(config)[0]
    for people in crowds(config):
        for suite in suites_of(config, people):
            again = suite is COMPLETE and people != first  # complete sequences stand there once
            if suite.side == "each" or suite.name == CURVE or again:
                continue
            for candidate in plan_candidates(config):
                score = read_score(score_file(config, candidate, suite, people)) or {}
                for case, found in score.get("cases", {}).items():
                    place = runs.setdefault((candidate.backbone, suite.name, case), {})
                    place.setdefault(candidate.method, []).extend(
                        run["cmc"] for run in found["score"]["runs"]
                    )
    return {
        where: {method: np.mean(curves, axis=0)[:RANKS].tolist() for method, curves in found.items()}
        for where, found in runs.items()
    }


def cmc_panels(
    cmc: Mapping[tuple[str, str, str], Mapping[str, Sequence[float]]],
    backbone: str,
    titles: Mapping[tuple[str, str], str],
    styles: Mapping[str, Style],
) -> list[Panel]:
    """Draw a backbone's curves of the k nearest, one panel for each suite and case.

    Args:
        cmc: as `read_cmc` gives it.
        backbone: which one.
        titles: what each suite and case is called; those that are not here are left out.
        styles: of the methods.
    """
    panels = []
    ticks = tuple((float(k), str(k)) for k in (1, 5, 10, 15, 20))
    for (suite, case), title in titles.items():
        curves = cmc.get((backbone, suite, case), {})
        if not curves:
            continue
        longest = max(2, *(len(curve) for curve in curves.values()))
        across = Axis(1, longest, tuple(tick for tick in ticks if tick[0] <= longest), "k nearest")
        plot = Plot(across, Axis(0, 100, PERCENT, "found, %"))
        for method in _drawn(curves, styles):
            points = [(k + 1.0, 100 * value) for k, value in enumerate(curves[method])]
            plot.line(points, styles[method])
            for k in (1, 5, 10, 20):
                if k <= len(points):
                    words = f"{find_method(method).title}: {points[k - 1][1]:.1f} % among the {k} nearest"
                    plot.mark(points[k - 1], styles[method], words)
        said = "; ".join(f"{find_method(m).title} {100 * c[0]:.0f} %" for m, c in curves.items())
        panels.append(
            Panel(title, plot.as_svg(f"{backbone}, {title}: share found among the k nearest; k = 1: {said}"))
        )
    return panels


def amount_curves(
    results: Sequence[Mapping[str, Any]], backbone: str
) -> dict[str, dict[str, dict[int, float]]]:
    """Return RP by type of occlusion, then method, then hidden share in per cent; 0 % is `complete`."""
    found: dict[str, dict[str, dict[int, float]]] = {}
    start: dict[str, float] = {}
    for each in results:
        if each["backbone"] != backbone or each["suite"] != CURVE:
            continue
        kind, _, amount = each["case"].rpartition(" ")
        if kind:
            found.setdefault(kind, {}).setdefault(each["method"], {})[int(amount)] = each["rp"]["value"]
        else:
            start[each["method"]] = each["rp"]["value"]
    for methods in found.values():
        for method, values in methods.items():
            if method in start:
                values[0] = start[method]
    return found


def amount_panels(
    curves: Mapping[str, Mapping[str, Mapping[int, float]]], backbone: str, styles: Mapping[str, Style]
) -> list[Panel]:
    """Draw RP against the hidden share, one panel for each type of occlusion, all on one scale."""
    values = [rp for kinds in curves.values() for line in kinds.values() for rp in line.values()]
    steps = [amount for kinds in curves.values() for line in kinds.values() for amount in line]
    top = max(1.0, *values) * 1.05 if values else 1.0
    across = Axis(0, max(steps, default=80), tuple((float(x), str(x)) for x in range(0, 81, 20)), "hidden, %")
    up = Axis(0, top, round_ticks(top), "RP")
    panels = []
    for kind, methods in curves.items():
        plot = Plot(across, up)
        for method in _drawn(methods, styles):
            points = sorted((float(amount), rp) for amount, rp in methods[method].items())
            plot.line(points, styles[method])
            for amount, rp in points:
                words = f"{find_method(method).title}: RP {rp:.2f} with {amount:.0f} % hidden"
                plot.mark((amount, rp), styles[method], words)
        ends = "; ".join(
            f"{find_method(m).title} {line[max(line)]:.2f} at {max(line)} %" for m, line in methods.items()
        )
        panels.append(Panel(kind, plot.as_svg(f"{backbone}, {kind}: RP by hidden share; {ends}")))
    return panels


def _drawn(methods: Mapping[str, Any], styles: Mapping[str, Style]) -> list[str]:
    """Order methods so that the one that the page is about is drawn last, above the others."""
    return sorted(methods, key=lambda method: styles[method].strong)
