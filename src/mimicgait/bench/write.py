"""The benchmark as files: every figure as JSON, the tables as Markdown, and all of it as a page."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from mimicgait.bench.compare import reference_of, tests_of
from mimicgait.bench.guides import guide_results
from mimicgait.bench.jobs import plan_trainings
from mimicgait.bench.judge import read_score
from mimicgait.bench.methods import METHODS, find_method
from mimicgait.bench.plan import BenchConfig
from mimicgait.bench.report import write_page
from mimicgait.bench.results import Entry, area_under_curve, costs, entries, tables
from mimicgait.data import SequenceStore
from mimicgait.evaluation.report import describe_machine, find_versions, hash_code
from mimicgait.evaluation.report.tables import Table
from mimicgait.evaluation.report.words import percent
from mimicgait.evaluation.statistics import bootstrap
from mimicgait.evaluation.suites import find_suite
from mimicgait.training.config import as_plain
from mimicgait.training.folder import RunFolder, replace_text

NOTE = (
    "Rank-1, rank-5 and mAP in %. `complete`: the method on complete sequences; `occluded`: under the suite, "
    "mean over training seeds and draws, ± standard deviation over the training seeds (over the draws where "
    "there is one training seed); in brackets the 95 % interval by drawing people again. RP is `occluded` "
    "over the teacher's `complete` of the same people, HPR the method's `complete` over it. p: whether RP "
    "differs from {reference}'s by chance (paired bootstrap over people), not corrected for the number "
    "of comparisons."
)


def write_results(config: BenchConfig, command: str) -> dict[str, Any]:
    """Write figures, tables and page into the benchmark's folder from the scores there.

    Args:
        config: the plan.
        command: what makes these files again.

    Returns:
        What is in the file of figures.
    """
    found = sorted(entries(config), key=lambda entry: _place(config, entry))
    facts = describe(config, command)
    result = {
        **facts,
        "results": [entry.as_json() | {"tests": tests_of(entry, found)} for entry in found],
        "area_under_curve": [
            {"backbone": who[0], "method": who[1], "value": value}
            for who, value in area_under_curve(found).items()
        ],
        "costs": [{"backbone": who[0], "method": who[1], **cost} for who, cost in costs(config).items()],
        "tables": [
            {"backbone": who[0], "method": who[1], "training_seeds": each}
            for who, each in tables(config).items()
        ],
        "guides": guide_results(config),
    }
    replace_text(config.file(".json"), json.dumps(result, indent=1) + "\n")
    replace_text(config.file(".md"), to_markdown(config, result, found))
    write_page(config, result, reference=reference_of(found))
    return result


def describe(config: BenchConfig, command: str) -> dict[str, Any]:
    """Write down what made the results, so that they can be made again.

    What only writes them anew leaves command, day, machine, versions and state of the code as they were.
    """
    before = read_score(config.file(".json")) if config.report_only else None
    made = {
        "command": command,
        "date": datetime.now(UTC).date().isoformat(),
        "machine": describe_machine(),
        "versions": find_versions(),
        "code": hash_code(),
    }
    made |= {name: before[name] for name in made if before and name in before}
    stores = {name: SequenceStore(getattr(config, name)) for name in ("train", "test")}
    return {
        **made,
        "training_seeds": config.all_seeds(),
        "config": as_plain(replace(config, report_only=False)),
        "suites": {
            name: {"hash": find_suite(name).hash, **find_suite(name).as_json()} for name in config.suites
        },
        "data": {
            name: {"name": store.name, "licence": store.licence, "fingerprint": store.fingerprint}
            for name, store in stores.items()
        },
        "people": {name: len(set(store.subjects)) for name, store in stores.items()},
        "trained_by": trained_by(config),
    }


def trained_by(config: BenchConfig) -> dict[str, list[str]]:
    """Return which networks each state of the code has trained; `unknown` where a run does not say so."""
    found: dict[str, list[str]] = {}
    for training in plan_trainings(config):
        folder = RunFolder(config.out / training.name)
        if folder.log.exists():
            found.setdefault(" + ".join(folder.codes()) or "unknown", []).append(training.name)
    return found


def to_markdown(config: BenchConfig, result: Mapping[str, Any], found: Sequence[Entry]) -> str:
    """Return all tables as Markdown."""
    people = result["people"]["test"]
    head = [
        "# Occlusion benchmark",
        f"`{result['command']}`, {result['date']}: {people} test people of {result['data']['test']['name']}, "
        f"training seeds {config.all_seeds()}, draws {', '.join(map(str, config.draws))}.",
    ]
    reference = find_method(reference_of(found)).title if found else "no method"
    parts = [*head, NOTE.format(reference=reference)]
    for (suite, case), lines in groupby(found, key=lambda entry: (entry.suite, entry.case)):
        if suite != "curve":
            shown = list(lines)
            people_here = shown[0].people or people
            parts += [f"## {_heading(suite, case)}; {people_here} people"]
            parts += [suite_table(shown, found).as_markdown()]
    parts += [
        part
        for section in (_curve(result), _guides(result), _costs(result), *_tables(result))
        for part in section
    ]
    facts = {**result["machine"], **result["versions"], "threads": config.threads or "all cores"}
    parts += ["## Made on", "; ".join(f"{name} {value}" for name, value in facts.items())]
    parts += [code_words(result)]
    return "\n\n".join(parts) + "\n"


def code_words(result: Mapping[str, Any]) -> str:
    """Say which states of the code made the numbers, and what follows if there are several."""
    code, trained = result["code"], result["trained_by"]
    if set(trained) <= {code}:
        return f"Trained and judged by one state of the code, {code}."
    others = {state: names for state, names in trained.items() if state != code}
    each = "; ".join(f"{state}: {', '.join(names)}" for state, names in others.items())
    return (
        f"Written by the state {code} of the code, which has trained {len(trained.get(code, ()))} of the "
        f"networks. Those of other states may come out differently when they are trained again: {each}."
    )


def suite_table(lines: Sequence[Entry], found: Sequence[Entry]) -> Table:
    """Every backbone and method under one case."""
    columns = ("backbone", "method", "complete", "occluded", "RP", "HPR", "rank-5", "mAP", "TAR@FAR 1 %", "p")
    return Table(columns, tuple(_row(entry, found) for entry in lines))


def _row(entry: Entry, found: Sequence[Entry]) -> tuple[str, ...]:
    interval, rp = bootstrap(entry.occluded.outcomes["rank1"]), entry.rp
    test = tests_of(entry, found).get("rp")
    return (
        entry.backbone,
        find_method(entry.method).title,
        percent(entry.complete.mean()),
        f"{percent(entry.occluded.mean())}{_spread(entry)} "
        f"({percent(interval.low)}-{percent(interval.high)})",
        f"{rp.value:.2f} ({rp.low:.2f}-{rp.high:.2f})",
        f"{entry.hpr:.2f}",
        percent(entry.occluded.mean("rank5")),
        percent(entry.occluded.mean("mAP")),
        percent(entry.occluded.mean("tar")),
        "" if test is None else f"{test['p']:.3f}",
    )


def _spread(entry: Entry) -> str:
    return f" ± {percent(entry.occluded.spread())}" if entry.occluded.figures["rank1"].size > 1 else ""


def _place(config: BenchConfig, entry: Entry) -> tuple[int, str, int, int]:
    """Sort by suite, case, backbone and method, as the plan and the list of methods have them."""
    cases = list(find_suite(entry.suite).cases)
    case = next((i for i, label in enumerate(cases) if entry.case.startswith(label)), len(cases))
    return (
        config.suites.index(entry.suite),
        f"{case:03d} {entry.case}",
        list(config.backbones).index(entry.backbone),
        list(METHODS).index(entry.method),
    )


def _heading(suite: str, case: str) -> str:
    ready = find_suite(suite)
    return (
        f"{suite} v{ready.version}: {case}"
        if len(ready.cases) > 1
        else f"{suite} v{ready.version}: {ready.title}"
    )


def _curve(result: Mapping[str, Any]) -> list[str]:
    rows = tuple(
        (each["backbone"], find_method(each["method"]).title, f"{each['value']:.3f}")
        for each in result["area_under_curve"]
    )
    return (
        [
            "## Area under the curve of RP over the amount, 0 to 80 %, mean over the types",
            Table(("backbone", "method", "area"), rows).as_markdown(),
        ]
        if rows
        else []
    )


def _guides(result: Mapping[str, Any]) -> list[str]:
    rows = tuple(
        (
            f"{each['guide']}, seed {each['training_seed']}",
            each["store"],
            percent(each["accuracy"], 2),
            f"{each['amount_mse']:.5f}" if "amount_mse" in each else "",
        )
        for each in result["guides"]
    )
    columns = ("guide", "judged on", "accuracy of the type, %", "squared error of the amount")
    return ["## Guides", Table(columns, rows).as_markdown()] if rows else []


def _costs(result: Mapping[str, Any]) -> list[str]:
    rows = tuple(
        (
            each["backbone"],
            find_method(each["method"]).title,
            f"{each['parameters']:,.0f}",
            f"{each['training_steps']:.0f}",
            f"{each['training_seconds'] / 60:.1f}",
            f"{each['time_beside_teacher']:.2f}",
        )
        for each in result["costs"]
    )
    columns = (
        "backbone",
        "method",
        "parameters",
        "steps",
        "minutes of training",
        "time of a signature / teacher's",
    )
    return ["## Cost", Table(columns, rows).as_markdown()] if rows else []


def _tables(result: Mapping[str, Any]) -> Iterator[list[str]]:
    for each in result["tables"]:
        table = each["training_seeds"][0]
        rows = tuple(
            (name, *(percent(value) for value in row))
            for name, row in zip(table["gallery"], table["rank1"], strict=True)
        )
        title = (
            f"## Gallery (rows) by probe (columns): {each['backbone']}, {find_method(each['method']).title}"
        )
        yield [title, Table(("gallery / probe", *table["probe"]), rows).as_markdown()]
