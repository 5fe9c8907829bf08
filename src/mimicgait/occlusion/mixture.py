"""A mixture: each sequence draws one of several occlusions."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from mimicgait.errors import ConfigError
from mimicgait.occlusion.base import Occluded, Occlusion


class Mixture(Occlusion):
    """One of several occlusions for each sequence, with given weights.

    Args:
        occlusions: what is drawn from; a mixture may hold mixtures.
        weights: relative frequencies, all equal when left out. For a probability of no occlusion at all put
            `Nothing` among the occlusions.

    Raises:
        ConfigError: if there is nothing to draw from, or the weights do not fit.

    >>> from mimicgait.occlusion import Bottom, Nothing, Top
    >>> half = Mixture([Nothing(), Top(), Bottom()], weights=[0.5, 0.25, 0.25])
    >>> half(torch.ones(8, 1, 64, 64), torch.Generator().manual_seed(0)).kind.tolist()
    [2, 0, 1, 0, 1, 0, 0, 0]
    """

    def __init__(self, occlusions: Sequence[Occlusion], weights: Sequence[float] | None = None) -> None:
        self.occlusions = tuple(occlusions)
        if not self.occlusions or not all(isinstance(o, Occlusion) for o in self.occlusions):
            raise ConfigError(
                f"occlusions: expected one or more occlusions, got {occlusions!r}. Try [Top(), Bottom()]."
            )
        self.weights = _checked_weights(weights, len(self.occlusions))
        self.draws = 1 + max(o.draws for o in self.occlusions)

    def hide(self, frames: Tensor, uniforms: Tensor, lengths: Tensor) -> Occluded:
        """Choose by the first draw, then give each occlusion the sequences that fell to it."""
        return self._share_out(frames, uniforms, lengths, stretch=True)

    def cover(self, frames: Tensor, uniforms: Tensor, lengths: Tensor) -> Occluded:
        """Do the same without stretching anything."""
        return self._share_out(frames, uniforms, lengths, stretch=False)

    def _share_out(self, frames: Tensor, uniforms: Tensor, lengths: Tensor, *, stretch: bool) -> Occluded:
        bounds = torch.tensor(self.weights, dtype=torch.float64).cumsum(0)
        chosen = torch.searchsorted(bounds / bounds[-1], uniforms[:, 0].contiguous(), right=True)
        parts = []
        for i, occlusion in enumerate(self.occlusions):
            rows = (chosen == i).nonzero().flatten()
            index = rows.to(frames.device)
            draws = uniforms[rows, 1 : 1 + occlusion.draws]
            work = occlusion.hide if stretch else occlusion.cover
            parts.append(work(frames.index_select(0, index), draws, lengths[index]))
        # Sorted by choice, sequence by sequence: undo that order.
        place = chosen.argsort(stable=True).argsort().to(frames.device)
        return Occluded(
            frames=torch.cat([part.frames for part in parts]).index_select(0, place),
            visible=torch.cat([part.visible for part in parts]).index_select(0, place),
            kind=torch.cat([part.kind for part in parts])[place],
            amount=torch.cat([part.amount for part in parts])[place],
        )


def _checked_weights(weights: Sequence[float] | None, count: int) -> tuple[float, ...]:
    """Return one weight for each occlusion.

    Raises:
        ConfigError: if there are more or fewer, one is negative or not finite, or all are 0.
    """
    if weights is None:
        return (1.0,) * count
    if len(weights) != count:
        raise ConfigError(f"weights: expected one for each of the {count} occlusions, got {list(weights)}")
    if not all(math.isfinite(w) and w >= 0 for w in weights) or sum(weights) <= 0:
        raise ConfigError(
            f"weights: expected numbers >= 0 of which one is above 0, got {list(weights)}. "
            "They are relative and need not sum to 1."
        )
    return tuple(float(w) for w in weights)
