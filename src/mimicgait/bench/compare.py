"""Whether a method differs from the one that the benchmark is about, or by chance."""

from collections.abc import Sequence
from typing import Any

from mimicgait.bench.methods import TEACHER
from mimicgait.bench.results import Entry
from mimicgait.evaluation.statistics import Outcomes, mcnemar, paired_bootstrap

REFERENCE = "mimic"


def reference_of(found: Sequence[Entry]) -> str:
    """Name the method that others are set against: MimicGait where it takes part, else the teacher."""
    return REFERENCE if any(entry.method == REFERENCE for entry in found) else TEACHER


def tests_of(entry: Entry, found: Sequence[Entry]) -> dict[str, Any]:
    """Set an entry against the reference under the same case: paired bootstrap of RP, McNemar for rank-1.

    McNemar's test takes the first run alone, whose probes are each there once. Entries of other training
    seeds than the reference's are not compared.
    """
    name = reference_of(found)
    others = [other for other in found if other.method == name and _conditions(other) == _conditions(entry)]
    if not others or entry.method == name:
        return {}
    ours, theirs = entry.occluded.outcomes["rank1"], others[0].occluded.outcomes["rank1"]
    rp = paired_bootstrap(ours, theirs, entry.holistic.outcomes["rank1"])
    return {
        "against": name,
        "rp": rp.as_json(),
        "rank1": mcnemar(_first(ours), _first(theirs)).as_json(),
    }


def _conditions(entry: Entry) -> tuple[object, ...]:
    return entry.backbone, entry.suite, entry.case, entry.people, entry.seeds


def _first(outcomes: Outcomes) -> list[float]:
    values: list[float] = outcomes.values[outcomes.cells == 0].tolist()
    return values
