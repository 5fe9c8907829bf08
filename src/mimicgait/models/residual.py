"""A frozen teacher, and a guided residual for what is hidden (RG-Gait, IJCB 2025)."""

from typing import Any

import torch
from torch import Tensor, nn

from mimicgait.distance import at_least_float32
from mimicgait.errors import ConfigError
from mimicgait.models.base import Backbone, require_encoder
from mimicgait.models.frozen import Frozen
from mimicgait.models.heads import SeparateLinear
from mimicgait.models.visibility import VisibilityNetwork, mean_over_frames


class ResidualNetwork(Backbone):
    """Signature = F_t(O) + a * T( F_m(O) (+) V(O) ), with a frozen teacher F_t.

    a is the hidden share that the frozen visibility network estimates, averaged over the frames: a complete
    sequence keeps the teacher's signature nearly as it was, which is what the method is for. T is one
    bias-free matrix a part that starts at zero, so that the first signature is the teacher's.

    Args:
        teacher: F_t, which stays as it is.
        backbone: F_m, with as many channels and parts.
        visibility: V, a VEN; a classifier of types knows no amount.

    Raises:
        ConfigError: if a network is no backbone, or both do not fit together.
    """

    def __init__(self, teacher: nn.Module, backbone: nn.Module, visibility: VisibilityNetwork) -> None:
        super().__init__()
        first, second = require_encoder(teacher), require_encoder(backbone)
        ours, theirs = ((f.channels, f.parts, tuple(f.input_size)) for f in (second, first))
        if ours != theirs:
            raise ConfigError(
                f"backbone: expected the teacher's channels, parts and input size {theirs}, got {ours}"
            )
        self.channels, self.parts, self.input_size = first.channels, first.parts, first.input_size
        self.teacher = Frozen(teacher)
        self.backbone = backbone
        self.visibility = Frozen(visibility)
        self.mixing = SeparateLinear(self.parts, self.channels + visibility.channels, self.channels)
        nn.init.zeros_(self.mixing.fc_bin)

    @property
    def config(self) -> dict[str, Any]:
        """The constructor's keyword arguments: the three networks."""
        return {
            "teacher": self.teacher.module,
            "backbone": self.backbone,
            "visibility": self.visibility.module,
        }

    def forward(self, frames: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Map frames `[n, t, h, w]`, occluded or not, to signatures `[n, c, p]` (see `Backbone.forward`)."""
        complete: Tensor = at_least_float32(self.teacher(frames, lengths))
        own: Tensor = at_least_float32(self.backbone(frames, lengths))
        seen = self.visibility(frames, lengths)
        guidance = mean_over_frames(at_least_float32(seen.features), lengths)
        hidden = mean_over_frames(seen.amount, lengths)
        repeated = guidance[:, :, None].expand(-1, -1, self.parts)
        residual: Tensor = self.mixing(torch.cat([own, repeated.to(own)], dim=1))
        return complete + hidden.to(own)[:, None, None] * residual
