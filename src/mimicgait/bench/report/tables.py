"""The page's tables: cells with a second line, the best of each column marked within its backbone."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from mimicgait.bench.methods import find_method
from mimicgait.evaluation.report.words import percent

Result = Mapping[str, Any]
"""One of the results of `bench.json`."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell, what stands below it in small, and whether it is the best of its column."""

    text: str
    small: str = ""
    best: bool = False


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one backbone: a name and its cells each."""

    group: str
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: headings of the columns (the first is of the names), and rows by backbone."""

    columns: tuple[str, ...]
    groups: tuple[Rows, ...]


COLUMNS: tuple[tuple[str, Callable[[Result], float]], ...] = (
    ("complete", lambda r: float(r["complete_rank1"])),
    ("occluded", lambda r: float(r["rank1"]["value"])),
    ("RP", lambda r: float(r["rp"]["value"])),
    ("HPR", lambda r: float(r["hpr"])),
    ("rank-5", lambda r: float(r["rank5"])),
    ("mAP", lambda r: float(r["mAP"])),
    ("TAR@FAR 1 %", lambda r: float(r["tar_at_far_0.01"])),
)
"""The columns that have a best value, all better when larger."""


def suite_grid(results: Sequence[Result]) -> Grid:
    """Return every backbone and method under one case, with intervals and p."""
    groups = []
    for backbone, lines in _by_backbone(results):
        rows = _mark_best([[_cell(name, value(line), line) for name, value in COLUMNS] for line in lines])
        named = [
            (find_method(line["method"]).title, (*row, _p(line)))
            for line, row in zip(lines, rows, strict=True)
        ]
        groups.append(Rows(backbone, tuple(named)))
    return Grid(("method", *(name for name, _ in COLUMNS), "p"), tuple(groups))


def overview(results: Sequence[Result], titles: Mapping[tuple[str, str], str]) -> Grid:
    """Return RP of every method under every case, with its HPR first: RP says nothing without it.

    Args:
        results: all of `bench.json`.
        titles: the columns: suites and cases, and what they are called.
    """
    groups = []
    for backbone, lines in _by_backbone(sorted(results, key=_backbone_order(results))):
        methods: dict[str, dict[tuple[str, str], Result]] = {}
        for line in lines:
            methods.setdefault(line["method"], {})[line["suite"], line["case"]] = line
        values = [
            [_ratio(_hpr(found, titles))]
            + [_ratio(found[where]["rp"]["value"]) if where in found else Cell("") for where in titles]
            for found in methods.values()
        ]
        named = zip((find_method(method).title for method in methods), _mark_best(values), strict=True)
        groups.append(Rows(backbone, tuple((name, tuple(row)) for name, row in named)))
    return Grid(("method", "HPR", *titles.values()), tuple(groups))


def area_grid(areas: Sequence[Result]) -> Grid:
    """Return the area under the curve of RP, backbones in rows and methods in columns."""
    methods = list(dict.fromkeys(each["method"] for each in areas))
    found: dict[str, dict[str, float]] = {}
    for each in areas:
        found.setdefault(each["backbone"], {})[each["method"]] = each["value"]
    rows = []
    for backbone, values in found.items():
        cells = [Cell(f"{values[m]:.3f}" if m in values else "") for m in methods]
        rows.append((backbone, tuple(row[0] for row in _mark_best([[cell] for cell in cells]))))
    return Grid(("backbone", *(find_method(m).title for m in methods)), (Rows("", tuple(rows)),))


def amount_grid(curves: Mapping[str, Mapping[str, Mapping[int, float]]]) -> Grid:
    """Return the numbers behind the curves of RP by amount of one backbone: types and methods in rows."""
    steps = sorted({amount for lines in curves.values() for line in lines.values() for amount in line})
    groups = []
    for kind, lines in curves.items():
        cells = [
            [Cell(f"{line[s]:.2f}") if s in line else Cell("") for s in steps] for line in lines.values()
        ]
        named = zip((find_method(method).title for method in lines), _mark_best(cells), strict=True)
        groups.append(Rows(kind, tuple((name, tuple(row)) for name, row in named)))
    return Grid(("method", *(f"{step} %" for step in steps)), tuple(groups))


