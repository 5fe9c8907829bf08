"""Signatures that were worked out already, so that one examination does not do the same work twice."""

import json
from collections.abc import Callable

from torch import nn

from mimicgait.data import SequenceStore
from mimicgait.occlusion import Occlusion
from mimicgait.precision import Precision
from mimicgait.types import Embeddings


class EmbeddingCache:
    """Remembers signatures by network, sequences, occlusion, seed and precision, in memory.

    A network is known by the object that it is: its weights must not change as long as the cache is used.
    """

    def __init__(self) -> None:
        self._found: dict[tuple[int, str, str, int, Precision], Embeddings] = {}
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
        compute: Callable[[], Embeddings],
    ) -> Embeddings:
        """Return the signatures of this case, worked out at the first call; a seed needs an occlusion."""
        self._networks[id(model)] = model
        hidden = "" if occlusion is None else json.dumps(occlusion.config, sort_keys=True)
        key = (id(model), store.fingerprint, hidden, seed if hidden else 0, precision)
        if key not in self._found:
            self._found[key] = compute()
        return self._found[key]
