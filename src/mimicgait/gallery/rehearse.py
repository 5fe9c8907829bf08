"""From a store of known people to what a calibration learns from: complete walks, and walks hidden anew."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import torch
from tqdm import tqdm

from mimicgait.data import SequenceStore
from mimicgait.errors import ConfigError, ProtocolError
from mimicgait.evaluation.batches import BATCH_FRAMES, store_batches
from mimicgait.gallery.observe import Observer
from mimicgait.gallery.records import Signature
from mimicgait.occlusion import Bottom, Mixture, MovingPatch, MovingPole, Occlusion, Top
from mimicgait.types import Silhouettes

LENGTHS = (None, 20, 10)
"""Frames of the probes, one entry a draw: all of them, and what a person passing a door leaves."""

Named = list[tuple[str, Signature]]


class Rehearsal(NamedTuple):
    """Names and signatures: walks as they would be enrolled, and walks to search for."""

    enrolled: Named
    probes: Named


def hiding() -> Mixture:
    """Hide from a tenth to four fifths, from above or below, or let something pass by."""
    span = (0.1, 0.8)
    return Mixture([Top(amount=span), Bottom(amount=span), MovingPatch(), MovingPole()])


def rehearse(
    store: SequenceStore,
    observer: Observer,
    *,
    draws: int = 3,
    seed: int = 0,
    occlusion: Occlusion | None = None,
    progress: bool = False,
) -> Rehearsal:
    """Enrol every second walk of each person, and search for the others: complete, and hidden `draws` times.

    Hidden walks are cut to all their frames, to 20 and to 10, in turns. People with one walk are left out.

    Args:
        store: people whom the network was not trained on.
        observer: the network.
        draws: how often each probe is hidden anew; 0 for complete probes alone.
        seed: of what is hidden.
        occlusion: what hides; `hiding()` if not given.
        progress: show a bar on standard error.

    Raises:
        ConfigError: if `draws` is negative.
        ProtocolError: if nobody has two walks.
    """
    if draws < 0:
        raise ConfigError(f"draws: expected 0 or more, got {draws}")
    mine, theirs = _divide(store)
    if not mine:
        raise ProtocolError(f"{store.path}: nobody has two walks, one to enrol and one to search for")
    occlusion = occlusion or hiding()
    bar: tqdm[Any] = tqdm(
        total=len(mine) + (draws + 1) * len(theirs), unit=" walks", leave=False, disable=not progress
    )
    with bar:
        enrolled = _look(store.select(mine), observer, None, seed, None, bar)
        probes = _look(store.select(theirs), observer, None, seed, None, bar)
        for draw in range(draws):
            length = LENGTHS[draw % len(LENGTHS)]
            probes += _look(store.select(theirs), observer, occlusion, seed + draw, length, bar)
    return Rehearsal(enrolled, probes)


def _divide(store: SequenceStore) -> tuple[list[int], list[int]]:
    """Return the positions of every first and every second walk of each person with two or more."""
    mine: list[int] = []
    theirs: list[int] = []
    order = sorted(range(len(store)), key=lambda position: str(store.keys[position]))
    for subject in sorted(set(store.subjects)):
        own = [position for position in order if store.subjects[position] == subject]
        if len(own) > 1:
            mine += own[::2]
            theirs += own[1::2]
    return mine, theirs


def _look(
    store: SequenceStore,
    observer: Observer,
    occlusion: Occlusion | None,
    seed: int,
    length: int | None,
    bar: "tqdm[Any]",
) -> Named:
    found: Named = []
    for walks in _hidden(store, occlusion, seed, length):
        found += zip((walk.key.subject for walk in walks), observer(walks), strict=True)
        bar.update(len(walks))
    return found


def _hidden(
    store: SequenceStore, occlusion: Occlusion | None, seed: int, length: int | None
) -> Iterator[list[Silhouettes]]:
    """Yield the walks of a store, hidden and cut to their middle, batch by batch."""
    for batch in store_batches(
        store,
        occlusion=occlusion,
        seed=seed,
        batch_frames=BATCH_FRAMES,
        device=torch.device("cpu"),
        progress=False,
    ):
        walks = []
        for row, position in enumerate(batch.positions):
            frames = np.asarray(batch.frames[row, : int(batch.lengths[row])].numpy(), np.uint8)
            if length is not None and len(frames) > length:
                start = (len(frames) - length) // 2
                frames = frames[start : start + length]
            walks.append(Silhouettes(store.keys[position], frames))
        yield walks
