"""Networks on disk: a folder with weights, settings and a model card; nothing in it is ever executed."""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import Tensor, nn

from mimicgait.errors import CheckpointError
from mimicgait.models.blueprint import Blueprint, build, describe
from mimicgait.models.card import CARD, LIBRARY, model_card

FORMAT = 1
WEIGHTS = "model.safetensors"
CONFIG = "config.json"


@dataclass(frozen=True, slots=True)
class CheckpointInfo:
    """What `config.json` says: the network's blueprint, the saver's metadata, the SHA-256 of the weights."""

    blueprint: Blueprint
    metadata: Mapping[str, Any]
    sha256: str


def save_model(model: nn.Module, path: str | Path, metadata: Mapping[str, Any] | None = None) -> None:
    """Write a network to the folder `path`, so that `load_model(path)` gives it back bit by bit.

    The folder holds `model.safetensors`, `config.json` and the model card `README.md`, as a repository of the
    Hugging Face Hub does. It is written under a temporary name beside its place and renamed when whole; an
    older checkpoint there is replaced. `metadata` is any JSON: the training settings, scores, a licence.

    Raises:
        CheckpointError: if the network cannot be described (see `describe`), its weights are not finite, the
            metadata are not JSON, `path` is something else than a checkpoint, or it cannot be written.
    """
    path = Path(path)
    if path.exists() and not _may_be_replaced(path):
        raise CheckpointError(f"{path} exists and is no checkpoint; choose another folder or remove it")
    weights, blueprint, metadata = _serialise(model), describe(model), dict(metadata or {})
    config = {"format": FORMAT, **blueprint, "metadata": metadata, "sha256": _sha256(weights)}
    try:
        text = json.dumps(config, indent=2, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise CheckpointError(f"settings and metadata must be JSON: {error}") from error
    card = model_card(
        blueprint, metadata, sha256=config["sha256"], network_hash=_network_hash(blueprint, weights)
    )
    write_checkpoint(path, {WEIGHTS: weights, CONFIG: text.encode() + b"\n", CARD: card.encode()})


def write_checkpoint(path: Path, files: Mapping[str, bytes]) -> None:
    """Write the files of a checkpoint as a folder that appears when it is whole.

    Raises:
        CheckpointError: if it cannot be written.
    """
    try:
        _write_folder(path, files)
    except OSError as error:
        raise CheckpointError(f"{path} cannot be written: {error.strerror or error}") from error


def load_model(path: str | Path, *, trust: Sequence[str] = ()) -> nn.Module:
    """Read a network that `save_model` wrote, on the CPU and in eval mode.

    Only classes of this package, and of the packages named in `trust`, are built. Loading is strict: every
    weight must be there, with its shape, and nothing else.

    Raises:
        CheckpointError: says which file is missing, cut short or changed, which class is not allowed, or
            which weights do not fit.
    """
    path = Path(path)
    info = read_info(path)
    weights = _read(path / WEIGHTS)
    try:
        state = safetensors.torch.load(weights)
    except (SafetensorError, ValueError, KeyError) as error:
        raise CheckpointError(f"{path / WEIGHTS} is cut short or damaged: {error}") from error
    if _sha256(weights) != info.sha256:
        raise CheckpointError(
            f"{path / WEIGHTS} is not the file that {CONFIG} was written for: SHA-256 differs"
        )
    try:
        model = build(info.blueprint, trust)
        check_state(model, state)
    except (CheckpointError, RecursionError) as error:
        raise CheckpointError(f"{path}: {error}") from error
    model.load_state_dict(state, assign=True)
    return model.eval()


def read_info(path: str | Path) -> CheckpointInfo:
    """Read `config.json` alone: what is in a checkpoint, without building it.

    Raises:
        CheckpointError: if the folder or file is missing, damaged or of another format.
    """
    path = Path(path)
    if not path.is_dir():
        raise CheckpointError(f"{path} is no folder; expected a checkpoint with {WEIGHTS} and {CONFIG}")
    file = path / CONFIG
    try:
        config = json.loads(_read(file))
    except (ValueError, RecursionError) as error:
        raise CheckpointError(f"{file} is no JSON: {error}") from error
    if not isinstance(config, dict) or config.get("format") != FORMAT:
        found = config.get("format") if isinstance(config, dict) else None
        raise CheckpointError(
            f"{file}: expected format {FORMAT}, got {found}; was it written by a newer version?"
        )
    types = {"class": str, "config": dict, "metadata": dict, "sha256": str}
    wrong = [key for key, kind in types.items() if not isinstance(config.get(key), kind)]
    if wrong:
        raise CheckpointError(f"{file}: missing or of the wrong type: {', '.join(wrong)}")
    blueprint = {"class": config["class"], "config": config["config"]}
    return CheckpointInfo(blueprint, config["metadata"], config["sha256"])


def model_hash(model: nn.Module | str | Path) -> str:
    """Return a SHA-256 (hex) of a network's class, settings and weights: equal hashes, equal signatures.

    A network and the checkpoint it was saved to have the same hash; metadata do not count.

    Raises:
        CheckpointError: if the network cannot be described or the checkpoint cannot be read.
    """
    if isinstance(model, nn.Module):
        blueprint, weights = describe(model), _serialise(model)
    else:
        blueprint, weights = read_info(model).blueprint, _read(Path(model) / WEIGHTS)
    return _network_hash(blueprint, weights)


def check_state(model: nn.Module, state: Mapping[str, Tensor]) -> None:
    """Refuse weights that are not exactly those of a network, or not finite.

    Raises:
        CheckpointError: lists the keys that are missing, unexpected or of another shape, and those with NaN.
    """
    own = model.state_dict()
    problems = {
        "missing": [key for key in own if key not in state],
        "unexpected": [key for key in state if key not in own],
        "of another shape or type": [
            f"{key} (expected {_kind(own[key])}, got {_kind(state[key])})"
            for key in own
            if key in state and _kind(own[key]) != _kind(state[key])
        ],
        "not finite": [key for key, value in state.items() if not bool(torch.isfinite(value).all())],
    }
    found = [f"{len(keys)} {problem}: {_some(keys)}" for problem, keys in problems.items() if keys]
    if found:
        raise CheckpointError(f"the weights do not fit {type(model).__name__}; " + "; ".join(found))


def _kind(tensor: Tensor) -> str:
    return f"{list(tensor.shape)} {'real' if tensor.is_floating_point() else 'integer'}"


def _some(keys: Sequence[str], most: int = 5) -> str:
    return ", ".join(keys[:most]) + (f" and {len(keys) - most} more" if len(keys) > most else "")


def _serialise(model: nn.Module) -> bytes:
    """Return the weights as safetensors; copied first: the format holds no shared or strided tensors."""
    state = {
        k: v.detach().cpu().clone(memory_format=torch.contiguous_format)
        for k, v in model.state_dict().items()
    }
    check_state(model, state)
    return safetensors.torch.save(state, {"format": "pt"})


def _network_hash(blueprint: Blueprint, weights: bytes) -> str:
    return _sha256(json.dumps(blueprint, sort_keys=True).encode() + weights)


def _may_be_replaced(path: Path) -> bool:
    """Tell whether a folder is empty or a checkpoint, without anything of the user's own in it."""
    names = {file.name for file in path.iterdir()} if path.is_dir() else {""}
    own = CARD in names and LIBRARY not in _read(path / CARD).decode(errors="replace")
    return names <= {WEIGHTS, CONFIG, CARD} and not own


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise CheckpointError(f"{file} cannot be read: {error.strerror}") from error


def _write_folder(path: Path, files: Mapping[str, bytes]) -> None:
    """Write files to a folder beside `path` and rename it; an older folder is given up only after that."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    new, old = temporary / "new", temporary / "old"
    try:
        new.mkdir()
        for name, data in files.items():
            with (new / name).open("wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
        if path.exists():
            path.rename(old)
        new.rename(path)
    except OSError:
        if old.exists():
            old.rename(path)
        raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
