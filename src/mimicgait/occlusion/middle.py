"""Middle: a bar at hip height hides the centre of the person."""

from torch import Tensor

from mimicgait.occlusion.arguments import Span, checked_span
from mimicgait.occlusion.base import Kind
from mimicgait.occlusion.box import Box, BoxOcclusion, between, pixels


class Middle(BoxOcclusion):
    """The central horizontal band is set to 0; head and feet stay, so the crop does not change.

    Amount U(0.4, 0.6) of the height; where it cannot be centred the odd row stays below the band.

    >>> import torch
    >>> seen = Middle(amount=(0.5, 0.5))(torch.ones(1, 1, 4, 1), torch.Generator())
    >>> seen.frames.flatten().tolist()
    [1.0, 0.0, 0.0, 1.0]
    """

    kind = Kind.MIDDLE
    stretches = False
    draws = 1

    def __init__(self, *, amount: Span = (0.4, 0.6)) -> None:
        self.amount = checked_span("amount", amount)

    def boxes(self, uniforms: Tensor, t: int, h: int, w: int, lengths: Tensor) -> Box:
        """Hide a band around the middle of the height."""
        rows = pixels(between(uniforms[:, :1], self.amount), h)
        top = (h - rows) // 2
        return Box.band(top, top + rows, w)
