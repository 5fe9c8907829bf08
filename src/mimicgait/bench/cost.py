"""What a network costs: its training, its weights, its time beside the teacher's."""

from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import torch
from torch import nn

from mimicgait.data import SequenceStore
from mimicgait.evaluation.batches import best_device, judging, load_sequences
from mimicgait.precision import autocast, resolve_precision
from mimicgait.training.folder import RunFolder

SEQUENCES, ROUNDS = 4, 7


def measure_cost(model: nn.Module, teacher: nn.Module, run: Path, store: SequenceStore) -> dict[str, Any]:
    """Return parameters, training time, and the time of a signature as a ratio to the teacher's.

    Both networks take the same sequences by turns, so that a busy machine is unfair to both; the ratio is
    that of the medians.

    Args:
        model: the network.
        teacher: what its time is measured beside.
        run: its run folder.
        store: gives the first few sequences.
    """
    records = RunFolder(run).records()
    device = best_device()
    frames, lengths = load_sequences(store, list(range(min(SEQUENCES, len(store)))))
    frames, lengths = frames.to(device), lengths.to(device)
    times: dict[str, list[float]] = {"model": [], "teacher": []}
    with judging(model, device), judging(teacher, device), torch.no_grad():
        for number in range(ROUNDS + 1):
            for name, network in (("model", model), ("teacher", teacher)):
                with autocast(resolve_precision("auto", device), device):
                    start = perf_counter()
                    network(frames, lengths).sum().item()
                if number:  # the first round warms up
                    times[name].append(perf_counter() - start)
    return {
        "parameters": sum(p.numel() for p in model.parameters()),
        "training_steps": int(records[-1]["step"]) if records else 0,
        "training_seconds": sum(record.get("seconds", 0.0) for record in records),
        "time_beside_teacher": median(times["model"]) / median(times["teacher"]),
    }
