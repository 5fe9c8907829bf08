"""MimicPlus: every strip in its place, and a signature that says nothing about what it has not seen."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from mimicgait.distance import VisibleEuclidean, at_least_float32, full_precision
from mimicgait.models.base import Backbone, require_encoder
from mimicgait.models.frozen import Frozen
from mimicgait.models.placing import Assignment, check_placing, hidden_rows, unstretch, visible_parts
from mimicgait.models.visibility import VisibilityNetwork


class MimicPlusNetwork(Backbone):
    """Part p of the signature = v_p * (F(P(O))_p - m_p) / |F(P(O))_p - m_p|.

    P puts the frames O back where they belong by what the frozen visibility network estimates (as
    `Registered` does), so that a strip of the body meets the same strip of another sequence, complete or not.
    F is any backbone; m_p is the mean of its signatures, without which all of them share one direction that
    drowns the differences. v_p is how much of the part the sequence shows: what is out of sight is 0.

    Its `distance` compares what both have seen. In the usual Euclidean distance, part by part, a seen part
    and one out of sight are 1 apart, less than two people (about 1.4) and more than two walks of one person:
    neither for nor against anybody, so that it ranks a complete gallery just as well. A complete sequence
    goes through the backbone as it is, so that the network need not forget anything.

    Args:
        backbone: F; its `spans` say which share of the height each part looks at, equal strips without.
        visibility: a VEN that knows `top`, `bottom` or both.
        assignment: how the VEN's estimate becomes rows; see `hidden_rows`.
        placed: False leaves the frames where the crop has put them, and v with them (an ablation).
        weighted: False gives every part the weight 1 (an ablation).

    Raises:
        ConfigError: if the backbone is none, the VEN knows neither type, or the assignment is unknown.
    """

    distance = VisibleEuclidean()
    """What its signatures are compared with."""

    def __init__(
        self,
        backbone: nn.Module,
        visibility: VisibilityNetwork,
        assignment: Assignment = "argmax",
        *,
        placed: bool = True,
        weighted: bool = True,
    ) -> None:
        super().__init__()
        facts = require_encoder(backbone)
        check_placing(assignment, visibility.kinds)
        self.channels, self.parts, self.input_size = facts.channels, facts.parts, facts.input_size
        self.backbone, self.visibility = backbone, Frozen(visibility)
        self.kinds, self.assignment = visibility.kinds, assignment
        self.placed, self.weighted = placed, weighted
        self.centre = nn.Parameter(torch.zeros(self.channels, self.parts))

    @property
    def spans(self) -> tuple[tuple[float, float], ...]:
        """Which share of the height each part looks at: the backbone's."""
        return getattr(self.backbone, "spans", super().spans)

    @property
    def config(self) -> dict[str, Any]:
        """The constructor's keyword arguments; switches only where they are off."""
        off = {name: False for name in ("placed", "weighted") if not getattr(self, name)}
        networks = {"backbone": self.backbone, "visibility": self.visibility.module}
        return networks | {"assignment": self.assignment} | off

    def forward(self, frames: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Map frames `[n, t, h, w]`, occluded or not, to signatures `[n, c, p]` (see `Backbone.forward`).

        The length of part p is v_p.
        """
        placed, visible = self.place(frames, lengths)
        own: Tensor = at_least_float32(self.backbone(placed, lengths))
        with full_precision(own):
            return normalize(own - self.centre.to(own), dim=1) * visible[:, None, :].to(own)

    @torch.no_grad()
    def place(self, frames: Tensor, lengths: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Return the frames `[n, t, h, w]` that the backbone sees, and v `[n, p]`."""
        above = below = torch.zeros(frames.shape[:2], dtype=torch.long, device=frames.device)
        if self.placed:
            seen = self.visibility(frames, lengths)
            above, below = hidden_rows(seen, self.kinds, frames.shape[2], self.assignment)
            frames = unstretch(frames, above, below)
        if not self.weighted:
            return frames, torch.ones(len(frames), self.parts, device=frames.device)
        return frames, visible_parts(frames, above, below, self.spans, lengths)
