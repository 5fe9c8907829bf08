"""GaitPart: strips convolved apart, and short-range motion patterns of each part (Fan et al., CVPR 2020)."""

from typing import Any

import torch
from torch import Tensor, nn, unflatten
from torch.nn.functional import avg_pool1d, leaky_relu, max_pool2d

from mimicgait.distance import at_least_float32
from mimicgait.models.base import Backbone, initialise, resolve_width
from mimicgait.models.blocks import StripConv, scale_channels
from mimicgait.models.heads import SeparateLinear, horizontal_pyramid
from mimicgait.models.temporal import packed_images

PARTS = 16
CHANNELS = (32, 64, 128)
LARGE_CHANNELS = (32, 64, 128, 256)
STRIPS = (1, 4, 8)
LARGE_STRIPS = (1, 1, 8, 8)


class GaitPart(Backbone):
    """Convolutions on ever smaller strips, attention over 3 and 5 frames for each of 16, maximum over time.

    Embeddings `[n, 128 * width, 16]`, or `[n, 256 * width, 16]` when `large` (OU-MVLP, GREW, CASIA-E). With
    `cut`, 64-wide frames are cut to their middle 44 columns first, as published.
    """

    def __init__(self, *, large: bool = False, width: float | str = "full", cut: bool = True) -> None:
        super().__init__()
        channels = scale_channels(LARGE_CHANNELS if large else CHANNELS, resolve_width(width))
        self.large, self.width, self.cut = large, width, cut
        self.channels = channels[-1]
        self.parts = PARTS
        self.input_size = (64, 64)
        layers: list[nn.Module] = []
        inputs = 1
        for i, (outputs, strips) in enumerate(zip(channels, LARGE_STRIPS if large else STRIPS, strict=True)):
            layers.append(StripConv(inputs, outputs, 3 if i else 5, strips))
            layers.append(StripConv(outputs, outputs, 3, strips))
            if i < 2:
                layers.append(nn.MaxPool2d(2))
            inputs = outputs
        self.layers = nn.Sequential(*layers)
        self.head = SeparateLinear(PARTS, self.channels, self.channels)
        self.apply(initialise)
        self.attention3 = PartAttention(PARTS, self.channels, window=3, gate=1)
        self.attention5 = PartAttention(PARTS, self.channels, window=5, gate=3)

    @property
    def config(self) -> dict[str, Any]:
        """The constructor's keyword arguments."""
        return {"large": self.large, "width": self.width, "cut": self.cut}

    def forward(self, frames: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Map frames `[n, t, 64, 64]` to embeddings `[n, c, 16]` in float32 (see `Backbone.forward`).

        Raises:
            ShapeError: if frames or lengths have another shape or type.
        """
        images, time = packed_images(frames, lengths, cut=self.cut, like=self.head.fc_bin)
        strips = horizontal_pyramid(self.layers(images), (PARTS,))
        parts, real = time.padded(strips.transpose(1, 2))  # [n, t, p, c]
        signal = parts.flatten(2).transpose(1, 2)
        patterns = at_least_float32(self.attention3(signal, real) + self.attention5(signal, real))
        if real is not None:
            patterns = patterns.masked_fill(~real[:, None], -torch.inf)
        strongest = unflatten(patterns.amax(-1), 1, (PARTS, -1)).transpose(1, 2)
        embeddings: Tensor = self.head(strongest)
        return embeddings


class PartAttention(nn.Module):
    """Weigh the average + maximum over a short window of frames by a gate; every part has its own weights.

    The gate is two convolutions along time, over three frames and over `gate` frames, and a sigmoid; their
    hidden width is a quarter of the channels. (The micro-motion capture module of the paper.)
    """

    def __init__(self, parts: int, channels: int, window: int, gate: int) -> None:
        super().__init__()
        hidden = max(1, channels // 4)
        self.window = window
        self.squeeze = nn.Conv1d(parts * channels, parts * hidden, 3, padding=1, groups=parts, bias=False)
        self.excite = nn.Conv1d(
            parts * hidden, parts * channels, gate, padding=gate // 2, groups=parts, bias=False
        )
        for conv in (self.squeeze, self.excite):
            for weight in conv.weight.detach().chunk(parts):
                nn.init.xavier_uniform_(weight)

    def forward(self, x: Tensor, real: Tensor | None) -> Tensor:
        """Map signals `[n, p * c, t]`, zero past their end, to patterns of the same shape.

        `real [n, t]` is true where a frame exists, None where all do.
        """
        hidden = leaky_relu(self.squeeze(x))
        reach = self.window // 2
        template = avg_pool1d(x, self.window, 1, reach)
        if real is None:
            template = template + strongest_nearby(x, reach)
        else:
            # The end of a sequence must look as it does without padding: zeros for the convolutions, and for
            # the maximum nothing at all. Padded frames get 0: minus infinity would make gradients NaN.
            hidden = hidden * real[:, None]
            maximum = strongest_nearby(x.masked_fill(~real[:, None], -torch.inf), reach)
            template = template + maximum.masked_fill(~real[:, None], 0)
        return torch.sigmoid(self.excite(hidden)) * template


def strongest_nearby(x: Tensor, reach: int) -> Tensor:
    """Maximum of `[n, c, t]` over the frames at most `reach` away; frames past either end do not count.

    In two dimensions, because an exported one-dimensional pool is good for one number of frames only.
    """
    return max_pool2d(x[..., None], (2 * reach + 1, 1), stride=1, padding=(reach, 0))[..., 0]
