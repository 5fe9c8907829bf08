"""The checks of what is handed to a loss."""

import math

import torch
from torch import Tensor

from mimicgait.errors import ConfigError, ShapeError


def checked_number(name: str, value: float, *, low: float = 0.0, high: float = math.inf) -> float:
    """Return a setting as a float.

    Raises:
        ConfigError: if it is not a finite number from low to high.
    """
    if not math.isfinite(value) or not low <= value <= high:
        limits = f">= {low:g}" if math.isinf(high) else f"from {low:g} to {high:g}"
        raise ConfigError(f"{name}: expected a number {limits}, got {value}")
    return float(value)


def check_labels(labels: Tensor, n: int) -> None:
    """Refuse what is not one integer for each sequence.

    Raises:
        ShapeError: if shape or type does not fit.
    """
    if labels.shape != (n,) or labels.dtype == torch.bool or labels.is_floating_point():
        raise ShapeError(f"expected labels [{n}] of integers, got {tuple(labels.shape)} of {labels.dtype}")


def check_pair(student: Tensor, teacher: Tensor) -> None:
    """Refuse signatures that cannot be compared one by one.

    Raises:
        ShapeError: unless both are `[n, c, p]` with the same sizes.
    """
    if student.ndim != 3 or student.shape != teacher.shape:
        raise ShapeError(
            "expected student and teacher [n, c, p] of one shape, "
            f"got {tuple(student.shape)} and {tuple(teacher.shape)}"
        )
