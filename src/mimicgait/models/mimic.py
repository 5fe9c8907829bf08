"""The mimic network: a student that sees the occluded walk, guided by VEN (MimicGait, WACV 2025, eq. 1)."""

from typing import Any, Literal

import torch
from torch import Tensor, nn

from mimicgait.distance import at_least_float32
from mimicgait.errors import ConfigError, suggest
from mimicgait.models.base import Backbone, require_encoder
from mimicgait.models.frozen import Frozen
from mimicgait.models.heads import SeparateLinear
from mimicgait.models.visibility import FrameGuide

Signature = Literal["guided", "backbone"]
"""Which signature a mimic network returns once it is trained."""


class MimicNetwork(Backbone):
    """Signature = T( F_m(O) (+) V(O) ), eq. 1, in training and at inference alike.

    F_m is any backbone, V the frozen visibility network's features, repeated for every part, (+) joins along
    channels, T is one bias-free matrix a part. The signature is as wide as the backbone's. Without
    `visibility` there is no T either; the signature is the backbone's own (the ablation without guidance).

    Args:
        backbone: F_m.
        visibility: V, a visibility network or a classifier of occlusion types.
        signature: `guided` is eq. 1 always. `backbone` is eq. 1 in training mode and F_m(O) alone in eval
            mode, as the released code tests it; for comparisons only.

    Raises:
        ConfigError: if the backbone does not state its channels, parts and input size.
    """

    def __init__(
        self, backbone: nn.Module, visibility: FrameGuide | None = None, signature: Signature = "guided"
    ) -> None:
        super().__init__()
        if signature not in ("guided", "backbone"):
            near = suggest(str(signature), ("guided", "backbone"))
            raise ConfigError(f"signature: {signature!r} is unknown; {near}")
        self.signature = signature
        facts = require_encoder(backbone)
        self.channels, self.parts, self.input_size = facts.channels, facts.parts, facts.input_size
        self.backbone = backbone
        self.visibility = None if visibility is None else Frozen(visibility)
        self.mixing: SeparateLinear | None = None
        if visibility is not None:
            joined = self.channels + visibility.channels
            self.mixing = SeparateLinear(self.parts, joined, self.channels)

    @property
    def config(self) -> dict[str, Any]:
        """The constructor's keyword arguments; `signature` only where it is not the usual one."""
        networks = {"backbone": self.backbone, "visibility": self.visibility and self.visibility.module}
        return networks if self.signature == "guided" else networks | {"signature": self.signature}

    def forward(self, frames: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Map occluded frames `[n, t, h, w]` to signatures `[n, c, p]` (see `Backbone.forward`)."""
        own: Tensor = at_least_float32(self.backbone(frames, lengths))
        if self.visibility is None or self.mixing is None:
            return own
        if self.signature == "backbone" and not self.training:
            return own
        guidance = self.visibility.call("guidance", frames, lengths)
        repeated = guidance[:, :, None].expand(-1, -1, self.parts)
        signature: Tensor = self.mixing(torch.cat([own, repeated.to(own)], dim=1))
        return signature

    @torch.no_grad()
    def initialise_from(self, teacher: nn.Module) -> None:
        """Start where the teacher stands: copy its weights, and let T pass F_m on and leave V out.

        The first signature is then the teacher's; T's matrices are the identity over a block of zeros.

        Raises:
            ConfigError: if the teacher has another architecture than the backbone.
        """
        source = teacher.module if isinstance(teacher, Frozen) else teacher
        state = source.state_dict()
        own = self.backbone.state_dict()
        if {k: v.shape for k, v in state.items()} != {k: v.shape for k, v in own.items()}:
            raise ConfigError(
                f"the teacher, {type(source).__name__}, has other weights than the mimic's backbone, "
                f"{type(self.backbone).__name__}; build both with the same class and settings"
            )
        self.backbone.load_state_dict(state)
        self.pass_on()

    @torch.no_grad()
    def pass_on(self) -> None:
        """Let T pass F_m on and leave V out: the identity over a block of zeros. Nothing without guidance."""
        if self.mixing is not None:
            self.mixing.fc_bin.zero_()
            self.mixing.fc_bin[:, : self.channels] = torch.eye(self.channels)

    @torch.no_grad()
    def continue_from(self, earlier: "MimicNetwork") -> None:
        """Go on with the T of another mimic network, if both are guided; F_m is not touched.

        Raises:
            ConfigError: if only one of them is guided, or the matrices have other shapes.
        """
        state = {} if earlier.mixing is None else earlier.mixing.state_dict()
        own = {} if self.mixing is None else self.mixing.state_dict()
        if {k: v.shape for k, v in state.items()} != {k: v.shape for k, v in own.items()}:
            raise ConfigError(
                "the trained network is guided in another way (with none, or by other channels) than the one "
                "that shall go on from it; give the visibility network that it was trained with"
            )
        if self.mixing is not None:
            self.mixing.load_state_dict(state)
