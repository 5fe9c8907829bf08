"""The whole examination of a teacher and of the networks that learned from it, in one call."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Unpack, cast

from torch import nn

from mimicgait.data import SequenceStore
from mimicgait.errors import ConfigError
from mimicgait.evaluation.batches import BatchOptions
from mimicgait.evaluation.cache import EmbeddingCache
from mimicgait.evaluation.comparison import Comparison, Sweep, compare
from mimicgait.evaluation.cross import CrossTable, matrix
from mimicgait.evaluation.evaluate import EvaluateOptions, evaluate
from mimicgait.evaluation.protocol import WALKERS, Protocol
from mimicgait.evaluation.robustness import AMOUNTS, by_amount, by_type, paper_types
from mimicgait.evaluation.specimens import Failure, Specimen, find_failures, show_occlusions
from mimicgait.evaluation.visibility import VisibilityEstimate, estimate_visibility
from mimicgait.models import VisibilityNetwork
from mimicgait.occlusion import Bottom, Mixture, Nothing, Occlusion, Top, paper_mixture

TEACHER = "Baseline-1 (teacher)"
"""What the teacher is called in comparisons: tested on occluded sequences it is the paper's Baseline-1."""


@dataclass(frozen=True, kw_only=True)
class SuiteConfig:
    """How much to examine. The defaults take about 100 passes over the test store for three methods.

    Args:
        occlusion: of the headline; top or bottom, 40-60 %, by default.
        seeds: of the headline.
        sweep_seeds: of the sweeps by type and amount and of the tables.
        sweep_people: how many people (the first ones by name) sweeps and tables take; None takes all. Fewer
            people are easier to tell apart, so the ratios of a sweep rest on a holistic score of its own.
        kinds: of the sweeps by amount, as `mimicgait.occlusion.at_amount` names them.
        amounts: hidden shares of those sweeps.
        visibility: what the VEN is examined on; nothing, top or bottom by default.
        failures: how many failure cases to show.
    """

    occlusion: Occlusion = field(default_factory=paper_mixture)
    seeds: tuple[int, ...] = (0, 1, 2)
    sweep_seeds: tuple[int, ...] = (0,)
    sweep_people: int | None = None
    kinds: tuple[str, ...] = ("paper",)
    amounts: tuple[float, ...] = AMOUNTS
    visibility: Occlusion = field(default_factory=lambda: Mixture([Nothing(), Top(), Bottom()]))
    failures: int = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """Everything that an examination found.

    Attributes:
        comparisons: the headline: the teacher first (Baseline-1), last the method that the report is about.
        types: one sweep over the types of occlusion for each method.
        amounts: one sweep over the amounts for each method and kind.
        tables: gallery type by probe type, for the teacher and the last method.
        visibility: what the VEN saw; None without one.
        specimens: one sequence under every type of occlusion.
        failures: the last method's most confident mistakes.
    """

    comparisons: tuple[Comparison, ...]
    types: tuple[Sweep, ...] = ()
    amounts: tuple[Sweep, ...] = ()
    tables: tuple[CrossTable, ...] = ()
    visibility: VisibilityEstimate | None = None
    specimens: Mapping[str, Specimen] = field(default_factory=dict)
    failures: tuple[Failure, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return all numbers, without pictures, as JSON values."""
        return {
            "headline": [comparison.as_json() for comparison in self.comparisons],
            "by_type": [sweep.as_json() for sweep in self.types],
            "by_amount": [sweep.as_json() for sweep in self.amounts],
            "gallery_by_probe": [table.as_json() for table in self.tables],
            "visibility": None if self.visibility is None else self.visibility.as_json(),
            "failures": [
                {
                    "probe": str(failure.probe.key),
                    "wrong": str(failure.wrong.key),
                    "right": str(failure.right.key),
                    "wrong_distance": failure.wrong_distance,
                    "right_distance": failure.right_distance,
                }
                for failure in self.failures
            ],
        }


def examine(
    teacher: nn.Module,
    students: Mapping[str, nn.Module],
    store: SequenceStore,
    *,
    ven: VisibilityNetwork | None = None,
    config: SuiteConfig | None = None,
    protocol: Protocol = WALKERS,
    cache: EmbeddingCache | None = None,
    **options: Unpack[BatchOptions],
) -> Findings:
    """Examine a teacher, the networks that learned from it, and a VEN, on one store.

    Args:
        teacher: trained on complete sequences; occluded it is Baseline-1.
        students: the other methods by name, the one that the report is about last.
        store: people whom none of them was trained or tuned on.
        ven: the visibility network.
        config: how much to examine.
        protocol: which sequences are gallery and probes.
        cache: where signatures are kept; in memory, for this examination, if not given.
        options: batch_frames, device, precision, progress.
    """
    config = config or SuiteConfig()
    methods = {TEACHER: teacher, **students}
    method = list(methods)[-1]
    cache = EmbeddingCache() if cache is None else cache
    settings = cast(EvaluateOptions, {**options, "protocol": protocol, "cache": cache})
    part = first_people(store, config.sweep_people)
    comparisons = _headline(methods, store, config, settings)
    types, amounts = _sweeps(methods, part, config, settings, comparisons if part is store else ())
    return Findings(
        comparisons=comparisons,
        types=types,
        amounts=amounts,
        tables=_tables(methods, part, config, settings),
        visibility=estimate_visibility(ven, store, occlusion=config.visibility, **options) if ven else None,
        specimens=show_occlusions(store, paper_types()),
        failures=find_failures(
            methods[method],
            store,
            occlusion=config.occlusion,
            seed=config.seeds[0],
            count=config.failures,
            protocol=protocol,
            cache=cache,
            **options,
        ),
    )


def first_people(store: SequenceStore, count: int | None) -> SequenceStore:
    """Return the part of a store that holds the first `count` people by name; None keeps everybody.

    Raises:
        ConfigError: for a count below 1.
    """
    if count is None:
        return store
    if count < 1:
        raise ConfigError(f"expected at least one person for the sweeps, got {count}")
    chosen = set(sorted(set(store.subjects))[:count])
    return store.select([i for i, subject in enumerate(store.subjects) if subject in chosen])


def _headline(
    methods: Mapping[str, nn.Module], store: SequenceStore, config: SuiteConfig, settings: EvaluateOptions
) -> tuple[Comparison, ...]:
    found: list[Comparison] = []
    for name, model in methods.items():
        options: EvaluateOptions = {**settings, "seeds": config.seeds}
        holistic = found[0].holistic if found else None
        found.append(compare(name, model, store, occlusion=config.occlusion, holistic=holistic, **options))
    return tuple(found)


def _sweeps(
    methods: Mapping[str, nn.Module],
    store: SequenceStore,
    config: SuiteConfig,
    settings: EvaluateOptions,
    known: tuple[Comparison, ...],
) -> tuple[tuple[Sweep, ...], tuple[Sweep, ...]]:
    """Sweep by type and by amount; `known` has the scores of complete sequences if they are of this store."""
    options: EvaluateOptions = {**settings, "seeds": config.sweep_seeds}
    complete = {comparison.method: comparison.clean for comparison in known}
    if not known:
        complete = {name: evaluate(model, store, **options) for name, model in methods.items()}
    holistic = complete[next(iter(methods))]
    types: list[Sweep] = []
    amounts: list[Sweep] = []
    for name, model in methods.items():
        clean = complete[name]
        types.append(by_type(model, store, method=name, holistic=holistic, clean=clean, **options))
        amounts += by_amount(
            model,
            store,
            method=name,
            holistic=holistic,
            clean=clean,
            kinds=config.kinds,
            amounts=config.amounts,
            **options,
        )
    return tuple(types), tuple(amounts)


def _tables(
    methods: Mapping[str, nn.Module], store: SequenceStore, config: SuiteConfig, settings: EvaluateOptions
) -> tuple[CrossTable, ...]:
    """Of the teacher and of the last method, which also meets the teacher's gallery."""
    first, last = next(iter(methods)), list(methods)[-1]
    options: EvaluateOptions = {**settings, "seeds": config.sweep_seeds}
    tables = [matrix(methods[first], store, method=first, **options)]
    if last != first:
        tables.append(matrix(methods[last], store, method=last, teacher=methods[first], **options))
    return tuple(tables)
