"""A closer look at one network: where its signatures lie, whom it takes for whom, which parts decided."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from torch import nn

from mimicgait.bench.jobs import Candidate, plan_candidates
from mimicgait.bench.judge import rule_of
from mimicgait.bench.methods import TEACHER
from mimicgait.bench.plan import BenchConfig
from mimicgait.bench.report.lookfile import Look, look_file, read_look, write_look
from mimicgait.bench.report.scatter import Scatter, make_scatter
from mimicgait.bench.report.votes import Votes, bands_of, choose_pairs
from mimicgait.data import SequenceStore
from mimicgait.distance import distance_of
from mimicgait.evaluation.batches import best_device
from mimicgait.evaluation.cache import EmbeddingCache
from mimicgait.evaluation.extract import EmbedOptions, embed_store
from mimicgait.evaluation.specimens import find_failures, show_sequence
from mimicgait.evaluation.suite import first_people
from mimicgait.evaluation.suites import MATRIX, Suite, find_suite
from mimicgait.models.checkpoint import model_hash
from mimicgait.precision import resolve_precision
from mimicgait.training.run import load_network
from mimicgait.types import Embeddings

FORMAT = 1
"""Counted up when a look comes to hold something else, so that older ones are made again."""

LOOKED_AT = (TEACHER, "baseline2", "mimic")
"""The methods that are looked at, of the plan's first backbone and seed."""

PEOPLE, SEQUENCES, FAILURES, FRAMES = 8, 6, 4, 8


@dataclass(frozen=True, slots=True)
class Looking:
    """The closer look at one network, as a task for a process of its own."""

    config: BenchConfig
    candidate: Candidate

    def __call__(self) -> None:
        """Look at the network, or find that the same one has been looked at."""
        runs, trust = (self.candidate.network, self.candidate.teacher), self.config.trust
        model, teacher = (load_network(run, trust) for run in runs)
        path, key = look_file(self.config, self.candidate), _key(self.config, model, teacher)
        if read_look(path, key) is None:
            write_look(path, key, take_look(self.config, self.candidate, model, teacher))


def looked_at(config: BenchConfig) -> list[Candidate]:
    """List the networks to look at: of the first backbone and seed, those of `LOOKED_AT` in the plan.

    Where the plan has the teacher alone of these, its last method is looked at too.
    """
    backbone = next(iter(config.backbones))
    methods = config.methods_of(backbone)
    chosen = {name for name in methods if name in LOOKED_AT}
    if chosen == {TEACHER}:
        chosen.add(methods[-1])
    seed = config.seeds_of(backbone)[0]
    return [
        candidate
        for candidate in plan_candidates(config)
        if (candidate.backbone, candidate.seed) == (backbone, seed) and candidate.method in chosen
    ]


def shown_suite(config: BenchConfig) -> Suite:
    """Return the suite whose mistakes are shown: the plan's first of one case that hides both sides."""
    for suite in map(find_suite, config.suites):
        if suite.side == "both" and len(suite.cases) == 1:
            return suite
    return find_suite("paper-40-60")


def take_look(config: BenchConfig, candidate: Candidate, model: nn.Module, teacher: nn.Module) -> Look:
    """Look at a network.

    Args:
        config: the plan.
        candidate: whose network it is.
        model: the network.
        teacher: its teacher.
    """
    suite = shown_suite(config)
    store = _judged_on(config, suite)
    device = best_device()
    options = EmbedOptions(
        device=device, precision=resolve_precision("auto", device), draw=suite.name, cache=EmbeddingCache()
    )
    failures = find_failures(
        model,
        store,
        occlusion=next(iter(suite.cases.values())),
        seed=config.draws[0],
        count=FAILURES,
        protocol=rule_of(config),
        **options,
    )
    alone = candidate.method == TEACHER
    votes = [] if alone else _votes(config, suite, store, (teacher, model), options)
    return Look(_scatter(config, model, options), failures, tuple(votes))


def _judged_on(config: BenchConfig, suite: Suite) -> SequenceStore:
    """Open the test people whom a suite takes."""
    return first_people(SequenceStore(config.test), config.people.get(suite.name))


def _scatter(config: BenchConfig, model: nn.Module, options: EmbedOptions) -> Scatter:
    """Map some sequences of the first people, each complete and under every type of the table's suite."""
    store = SequenceStore(config.test)
    some = first_people(store, min(PEOPLE, len(set(store.subjects))))
    names = np.array(some.subjects)
    positions = [np.flatnonzero(names == name) for name in dict.fromkeys(some.subjects)]
    evenly = [
        own[np.linspace(0, len(own) - 1, min(SEQUENCES, len(own))).round().astype(int)] for own in positions
    ]
    some = some.select(np.concatenate(evenly))
    own = EmbedOptions(**{**options, "draw": MATRIX.name})
    signatures = {
        name: embed_store(model, some, occlusion=occlusion, seed=config.draws[0], **own)
        for name, occlusion in MATRIX.cases.items()
    }
    return make_scatter(signatures, distance_of(model))


def _votes(
    config: BenchConfig,
    suite: Suite,
    store: SequenceStore,
    networks: tuple[nn.Module, nn.Module],
    options: EmbedOptions,
) -> list[Votes]:
    """Choose probes and set the teacher's distances, part by part, beside the method's."""
    occlusion, seed = next(iter(suite.cases.values())), config.draws[0]
    split = rule_of(config).split(store.keys)
    probe, gallery = store.select(split.probe), store.select(split.gallery)

    def sides(network: nn.Module) -> tuple[Embeddings, Embeddings]:
        first, second = (
            embed_store(network, side, occlusion=occlusion, seed=seed, **options) for side in (probe, gallery)
        )
        return first, second

    teacher, method = (sides(network) for network in networks)
    found = []
    for pair in choose_pairs(teacher, method):
        shown = [
            show_sequence(side, position, occlusion, seed=seed, draw=suite.name, frames=FRAMES)
            for side, position in ((probe, pair.probe), (gallery, pair.right), (gallery, pair.wrong))
        ]
        bands = [
            bands_of(asked.values[pair.probe], known.values[pair.right], known.values[pair.wrong])
            for asked, known in (teacher, method)
        ]
        names = ("probe", "right", "wrong")
        found.append(Votes(**dict(zip(names, shown, strict=True)), teacher=bands[0], method=bands[1]))
    return found


def _key(config: BenchConfig, model: nn.Module, teacher: nn.Module) -> dict[str, Any]:
    """Write down all that decides what is seen."""
    return {
        "format": FORMAT,
        "model": model_hash(model),
        "teacher": model_hash(teacher),
        "data": [SequenceStore(config.test).fingerprint, _judged_on(config, shown_suite(config)).fingerprint],
        "suites": [shown_suite(config).hash, MATRIX.hash],
        "draw": config.draws[0],
        "protocol": rule_of(config).as_json(),
    }
