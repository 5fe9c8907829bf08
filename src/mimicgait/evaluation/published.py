"""A store under a data set's protocol: every condition, with confidence, and set beside another network."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Unpack

import numpy as np
from torch import nn

from mimicgait.data import SequenceStore
from mimicgait.distance import Distance, distance_of
from mimicgait.errors import ProtocolError
from mimicgait.evaluation.evaluate import check_request, describe_setting
from mimicgait.evaluation.evidence import Evidence
from mimicgait.evaluation.extract import EmbedOptions, embed_store
from mimicgait.evaluation.protocols import DatasetProtocol
from mimicgait.evaluation.statistics import Interval, Test, bootstrap, mcnemar, paired_bootstrap
from mimicgait.evaluation.trials import UNKNOWN_PROBES, Trials, compare
from mimicgait.occlusion import Occlusion
from mimicgait.types import Embeddings


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one network reached in one condition.

    Attributes:
        evidence: the result of every probe.
        figures: mean over the seeds of what the protocol reports, by name, as shares.
        intervals: 95 % confidence intervals of those figures that are means over probes.
        eer: mean equal error rate over the seeds; None if it lies beyond the distances that were kept.
        split_hash: of who is on which side.
    """

    evidence: Evidence
    figures: Mapping[str, float]
    intervals: Mapping[str, Interval]
    eer: float | None
    split_hash: str

    def as_json(self) -> dict[str, Any]:
        """Return everything but the single probes as JSON values, in full precision.

        `verification` holds the DET curve of each run.
        """
        return {
            "figures": dict(self.figures),
            "intervals": {name: interval.as_json() for name, interval in self.intervals.items()},
            "eer": self.eer,
            "verification": [run.rates.as_json() for run in self.evidence.runs],
            "split_hash": self.split_hash,
            "score": self.evidence.score().as_json(),
        }


def judge_conditions(
    model: nn.Module,
    store: SequenceStore,
    protocol: DatasetProtocol,
    *,
    occlusion: Occlusion | None = None,
    seeds: Sequence[int] = (0, 1, 2),
    occlude: Literal["both", "probe"] = "both",
    distance: Distance | None = None,
    **options: Unpack[EmbedOptions],
) -> dict[str, Verdict]:
    """Judge a network in every condition of a protocol; each sequence goes through the network once a seed.

    Args:
        model: the network.
        store: the test sequences.
        protocol: the data set's.
        occlusion: hides a part of every sequence, by a draw that follows from (seed, sequence key).
        seeds: of the occlusion; one run each.
        occlude: "both" sides or the "probe" only.
        distance: between signatures; the one that the network's are made for if not given.
        options: batch_frames, device, precision, progress, cache.

    Raises:
        ProtocolError: if the data do not fit the protocol, or only the organisers know who the probes are.
        ConfigError: if there is no seed, or `occlude` is unknown.
    """
    check_request(occlude, seeds)
    own, distance = distance is None, distance or distance_of(model)
    if protocol.submission:
        raise ProtocolError(f"protocol {protocol.name!r}: {UNKNOWN_PROBES}")
    splits = {name: rule.split(store.keys) for name, rule in protocol.conditions.items()}
    used = np.unique(np.concatenate([side for split in splits.values() for side in split]))
    runs: dict[str, list[Trials]] = {name: [] for name in splits}
    for known, asked in _signatures(model, store.select(used), occlusion, seeds, occlude, options):
        for name, split in splits.items():
            gallery, probe = (np.searchsorted(used, side).tolist() for side in split)
            rule = protocol.conditions[name]
            runs[name].append(compare(asked.select(probe), known.select(gallery), rule, distance))
    verdicts = {}
    for name, rule in protocol.conditions.items():
        gallery_part, probe_part = (store.select(side) for side in splits[name])
        setting = describe_setting(gallery_part, probe_part, rule, distance)
        setting = replace(setting, own_distance=own)
        if occlusion is not None:
            setting = setting.occluded(occlude, occlusion.config, seeds, options.get("draw", ""))
        evidence = Evidence(setting, tuple(runs[name]), probe_part.subjects)
        verdicts[name] = _verdict(evidence, protocol.figures, rule.split_hash(store.keys))
    return verdicts


def _signatures(
    model: nn.Module,
    store: SequenceStore,
    occlusion: Occlusion | None,
    seeds: Sequence[int],
    occlude: str,
    options: EmbedOptions,
) -> Iterator[tuple[Embeddings, Embeddings]]:
    """Yield signatures of everything as gallery and as probes, for each seed."""
    if occlusion is None:
        complete = embed_store(model, store, **options)
        yield complete, complete
        return
    enrolled = embed_store(model, store, **options) if occlude == "probe" else None
    for seed in seeds:
        hidden = embed_store(model, store, occlusion=occlusion, seed=seed, **options)
        yield enrolled or hidden, hidden


def compare_networks(
    first: Mapping[str, Verdict],
    second: Mapping[str, Verdict],
    holistic: Mapping[str, Verdict] | None = None,
) -> dict[str, list[Test]]:
    """Test in every condition whether one network is better than another on the same probes, by rank-1.

    Args:
        first: the network that one hopes is better.
        second: the other one, on the same store and occlusions.
        holistic: the teacher on complete sequences; with it, RP is compared as well.

    Returns:
        For each condition the paired bootstrap of rank-1, that of RP, and McNemar's test where each probe
        counts once (one seed, no pairs of views).
    """
    found = {}
    for name, verdict in first.items():
        mine, theirs = verdict.evidence, second[name].evidence
        mine.setting.check_comparable(theirs.setting)
        outcomes = mine.outcomes(), theirs.outcomes()
        tests = [paired_bootstrap(*outcomes)]
        if holistic is not None and holistic[name].evidence.outcomes().mean() > 0:
            tests.append(paired_bootstrap(*outcomes, holistic[name].evidence.outcomes()))
        if len(mine.runs) == 1 and not mine.setting.views.endswith("pairs"):
            tests.append(mcnemar(outcomes[0].values, outcomes[1].values))
        found[name] = tests
    return found


def _verdict(evidence: Evidence, figures: Sequence[str], split_hash: str) -> Verdict:
    score = evidence.score()
    means = [name for name in figures if name != "tar"]
    eers = []
    for run in evidence.runs:
        try:
            eers.append(run.rates.eer())
        except ProtocolError:
            eers.append(float("nan"))
    eer = float(np.mean(eers))
    return Verdict(
        evidence=evidence,
        figures={name: score.mean(name) for name in figures},
        intervals={name: bootstrap(evidence.outcomes(name)) for name in means},
        eer=None if np.isnan(eer) else eer,
        split_hash=split_hash,
    )
