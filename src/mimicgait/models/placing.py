"""Where a cropped silhouette belongs in the frame, and which strips of the body it shows."""

from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor
from torch.nn.functional import grid_sample, one_hot

from mimicgait.errors import ConfigError, ShapeError, suggest
from mimicgait.models.visibility import Visibility
from mimicgait.types import frame_mask

Assignment = Literal["argmax", "soft"]
"""How the estimated type says on which side something is hidden."""

HALF = 0.499
"""Where a sample is taken for 1: just below 0.5, so that a tie does not depend on a device's rounding."""

PLACES = ("top", "bottom")
"""Types that a crop follows: what they cut away can be put back as empty rows."""


def check_placing(assignment: str, kinds: tuple[str, ...]) -> None:
    """Refuse an assignment that does not exist, and a VEN that cannot tell where something is cut away.

    Raises:
        ConfigError: if so.
    """
    if assignment not in ("argmax", "soft"):
        near = suggest(str(assignment), ("argmax", "soft"))
        raise ConfigError(f"assignment: {assignment!r} is unknown; {near}")
    if not set(PLACES) & set(kinds):
        raise ConfigError(f"visibility: it tells {', '.join(kinds)} apart; only top and bottom can be undone")


def hidden_rows(
    seen: Visibility, kinds: tuple[str, ...], height: int, assignment: Assignment = "argmax"
) -> tuple[Tensor, Tensor]:
    """Say how many of `height` rows are cut away above and below in each frame, int64 `[n, t]` each.

    Args:
        seen: what a VEN says of the frames.
        kinds: the VEN's; a side that it does not know loses nothing.
        height: of the frames.
        assignment: `argmax` believes the most likely type and takes the whole amount for it; `soft` shares
            the amount out by the types' probabilities.
    """
    logits = seen.logits.float()
    chance = logits.softmax(-1)
    if assignment == "argmax":
        chance = one_hot(logits.argmax(-1), len(kinds)).to(chance)
    rows = (chance * seen.amount.to(chance)[..., None] * height).round().long()
    none = torch.zeros(rows.shape[:2], dtype=torch.long, device=rows.device)
    above, below = (rows[..., kinds.index(kind)] if kind in kinds else none for kind in PLACES)
    return above, below


def visible_parts(
    frames: Tensor,
    above: Tensor,
    below: Tensor,
    spans: Sequence[tuple[float, float]],
    lengths: Tensor | None = None,
) -> Tensor:
    """Say how much of each part of the body a sequence shows at best, float32 `[n, p]` between 0 and 1.

    A row of a frame counts where it was not cut away and holds any of the person: a silhouette that fills its
    frame has no empty row, so an empty one is hidden, whatever hides it. Of the frames the best counts, as a
    network that takes the maximum over time has seen what any frame shows.

    Args:
        frames: `[n, t, h, w]`, put back where they belong (see `unstretch`).
        above, below: rows cut away, int64 `[n, t]`.
        spans: share of the height, from and to, that each part looks at.
        lengths: int `[n]`, real frames; all when left out.

    >>> frames = torch.ones(1, 1, 4, 2)
    >>> visible_parts(frames, torch.tensor([[0]]), torch.tensor([[1]]), [(0, 0.5), (0.5, 1)]).tolist()
    [[1.0, 0.5]]
    """
    t, h = frames.shape[1:3]
    row = torch.arange(h, device=frames.device)
    shown = (row >= above[..., None]) & (row < h - below[..., None]) & (frames > 0).any(-1)
    if lengths is not None:
        shown = shown & frame_mask(lengths.to(frames.device), t)[..., None]
    low, high = (torch.tensor(ends, device=frames.device) * h for ends in zip(*spans, strict=True))
    within = torch.minimum(row[:, None] + 1, high) - torch.maximum(row[:, None], low)
    share = within.clamp_min(0) / (high - low)
    return (shown.float() @ share).amax(1)


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
