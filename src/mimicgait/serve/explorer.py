"""The robustness explorer: hide a part of a walk, and see what teacher and mimic make of it."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from mimicgait.data import SequenceStore
from mimicgait.distance import distance_of
from mimicgait.errors import ConfigError
from mimicgait.evaluation.extract import embed_store
from mimicgait.occlusion import at_amount
from mimicgait.serve.refusals import RequestError
from mimicgait.synth import SynthConfig, write_walkers
from mimicgait.synth.write import LICENCE
from mimicgait.types import Frames

KINDS = ("top", "bottom", "middle", "patch", "pole", "changing")
"""Occlusions to choose from, as `at_amount` names them."""

MOST_AMOUNT = 0.8
MOST_PEOPLE, MOST_WALKS = 60, 8
"""Of an operator's store, so that a choice is drawn up at once."""

MOST_FRAMES = 120
WALKERS = SynthConfig(people=10, sequences=3, frames=30, seed=20, start=90_000, variety=1.5, faults=0.5)
"""Who is shown if the operator names no store: people whom no training of the ready sizes has seen."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One person in a ranking: name, and distance to the nearest of their walks."""

    name: str
    distance: float


@dataclass(frozen=True, slots=True)
class Shown:
    """What an occlusion does to a walk, and to those who look at it.

    complete, occluded: frames `[t, 64, 64]` of 0 and 1; visible: which pixels of the complete frames could
    be seen; hidden: hidden share of the frame's area; teacher, mimic: the rankings; place: of the right
    person in each, 1 for the first.
    """

    name: str
    complete: Frames
    occluded: Frames
    visible: Frames
    hidden: float
    teacher: tuple[Standing, ...]
    mimic: tuple[Standing, ...]
    places: tuple[int, int]

    @property
    def size(self) -> int:
        """Bytes, roughly."""
        return 3 * self.complete.nbytes


class Explorer:
    """Complete walks of a few people, as teacher and mimic know them, and one walk of each to hide parts of.

    Each network searches its own signatures, by the distance that they are made for: the first walks of
    everybody, complete, are enrolled; the last walk of everybody is there to be hidden. All that is worked
    out when it is first asked for.

    Args:
        open_store: gives the walks; each person needs two at least.
        teacher: the network that was trained on complete walks.
        mimic: the network that was made for hidden ones.
    """

    def __init__(self, open_store: Callable[[], SequenceStore], teacher: nn.Module, mimic: nn.Module) -> None:
        self._open, self._networks = open_store, (teacher.eval(), mimic.eval())
        self._lock = threading.Lock()

    @property
    def synthetic(self) -> bool:
        """Whether the walkers are made up."""
        return self._ready.store.licence == LICENCE

    @property
    def walkers(self) -> tuple[str, ...]:
        """Names of the people of whom a walk can be looked at."""
        return tuple(self._ready.store.subjects[position] for position in self._ready.probes)

    @property
    def _ready(self) -> "_Ready":
        with self._lock:
            return self._prepared

    @cached_property
    def _prepared(self) -> "_Ready":
        """Embed the enrolled walks with both networks."""
        store = self._open()
        gallery, probes = divide(store)
        enrolled = store.select(gallery)
        known = [embed_store(network, enrolled, progress=False).values for network in self._networks]
        return _Ready(store, tuple(probes), enrolled.subjects, (known[0], known[1]))

    def show(self, walker: int, kind: str, amount: float, seed: int = 0, limit: int = 8) -> Shown:
        """Hide a part of somebody's walk and rank everybody.

        Args:
            walker: position in `walkers`.
            kind: one of `KINDS`.
            amount: how much is hidden, from 0 to 0.8.
            seed: of the draw: where a patch begins, for example.
            limit: how many people the rankings name.

        Raises:
            RequestError: if there is no such walker or kind, or the amount is out of range.
        """
        ready = self._ready
        if not 0 <= walker < len(ready.probes) or kind not in KINDS or not 0 <= amount <= MOST_AMOUNT:
            raise RequestError(
                f"expected a walker from 0 to {len(ready.probes) - 1}, one of {', '.join(KINDS)}, "
                f"and an amount from 0 to {MOST_AMOUNT}"
            )
        position = ready.probes[walker]
        name = ready.store.subjects[position]
        complete = ready.store[position].frames[:MOST_FRAMES]
        frames = torch.from_numpy(complete)[None]
        seen = at_amount(kind, amount)(frames, torch.Generator().manual_seed(seed))
        rankings = [
            self._rank(network, ready.people, known, seen.frames)
            for network, known in zip(self._networks, ready.known, strict=True)
        ]
        teacher, mimic = ([Standing(*row) for row in ranking] for ranking in rankings)
        places = tuple([row.name for row in ranking].index(name) + 1 for ranking in (teacher, mimic))
        return Shown(
            name,
            complete,
            seen.frames[0].numpy(),
            seen.visible[0].numpy().astype(np.uint8),
            float(seen.amount[0]),
            tuple(teacher[:limit]),
            tuple(mimic[:limit]),
            (places[0], places[1]),
        )

    def _rank(
        self, network: nn.Module, people: Sequence[str], known: Tensor, frames: Tensor
    ) -> list[tuple[str, float]]:
        """Order the people by their nearest walk to `frames [1, t, h, w]`."""
        parameter = next(network.parameters(), None)
        device = "cpu" if parameter is None else parameter.device
        lengths = torch.tensor([frames.shape[1]])
        with torch.inference_mode():
            signature = network(frames.to(device), lengths.to(device)).float().cpu()
            distances = distance_of(network)(signature, known)[0].tolist()
        nearest: dict[str, float] = {}
        for name, distance in zip(people, distances, strict=True):
            nearest[name] = min(distance, nearest.get(name, float("inf")))
        return sorted(nearest.items(), key=lambda item: item[1])


@dataclass(frozen=True, slots=True)
class _Ready:
    """The walks; positions of those that may be hidden; names and signatures (by network) of the enrolled."""

    store: SequenceStore
    probes: tuple[int, ...]
    people: tuple[str, ...]
    known: tuple[Tensor, Tensor]


def own_walkers(folder: Path) -> SequenceStore:
    """Make a few walkers who do not exist, in a store inside a folder."""
    return write_walkers(folder / "walkers", WALKERS, workers=1, progress=False)


def divide(store: SequenceStore) -> tuple[list[int], list[int]]:
    """Choose walks by position: those that are enrolled, and the last of everybody who has two or more.

    Raises:
        ConfigError: if fewer than two people have two walks.
    """
    walks: dict[str, list[int]] = {}
    for position, subject in enumerate(store.subjects):
        walks.setdefault(subject, []).append(position)
    chosen = [found[:MOST_WALKS] for found in walks.values() if len(found) > 1][:MOST_PEOPLE]
    if len(chosen) < 2:
        raise ConfigError(
            f"{store.path}: the explorer needs two people or more with two walks each, "
            "as `mimicgait synth` makes them"
        )
    return [i for found in chosen for i in found[:-1]], [found[-1] for found in chosen]
