"""k-reciprocal re-ranking (Zhong et al., CVPR 2017): close are those who have neighbours in common.

It looks at all probes together, so a probe's result depends on the others: name it beside the number.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mimicgait.errors import ConfigError, ShapeError

Distances = npt.NDArray[np.float32]
LARGEST = 15_000
"""Most probes and gallery items together: all are compared with each other, in float32."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KReciprocal:
    """The settings of the re-ranking; the defaults are HID's.

    Args:
        k1: neighbours that are looked at.
        k2: nearest neighbours over which a sequence's neighbourhood is averaged; 1 for none.
        lam: weight of the original distance, between 0 (only neighbours) and 1 (nothing changes).

    Raises:
        ConfigError: if one is out of range.
    """

    k1: int = 6
    k2: int = 6
    lam: float = 0.3

    def __post_init__(self) -> None:
        if self.k1 < 1 or self.k2 < 1 or not 0 <= self.lam <= 1:
            raise ConfigError(f"expected k1 and k2 of 1 or more and lambda in [0, 1], got {self}")

    def as_json(self) -> dict[str, Any]:
        """Return the settings as JSON values."""
        return asdict(self)

    def __call__(self, probe_gallery: Distances, probe_probe: Distances, gallery: Distances) -> Distances:
        """Return new distances `[q, g]`: lambda x the old ones + (1 - lambda) x Jaccard distance.

        As in the code that goes with the paper, the old distances are squared and divided by the largest in
        each sequence's list.

        Args:
            probe_gallery: `[q, g]`, smaller is closer.
            probe_probe: `[q, q]`.
            gallery: `[g, g]`.

        Raises:
            ShapeError: if the sizes do not fit.
            ConfigError: if there are more sequences than memory is meant for.
        """
        q, g = probe_gallery.shape
        if probe_probe.shape != (q, q) or gallery.shape != (g, g):
            raise ShapeError(
                f"expected distances [{q}, {g}], [{q}, {q}] and [{g}, {g}], got {list(probe_gallery.shape)}, "
                f"{list(probe_probe.shape)} and {list(gallery.shape)}"
            )
        if q + g > LARGEST:
            raise ConfigError(
                f"re-ranking compares all sequences with each other: {q + g} are more than {LARGEST}; "
                "use the protocol without it"
            )
        square = np.block([[probe_probe, probe_gallery], [probe_gallery.T, gallery]]).astype(np.float32)
        square *= square
        square /= np.maximum(square.max(1, keepdims=True), np.finfo(np.float32).tiny)
        nearest = np.argsort(square, axis=1, kind="stable")[:, : max(self.k1 + 1, self.k2)]
        weights = self._neighbourhoods(square, nearest)
        if self.k2 > 1:
            weights = np.stack([weights[row[: self.k2]].mean(0) for row in nearest])
        jaccard = _jaccard(weights, q)
        return np.asarray((1 - self.lam) * jaccard + self.lam * square[:q, q:], np.float32)

    def _neighbourhoods(self, square: Distances, nearest: npt.NDArray[np.int64]) -> Distances:
        """Weigh each sequence's expanded reciprocal neighbours, float32 `[q + g, q + g]`, rows sum to 1."""
        half = round(self.k1 / 2)
        wide = [_reciprocal(nearest, i, self.k1) for i in range(len(nearest))]
        narrow = [_reciprocal(nearest, i, half) for i in range(len(nearest))]
        weights = np.zeros_like(square)
        for i, own in enumerate(wide):
            near = set(own.tolist())
            agreeing = [
                narrow[j] for j in own if 3 * len(near.intersection(narrow[j].tolist())) > 2 * len(narrow[j])
            ]
            members = np.unique(np.concatenate([own, *agreeing]))
            closeness = np.exp(-square[i, members])
            weights[i, members] = closeness / closeness.sum()
        return weights


def _reciprocal(nearest: npt.NDArray[np.int64], i: int, k: int) -> npt.NDArray[np.int64]:
    """Return those of i's k nearest that have i among their k nearest; each list begins with itself."""
    forward = nearest[i, : k + 1]
    mutual = (nearest[forward, : k + 1] == i).any(1)
    return np.asarray(forward[mutual])


def _jaccard(weights: Distances, q: int) -> Distances:
    """Return 1 - (sum of the smaller) / (sum of the larger weights) of probes and gallery, `[q, g]`."""
    gallery = weights[q:]
    holders = [np.flatnonzero(gallery[:, j]) for j in range(weights.shape[1])]
    result = np.empty((q, len(gallery)), np.float32)
    for i in range(q):
        shared = np.zeros(len(gallery), np.float32)
        for j in np.flatnonzero(weights[i]):
            shared[holders[j]] += np.minimum(weights[i, j], gallery[holders[j], j])
        result[i] = 1 - shared / (2 - shared)
    return result
