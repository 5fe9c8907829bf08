"""Signatures that were worked out already, so that the same work is not done twice: in memory, or on disk."""

import hashlib
import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import safetensors.torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from mimicgait import __version__
from mimicgait.data import SequenceStore
from mimicgait.errors import CheckpointError, DataError
from mimicgait.models.checkpoint import model_hash
from mimicgait.occlusion import Occlusion
from mimicgait.precision import Precision
from mimicgait.types import Embeddings

Compute = Callable[[], Embeddings]


class EmbeddingCache:
    """Remembers signatures by network, sequences, occlusion, seed and precision, in memory.

    A network is known by the object that it is: its weights must not change as long as the cache is used.
    """

    def __init__(self) -> None:
        self._found: dict[tuple[int, str, str, int, str, Precision], Embeddings] = {}
        self._networks: dict[int, nn.Module] = {}  # kept alive: an id may be given to another object later

    def __len__(self) -> int:
        return len(self._found)

    def fetch(
        self,
        model: nn.Module,
        store: SequenceStore,
        occlusion: Occlusion | None,
        seed: int,
        precision: Precision,
        compute: Compute,
        *,
        draw: str = "",
    ) -> Embeddings:
        """Return the signatures of this case, worked out at the first call; seeds need an occlusion."""
        self._networks[id(model)] = model
        hidden = "" if occlusion is None else json.dumps(occlusion.config, sort_keys=True)
        drawn = (seed, draw) if hidden else (0, "")
        key = (id(model), store.fingerprint, hidden, *drawn, precision)
        if key not in self._found:
            self._found[key] = compute()
        return self._found[key]


class DiskCache(EmbeddingCache):
    """Remembers signatures in a folder, from one run to the next.

    A network is known by the hash of its class, settings and weights, sequences by the store's fingerprint
    (keys, order and contents). The version of this package counts too. One safetensors file a case: it
    appears when it is whole, holds the hash of its contents, and is worked out again if that does not fit.
    A network that cannot be described as data is only remembered in memory. Files are never removed: delete
    the folder when it is too large, or when you changed the code of a network of your own.

    Args:
        folder: where the files are; made when the first is written.

    Raises:
        DataError: if there is something else than a folder.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        super().__init__()
        self.folder = Path(folder)
        if self.folder.exists() and not self.folder.is_dir():
            raise DataError(f"{self.folder}: is no folder: give the folder of the cache")
        self._hashes: dict[int, str] = {}

    def fetch(
        self,
        model: nn.Module,
        store: SequenceStore,
        occlusion: Occlusion | None,
        seed: int,
        precision: Precision,
        compute: Compute,
        *,
        draw: str = "",
    ) -> Embeddings:
        """Return the signatures of this case, from disk if they are there.

        Raises:
            DataError: if the folder cannot be written to.
        """
        known = self._hash(model)
        if not known:
            return super().fetch(model, store, occlusion, seed, precision, compute, draw=draw)
        case = {
            "version": __version__,
            "model": known,
            "data": store.fingerprint,
            "occlusion": "" if occlusion is None else json.dumps(occlusion.config, sort_keys=True),
            "seed": str(0 if occlusion is None else seed),
            "precision": precision,
        }
        if draw and occlusion is not None:  # left out where there is none: files of earlier runs stay valid
            case["draw"] = draw
        name = hashlib.blake2b(json.dumps(case, sort_keys=True).encode(), digest_size=16).hexdigest()
        path = self.folder / f"{name}.safetensors"
        values = _read(path, case)
        if values is None or len(values) != len(store):
            values = compute().values
            _write(path, values, case)
        return Embeddings(values, store.keys)

    def _hash(self, model: nn.Module) -> str:
        if id(model) not in self._hashes:
            self._networks[id(model)] = model
            try:
                self._hashes[id(model)] = model_hash(model)
            except CheckpointError:
                self._hashes[id(model)] = ""
        return self._hashes[id(model)]


def _read(path: Path, case: dict[str, str]) -> Tensor | None:
    """Return the signatures of a case; none if the file is missing, damaged or of another case."""
    try:
        with safe_open(path, framework="pt") as file:
            facts, values = file.metadata() or {}, file.get_tensor("embeddings")
    except (OSError, SafetensorError, ValueError):
        return None
    whole = facts == {**case, "digest": _digest(values)} and values.ndim == 3
    return values if whole else None


def _write(path: Path, values: Tensor, case: dict[str, str]) -> None:
    """Write signatures under a temporary name, and rename the file when it is whole and on the disk."""
    tensors = {"embeddings": values.contiguous()}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, partial = tempfile.mkstemp(prefix=f".{path.stem}.", suffix=".partial", dir=path.parent)
        os.close(handle)
        try:
            safetensors.torch.save_file(tensors, partial, {**case, "digest": _digest(values)})
            with open(partial, "rb") as file:
                os.fsync(file.fileno())
            os.replace(partial, path)
        finally:
            Path(partial).unlink(missing_ok=True)
    except OSError as error:
        raise DataError(
            f"{path.parent}: cannot be written ({error.strerror}): choose another place"
        ) from error


def _digest(values: Tensor) -> str:
    return hashlib.blake2b(values.contiguous().numpy().data, digest_size=16).hexdigest()
