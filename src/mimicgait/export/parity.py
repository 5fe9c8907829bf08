"""Does a graph give what its network gives? Asked with walks of several lengths, alone and in batches."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from mimicgait.data import SequenceStore
from mimicgait.distance import PartwiseEuclidean
from mimicgait.errors import ExportError
from mimicgait.evaluation.batches import load_sequences
from mimicgait.occlusion import all_types
from mimicgait.synth import SynthConfig, generate

TOLERANCE = 1e-4
"""Largest allowed difference of a signature's values, as a share of the largest: float32 rounds at 1e-6."""

MOST_FRAMES = 200
"""Longer walks are cut for the check: by then nothing changes any more but the time it takes."""

WALKS = 6
PADDING = 1
"""What padding is filled with for the check: white, which would show in every network that looked at it."""


def check_walks(store: SequenceStore | None) -> list[Tensor]:
    """Return uint8 `[t, 64, 64]` walks to check with: from all over a store, or walkers made for it."""
    if store is None:
        walkers = generate(SynthConfig(people=WALKS, sequences=1, frames=36))
        return [torch.from_numpy(walker.frames) for walker in walkers]
    return store_walks(store, spread(len(store), WALKS))


def store_walks(store: SequenceStore, positions: Sequence[int]) -> list[Tensor]:
    """Load uint8 `[t, 64, 64]` walks of a store, cut to `MOST_FRAMES`."""
    return [load_sequences(store, [position])[0][0, :MOST_FRAMES] for position in positions]


def partly_hidden(walks: Sequence[Tensor]) -> list[Tensor]:
    """Hide a part of each walk `[t, 64, 64]`, by all types of occlusion; the same parts every time."""
    generator, occlusion = torch.Generator().manual_seed(0), all_types()
    return [occlusion(walk[None], generator).frames[0] for walk in walks]


def spread(count: int, wanted: int) -> list[int]:
    """Choose positions evenly, each once.

    >>> spread(10, 3), spread(2, 3)
    ([0, 4, 9], [0, 1])
    """
    return sorted({round(x) for x in torch.linspace(0, count - 1, min(count, wanted)).tolist()})


def check_parity(graph: nn.Module, network: nn.Module, walks: Sequence[Tensor], least: int) -> float:
    """Compare a graph with its network: one sequence at a time there, alone and in padded batches here.

    Args:
        graph: `OnnxEncoder` over the written file.
        network: the network in eval mode, on the CPU.
        walks: uint8 `[t, 64, 64]`, of at least `least` frames once repeated.
        least: the shortest sequence that the network takes.

    Returns:
        The largest difference that was found; see `compare_signatures`.

    Raises:
        ExportError: naming the lengths where it is above `TOLERANCE`, or where the graph fails.
    """
    walks = [_at_least(walk, least + 1) for walk in walks]
    alone = [[walk] for walk in walks]
    short = [[walks[0][:least]], [walks[-1][: least + 1]]]
    even = [walk[: min(map(len, walks))] for walk in walks[:3]]
    mixed = [walks[0][:least], walks[-1][: least + 1], *walks]
    worst = 0.0
    for batch in (*alone, *short, even, mixed):
        worst = max(worst, _check_batch(graph, network, batch))
    return worst


def _check_batch(graph: nn.Module, network: nn.Module, batch: Sequence[Tensor]) -> float:
    lengths = [len(walk) for walk in batch]
    frames = torch.full((len(batch), max(lengths), *batch[0].shape[1:]), PADDING, dtype=torch.uint8)
    for row, walk in zip(frames, batch, strict=True):
        row[: len(walk)] = walk
    with torch.no_grad():
        expected = torch.cat([network(walk[None]).float() for walk in batch])
        got = graph(frames, torch.tensor(lengths))
    difference = compare_signatures(got, expected)
    if not difference <= TOLERANCE:
        raise ExportError(
            f"the graph is not the network: sequences of {lengths} frames in a batch give signatures that "
            f"differ by {difference:.1e} of their largest value (at most {TOLERANCE:.0e} is rounding); "
            "nothing was written"
        )
    return difference


def compare_signatures(got: Tensor, expected: Tensor) -> float:
    """Return the largest difference of signatures `[n, c, p]`, as a share of each one's largest value.

    Infinite where the shapes differ; not a number where a value is none.

    >>> compare_signatures(torch.tensor([[[1.0, 2.0]]]), torch.tensor([[[1.5, 2.0]]]))
    0.25
    """
    if got.shape != expected.shape:
        return float("inf")
    largest = expected.abs().flatten(1).amax(1).clamp_min(torch.finfo(torch.float32).tiny)
    return float(((got - expected).abs().flatten(1).amax(1) / largest).max())


def drift(got: Tensor, expected: Tensor) -> float:
    """Return how far signatures `[n, c, p]` moved, as a share of the distance between different sequences.

    Both are means over all sequences of the distance that ranks them, `PartwiseEuclidean`. What moved all of
    them alike is left out: it changes no distance among them.
    """
    change = got - expected
    moved = (change - change.mean(dim=0)).norm(dim=1).mean()
    distances = PartwiseEuclidean()(expected, expected)
    n = len(expected)
    between = distances.sum() / max(1, n * n - n)  # the diagonal is zero
    return float(moved / between)


def _at_least(walk: Tensor, frames: int) -> Tensor:
    """Repeat a walk until it is long enough for the network."""
    return walk.repeat(-(-frames // len(walk)), 1, 1) if len(walk) < frames else walk
