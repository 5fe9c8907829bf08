"""Sequences to look at: what an occlusion does to a walker, and whom a network mistook for whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Unpack

import numpy as np
import numpy.typing as npt
from torch import nn

from mimicgait.data import SequenceStore
from mimicgait.distance import Distance, distance_of
from mimicgait.evaluation.batches import load_sequences
from mimicgait.evaluation.extract import EmbedOptions, distance_matrix, embed_store
from mimicgait.evaluation.protocol import WALKERS, Protocol
from mimicgait.evaluation.score import subjects
from mimicgait.occlusion import Occlusion, seeded_uniforms
from mimicgait.types import Frames, SequenceKey


@dataclass(frozen=True, slots=True)
class Specimen:
    """A few frames of one sequence before and after its occlusion.

    Attributes:
        key: the sequence.
        complete: uint8 `[t, 64, 64]`.
        visible: bool `[t, 64, 64]`, pixels of the complete frames that could be seen.
        seen: uint8 `[t, 64, 64]`, what a network is given.
        amount: hidden share of the frame, mean over the whole sequence.
    """

    key: SequenceKey
    complete: Frames
    visible: npt.NDArray[np.bool_]
    seen: Frames
    amount: float


@dataclass(frozen=True, slots=True)
class Failure:
    """A probe whose nearest gallery sequence is somebody else's.

    Attributes:
        probe: the probe, as it was judged.
        wrong: the nearest gallery sequence.
        right: the nearest gallery sequence of the right person.
        wrong_distance: from the probe to `wrong`.
        right_distance: from the probe to `right`; the larger one.
    """

    probe: Specimen
    wrong: Specimen
    right: Specimen
    wrong_distance: float
    right_distance: float


def show_sequence(
    store: SequenceStore,
    position: int,
    occlusion: Occlusion | None,
    *,
    seed: int = 0,
    draw: str = "",
    frames: int = 8,
) -> Specimen:
    """Return evenly spaced frames of one sequence, occluded exactly as an evaluation does."""
    complete, lengths = load_sequences(store, [position])
    seen, visible, amount = complete, np.ones(complete.shape, bool), 0.0
    if occlusion is not None:
        uniforms = seeded_uniforms([store.keys[position]], seed, occlusion.draws, draw)
        occluded = occlusion.apply(complete, uniforms, lengths)
        seen, visible, amount = occluded.frames, occluded.visible.numpy(), float(occluded.amount)
    length = int(lengths)
    chosen = np.linspace(0, length - 1, min(frames, length)).round().astype(int)
    return Specimen(
        store.keys[position], complete[0].numpy()[chosen], visible[0][chosen], seen[0].numpy()[chosen], amount
    )


def show_occlusions(
    store: SequenceStore,
    occlusions: Mapping[str, Occlusion],
    *,
    position: int = 0,
    seed: int = 0,
    frames: int = 8,
) -> dict[str, Specimen]:
    """Return the same sequence under each occlusion, by its name."""
    return {
        name: show_sequence(store, position, occlusion, seed=seed, frames=frames)
        for name, occlusion in occlusions.items()
    }


def find_failures(
    model: nn.Module,
    store: SequenceStore,
    *,
    occlusion: Occlusion | None,
    seed: int = 0,
    count: int = 4,
    protocol: Protocol = WALKERS,
    distance: Distance | None = None,
    **options: Unpack[EmbedOptions],
) -> tuple[Failure, ...]:
    """Return the most confident mistakes, at most one a person and `count` in all.

    The most confident are those where the wrong person is nearest by the widest gap before the right one.
    Probes without a mate in the gallery are not counted as mistakes. Distances are those that the network's
    signatures are made for, unless another one is given.
    """
    split = protocol.split(store.keys)
    gallery, probe = store.select(split.gallery), store.select(split.probe)
    known = embed_store(model, gallery, occlusion=occlusion, seed=seed, **options)
    asked = embed_store(model, probe, occlusion=occlusion, seed=seed, **options)
    distances = distance_matrix(distance or distance_of(model), asked, known).double().numpy()
    same = np.array(subjects(asked))[:, None] == np.array(subjects(known))[None, :]
    wrong, right = np.where(same, np.inf, distances), np.where(same, distances, np.inf)
    gap = right.min(1) - wrong.min(1)

    def show(place: SequenceStore, position: int) -> Specimen:
        return show_sequence(place, position, occlusion, seed=seed, draw=options.get("draw", ""))

    found: dict[str, Failure] = {}
    for i in np.argsort(-np.where(np.isfinite(gap), gap, -np.inf), kind="stable").tolist():
        if len(found) == count or not 0 < gap[i] < np.inf:
            break
        nearest, mate = int(wrong[i].argmin()), int(right[i].argmin())
        found.setdefault(
            probe.subjects[i],
            Failure(
                show(probe, i),
                show(gallery, nearest),
                show(gallery, mate),
                float(wrong[i, nearest]),
                float(right[i, mate]),
            ),
        )
    return tuple(found.values())
