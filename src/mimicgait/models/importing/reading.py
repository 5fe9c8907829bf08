"""The field's `.pt` files as plain weights: tensors only, nothing in the file is ever executed."""

import pickle
import re
import struct
import warnings
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from mimicgait.errors import CheckpointError

State = dict[str, Tensor]
"""Weights by name, in the order of the file."""

WRAPPER = "model"
PARALLEL_PREFIX = "module."
_UNREADABLE = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
    pickle.UnpicklingError,
    struct.error,
    zipfile.BadZipFile,
)
"""What PyTorch's reader may raise for a file that is damaged or hostile."""


@dataclass(frozen=True, slots=True)
class FieldCheckpoint:
    """The weights of a `.pt` file and the iteration it was saved at; None where the file does not say."""

    weights: State
    iteration: int | None


def read_field_checkpoint(src: str | Path) -> FieldCheckpoint:
    """Read a checkpoint of the field: a dictionary with `model` and more, or bare weights.

    The prefix `module.` that data-parallel training leaves is taken off.

    Raises:
        CheckpointError: if the file is missing, cut short, holds anything that is not a tensor where weights
            should be, or would run code; its pickle is read by PyTorch's reader for weights alone.
    """
    src = Path(src)
    if not src.is_file():
        raise CheckpointError(f"{src} is no file; expected a checkpoint such as GaitBase-60000.pt")
    try:
        with warnings.catch_warnings(action="ignore"):  # on the age of the pickle's protocol, for one
            content = torch.load(src, map_location="cpu", weights_only=True)
    except _UNREADABLE as error:
        raise CheckpointError(f"{src} {_reason(str(error))}") from error
    iteration = content.get("iteration") if isinstance(content, Mapping) else None
    if isinstance(content, Mapping) and isinstance(content.get(WRAPPER), Mapping):
        content = content[WRAPPER]
    weights = _weights(src, content)
    return FieldCheckpoint(weights, iteration if isinstance(iteration, int) else None)


def _reason(message: str) -> str:
    named = re.search(r"GLOBAL ([\w.]+)", message)
    if named:
        return (
            f"asks for {named[1]}, which is no part of a network's weights; the file was refused and nothing "
            "in it was run. Ask its author for plain weights"
        )
    return (
        f"is damaged, cut short or no PyTorch checkpoint: {message.splitlines()[0] if message else 'no data'}"
    )


def _weights(src: Path, content: Any) -> State:
    if not isinstance(content, Mapping) or not content:
        raise CheckpointError(
            f"{src}: expected a dictionary of weights, or one with the entry {WRAPPER!r}, got "
            f"{'an empty one' if isinstance(content, Mapping) else type(content).__name__}"
        )
    for key, value in content.items():
        if not isinstance(key, str) or not isinstance(value, Tensor):
            raise CheckpointError(f"{src}: expected weights by name, got {key!r}: {type(value).__name__}")
        if not _is_plain(value):
            raise CheckpointError(f"{src}: {key} is no ordinary dense tensor, or claims more than it holds")
    weights = dict(content)
    if all(key.startswith(PARALLEL_PREFIX) for key in weights):
        weights = {key.removeprefix(PARALLEL_PREFIX): value for key, value in weights.items()}
    return weights


def _is_plain(value: Tensor) -> bool:
    """Refuse what would grow when it is copied: a tensor may not be larger than the bytes behind it."""
    if value.layout is not torch.strided or value.is_quantized or value.is_meta:
        return False
    return value.numel() * value.element_size() <= value.untyped_storage().nbytes()
