"""No occlusion: the complete sequence, in the same record as an occluded one."""

import torch
from torch import Tensor

from mimicgait.occlusion.base import Kind, Occluded, Occlusion


class Nothing(Occlusion):
    """Hides nothing; in a `Mixture` its weight is the probability of a complete sequence."""

    draws = 0

    def hide(self, frames: Tensor, uniforms: Tensor, lengths: Tensor) -> Occluded:
        """Return the frames as they are, all visible."""
        n = len(frames)
        return Occluded(
            frames=frames.clone(),
            visible=torch.ones(frames.shape, dtype=torch.bool, device=frames.device),
            kind=torch.full((n,), int(Kind.NONE), device=frames.device),
            amount=torch.zeros(n, device=frames.device),
        )
