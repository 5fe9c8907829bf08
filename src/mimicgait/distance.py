"""The distances between signatures that losses, evaluation and gallery share."""

from abc import ABC, abstractmethod

import torch
from torch import Tensor
from torch.nn.functional import normalize

from mimicgait.errors import ShapeError


class Distance(ABC):
    """A distance between two sets of signatures `[n, c, p]` and `[m, c, p]`.

    Two of one class with the same settings are equal.
    """

    def __call__(self, a: Tensor, b: Tensor) -> Tensor:
        """Return the matrix of distances `[n, m]`.

        Raises:
            ShapeError: if channels or parts differ.
        """
        if a.ndim != 3 or b.ndim != 3 or a.shape[1:] != b.shape[1:]:
            raise ShapeError(f"expected [n, c, p] and [m, c, p], got {tuple(a.shape)} and {tuple(b.shape)}")
        return self.matrix(a, b)

    @abstractmethod
    def matrix(self, a: Tensor, b: Tensor) -> Tensor:
        """Return the matrix of distances `[n, m]` of signatures whose shapes are known to fit."""

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash((type(self), *sorted(vars(self).items())))

    @property
    def name(self) -> str:
        """What rankings, calibrations and exported files call it."""
        return type(self).__name__


class PartwiseEuclidean(Distance):
    """Mean over parts of the Euclidean distance: what the field calls `euc`.

    >>> x = torch.tensor([[[0.0, 3.0]]])
    >>> PartwiseEuclidean()(x, torch.tensor([[[4.0, 3.0]]])).item()
    2.0
    """

    def matrix(self, a: Tensor, b: Tensor) -> Tensor:
        """Return the mean over parts of `per_part`, without holding all parts at once."""
        total = a.new_zeros(len(a), len(b))
        for part in range(a.shape[2]):
            total = total + euclidean(a[:, :, part], b[:, :, part])
        return total / a.shape[2]

    def per_part(self, a: Tensor, b: Tensor) -> Tensor:
        """Return the distance of every part on its own, `[p, n, m]`."""
        return euclidean(a.permute(2, 0, 1), b.permute(2, 0, 1))


class VisibleEuclidean(Distance):
    """Mean over parts of the Euclidean distance of their directions, as far as both signatures saw the part.

    The length of a part is how much of it was seen, 0 to 1, as `MimicPlusNetwork` gives it. With v and w of
    two signatures, part p counts v_p w_p |a_p - b_p| + (1 - v_p w_p) u: what one of them has not seen is as
    far away as `unknown` says, whoever it is. With u between the distances to oneself and to others, more
    evidence of the same kind moves two signatures further together or apart.

    Args:
        unknown: u; 1.2 lies between walks of one person and of two on the validation walkers.

    >>> x, y = torch.tensor([[[1.0, 0.0]]]), torch.tensor([[[-1.0, 1.0]]])
    >>> round(VisibleEuclidean(unknown=1.2)(x, y).item(), 4)  # the mean of 2 and 1.2
    1.6
    """

    def __init__(self, *, unknown: float = 1.2) -> None:
        self.unknown = unknown

    def matrix(self, a: Tensor, b: Tensor) -> Tensor:
        """Return the distances `[n, m]`, between 0 and 2."""
        a, b = at_least_float32(a), at_least_float32(b)
        seen = [x.norm(dim=1).clamp_max(1) for x in (a, b)]
        a, b = normalize(a, dim=1), normalize(b, dim=1)
        total = a.new_zeros(len(a), len(b))
        for part in range(a.shape[2]):
            both = seen[0][:, part, None] * seen[1][None, :, part]
            total += both * (euclidean(a[:, :, part], b[:, :, part]) - self.unknown)
        return self.unknown + total / a.shape[2]


class PartwiseCosine(Distance):
    """One minus the mean over parts of the cosine: what the field calls `cos`."""

    def matrix(self, a: Tensor, b: Tensor) -> Tensor:
        """Return the distances `[n, m]`, between 0 and 2."""
        with full_precision(a):
            a, b = at_least_float32(a), at_least_float32(b)
            return 1 - normalize(a, dim=1).flatten(1) @ normalize(b, dim=1).flatten(1).T / a.shape[2]


class FlattenedEuclidean(Distance):
    """Euclidean distance of the flattened signatures, L2-normalised first unless told otherwise."""

    def __init__(self, normalize: bool = True) -> None:
        self.normalize = normalize

    def matrix(self, a: Tensor, b: Tensor) -> Tensor:
        """Return the distances `[n, m]`, at most 2 when normalised."""
        a, b = at_least_float32(a.flatten(1)), at_least_float32(b.flatten(1))
        if self.normalize:
            a, b = normalize(a, dim=1), normalize(b, dim=1)
        return euclidean(a, b)


EUCLIDEAN = PartwiseEuclidean()
"""What signatures are compared with unless their network says otherwise."""

NAMED: dict[str, Distance] = {
    distance.name: distance
    for distance in (EUCLIDEAN, VisibleEuclidean(), PartwiseCosine(), FlattenedEuclidean())
}
"""Distances that a file can name, with the settings that they have there."""


def distance_of(network: object) -> Distance:
    """Return the distance that a network's signatures are made for: `PartwiseEuclidean` unless it says so."""
    stated = getattr(network, "distance", None)
    return stated if isinstance(stated, Distance) else EUCLIDEAN


def euclidean(a: Tensor, b: Tensor) -> Tensor:
    """Euclidean distances `[..., n, m]` of the rows of `[..., n, c]` and `[..., m, c]`.

    Computed in float32 or float64, inside autocast too: bf16 products would drown the small distances. The
    squares are clamped at 0, and the gradient of the root is 0 there instead of infinite.
    """
    with full_precision(a):
        a, b = at_least_float32(a), at_least_float32(b)
        inner = a @ b.transpose(-1, -2)
        squared = ((a * a).sum(-1)[..., :, None] + (b * b).sum(-1)[..., None, :] - 2 * inner).clamp_min(0)
        positive = squared > 0
        return torch.where(positive, torch.where(positive, squared, 1.0).sqrt(), 0.0)


def full_precision(like: Tensor) -> torch.autocast:
    """Switch autocast off on the device of a tensor, as a context."""
    return torch.autocast(like.device.type, enabled=False)


def at_least_float32(x: Tensor) -> Tensor:
    """Widen half precision to float32; leave float32 and float64 alone."""
    return x if x.dtype in (torch.float32, torch.float64) else x.float()
