"""Top, bottom and changing: part of the height is out of sight, and the detector crops what is left."""

import torch
from torch import Tensor

from mimicgait.occlusion.arguments import Span, checked_span
from mimicgait.occlusion.base import Kind
from mimicgait.occlusion.box import Box, BoxOcclusion, between, pixels


class _Cut(BoxOcclusion):
    """Shared by the types that cut a share of the height; at least one row always stays."""

    stretches = True
    draws = 1

    def __init__(self, *, amount: Span = (0.4, 0.6)) -> None:
        self.amount = checked_span("amount", amount)

    def _hidden_rows(self, uniform: Tensor, h: int) -> Tensor:
        """Rows `[n, 1]` that are cut from frames of height `h`."""
        return pixels(between(uniform, self.amount), h).clamp_max(h - 1)[:, None]


class Top(_Cut):
    """The upper share of the height is cut away, the rest stretched to the frame and re-binarised.

    The walker behind whom nobody sees a head: the silhouette's crop follows what is visible. Paper:
    supplement, consistent occlusion; amount U(0.4, 0.6) of the height.

    >>> frames = torch.zeros(1, 2, 4, 1, dtype=torch.uint8)
    >>> frames[:, :, 3] = 1
    >>> seen = Top(amount=(0.5, 0.5))(frames, torch.Generator())
    >>> seen.frames[0, 0, :, 0].tolist(), seen.visible[0, 0, :, 0].tolist(), seen.amount.item()
    ([0, 0, 1, 1], [False, False, True, True], 0.5)
    """

    kind = Kind.TOP

    def boxes(self, uniforms: Tensor, t: int, h: int, w: int, lengths: Tensor) -> Box:
        """Hide the first rows."""
        rows = self._hidden_rows(uniforms[:, 0], h)
        return Box.band(torch.zeros_like(rows), rows, w)


class Bottom(_Cut):
    """The lower share of the height is cut away, the rest stretched and re-binarised; see `Top`."""

    kind = Kind.BOTTOM

    def boxes(self, uniforms: Tensor, t: int, h: int, w: int, lengths: Tensor) -> Box:
        """Hide the last rows."""
        rows = self._hidden_rows(uniforms[:, 0], h)
        return Box.band(h - rows, torch.full_like(rows, h), w)


class Changing(_Cut):
    """`Top` for the first half of the sequence and `Bottom` for the second, or the reverse.

    For tests only in the paper. The first half is `length // 2` frames; both halves lose the same amount, as
    the paper draws one occlusion a sequence.
    """

    kind = Kind.CHANGING
    draws = 2

    def boxes(self, uniforms: Tensor, t: int, h: int, w: int, lengths: Tensor) -> Box:
        """Hide the first rows in the first half and the last ones in the second, or the reverse."""
        rows = self._hidden_rows(uniforms[:, 0], h)
        first_half = torch.arange(t) < (lengths.cpu() // 2)[:, None]
        at_top = first_half == (uniforms[:, 1:2] < 0.5)
        return Box.band(torch.where(at_top, 0, h - rows), torch.where(at_top, rows, h), w)
