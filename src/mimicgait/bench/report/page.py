"""The benchmark as one page of HTML that asks nobody for anything."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import yaml
from markupsafe import Markup

from mimicgait.bench.methods import METHODS, find_method
from mimicgait.bench.plan import BenchConfig
from mimicgait.bench.report.curves import Panel, amount_curves, amount_panels, cmc_panels, read_cmc
from mimicgait.bench.report.drawing import marker
from mimicgait.bench.report.forest import forest
from mimicgait.bench.report.matrices import heat_tables
from mimicgait.bench.report.sights import sights
from mimicgait.bench.report.styles import Style, method_styles
from mimicgait.bench.report.tables import amount_grid, area_grid, cost_grid, guide_grid, overview, suite_grid
from mimicgait.bench.results import CURVE
from mimicgait.evaluation.report.page import fill
from mimicgait.evaluation.suites import find_suite
from mimicgait.training.folder import replace_text


def write_page(config: BenchConfig, result: Mapping[str, Any], *, reference: str) -> None:
    """Write the page into the benchmark's folder.

    Everything comes from files: `result`, the scores, and the closer looks that are there.

    Args:
        config: the plan.
        result: what is in `bench.json`, or what the plan calls it.
        reference: the method that the others are set against.
    """
    replace_text(config.file(".html"), to_html(config, result, reference=reference))


def to_html(config: BenchConfig, result: Mapping[str, Any], *, reference: str) -> str:
    """Return the page as text; see `write_page`."""
    results = [each for each in result["results"] if each["suite"] != CURVE]
    backbones = [name for name in config.backbones if any(r["backbone"] == name for r in result["results"])]
    known = {each["method"] for key in ("results", "tables", "costs") for each in result[key]}
    styles = method_styles([name for name in METHODS if name in known], reference)
    titles = case_titles(results)
    return fill(
        "bench.html",
        package=__package__,
        style="bench.css",
        title="Occlusion benchmark",
        result=result,
        figures=config.file(".json").name,
        reference=find_method(reference).title,
        headline=_headline(results, backbones, styles),
        overview=overview(results, titles) if len(titles) > 1 else None,
        suites=_suites(results),
        cmc=_nearest(config, backbones, titles, styles),
        amounts=_amounts(result, backbones, styles),
        area=area_grid(result["area_under_curve"]) if result["area_under_curve"] else None,
        matrices=heat_tables(result["tables"]),
        sights=sights(config),
        costs=cost_grid(result["costs"]) if result["costs"] else None,
        guides=guide_grid(result["guides"]) if result["guides"] else None,
        legend=[(find_method(name).title, swatch(style)) for name, style in styles.items()],
        facts=_facts(config, result),
        plan=yaml.safe_dump(result["config"], sort_keys=False, allow_unicode=True),
    )


def case_titles(results: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str], str]:
    """Name every suite and case of the results: the suite alone where it has one case."""
    places = list(dict.fromkeys((each["suite"], each["case"]) for each in results))
    single = {suite for suite, _ in places if sum(other == suite for other, _ in places) == 1}
    return {(suite, case): suite if suite in single else f"{suite}: {case}" for suite, case in places}


def suite_title(line: Mapping[str, Any]) -> str:
    """Write a result's suite out, with the number of people if it does not take all."""
    suite, people = find_suite(line["suite"]), line["people"]
    return f"{suite.name} v{suite.version}: {suite.title}" + (
        f"; the first {people} people" if people else ""
    )


def swatch(style: Style) -> Markup:
    """Return a sample of a line for the legend."""
    dash = f' stroke-dasharray="{style.dash}"' if style.dash else ""
    line = (
        f'<path class="line {style.colour}" stroke-width="{2.4 if style.strong else 1.5}"{dash} d="M1 8H29"/>'
    )
    mark = marker((15, 8), style.marker, f"mark {style.colour}", radius=4.2 if style.strong else 3.4)
    return Markup('<svg class="swatch-line" viewBox="0 0 30 16" aria-hidden="true">{}</svg>').format(
        Markup(line + mark)  # our own classes and numbers
    )


def _headline(
    results: Sequence[Mapping[str, Any]], backbones: Sequence[str], styles: Mapping[str, Style]
) -> dict[str, Any] | None:
    """Return the table and the plots of the first case of the first suite."""
    if not results:
        return None
    first = [r for r in results if (r["suite"], r["case"]) == (results[0]["suite"], results[0]["case"])]
    top = max(1.0, *(max(r["rp"]["high"], r["hpr"]) for r in first)) * 1.05
    return {
        "title": suite_title(first[0]),
        "grid": suite_grid(first),
        "plots": [
            (name, forest(lines, styles, f"{name}, {first[0]['suite']}", top))
            for name in backbones
            if (lines := [r for r in first if r["backbone"] == name])
        ],
    }


def _suites(results: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the title of every suite after the first case, with the table of each of its cases."""
    found: dict[str, dict[str, Any]] = {}
    for suite, case in list(case_titles(results))[1:]:
        lines = [r for r in results if (r["suite"], r["case"]) == (suite, case)]
        found.setdefault(suite, {"title": suite_title(lines[0]), "cases": []})["cases"].append(
            (case, suite_grid(lines))
        )
    return list(found.values())


def _nearest(
    config: BenchConfig,
    backbones: Sequence[str],
    titles: Mapping[tuple[str, str], str],
    styles: Mapping[str, Style],
) -> list[tuple[str, list[Panel]]]:
    """Return curves of the k nearest by backbone, or by case where there are more backbones than cases."""
    cmc = read_cmc(config)
    shown = {("complete", "complete"): "complete sequences", **titles}
    panels = {name: cmc_panels(cmc, name, shown, styles) for name in backbones}
    if len(shown) >= len(backbones):
        return [(name, found) for name, found in panels.items() if found]
    by_case: dict[str, list[Panel]] = {}
    for name, found in panels.items():
        for panel in found:
            by_case.setdefault(panel.title, []).append(replace(panel, title=name))
    return list(by_case.items())


def _amounts(
    result: Mapping[str, Any], backbones: Sequence[str], styles: Mapping[str, Style]
) -> list[tuple[str, Any, Any]]:
    """Return the panels and the numbers of RP by amount of every backbone that has them."""
    found = []
    for name in backbones:
        curves = amount_curves(result["results"], name)
        if curves:
            found.append((name, amount_panels(curves, name, styles), amount_grid(curves)))
    return found


def _facts(config: BenchConfig, result: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Return what made the results, by heading."""
    people = result["people"]
    run = {
        "written": result["date"],
        "training seeds": config.all_seeds(),
        "draws of the occlusions": ", ".join(map(str, config.draws)),
        "protocol": f"{config.protocol} {config.condition}".strip(),
        "threads of a process": str(config.threads or "all cores"),
    }
    data = {
        f"to {verb}": f"{store['name']}, {people[name]} people, {store['licence'] or 'no licence stated'}, "
        f"fingerprint {store['fingerprint'][:12]}"
        for name, verb in (("train", "learn from"), ("test", "judge on"))
        if (store := result["data"][name])
    }
    suites = {f"{name} v{suite['version']}": suite["hash"] for name, suite in result["suites"].items()}
    return {
        "Run": run,
        "Data": data,
        "Suites and their hashes": suites,
        "Machine": {name: str(value) for name, value in result["machine"].items()},
        "Versions": {name: str(value) for name, value in result["versions"].items()},
        "State of the code": {
            "written by": result["code"],
            **{f"trained by {state}": ", ".join(names) for state, names in result["trained_by"].items()},
        },
    }
