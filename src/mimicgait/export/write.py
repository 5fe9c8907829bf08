"""From a network to a checked file: float32, or the convolutions in eight-bit integers."""

import copy
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from torch import nn

from mimicgait import __version__
from mimicgait.data import SequenceStore
from mimicgait.distance import NAMED, distance_of
from mimicgait.errors import CheckpointError, ExportError
from mimicgait.export.encoder import OnnxEncoder
from mimicgait.export.extras import WRITING, require
from mimicgait.export.facts import GraphFacts
from mimicgait.export.parity import check_parity, check_walks, drift, partly_hidden, spread, store_walks
from mimicgait.export.quantise import quantise
from mimicgait.export.trace import image_size, shortest, trace
from mimicgait.models.base import GaitEncoder
from mimicgait.models.blueprint import import_path
from mimicgait.models.checkpoint import model_hash

LARGEST_DRIFT = 0.25
"""How far int8 may move signatures, as a share of the distance between sequences; beyond it, ranks change."""

KEPT = ("stage", "trained_on", "silhouettes", "data_licence", "data_fingerprint")
"""What of a checkpoint's metadata a file keeps: the data, their licence, the stage; no paths, no settings."""


@dataclass(frozen=True)
class Calibration:
    """What int8 needs: complete sequences like those that will be seen, and how many of them to take.

    Raises:
        ExportError: if there are too few to measure on some and to check on others.
    """

    store: SequenceStore
    sequences: int = 64

    def __post_init__(self) -> None:
        if self.sequences < 1 or len(self.store) < 4:
            raise ExportError(
                f"int8 is calibrated on some sequences and checked on others: got {len(self.store)} of which "
                f"{self.sequences} are to be measured; give a store with at least 4, and say 1 or more"
            )

    def split(self) -> tuple[list[int], list[int]]:
        """Return positions to measure on, and others to check on, both from all over the store."""
        measured = spread(len(self.store), min(self.sequences, len(self.store) // 2))
        others = sorted(set(range(len(self.store))) - set(measured))
        return measured, [others[i] for i in spread(len(others), self.sequences)]


@dataclass(frozen=True)
class Exported:
    """What was written: the file, its facts and its size in bytes."""

    path: Path
    facts: GraphFacts
    size: int


def export_onnx(
    model: nn.Module,
    out: str | Path,
    *,
    store: SequenceStore | None = None,
    int8: Calibration | None = None,
    metadata: Mapping[str, Any] | None = None,
    overwrite: bool = False,
) -> Exported:
    """Write a backbone or a mimic network as an ONNX file, once it has been shown to give the same.

    Inputs: `frames`, float32 `[n, t, h, w]`, and `lengths`, int64 `[n]`, where the network can be written so
    (all backbones of this package can); output: `embeddings`, float32 `[n, c, p]`. Any n, t and lengths. A
    mimic with its VEN and mixing is one graph. The facts of `GraphFacts` are in the file.

    Args:
        model: the network; it is left as it is.
        out: the file to write.
        store: sequences to check with; walkers if not given.
        int8: quantise the convolutions, with ranges measured on these sequences.
        metadata: of the checkpoint; what it says of data and licence is kept.
        overwrite: replace a file that is there.

    Raises:
        ExportError: if a package is missing, the network cannot be written as one graph, the graph gives
            something else (see `check_parity`), or int8 moves signatures too far. Nothing is left behind.
    """
    require(WRITING)
    out = Path(out)
    if out.suffix != ".onnx":
        raise ExportError(f"{out}: the name must end in .onnx")
    if out.is_dir() or (out.exists() and not overwrite):
        raise ExportError(f"{out}: exists already: choose another name, or overwrite it")
    if not isinstance(model, GaitEncoder):
        raise ExportError(f"{type(model).__name__} gives no signatures: export a backbone or a mimic network")
    network = copy.deepcopy(model).cpu().float().eval()
    out.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=f".{out.name}.", dir=out.parent) as folder:
        plain = Path(folder) / "float32.onnx"
        facts = _write_float32(network, plain, store, _describe(model, metadata or {}))
        written = plain
        if int8 is not None:
            written = Path(folder) / "int8.onnx"
            facts = _write_int8(plain, written, int8, facts)
        size = written.stat().st_size
        os.replace(written, out)
    return Exported(out, facts, size)


def _write_float32(
    network: nn.Module, path: Path, store: SequenceStore | None, described: Mapping[str, Any]
) -> GraphFacts:
    least = shortest(network)
    graph, mixed = trace(network, least)
    facts = GraphFacts(**described, least_frames=least, mixed_lengths=mixed)
    _save(graph, path, facts)
    difference = check_parity(OnnxEncoder(path), network, check_walks(store), least)
    facts = replace(facts, difference=difference)
    _save(graph, path, facts)
    return facts


def _write_int8(plain: Path, path: Path, calibration: Calibration, facts: GraphFacts) -> GraphFacts:
    import onnx

    measured, others = calibration.split()
    walks = [w for w in store_walks(calibration.store, measured) if len(w) >= facts.least_frames]
    # Occluded silhouettes reach further: what is left of a body is stretched to the full height.
    quantise(plain, path, [*walks, *partly_hidden(walks)], mixed_lengths=facts.mixed_lengths)
    graph = onnx.load(str(path))
    store = calibration.store
    about = {"store": store.name, "fingerprint": store.fingerprint, "sequences": len(walks)}
    facts = replace(facts, numbers="int8", calibration=about)
    _save(graph, path, facts)
    checks = [w for w in store_walks(calibration.store, others) if len(w) >= facts.least_frames]
    before, after = OnnxEncoder(plain), OnnxEncoder(path)
    moved = max(
        drift(*(torch.cat([graph(walk[None]) for walk in seen]) for graph in (after, before)))
        for seen in (checks, partly_hidden(checks))
    )
    if not moved <= LARGEST_DRIFT:
        raise ExportError(
            f"int8 moves signatures by {moved:.0%} of the distance between sequences (at most "
            f"{LARGEST_DRIFT:.0%}): calibrate with more sequences like those to be seen, or keep float32"
        )
    facts = replace(facts, difference=moved)
    _save(graph, path, facts)
    return facts


def _describe(model: nn.Module, metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Collect the facts that are known before the graph is made."""
    try:
        network, source = import_path(type(model)), model_hash(model)
    except CheckpointError:  # a network of the user's that cannot be saved; it can be exported all the same
        network, source = type(model).__qualname__, ""
    distance = distance_of(model)
    return {
        "network": network,
        "source": source,
        "channels": int(model.channels),  # type: ignore[arg-type]
        "parts": int(model.parts),  # type: ignore[arg-type]
        "input_size": image_size(model),
        "distance": distance.name if distance == NAMED.get(distance.name) else "",
        "trained": {key: metadata[key] for key in KEPT if key in metadata},
        "versions": {"mimicgait": __version__, **{name: version(name) for name in ("torch", *WRITING)}},
    }


def _save(graph: Any, path: Path, facts: GraphFacts) -> None:
    """Write a graph with its facts into the file."""
    import onnx

    del graph.metadata_props[:]
    onnx.helper.set_model_props(graph, facts.properties())
    graph.producer_name, graph.producer_version = "mimicgait", __version__
    onnx.save(graph, str(path))
