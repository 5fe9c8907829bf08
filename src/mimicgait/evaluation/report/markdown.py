"""The report as Markdown: the tables, for a README or an issue."""

from mimicgait.evaluation.report.model import Report
from mimicgait.evaluation.report.tables import (
    Table,
    durations,
    headline,
    pairs_table,
    sweep_table,
    visibility_table,
)
from mimicgait.evaluation.report.words import NOTE, conclude, percent


def to_markdown(report: Report) -> str:
    """Return the report's sentences and tables as Markdown."""
    findings = report.findings
    parts = [f"# {report.title}", " ".join(conclude(findings.comparisons))]
    parts += [headline(findings.comparisons).as_markdown(), NOTE]
    if findings.types:
        parts += _section("By type of occlusion: rank-1 in % (RP)", sweep_table(findings.types, "hidden"))
    for axis in dict.fromkeys(sweep.axis for sweep in findings.amounts):
        sweeps = [sweep for sweep in findings.amounts if sweep.axis == axis]
        parts += _section(f"By {axis}: rank-1 in % (RP)", sweep_table(sweeps, "hidden share"))
    for table in findings.tables:
        rows = tuple(
            (name, *(percent(value) for value in row))
            for name, row in zip(table.gallery, table.rank1, strict=True)
        )
        parts += _section(
            f"{table.method}: rank-1 in % by gallery (rows) and probe (columns)",
            Table(("gallery / probe", *table.probe), rows),
        )
    if findings.visibility is not None:
        parts += _section("Visibility network", visibility_table(findings.visibility))
    settings = report.settings
    facts = {"made": settings.created, "seed": settings.seed, **settings.machine, **settings.versions}
    facts |= {f"duration of {name}": value for name, value in durations(settings.durations).items()}
    parts += _section("Settings", pairs_table(facts, "what", "value"))
    return "\n\n".join(parts) + "\n"


def _section(title: str, table: Table) -> list[str]:
    return [f"## {title}", table.as_markdown()]
