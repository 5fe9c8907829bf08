"""The report's tables: text cells, the same for Markdown and for the page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mimicgait.evaluation.comparison import Comparison, Sweep
from mimicgait.evaluation.report.words import percent, spread
from mimicgait.evaluation.visibility import VisibilityEstimate


@dataclass(frozen=True, slots=True)
class Table:
    """A heading for each column, and rows of as many cells; the first cell of a row names it."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def as_markdown(self) -> str:
        """Return the table as Markdown, numbers to the right."""
        rule = ("---", *("---:" for _ in self.columns[1:]))
        return "\n".join(f"| {' | '.join(row)} |" for row in (self.columns, rule, *self.rows))


def headline(comparisons: Sequence[Comparison]) -> Table:
    """Every method in one table: complete, occluded, RP and HPR, and the other figures under occlusion."""
    columns = ("method", "complete", "occluded", "RP", "HPR", "rank-5", "mAP", "mINP", "TAR@FAR 1 %")
    return Table(
        columns,
        tuple(
            (
                comparison.method,
                percent(comparison.clean.rank1),
                spread(comparison.occluded),
                f"{comparison.rp():.2f}",
                f"{comparison.hpr():.2f}",
                *(percent(comparison.occluded.mean(f)) for f in ("rank5", "mAP", "mINP", "tar")),
            )
            for comparison in comparisons
        ),
    )


def sweep_table(sweeps: Sequence[Sweep], first: str) -> Table:
    """Rank-1 in per cent and RP of every method (columns) under every occlusion of a sweep (rows)."""
    ratios = [sweep.rp() for sweep in sweeps]
    return Table(
        (first, *(sweep.method for sweep in sweeps)),
        tuple(
            (
                label,
                *(
                    f"{spread(sweep.scores[label])} ({rp[label]:.2f})"
                    for sweep, rp in zip(sweeps, ratios, strict=True)
                ),
            )
            for label in sweeps[0].scores
        ),
    )


def visibility_table(estimate: VisibilityEstimate) -> Table:
    """Type accuracy, overall and for each kind, and the error of the amount."""
    rows = [
        ("type accuracy, all frames", f"{percent(estimate.accuracy, 2)} %"),
        *((f"type accuracy, {kind}", f"{percent(share, 2)} %") for kind, share in estimate.recall.items()),
        ("amount, mean squared error", f"{estimate.amount_mse:.5f}"),
        ("frames", f"{estimate.frames:,}"),
    ]
    return Table(("visibility network", "value"), tuple(rows))


def pairs_table(values: Mapping[str, Any], first: str = "", second: str = "") -> Table:
    """Names and values, one pair a row."""
    return Table((first, second), tuple((str(name), str(value)) for name, value in values.items()))


def durations(seconds: Mapping[str, float]) -> dict[str, str]:
    """Write durations as minutes and seconds, with their sum at the end.

    >>> durations({"teacher": 61.2, "mimic": 5})
    {'teacher': '1 min 01 s', 'mimic': '0 min 05 s', 'all': '1 min 06 s'}
    """
    total = dict(seconds) | ({"all": sum(seconds.values())} if len(seconds) > 1 else {})
    return {name: f"{round(value) // 60} min {round(value) % 60:02d} s" for name, value in total.items()}
