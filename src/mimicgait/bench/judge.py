"""One network under every suite; what was judged before under the same conditions is not judged again."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from mimicgait.bench.cost import measure_cost
from mimicgait.bench.jobs import Candidate
from mimicgait.bench.methods import TEACHER, find_method
from mimicgait.bench.plan import BenchConfig
from mimicgait.data import SequenceStore, load_partition
from mimicgait.evaluation.batches import best_device
from mimicgait.evaluation.cache import EmbeddingCache
from mimicgait.evaluation.evaluate import EvaluateOptions
from mimicgait.evaluation.evidence import Evidence
from mimicgait.evaluation.protocol import WALKERS, Protocol
from mimicgait.evaluation.protocols import load_protocol
from mimicgait.evaluation.suite import first_people
from mimicgait.evaluation.suites import Suite, find_suite, gather_suite, run_matrix
from mimicgait.models.checkpoint import model_hash
from mimicgait.precision import resolve_precision
from mimicgait.training.folder import replace_text
from mimicgait.training.run import load_network

COMPLETE = Suite(name="complete", version=1, title="complete sequences", cases={"complete": None})
"""What every ratio rests on; it is judged for every number of people that a suite takes."""

FIGURES = ("rank1", "rank5", "mAP")
"""Figures that are kept for every single probe."""


@dataclass(frozen=True, slots=True)
class Judging:
    """The judging of one network, as a task for a process of its own."""

    config: BenchConfig
    candidate: Candidate

    def __call__(self) -> None:
        """Judge the network under every suite that has not been judged yet."""
        judge(self.config, self.candidate)


def judge(config: BenchConfig, candidate: Candidate) -> None:
    """Judge a network under the complete sequences and every suite of the plan, one file a suite."""
    model, teacher = (load_network(run, config.trust) for run in (candidate.network, candidate.teacher))
    test, hashes = SequenceStore(config.test), (model_hash(model), model_hash(teacher))
    for people in crowds(config):
        store, cache = first_people(test, people), EmbeddingCache()
        for suite in suites_of(config, people):
            path = score_file(config, candidate, suite, people)
            key = _key(config, suite, store, hashes, candidate)
            if read_score(path, key) is None:
                found = _judge_suite(config, candidate, suite, store, (model, teacher), cache)
                path.parent.mkdir(parents=True, exist_ok=True)
                replace_text(path, json.dumps({"key": key, **found}))
    cost = cost_file(config, candidate)
    if read_score(cost, {"model": hashes[0]}) is None:
        found = measure_cost(model, teacher, candidate.network, test)
        replace_text(cost, json.dumps({"key": {"model": hashes[0]}, **found}))


def crowds(config: BenchConfig) -> list[int | None]:
    """List the numbers of test people that suites take; None for all."""
    return list(dict.fromkeys(config.people.get(name) for name in config.suites))


def suites_of(config: BenchConfig, people: int | None) -> list[Suite]:
    """List the suites that take a number of people; complete sequences come first."""
    return [COMPLETE, *(find_suite(n) for n in config.suites if config.people.get(n) == people)]


def score_file(config: BenchConfig, candidate: Candidate, suite: Suite, people: int | None) -> Path:
    """Say where the result of one network under one suite lies."""
    name = suite.name if people is None else f"{suite.name}-{people}"
    place = config.out / "scores" / candidate.backbone / f"seed-{candidate.seed}" / candidate.method
    return place / f"{name}.json"


def cost_file(config: BenchConfig, candidate: Candidate) -> Path:
    """Say where the cost of one network lies."""
    return score_file(config, candidate, COMPLETE, None).with_name("cost.json")


def read_score(path: Path, key: dict[str, Any] | None = None) -> dict[str, Any] | None:
    """Read a result; none if it is not there, was cut short, or is of other conditions than `key` says."""
    try:
        found = json.loads(path.read_text())
    except (OSError, json.JSONDecodeError):
        return None
    whole = isinstance(found, dict) and (key is None or found.get("key") == key)
    return found if whole else None


def _key(
    config: BenchConfig, suite: Suite, store: SequenceStore, hashes: tuple[str, str], candidate: Candidate
) -> dict[str, Any]:
    """Write down all that decides the numbers."""
    return {
        "model": hashes[0],
        "teacher": hashes[1] if suite.teacher and _shares(candidate) else "",
        "data": store.fingerprint,
        "suite": suite.hash,
        "draws": list(config.draws),
        "protocol": rule_of(config).as_json(),
        "threads": torch.get_num_threads(),
    }


def rule_of(config: BenchConfig) -> Protocol:
    """Return the rule for gallery and probes.

    Raises:
        ProtocolError: if there is none of that name.
        DataError: if the partition cannot be read.
    """
    if config.protocol == WALKERS.name:
        return WALKERS
    keys = SequenceStore(config.test).keys
    partition = load_partition(config.partition, keys) if config.partition else None
    return load_protocol(config.protocol, partition).condition(config.condition)


def _shares(candidate: Candidate) -> bool:
    return candidate.method != TEACHER and find_method(candidate.method).shares_space


def _judge_suite(
    config: BenchConfig,
    candidate: Candidate,
    suite: Suite,
    store: SequenceStore,
    networks: tuple[nn.Module, nn.Module],
    cache: EmbeddingCache,
) -> dict[str, Any]:
    model, teacher = networks[0], networks[1] if _shares(candidate) else None
    device = best_device()
    options = EvaluateOptions(
        protocol=rule_of(config),
        seeds=config.draws,
        device=device,
        precision=resolve_precision("auto", device),
        progress=config.progress and config.jobs == 1,
        cache=cache,
    )
    if suite.side == "each":
        table = run_matrix(model, store, method=candidate.method, suite=suite, teacher=teacher, **options)
        return {"table": table.as_json()}
    found = gather_suite(model, suite, store, teacher=teacher, **options)
    return {"cases": {label: _plain(evidence) for label, evidence in found.items()}}


def _plain(evidence: Evidence) -> dict[str, Any]:
    """Keep the score, and what every probe came to, for intervals and tests."""
    outcomes = {figure: evidence.outcomes(figure) for figure in FIGURES}
    first = outcomes[FIGURES[0]]
    return {
        "score": evidence.score().as_json(),
        "probes": {
            "subjects": first.subjects.tolist(),
            "cells": first.cells.tolist(),
            **{figure: found.values.tolist() for figure, found in outcomes.items()},
        },
    }
