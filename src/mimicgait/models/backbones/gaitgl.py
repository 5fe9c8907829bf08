"""GaitGL: global and local 3D convolutions side by side (Lin et al., ICCV 2021)."""

from typing import Any

import torch
from torch import Tensor, nn, unflatten
from torch.nn.functional import leaky_relu, max_pool2d

from mimicgait.distance import at_least_float32
from mimicgait.models.base import Backbone, check_frames, initialise, keeps_padding, resolve_width
from mimicgait.models.blocks import scale_channels
from mimicgait.models.heads import SeparateLinear
from mimicgait.models.temporal import Timeline, frame_sizes, packed_images

PARTS = 64
CHANNELS = (32, 64, 128)
LARGE_CHANNELS = (32, 64, 128, 256)
STRIPS = 8
LARGE_STRIPS = 2
EXPONENT = 6.5
"""Where the generalised mean starts from: between the mean (1) and the maximum (infinity)."""


class GaitGL(Backbone):
    """3D convolutions over the whole map and over strips of it, a temporal one of stride 3, 64 strips.

    Embeddings `[n, 128 * width, 64]`, or `[n, 256 * width, 64]` when `large` (OU-MVLP, GREW; MimicGait's own
    configurations use it on Gait3D too). With `normalised` a BatchNorm follows the last matrix and the
    embedding is what comes out of it, as first published; the variant with a BNNeck is trained and used on
    the embedding before its neck: `normalised=False`. With `cut`, 64-wide frames are cut to their middle 44
    columns first, as published.

    Sequences of one frame are seen as three, those of two as four, by repetition: a stride of 3 needs three.
    """

    def __init__(
        self,
        *,
        large: bool = False,
        normalised: bool = True,
        width: float | str = "full",
        cut: bool = True,
    ) -> None:
        super().__init__()
        factor = resolve_width(width)
        self.large, self.normalised, self.width, self.cut = large, normalised, width, cut
        first, *stages = scale_channels(LARGE_CHANNELS if large else CHANNELS, factor)
        if not large:
            stages.append(stages[-1])  # the third stage of the small network keeps the width of the second
        strips, depth = (LARGE_STRIPS, 2) if large else (STRIPS, 1)
        self.channels = stages[-1]
        self.parts = PARTS
        self.input_size = (64, 64)
        self.stem = nn.ModuleList(conv3x3x3(1 if i == 0 else first, first) for i in range(depth))
        self.reduction = nn.Conv2d(first, first, (3, 1), stride=(3, 1), bias=False)
        self.stage1 = _stage(first, stages[0], strips, depth)
        self.stage2 = _stage(stages[0], stages[1], strips, depth)
        self.stage3 = _stage(stages[1], stages[2], strips, depth, stacked=True)
        self.exponent = nn.Parameter(torch.full((1,), EXPONENT))
        self.head = SeparateLinear(PARTS, self.channels, self.channels)
        self.norm = nn.BatchNorm1d(self.channels) if normalised else None
        self.apply(initialise)

    @property
    def config(self) -> dict[str, Any]:
        """The constructor's keyword arguments."""
        return {"large": self.large, "normalised": self.normalised, "width": self.width, "cut": self.cut}

    def forward(self, frames: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Map frames `[n, t, 64, 64]` to embeddings `[n, c, 64]` in float32 (see `Backbone.forward`).

        Raises:
            ShapeError: if frames or lengths have another shape or type.
        """
        check_frames(frames, lengths, frame_sizes(self.cut))
        images, time = packed_images(*repeat_short(frames, lengths), cut=self.cut, like=self.reduction.weight)
        for conv in self.stem:
            images = leaky_relu(time.images(conv(time.volumes(images))))
        images, time = time.reduce(self.reduction, images)
        images = run_blocks(self.stage1, leaky_relu(images), time)
        images = run_blocks(self.stage2, max_pool2d(images, 2), time)
        pooled = time.maximum(run_blocks(self.stage3, images, time))
        rows = generalised_mean(at_least_float32(pooled), at_least_float32(self.exponent))
        embeddings: Tensor = self.head(rows)
        if self.norm is not None:
            embeddings = at_least_float32(self.norm(embeddings.to(self.norm.weight.dtype)))
        return embeddings


class GlobalLocal(nn.Module):
    """One 3x3x3 convolution over the whole map and one over each of its horizontal strips.

    Their results are added, or `stacked` one below the other: the height is then twice that of the input.
    """

    def __init__(self, inputs: int, outputs: int, strips: int, *, stacked: bool = False) -> None:
        super().__init__()
        self.strips = strips
        self.stacked = stacked
        self.whole = conv3x3x3(inputs, outputs)
        self.local = conv3x3x3(inputs, outputs)

    def forward(self, images: Tensor, time: Timeline) -> Tensor:
        """Map packed `[m, c_in, h, w]` to `[m, c_out, h, w]`, or `[m, c_out, 2 h, w]` when stacked."""
        volumes = time.volumes(images)
        strips = unflatten(volumes, 3, (self.strips, -1)).movedim(3, 1)  # [b, strips, c, t, h / strips, w]
        local = unflatten(self.local(strips.flatten(0, 1)), 0, (-1, self.strips)).movedim(1, 3).flatten(3, 4)
        branches = [leaky_relu(time.images(x)) for x in (self.whole(volumes), local)]
        return torch.cat(branches, dim=2) if self.stacked else branches[0] + branches[1]


def generalised_mean(x: Tensor, exponent: Tensor) -> Tensor:
    """Pool each row of `[n, c, h, w]` to its generalised mean over the width, `[n, c, h]`.

    Values are clamped at 1e-6, as the field does: the power of a negative number is undefined. (Radenovic et
    al., "Fine-tuning CNN image retrieval with no human annotation", 2018, eq. 3.)
    """
    return x.clamp_min(1e-6).pow(exponent).mean(-1).pow(1 / exponent)


def repeat_short(frames: Tensor, lengths: Tensor | None) -> tuple[Tensor, Tensor | None]:
    """Repeat sequences of one frame to three frames and those of two to four; leave all others alone."""
    n, t = frames.shape[:2]
    real = torch.full((n,), t, device=frames.device) if lengths is None else lengths.to(frames.device)
    span = t + 2 if keeps_padding() else max(t, 4)  # an exported graph takes one rule for all t
    if not keeps_padding() and t > 2 and (lengths is None or not bool((real < 3).any())):
        return frames, lengths
    longer = real + (real < 3) * 2  # 1 becomes 3 and 2 becomes 4
    place = torch.arange(span, device=frames.device)[None] % real[:, None]
    repeated = frames[torch.arange(n, device=frames.device)[:, None], place]
    return repeated, longer


def conv3x3x3(inputs: int, outputs: int) -> nn.Conv3d:
    """Make a bias-free 3x3x3 convolution that keeps the size."""
    return nn.Conv3d(inputs, outputs, 3, padding=1, bias=False)


def _stage(inputs: int, outputs: int, strips: int, depth: int, stacked: bool = False) -> nn.ModuleList:
    widths, last = [inputs, *[outputs] * (depth - 1)], depth - 1
    return nn.ModuleList(
        GlobalLocal(c, outputs, strips, stacked=stacked and i == last) for i, c in enumerate(widths)
    )


def run_blocks(blocks: nn.ModuleList, images: Tensor, time: Timeline) -> Tensor:
    """Run the blocks of one stage over packed maps."""
    for block in blocks:
        images = block(images, time)
    return images
