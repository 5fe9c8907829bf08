"""Silhouettes put back where they belong by what a visibility network estimates: nothing is trained."""

from typing import Any, Literal

import torch
from torch import Tensor, nn
from torch.nn.functional import grid_sample, one_hot

from mimicgait.errors import ConfigError, ShapeError, suggest
from mimicgait.models.base import Backbone, require_encoder
from mimicgait.models.frozen import Frozen
from mimicgait.models.visibility import Visibility, VisibilityNetwork

Assignment = Literal["argmax", "soft"]
"""How the estimated type says on which side something is hidden."""

HALF = 0.499
"""Where a sample is taken for 1: just below 0.5, so that a tie does not depend on a device's rounding."""


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
        if assignment not in ("argmax", "soft"):
            near = suggest(str(assignment), ("argmax", "soft"))
            raise ConfigError(f"assignment: {assignment!r} is unknown; {near}")
        if not {"top", "bottom"} & set(visibility.kinds):
            raise ConfigError(
                f"visibility: it tells {', '.join(visibility.kinds)} apart; only top and bottom can be undone"
            )
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
        logits = seen.logits.float()
        chance = logits.softmax(-1)
        if self.assignment == "argmax":
            chance = one_hot(logits.argmax(-1), len(self.kinds)).to(chance)
        rows = chance * seen.amount.to(chance)[..., None] * frames.shape[2]
        above, below = (self._rows(rows, kind) for kind in ("top", "bottom"))
        return unstretch(frames, above, below)

    def _rows(self, rows: Tensor, kind: str) -> Tensor:
        """Return the whole rows `[n, t]` that a kind hides; 0 for one that the VEN does not know."""
        if kind not in self.kinds:
            return torch.zeros(rows.shape[:2], dtype=torch.long, device=rows.device)
        return rows[..., self.kinds.index(kind)].round().long()


def unstretch(frames: Tensor, above: Tensor, below: Tensor) -> Tensor:
    """Undo a cut and stretch: shrink each frame and leave the rows empty that had been cut away.

    Linear interpolation with half-pixel centres, then 1 where the value is at least half. A frame of which
    nothing was cut away comes back bit by bit.

    Args:
        frames: `[n, t, h, w]` of uint8 {0, 1} or float in [0, 1].
        above: rows cut away at the top of each frame, int64 `[n, t]`.
        below: rows cut away at the bottom; at least one row is left in any case.

    Raises:
        ShapeError: if the shapes do not fit.

    >>> whole = torch.ones(1, 1, 4, 1)
    >>> unstretch(whole, torch.tensor([[1]]), torch.tensor([[2]]))[0, 0, :, 0].tolist()
    [0.0, 1.0, 0.0, 0.0]
    """
    if frames.ndim != 4 or above.shape != frames.shape[:2] or below.shape != frames.shape[:2]:
        raise ShapeError(
            "expected frames [n, t, h, w], above [n, t] and below [n, t], got "
            f"{tuple(frames.shape)}, {tuple(above.shape)} and {tuple(below.shape)}"
        )
    n, t, h, w = frames.shape
    above = above.clamp(0, h - 1)
    kept = (h - above - below.clamp_min(0)).clamp_min(1)
    centres = torch.arange(h, device=frames.device) + 0.5
    # Where the centre of an output row lies among the visible rows, as a share of them.
    share = (centres - above[..., None]) / kept[..., None]
    columns = (2 * torch.arange(w, device=frames.device) + 1) / w - 1
    grid = torch.stack(
        [columns.expand(n * t, h, w), (2 * share - 1).view(n * t, h, 1).expand(-1, -1, w)], dim=-1
    )
    images = frames.reshape(n * t, 1, h, w).to(grid.dtype)
    sampled = grid_sample(images, grid, mode="bilinear", padding_mode="border", align_corners=False)
    inside = ((share > 0) & (share < 1))[..., None]
    placed = (sampled.view(n, t, h, w) >= HALF) & inside
    cut = (kept < h)[..., None, None]
    return torch.where(cut, placed.to(frames.dtype), frames)