def cost_grid(costs: Sequence[Result]) -> Grid:
    """Return what every network costs."""
    groups = []
    for backbone, lines in _by_backbone(sorted(costs, key=_backbone_order(costs))):
        rows = tuple(
            (
                find_method(line["method"]).title,
                (
                    Cell(f"{line['parameters'] / 1e6:.2f} M"),
                    Cell(f"{line['training_steps']:.0f}"),
                    Cell(f"{line['training_seconds'] / 60:.1f}"),
                    Cell(f"{line['time_beside_teacher']:.2f}"),
                ),
            )
            for line in lines
        )
        groups.append(Rows(backbone, rows))
    columns = ("method", "parameters", "steps", "training, minutes", "time of a signature / teacher's")
    return Grid(columns, tuple(groups))


def guide_grid(guides: Sequence[Result]) -> Grid:
    """Return what the guides were found to see on every store."""
    rows = tuple(
        (
            f"{each['guide']}, seed {each['training_seed']}",
            (
                Cell(str(each["store"])),
                Cell(percent(each["accuracy"], 2)),
                Cell(f"{each['amount_mse']:.5f}" if "amount_mse" in each else ""),
            ),
        )
        for each in guides
    )
    columns = ("guide", "judged on", "accuracy of the type, %", "squared error of the amount")
    return Grid(columns, (Rows("", rows),))


def _by_backbone(results: Sequence[Result]) -> Iterator[tuple[str, list[Result]]]:
    for backbone, lines in groupby(results, key=lambda each: str(each["backbone"])):
        yield backbone, list(lines)


def _backbone_order(results: Sequence[Result]) -> Callable[[Result], int]:
    """Sort by backbone in the order in which they first stand there; the rest keeps its order."""
    order = list(dict.fromkeys(each["backbone"] for each in results))
    return lambda each: order.index(each["backbone"])


def _hpr(found: Mapping[tuple[str, str], Result], titles: Mapping[tuple[str, str], str]) -> float:
    """Return the HPR of the first case: that of all test people, where any suite takes them all."""
    whole = [found[where] for where in titles if where in found]
    everybody = [each for each in whole if each["people"] is None]
    return float((everybody or whole)[0]["hpr"])


def _ratio(value: float) -> Cell:
    return Cell(f"{value:.2f}")


def _cell(name: str, value: float, line: Result) -> Cell:
    """Write a figure, with its interval where it has one."""
    if name == "RP":
        return Cell(f"{value:.2f}", f"{line['rp']['low']:.2f}-{line['rp']['high']:.2f}")
    if name == "occluded":
        low, high = percent(line["rank1"]["low"]), percent(line["rank1"]["high"])
        spread = f" ± {percent(line['rank1_std'])}" if line["rank1_std"] else ""  # none of a single run
        return Cell(f"{percent(value)}{spread}", f"{low}-{high}")
    return Cell(f"{value:.2f}" if name == "HPR" else percent(value))


def _p(line: Result) -> Cell:
    test = line["tests"].get("rp")
    if test is None:
        return Cell("")
    return Cell("< 0.001" if test["p"] < 0.001 else f"{test['p']:.3f}")


def _mark_best(rows: list[list[Cell]]) -> list[list[Cell]]:
    """Mark the largest of each column as it is written: what looks alike is marked alike."""
    if len(rows) < 2:
        return rows
    marked = [list(row) for row in rows]
    for column in range(len(rows[0])):
        values = [_number(row[column].text) for row in rows]
        known = [value for value in values if value is not None]
        if len(set(known)) < 2:  # where all are alike, none is best
            continue
        for row, value in zip(marked, values, strict=True):
            row[column] = replace(row[column], best=value == max(known))
    return marked


def _number(text: str) -> float | None:
    return float(text.split()[0]) if text else None
