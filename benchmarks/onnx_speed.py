"""How fast PyTorch and ONNX Runtime make signatures, in float32, bfloat16 and int8, and what int8 costs.

Run it as `python benchmarks/onnx_speed.py [FILE] [--model RUN --store STORE --calibration STORE]`. Without
`--model` it trains a small GaitBase for some minutes on walkers first; the demo's mimic is
`--model demo/runs/mimic --store demo/data/test --calibration demo/data/train`. All four ways take the same
batches in turns, so that a noisy machine is unfair to all of them; times are given as ratios to PyTorch in
float32 (below 1 is faster), beside the seconds. Rank-1 is that of `mimicgait evaluate`, complete and
occluded.
"""

import argparse
import os
import platform
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import torch
from _result import command_line, give
from torch import Tensor, nn

from mimicgait.data import SequenceStore
from mimicgait.evaluation import WALKERS, evaluate
from mimicgait.evaluation.batches import load_sequences
from mimicgait.export import Calibration, OnnxEncoder, export_onnx
from mimicgait.occlusion import paper_mixture
from mimicgait.precision import autocast
from mimicgait.synth import SynthConfig, write_walkers
from mimicgait.training.config import BackboneConfig, BatchConfig, LoopConfig, OptimizerConfig
from mimicgait.training.run import load_network
from mimicgait.training.teacher import TeacherConfig, train_teacher

RUNS, SEEDS, POINT = 11, (0, 1, 2), 0.01
CPU = torch.device("cpu")
BATCHES = {"one sequence": (1, 24), "eight sequences": (8, 24)}
"""Numbers of sequences and of frames whose time is taken."""


def main() -> None:
    """Measure, print and, if asked, save."""
    parser = command_line(__doc__)
    parser.add_argument("--model", type=Path, help="run folder or model folder of a trained network")
    parser.add_argument("--store", type=Path, help="people whom it was not trained on")
    parser.add_argument("--calibration", type=Path, help="sequences whose ranges int8 is measured on")
    parser.add_argument("--sequences", type=int, default=64, help="how many of them")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--steps", type=int, default=300, help="of the training without --model")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    with TemporaryDirectory() as folder:
        model, store, calibration = prepare(arguments, Path(folder))
        result = measure(model, store, Calibration(calibration, arguments.sequences), Path(folder))
    result["setting"]["model"] = str(arguments.model or f"GaitBase small, {arguments.steps} steps on walkers")
    give(result, arguments.out)


def prepare(arguments: argparse.Namespace, folder: Path) -> tuple[nn.Module, SequenceStore, SequenceStore]:
    """Load the network and the stores, or make them: network, test people, calibration people."""
    if arguments.model:
        if not arguments.store or not arguments.calibration:
            raise SystemExit("--model needs --store and --calibration")
        stores = SequenceStore(arguments.store), SequenceStore(arguments.calibration)
        return load_network(arguments.model), *stores
    train = write_walkers(folder / "train", SynthConfig(people=200), progress=False)
    test = write_walkers(folder / "test", SynthConfig(people=60, start=200), progress=False)
    config = TeacherConfig(
        train=folder / "train",
        out=folder / "run",
        backbone=BackboneConfig(name="GaitBase", args={"width": "small", "cut": True}),
        batch=BatchConfig(people=8, sequences=4, frames=(8, 8)),
        optimizer=OptimizerConfig(name="adamw", lr=3e-3, schedule="cosine", warmup=20),
        loop=LoopConfig(steps=arguments.steps, progress=False),
        augment=0.0,
    )
    return load_network(train_teacher(config)), test, train


def measure(model: nn.Module, store: SequenceStore, calibration: Calibration, folder: Path) -> dict[str, Any]:
    """Export twice, take the time of all four ways and compare rank-1."""
    plain = export_onnx(model, folder / "float32.onnx", store=store)
    small = export_onnx(model, folder / "int8.onnx", store=store, int8=calibration)
    graphs = {"onnx float32": OnnxEncoder(plain.path), "onnx int8": OnnxEncoder(small.path)}
    model = model.eval()

    def mixed(frames: Tensor) -> Tensor:
        with autocast("bfloat16", CPU):
            signatures: Tensor = model(frames)
            return signatures

    ways: dict[str, Callable[[Tensor], Tensor]] = {"torch float32": model, "torch bfloat16": mixed, **graphs}
    rank1 = {name: judged(network, store) for name, network in {"torch float32": model, **graphs}.items()}
    lost = {
        condition: round(100 * (rank1["torch float32"][condition] - rank1["onnx int8"][condition]), 2)
        for condition in ("complete", "occluded")
    }
    return {
        "benchmark": "signatures by PyTorch and by ONNX Runtime",
        "setting": {
            "network": plain.facts.network,
            "store": store.name,
            "sequences": len(store),
            "probes": len(WALKERS.split(store.keys)[1]),
            "calibration": small.facts.calibration,
            "threads": torch.get_num_threads(),
            "protocol": WALKERS.name,
            "seeds": SEEDS,
        },
        "time": {name: times(ways, store, *size) for name, size in BATCHES.items()},
        "largest_difference_float32": plain.facts.difference,
        "drift_int8": round(small.facts.difference, 4),
        "mebibytes": {"float32": round(plain.size / 2**20, 2), "int8": round(small.size / 2**20, 2)},
        "rank1": rank1,
        "points_lost_by_int8": lost,
        "int8_loses_at_most_one_point": max(lost.values()) <= 100 * POINT,
        "load_average": os.getloadavg()[0],
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, {torch.backends.cpu.get_cpu_capability()}",
        "versions": {"python": platform.python_version()}
        | {name: version(name) for name in ("torch", "onnx", "onnxruntime")},
        "date": datetime.now(UTC).date().isoformat(),
    }


def judged(network: nn.Module, store: SequenceStore) -> dict[str, float]:
    """Return rank-1 on complete sequences, and on occluded ones as a mean over the seeds."""
    return {
        "complete": evaluate(network, store).mean("rank1"),
        "occluded": evaluate(network, store, occlusion=paper_mixture(), seeds=SEEDS).mean("rank1"),
    }


def times(
    ways: Mapping[str, Callable[[Tensor], Tensor]], store: SequenceStore, sequences: int, frames: int
) -> dict[str, Any]:
    """Time a batch in every way, in turns: seconds and ratios to the first, medians."""
    lengths = store.lengths.tolist()
    positions = sorted(range(len(store)), key=lambda i: -lengths[i])[:sequences]
    frames = min(frames, lengths[positions[-1]])
    batch = load_sequences(store, positions)[0][:, :frames]
    taken: dict[str, list[float]] = {name: [] for name in ways}
    with torch.inference_mode():
        for _ in range(RUNS + 1):
            for name, way in ways.items():
                start = perf_counter()
                way(batch)
                taken[name].append(perf_counter() - start)
    seconds = {name: runs[1:] for name, runs in taken.items()}  # the first run warms up
    first = next(iter(seconds))
    ratios = {
        name: median(a / b for a, b in zip(runs, seconds[first], strict=True))
        for name, runs in seconds.items()
    }
    return {
        "sequences": len(positions),
        "frames": frames,
        "seconds": {name: round(median(runs), 5) for name, runs in seconds.items()},
        "ratio": {name: round(ratio, 3) for name, ratio in ratios.items()},
    }


if __name__ == "__main__":
    main()
