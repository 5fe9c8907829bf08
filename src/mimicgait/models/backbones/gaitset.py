"""GaitSet: a gait as a set of frames without order (Chao et al., AAAI 2019)."""

from typing import Any

import torch
from torch import Tensor, nn

from mimicgait.distance import at_least_float32
from mimicgait.models.base import Backbone, initialise, pyramid_spans, resolve_width
from mimicgait.models.blocks import StripConv, scale_channels
from mimicgait.models.heads import SeparateLinear, horizontal_pyramid
from mimicgait.models.temporal import packed_images

BINS = (16, 8, 4, 2, 1)
PARTS = 2 * sum(BINS)
CHANNELS = (32, 64, 128)
LARGE_CHANNELS = (64, 128, 256)
EMBEDDING = 256


class GaitSet(Backbone):
    """Three blocks on frames, a second stream on their maximum over the set, two pyramids of strips.

    Embeddings `[n, 256 * width, 62]`; the order of the frames does not matter. Published with channels 32,
    64, 128 (CASIA-B, Gait3D) and, as `large`, 64, 128, 256 (OU-MVLP, GREW, CASIA-E). With `cut`, 64-wide
    frames are cut to their middle 44 columns first, as published; 44-wide frames are then taken as they are.
    """

    def __init__(self, *, large: bool = False, width: float | str = "full", cut: bool = True) -> None:
        super().__init__()
        factor = resolve_width(width)
        first, second, third = scale_channels(LARGE_CHANNELS if large else CHANNELS, factor)
        self.large, self.width, self.cut = large, width, cut
        (self.channels,) = scale_channels([EMBEDDING], factor)
        self.parts = PARTS
        self.input_size = (64, 64)
        self.frame_block1 = nn.Sequential(StripConv(1, first, 5), StripConv(first, first), nn.MaxPool2d(2))
        self.frame_block2 = nn.Sequential(
            StripConv(first, second), StripConv(second, second), nn.MaxPool2d(2)
        )
        self.frame_block3 = nn.Sequential(StripConv(second, third), StripConv(third, third))
        self.set_block2 = nn.Sequential(StripConv(first, second), StripConv(second, second), nn.MaxPool2d(2))
        self.set_block3 = nn.Sequential(StripConv(second, third), StripConv(third, third))
        self.head = SeparateLinear(PARTS, third, self.channels)
        self.apply(initialise)

    @property
    def spans(self) -> tuple[tuple[float, float], ...]:
        """Which share of the height each part looks at: two pyramids."""
        return 2 * pyramid_spans(BINS)

    @property
    def config(self) -> dict[str, Any]:
        """The constructor's keyword arguments."""
        return {"large": self.large, "width": self.width, "cut": self.cut}

    def forward(self, frames: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Map frames `[n, t, 64, 64]` to embeddings `[n, c, 62]` in float32 (see `Backbone.forward`).

        Raises:
            ShapeError: if frames or lengths have another shape or type.
        """
        images, time = packed_images(frames, lengths, cut=self.cut, like=self.head.fc_bin)
        x = self.frame_block1(images)
        whole = self.set_block2(time.maximum(x))
        x = self.frame_block2(x)
        whole = self.set_block3(whole + time.maximum(x))
        pooled = time.maximum(self.frame_block3(x))
        both = [at_least_float32(pooled), at_least_float32(whole + pooled)]
        embeddings: Tensor = self.head(torch.cat([horizontal_pyramid(x, BINS) for x in both], dim=2))
        return embeddings
