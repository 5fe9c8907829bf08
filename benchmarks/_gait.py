"""What benchmarks on videos share: a trained network or energy images, and error rates of an open set."""

import platform
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from mimicgait.distance import Distance, PartwiseEuclidean, distance_of
from mimicgait.models.base import GaitEncoder
from mimicgait.training.run import load_network
from mimicgait.types import Frames
from mimicgait.video import embedder

Array = npt.NDArray[np.float64]
DEMO = (Path("demo/runs/mimic"), Path("runs/demo/runs/mimic"))
"""Where `make demo` leaves its network."""


def open_network(model: Path | None) -> tuple[Callable[[Frames], Any], str]:
    """A function from silhouettes to signatures, and what it is: a network, or energy images without one."""
    model = model or next((path for path in DEMO if path.exists()), None)
    if model is None:
        return energy_image, "energy images (no network given: --model RUN)"
    network = load_network(model)
    if not isinstance(network, GaitEncoder):
        raise SystemExit(f"{model}: gives no signatures")
    return embedder(network), f"{type(network).__name__} of {model.name}"


def distance_for(model: Path | None) -> Distance:
    """The distance that a network's signatures are made for; the usual one for energy images."""
    return distance_of(None if model is None else load_network(model))


def energy_image(frames: Frames) -> npt.NDArray[np.float32]:
    """The mean silhouette `[64, 64]`: columns are channels, rows are parts."""
    return frames.mean(axis=0, dtype=np.float32).T


def distances(probes: Sequence[Any], gallery: Sequence[Any], distance: Distance | None = None) -> Array:
    """Distances `[q, g]`, by default the mean over parts of the Euclidean one."""
    a, b = (torch.as_tensor(np.stack(values)) for values in (probes, gallery))
    return np.asarray((distance or PartwiseEuclidean())(a, b).double().numpy())


def about() -> dict[str, Any]:
    """When, and on what."""
    return {
        "processor": platform.processor() or platform.machine(),
        "torch": torch.__version__,
        "date": datetime.now(UTC).date().isoformat(),
    }
