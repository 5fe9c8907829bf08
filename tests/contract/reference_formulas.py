"""Weights, frames and expected embeddings of the published configurations, made by formulas.

`reference_vectors.json` lists the keys and shapes of each published checkpoint, and what the field's networks
compute in eval mode, float32, on the CPU, for the weights and frames that the formulas here make.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

TOLERANCE = 1e-4
"""Allowed difference, relative to the norm over channels of the same sequence and part."""


@cache
def reference_vectors() -> dict[str, Any]:
    """Read the fixture: `phase`, `n`, `t` and `models`."""
    return json.loads((Path(__file__).parent / "reference_vectors.json").read_text(encoding="utf-8"))


def reference_state(name: str, *, initial: dict[str, Tensor] | None = None) -> dict[str, Tensor]:
    """Make the state dict of one published configuration, under the field's keys and in its order.

    `initial` gives the values of the parameters that keep their start: one-dimensional ones that are neither
    weight nor bias, such as GaitGL's `HPP.p`.
    """
    vectors = reference_vectors()
    entry = vectors["models"][name]
    state = {}
    for i, (key, shape) in enumerate(entry["state_dict"]):
        if key.endswith("relative_position_index"):
            state[key] = torch.tensor(entry["relative_position_index"]).reshape(shape)
        elif _keeps_its_start(key, shape):
            state[key] = (initial or {})[key]
        else:
            state[key] = _formula(key, shape, i + vectors["phase"])
    return state


def _keeps_its_start(key: str, shape: list[int]) -> bool:
    endings = (".weight", ".bias", "running_mean", "running_var", "num_batches_tracked")
    return len(shape) == 1 and not key.endswith(endings)


def _formula(key: str, shape: list[int], shift: float) -> Tensor:
    if key.endswith("num_batches_tracked"):
        return torch.tensor(0)
    m = torch.Size(shape).numel()
    s = torch.sin(0.7 * torch.arange(m, dtype=torch.float64) + shift)
    if key.endswith("running_mean") or (len(shape) == 1 and key.endswith(".bias")):
        values = 0.05 * s
    elif key.endswith("running_var"):
        values = 1 + 0.1 * s**2
    elif len(shape) == 1:
        values = 1 + 0.1 * s
    else:
        values = s * (2 / max(m / shape[0], 1)) ** 0.5
    return values.reshape(shape).float()


def reference_frames() -> Tensor:
    """Make the frames `[n, t, 64, 44]` of 0 and 1 in uint8: a swaying, perforated ellipse."""
    vectors = reference_vectors()
    n, t, y, x = torch.meshgrid(
        *(torch.arange(size, dtype=torch.float64) for size in (vectors["n"], vectors["t"], 64, 44)),
        indexing="ij",
    )
    ellipse = ((y - 32) / 30.72) ** 2 + ((x - 22 - 2 * torch.sin(0.6 * t + n)) / 13.2) ** 2 < 1
    return (ellipse & ((7 * y + 13 * x + 5 * t + 3 * n) % 17 < 12)).to(torch.uint8)


def assert_reference(name: str, embeddings: Tensor) -> None:
    """Compare embeddings `[n, c, p]` with the expected norms `[n, p]` and first channels `[n, 8, p]`."""
    entry = reference_vectors()["models"][name]
    assert list(embeddings.shape) == entry["embedding_shape"]
    norms = torch.tensor(entry["norm_per_part"], dtype=torch.float64)
    channels = torch.tensor(entry["first_channels"], dtype=torch.float64)
    got = embeddings.double()
    differences = {
        "norm": ((got.norm(dim=1) - norms).abs() / norms).amax().item(),
        "channels": ((got[:, :8] - channels).abs() / norms[:, None]).amax().item(),
    }
    assert max(differences.values()) < TOLERANCE, f"{name}: {differences}, allowed {TOLERANCE}"
