"""Which people, which of their sequences and which frames go into a training batch.

Everything is drawn from (seed, step), so that a run that was interrupted goes on with the same batches, and
every process of a distributed run knows the whole batch without a word being exchanged.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from mimicgait.data.packing import unpack_frames
from mimicgait.data.store import SequenceStore, map_frames
from mimicgait.errors import ConfigError
from mimicgait.types import Batch

Positions = npt.NDArray[np.int64]


@dataclass(frozen=True)
class FrameSampling:
    """How many frames of a sequence are taken, and which.

    Args:
        count: a fixed number of frames, or (least, most): a number drawn for each sequence; None takes all.
        ordered: take the frames from one window of neighbouring frames and keep their order; else frames from
            everywhere in random order.
        skip: how many frames longer than `count` that window is.

    Raises:
        ConfigError: for a count below 1, least above most, or a negative skip.
    """

    count: int | tuple[int, int] | None = (20, 40)
    ordered: bool = False
    skip: int = 0

    def __post_init__(self) -> None:
        if self.count is not None and not 1 <= self.least <= self.most:
            raise ConfigError(f"frames: count must be at least 1 and (least, most), got {self.count}")
        if self.skip < 0 or (self.skip and not self.ordered):
            raise ConfigError(f"frames: skip must be at least 0, and 0 without ordered, got {self.skip}")

    @property
    def least(self) -> int:
        """The smallest number of frames; 0 when all are taken."""
        return self.count[0] if isinstance(self.count, tuple | list) else self.count or 0

    @property
    def most(self) -> int:
        """The largest number of frames; 0 when all are taken."""
        return self.count[1] if isinstance(self.count, tuple | list) else self.count or 0


def sample_frames(length: int, sampling: FrameSampling, rng: np.random.Generator) -> Positions:
    """Draw the positions `[t]` of the frames to take from a sequence of `length` frames.

    Unordered: without repetition, unless the sequence is too short. Ordered: a sorted random subset of a
    window of neighbouring frames; a sequence shorter than the window is repeated until it is long enough.

    >>> sample_frames(3, FrameSampling(5, ordered=True), np.random.default_rng(0)).tolist()
    [0, 1, 2, 0, 1]
    """
    if sampling.count is None:
        return np.arange(length)
    count = int(rng.integers(sampling.least, sampling.most, endpoint=True))
    if not sampling.ordered:
        return rng.permutation(length)[:count] if count <= length else rng.integers(length, size=count)
    window = count + sampling.skip
    start = int(rng.integers(max(length - window, 0), endpoint=True))
    chosen = np.sort(rng.permutation(window)[:count]) if sampling.skip else np.arange(count)
    return (start + chosen) % length


class PKSampler:
    """Batches of `people` x `sequences`: P people without repetition, K sequences of each.

    A person with fewer than K sequences gives some of them more than once (with other frames). The sequences
    of a person stand next to each other. Rank r of w processes takes the items r, r + w, r + 2w, ...

    Attributes:
        classes: the people, sorted; a label is a position in it.

    Args:
        store: where the sequences come from. Its packed frames are held on `device`.
        people: P, the number of people in a batch, over all processes.
        sequences: K, the number of sequences of each.
        frames: how many frames of a sequence, and which.
        seed: batches are a function of seed and step.
        device: where the frames are held and unpacked.
        rank: which process this is.
        world_size: how many processes share a batch.

    Raises:
        ConfigError: if the store has fewer than P people, or P*K cannot be shared evenly by the processes.
    """

    def __init__(
        self,
        store: SequenceStore,
        *,
        people: int = 8,
        sequences: int = 4,
        frames: FrameSampling | None = None,
        seed: int = 0,
        device: torch.device | str = "cpu",
        rank: int = 0,
        world_size: int = 1,
    ) -> None:
        self.people, self.sequences = people, sequences
        self.frames = frames if frames is not None else FrameSampling()
        self.seed, self.rank, self.world_size = seed, rank, world_size
        self.device = torch.device(device)
        names, labels = np.unique(np.array(store.subjects, dtype=np.str_), return_inverse=True)
        self.classes: tuple[str, ...] = tuple(names.tolist())
        self._check()
        self._labels = labels
        self._lengths = store.lengths
        order = np.argsort(labels, kind="stable")
        self._of_person = np.split(order, np.flatnonzero(np.diff(labels[order])) + 1)
        self._packed, self._offsets = resident_frames(store, self.device)

    def batch(self, step: int) -> Batch:
        """Return the batch of a step: frames `[n, t, 64, 64]` uint8, padded with black frames."""
        rng = np.random.default_rng([self.seed, step])
        items = self._draw_sequences(rng)
        chosen = [sample_frames(int(self._lengths[item]), self.frames, rng) for item in items]
        mine = slice(self.rank, None, self.world_size)
        items, chosen = items[mine], chosen[mine]
        lengths = torch.tensor([len(positions) for positions in chosen])
        index = np.full((len(items), int(lengths.max())), -1, dtype=np.int64)
        for row, item, positions in zip(index, items, chosen, strict=True):
            row[: len(positions)] = self._offsets[item] + positions
        labels = torch.from_numpy(self._labels[items])
        return Batch(self._gather(index), lengths.to(self.device), labels.to(self.device))

    def _draw_sequences(self, rng: np.random.Generator) -> Positions:
        """Draw the positions `[P*K]` of a whole batch's sequences, person by person."""
        drawn = []
        for person in rng.choice(len(self.classes), size=self.people, replace=False):
            own = self._of_person[person]
            drawn.append(rng.choice(own, size=self.sequences, replace=len(own) < self.sequences))
        return np.concatenate(drawn)

    def _gather(self, index: Positions) -> Tensor:
        """Fetch and unpack the frames at `[n, t]`; -1 stands for a black frame."""
        wanted = torch.from_numpy(index).to(self.device)
        packed = self._packed[wanted.clamp_min(0)]
        packed[wanted < 0] = 0
        return unpack_frames(packed)

    def _check(self) -> None:
        """Refuse settings that no batch can satisfy."""
        if self.people < 1 or self.sequences < 1:
            raise ConfigError(f"people and sequences must be at least 1, got {self.people}, {self.sequences}")
        if len(self.classes) < self.people:
            raise ConfigError(
                f"a batch of {self.people} people needs as many in the store, which has {len(self.classes)}: "
                "lower `people` or add data"
            )
        if not 0 <= self.rank < self.world_size or self.people * self.sequences % self.world_size:
            raise ConfigError(
                f"{self.people} people x {self.sequences} sequences cannot be shared evenly by "
                f"{self.world_size} processes (rank {self.rank}): change people or sequences"
            )


def resident_frames(store: SequenceStore, device: torch.device | str) -> tuple[Tensor, Positions]:
    """Hold the packed frames of a store on a device: bytes `[frames, 512]`, where each sequence starts `[s]`.

    On the CPU this is the file itself, mapped into memory. Other devices get a copy of just the frames that
    the store, which may be a selection from a larger one, consists of.
    """
    if torch.device(device).type == "cpu":
        # Mapped copy-on-write, because torch warns of arrays that must not be written to.
        return torch.from_numpy(map_frames(store.path, len(store.packed), "c")), store.offsets
    ends = np.cumsum(store.lengths)
    own = np.concatenate([store.packed_sequence(position) for position in range(len(store))])
    return torch.from_numpy(own).to(device), ends - store.lengths
