"""How well a network identifies the people of a store, complete or occluded."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, Unpack

from torch import nn

from mimicgait.data import SequenceStore
from mimicgait.distance import EUCLIDEAN, Distance, distance_of
from mimicgait.errors import ConfigError
from mimicgait.evaluation.evidence import Evidence
from mimicgait.evaluation.extract import EmbedOptions, embed_store
from mimicgait.evaluation.protocol import WALKERS, Protocol
from mimicgait.evaluation.score import Figures, Score, Setting
from mimicgait.evaluation.trials import compare
from mimicgait.occlusion import Occlusion
from mimicgait.types import Embeddings

__all__ = [
    "EvaluateOptions",
    "check_request",
    "describe_setting",
    "evaluate",
    "gather",
    "judge",
    "judge_together",
]


class EvaluateOptions(EmbedOptions, total=False):
    """What `evaluate` takes beside the network, the store and the occlusion, with the same defaults."""

    protocol: Protocol
    seeds: Sequence[int]
    distance: Distance | None


def evaluate(
    model: nn.Module,
    store: SequenceStore,
    *,
    protocol: Protocol = WALKERS,
    occlusion: Occlusion | None = None,
    seeds: Sequence[int] = (0, 1, 2),
    occlude: Literal["both", "probe"] = "both",
    teacher: nn.Module | None = None,
    distance: Distance | None = None,
    **options: Unpack[EmbedOptions],
) -> Score:
    """Return rank-1, -5, -20, mAP, mINP, TAR at FAR 1 % and the CMC, for each seed and as mean and spread.

    The arguments are those of `gather`, which keeps what every single probe came to.
    """
    evidence = gather(
        model,
        store,
        protocol=protocol,
        occlusion=occlusion,
        seeds=seeds,
        occlude=occlude,
        teacher=teacher,
        distance=distance,
        **options,
    )
    return evidence.score()


def gather(
    model: nn.Module,
    store: SequenceStore,
    *,
    protocol: Protocol = WALKERS,
    occlusion: Occlusion | None = None,
    seeds: Sequence[int] = (0, 1, 2),
    occlude: Literal["both", "probe"] = "both",
    teacher: nn.Module | None = None,
    distance: Distance | None = None,
    **options: Unpack[EmbedOptions],
) -> Evidence:
    """Rank the gallery of a store for all its probes, for each seed.

    Args:
        model: maps frames `[n, t, 64, 64]` and lengths `[n]` to signatures `[n, c, p]`.
        store: the sequences of gallery and probes.
        protocol: which are which.
        occlusion: hides a part of every sequence, by a draw that follows from (seed, sequence key) and the
            option `draw`, so that a number can be repeated. None judges complete sequences, in one run.
        seeds: of the occlusion; one run each.
        occlude: "both" sides, each sequence on its own, as in the paper, or the "probe" only.
        teacher: the network that enrols the complete gallery in place of `model`, whose signatures must lie
            in the same space: what a running system with an old gallery needs.
        distance: between signatures; the one that the network's are made for if not given.
        options: batch_frames, device, precision, progress, draw, cache; see `EmbedOptions`.

    Raises:
        ProtocolError: if gallery and probes cannot be compared.
        ConfigError: if there is no seed, `occlude` is unknown, or a teacher shall enrol an occluded gallery.
    """
    check_request(occlude, seeds)
    if teacher is not None and occlusion is not None and occlude == "both":
        raise ConfigError("a teacher enrols complete sequences: say occlude='probe', or give no teacher")
    own, distance = distance is None, distance or distance_of(model)
    split = protocol.split(store.keys)
    gallery, probe = store.select(split.gallery), store.select(split.probe)
    complete = occlusion is None or occlude == "probe"
    enrolled = embed_store(teacher or model, gallery, **options) if complete else None
    runs = []
    for seed in seeds if occlusion is not None else seeds[:1]:
        known = enrolled or embed_store(model, gallery, occlusion=occlusion, seed=seed, **options)
        asked = embed_store(model, probe, occlusion=occlusion, seed=seed, **options)
        runs.append(compare(asked, known, protocol, distance))
    setting = describe_setting(gallery, probe, protocol, distance)
    setting = replace(setting, enrolled="own" if teacher is None else "teacher", own_distance=own)
    if occlusion is not None:
        setting = setting.occluded(occlude, occlusion.config, seeds, options.get("draw", ""))
    return Evidence(setting, tuple(runs), probe.subjects)


def judge(
    probe: Embeddings,
    gallery: Embeddings,
    *,
    protocol: Protocol = WALKERS,
    distance: Distance = EUCLIDEAN,
) -> Figures:
    """Return the figures for signatures that are there already; the protocol says what absent probes are."""
    return Figures.of_trials(compare(probe, gallery, protocol, distance))


def judge_together(signatures: Embeddings, protocol: Protocol, distance: Distance = EUCLIDEAN) -> Figures:
    """Split signatures into gallery and probes as a protocol says, and return the figures.

    Raises:
        ProtocolError: if the protocol does not fit.
    """
    gallery, probe = (signatures.select(side.tolist()) for side in protocol.split(signatures.keys))
    return judge(probe, gallery, protocol=protocol, distance=distance)


def check_request(occlude: str, seeds: Sequence[int]) -> None:
    """Refuse an evaluation that says nothing.

    Raises:
        ConfigError: if there is no seed, or `occlude` is unknown.
    """
    if occlude not in ("both", "probe") or not seeds:
        raise ConfigError(
            f"expected 'both' or 'probe', and at least one seed, got {occlude!r}, {list(seeds)}"
        )


def describe_setting(
    gallery: SequenceStore, probe: SequenceStore, protocol: Protocol, distance: Distance
) -> Setting:
    """Describe an evaluation of complete sequences."""
    return Setting(
        protocol=protocol.name,
        data=gallery.name,
        fingerprint=f"{gallery.fingerprint[:16]}-{probe.fingerprint[:16]}",
        people=len(set(gallery.subjects)),
        gallery=len(gallery),
        probes=len(probe),
        distance=distance.name,
        absent=protocol.absent,
        side="neither",
        occlusion=None,
        seeds=(),
        views=protocol.views,
        rule=protocol.as_json(),
    )
