"""Gallery type against probe type: the table behind a single number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Unpack

import numpy as np
import numpy.typing as npt
from torch import nn

from mimicgait.data import SequenceStore
from mimicgait.distance import Distance, distance_of
from mimicgait.errors import ProtocolError
from mimicgait.evaluation.evaluate import judge
from mimicgait.evaluation.extract import EmbedOptions, embed_store
from mimicgait.evaluation.protocol import WALKERS, Protocol
from mimicgait.occlusion import Bottom, Occlusion, Top, paper_mixture
from mimicgait.types import Embeddings


@dataclass(frozen=True, slots=True)
class CrossTable:
    """Rank-1 of one method for every gallery type (rows) against every probe type (columns).

    Attributes:
        method: its name.
        gallery: names of the rows.
        probe: names of the columns.
        rank1: float64 `[rows, columns]`, mean over the seeds.
        std: float64 `[rows, columns]`, sample standard deviation over the seeds, 0 for a single one.
        seeds: of the occlusion.
    """

    method: str
    gallery: tuple[str, ...]
    probe: tuple[str, ...]
    rank1: npt.NDArray[np.float64]
    std: npt.NDArray[np.float64]
    seeds: tuple[int, ...]

    def as_json(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        return {
            "method": self.method,
            "gallery": list(self.gallery),
            "probe": list(self.probe),
            "rank1": self.rank1.tolist(),
            "std": self.std.tolist(),
            "seeds": list(self.seeds),
        }


def matrix(
    model: nn.Module,
    store: SequenceStore,
    *,
    method: str,
    cases: Mapping[str, Occlusion | None] | None = None,
    teacher: nn.Module | None = None,
    protocol: Protocol = WALKERS,
    seeds: Sequence[int] = (0, 1, 2),
    distance: Distance | None = None,
    **options: Unpack[EmbedOptions],
) -> CrossTable:
    """Judge a method for each way the gallery and each way the probes may be hidden.

    One number hides much: matching can rest on pairs that are occluded alike, while occluded probes find
    nobody in a complete gallery, which is what a deployment has.

    Args:
        model: the network.
        store: the sequences.
        method: its name.
        cases: occlusions by name, None for complete sequences.
        teacher: when given, one more row: the complete gallery in the teacher's signatures.
        protocol: which sequences are gallery and probes.
        seeds: of the occlusion.
        distance: between signatures; the one that the network's are made for if not given.
        options: batch_frames, device, precision, progress, draw, cache.

    Raises:
        ProtocolError: if there is no seed.
    """
    cases = cases or {"complete": None, "top": Top(), "bottom": Bottom(), "top or bottom": paper_mixture()}
    if not seeds:
        raise ProtocolError("a table needs at least one seed")
    distance = distance or distance_of(model)
    split = protocol.split(store.keys)
    gallery, probe = store.select(split.gallery), store.select(split.probe)
    cells = []
    for seed in seeds:
        rows = _signatures(model, gallery, cases, seed, options)
        if teacher is not None:
            rows["complete (teacher)"] = embed_store(teacher, gallery, **options)
        columns = _signatures(model, probe, cases, seed, options)
        pairs = product(rows.values(), columns.values())
        cells.append(
            [judge(asked, known, protocol=protocol, distance=distance).rank1 for known, asked in pairs]
        )
    values = np.array(cells).reshape(len(seeds), len(rows), len(columns))
    std = values.std(axis=0, ddof=1) if len(seeds) > 1 else np.zeros(values.shape[1:])
    return CrossTable(method, tuple(rows), tuple(columns), values.mean(axis=0), std, tuple(seeds))


def _signatures(
    model: nn.Module,
    store: SequenceStore,
    cases: Mapping[str, Occlusion | None],
    seed: int,
    options: EmbedOptions,
) -> dict[str, Embeddings]:
    return {
        name: embed_store(model, store, occlusion=occlusion, seed=seed, **options)
        for name, occlusion in cases.items()
    }
