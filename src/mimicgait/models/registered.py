"""Silhouettes put back where they belong by what a visibility network estimates: nothing is trained."""

from typing import Any

import torch
from torch import Tensor, nn

from mimicgait.models.base import Backbone, require_encoder
from mimicgait.models.frozen import Frozen
from mimicgait.models.placing import Assignment, check_placing, hidden_rows, unstretch
from mimicgait.models.visibility import Visibility, VisibilityNetwork

__all__ = ["Assignment", "Registered"]


class Registered(Backbone):
    """A backbone that sees every frame as if the hidden part had been left empty instead of cut away.

    Where the lower body is out of sight, a detector crops what is left, and the crop is stretched to the full
    frame: the head is then where the chest should be. The visibility network tells type and amount of each
    frame; what remains is shrunk to its visible share and put at the top (hidden below) or at the bottom
    (hidden above). Frames in which nothing is cut away come to the backbone unchanged.

    Args:
        backbone: any backbone, usually the teacher.
        visibility: a VEN that knows `top`, `bottom` or both.
        assignment: `argmax` believes the most likely type and takes the whole amount for it; `soft` shares
            the amount out by the types' probabilities.

    Raises:
        ConfigError: if the backbone is none, the VEN knows neither type, or the assignment is unknown.
    """

    def __init__(
        self, backbone: nn.Module, visibility: VisibilityNetwork, assignment: Assignment = "argmax"
    ) -> None:
        super().__init__()
        facts = require_encoder(backbone)
        check_placing(assignment, visibility.kinds)
        self.channels, self.parts, self.input_size = facts.channels, facts.parts, facts.input_size
        self.backbone, self.visibility = backbone, Frozen(visibility)
        self.kinds, self.assignment = visibility.kinds, assignment

    @property
    def config(self) -> dict[str, Any]:
        """The constructor's keyword arguments."""
        return {
            "backbone": self.backbone,
            "visibility": self.visibility.module,
            "assignment": self.assignment,
        }

    def forward(self, frames: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Map occluded frames `[n, t, h, w]` to signatures `[n, c, p]` (see `Backbone.forward`)."""
        signature: Tensor = self.backbone(self.align(frames, lengths), lengths)
        return signature

    @torch.no_grad()
    def align(self, frames: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Return the frames `[n, t, h, w]` that the backbone sees; padding stays as it is."""
        seen: Visibility = self.visibility(frames, lengths)
        return unstretch(frames, *hidden_rows(seen, self.kinds, frames.shape[2], self.assignment))
