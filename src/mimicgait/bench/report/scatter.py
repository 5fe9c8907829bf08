"""Where signatures lie: a map by t-SNE, and what the map can only hint at as numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from mimicgait.distance import Distance
from mimicgait.errors import ShapeError
from mimicgait.evaluation.extract import distance_matrix
from mimicgait.types import Embeddings, SequenceKey

PERPLEXITY = 20.0
NEIGHBOURS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Scatter:
    """Signatures of some sequences, each under every type of occlusion, on a plane.

    Attributes:
        places: float32 `[n, 2]`, in [0, 1].
        keys: the sequence of each, as text.
        people: whose it is.
        types: what hides it.
        same_person: of the nearest signatures of other sequences, the share that is of the same person, and
            what chance gives.
        same_type: the share that is hidden alike, and what chance gives.
    """

    places: npt.NDArray[np.float32]
    keys: tuple[str, ...]
    people: tuple[str, ...]
    types: tuple[str, ...]
    same_person: tuple[float, float]
    same_type: tuple[float, float]

    def __post_init__(self) -> None:
        n = len(self.keys)
        if self.places.shape != (n, 2) or len(self.people) != n or len(self.types) != n:
            raise ShapeError(f"expected places [{n}, 2], {n} people and {n} types of {n} keys")


def make_scatter(signatures: Mapping[str, Embeddings], distance: Distance, seed: int = 0) -> Scatter:
    """Map signatures to a plane so that near ones stay near; distances on the map mean nothing else.

    (van der Maaten & Hinton, "Visualizing Data using t-SNE", JMLR 2008, by scikit-learn.)

    Args:
        signatures: of the same sequences by type of occlusion, `[n, c, p]` each.
        distance: between signatures; the map is made from it.
        seed: of the map's beginning.
    """
    keys = [key for found in signatures.values() for key in found.keys]
    types = [name for name, found in signatures.items() for _ in found.keys]
    values = Embeddings(torch.cat([found.values for found in signatures.values()]), tuple(keys))
    distances = distance_matrix(distance, values, values).double().numpy()
    distances = (distances + distances.T) / 2
    np.fill_diagonal(distances, 0)
    return Scatter(
        places=_places(distances, seed),
        keys=tuple(map(str, keys)),
        people=tuple(key.subject for key in keys),
        types=tuple(types),
        same_person=shared_neighbours(distances, keys, [key.subject for key in keys]),
        same_type=shared_neighbours(distances, keys, types),
    )


def shared_neighbours(
    distances: npt.NDArray[np.float64],
    keys: Sequence[SequenceKey],
    labels: Sequence[str],
    count: int = NEIGHBOURS,
) -> tuple[float, float]:
    """Return how many of the nearest share a label, and how many would by chance, as shares.

    Signatures of the same sequence, otherwise hidden, are left out: they say nothing about a person.

    Args:
        distances: `[n, n]`.
        keys: the sequence of each.
        labels: what is to be shared.
        count: how many of the nearest.

    >>> keys = [SequenceKey("a", "nm", "0"), SequenceKey("a", "nm", "1"), SequenceKey("b", "nm", "0")]
    >>> shared_neighbours(np.array([[0.0, 1, 2], [1, 0, 3], [2, 3, 0]]), keys, ["a", "a", "b"], count=1)
    (0.6666666666666666, 0.3333333333333333)
    """
    names = np.unique([str(key) for key in keys], return_inverse=True)[1]
    codes = np.unique(labels, return_inverse=True)[1]
    others = names[:, None] != names[None, :]
    alike = (codes[:, None] == codes[None, :]) & others
    nearest = np.where(others, distances, np.inf).argsort(axis=1, kind="stable")[:, :count]
    found = np.take_along_axis(alike, nearest, axis=1)
    counted = np.take_along_axis(others, nearest, axis=1)
    return float(found.sum() / max(1, counted.sum())), float(alike.sum() / max(1, others.sum()))


def _places(distances: npt.NDArray[np.float64], seed: int) -> npt.NDArray[np.float32]:
    from sklearn.manifold import TSNE  # seconds to import, and seldom needed

    perplexity = min(PERPLEXITY, max(1.0, (len(distances) - 1) / 3))
    mapping = TSNE(metric="precomputed", init="random", perplexity=perplexity, random_state=seed)
    places = np.asarray(mapping.fit_transform(distances), np.float32)
    low, high = places.min(axis=0), places.max(axis=0)
    return np.asarray((places - low) / np.maximum(high - low, 1e-6), np.float32)
