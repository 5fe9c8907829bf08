"""A network under a suite: one score for each case, from the same draws for every method."""

from typing import Unpack

from torch import nn

from mimicgait.data import SequenceStore
from mimicgait.errors import ConfigError
from mimicgait.evaluation.cross import CrossTable, matrix
from mimicgait.evaluation.evaluate import EvaluateOptions, gather
from mimicgait.evaluation.evidence import Evidence
from mimicgait.evaluation.score import Score
from mimicgait.evaluation.suites.definition import Suite
from mimicgait.evaluation.suites.ready import MATRIX

BY_TEACHER = "{} (teacher's gallery)"
"""The label of a case whose gallery the teacher enrolled."""


def run_suite(
    model: nn.Module,
    suite: Suite,
    store: SequenceStore,
    *,
    teacher: nn.Module | None = None,
    **options: Unpack[EvaluateOptions],
) -> dict[str, Score]:
    """Return the score of every case of a suite, by its label; see `gather_suite`."""
    evidence = gather_suite(model, suite, store, teacher=teacher, **options)
    return {label: found.score() for label, found in evidence.items()}


def gather_suite(
    model: nn.Module,
    suite: Suite,
    store: SequenceStore,
    *,
    teacher: nn.Module | None = None,
    **options: Unpack[EvaluateOptions],
) -> dict[str, Evidence]:
    """Judge a network in every case of a suite, and keep what every single probe came to.

    Args:
        model: the network.
        suite: the conditions; every case draws by (suite's name, seed, sequence key).
        store: the sequences of gallery and probes.
        teacher: of the method, if its signatures lie in the teacher's space: a suite that says so (its
            `teacher`) then has each case twice, as "LABEL" with the network's own complete gallery and as
            "LABEL (teacher's gallery)". Other suites make no use of it.
        options: seeds (0, 1, 2 if not given; complete sequences are judged once), protocol, distance, and how
            to run; with a `cache` nothing is worked out twice.

    Raises:
        ConfigError: if the suite is a table, which `run_matrix` makes, or `draw` is given, which is its name.
    """
    if suite.side == "each":
        raise ConfigError(f"suite {suite.name!r} is a table: make it with run_matrix")
    known, side = _drawn_by(suite, options), suite.side
    found: dict[str, Evidence] = {}
    for label, occlusion in suite.cases.items():
        found[label] = gather(model, store, occlusion=occlusion, occlude=side, **known)
        if suite.teacher and teacher is not None:
            found[BY_TEACHER.format(label)] = gather(
                model, store, occlusion=occlusion, occlude=side, teacher=teacher, **known
            )
    return found


def run_matrix(
    model: nn.Module,
    store: SequenceStore,
    *,
    method: str,
    suite: Suite = MATRIX,
    teacher: nn.Module | None = None,
    **options: Unpack[EvaluateOptions],
) -> CrossTable:
    """Return rank-1 for each case of the gallery (rows) against each case of the probes (columns).

    Args:
        model: the network.
        store: the sequences.
        method: its name.
        suite: the cases.
        teacher: of the method, for one more row: the complete gallery in the teacher's signatures.
        options: seeds, protocol, distance, and how to run.

    Raises:
        ConfigError: if the suite is no table, or `draw` is given, which is its name.
    """
    if suite.side != "each":
        raise ConfigError(f"suite {suite.name!r} is no table: judge it with run_suite")
    by = teacher if suite.teacher else None
    return matrix(model, store, method=method, cases=suite.cases, teacher=by, **_drawn_by(suite, options))


def _drawn_by(suite: Suite, options: EvaluateOptions) -> EvaluateOptions:
    """Let the suite's name enter the draws.

    Raises:
        ConfigError: if something else shall.
    """
    if options.get("draw", suite.name) != suite.name:
        raise ConfigError(f"suite {suite.name!r} draws by its own name: leave out draw={options['draw']!r}")
    return {**options, "draw": suite.name}
