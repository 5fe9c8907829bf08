"""How well a network identifies the people of a store, complete or occluded."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, Unpack

from torch import nn

from mimicgait.data import SequenceStore
from mimicgait.distance import Distance, PartwiseEuclidean
from mimicgait.errors import ConfigError
from mimicgait.evaluation.extract import EmbedOptions, distance_matrix, embed_store
from mimicgait.evaluation.protocol import WALKERS, Protocol
from mimicgait.evaluation.score import Figures, Score, Setting, subjects
from mimicgait.occlusion import Occlusion
from mimicgait.types import Embeddings

EUCLIDEAN = PartwiseEuclidean()
"""The field's distance, and the default."""


class EvaluateOptions(EmbedOptions, total=False):
    """What `evaluate` takes beside the network, the store and the occlusion, with the same defaults."""

    protocol: Protocol
    seeds: Sequence[int]
    distance: Distance


def evaluate(
    model: nn.Module,
    store: SequenceStore,
    *,
    protocol: Protocol = WALKERS,
    occlusion: Occlusion | None = None,
    seeds: Sequence[int] = (0, 1, 2),
    occlude: Literal["both", "probe"] = "both",
    distance: Distance = EUCLIDEAN,
    **options: Unpack[EmbedOptions],
) -> Score:
    """Return rank-1, -5, -20, mAP, mINP, TAR at FAR 1 % and the CMC, for each seed and as mean and spread.

    Args:
        model: maps frames `[n, t, 64, 64]` and lengths `[n]` to signatures `[n, c, p]`.
        store: the sequences of gallery and probes.
        protocol: which are which.
        occlusion: hides a part of every sequence, by a draw that follows from (seed, sequence key), so that a
            number can be repeated. None judges complete sequences, in one run.
        seeds: of the occlusion; one run each.
        occlude: "both" sides, each sequence on its own, as in the paper, or the "probe" only.
        distance: between signatures.
        options: batch_frames, device, precision, progress, cache; see `EmbedOptions`.

    Raises:
        ProtocolError: if gallery and probes cannot be compared.
        ConfigError: if there is no seed, or `occlude` is unknown.
    """
    if occlude not in ("both", "probe") or not seeds:
        raise ConfigError(
            f"expected 'both' or 'probe', and at least one seed, got {occlude!r}, {list(seeds)}"
        )
    split = protocol.split(store.keys)
    gallery, probe = store.select(split.gallery), store.select(split.probe)
    complete = occlusion is None or occlude == "probe"
    enrolled = embed_store(model, gallery, **options) if complete else None
    runs = []
    for seed in seeds if occlusion is not None else seeds[:1]:
        known = enrolled or embed_store(model, gallery, occlusion=occlusion, seed=seed, **options)
        asked = embed_store(model, probe, occlusion=occlusion, seed=seed, **options)
        runs.append(judge(asked, known, protocol=protocol, distance=distance))
    setting = _complete(gallery, probe, protocol, distance)
    if occlusion is not None:
        setting = replace(setting, side=occlude, occlusion=occlusion.config, seeds=tuple(seeds))
    return Score(setting, tuple(runs))


def judge(
    probe: Embeddings,
    gallery: Embeddings,
    *,
    protocol: Protocol = WALKERS,
    distance: Distance = EUCLIDEAN,
) -> Figures:
    """Return the figures for signatures that are there already; the protocol says what absent probes are."""
    distances = distance_matrix(distance, probe, gallery).numpy()
    return Figures.of(distances, subjects(probe), subjects(gallery), absent=protocol.absent)


def _check(occlude: str, seeds: Sequence[int]) -> None:
    if occlude not in ("both", "probe") or not seeds:
        raise ConfigError(
            f"expected occlude to be 'both' or 'probe' and at least one seed, got {occlude!r}, {list(seeds)}"
        )


def _complete(
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
        distance=type(distance).__name__,
        absent=protocol.absent,
        side="neither",
        occlusion=None,
        seeds=(),
    )
