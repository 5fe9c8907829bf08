"""SwinGait-3D: residual blocks first, then window attention in space and time (Fan et al., 2023)."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate

from mimicgait.distance import at_least_float32
from mimicgait.models.backbones.deepgaitv2 import check_blocks, residual_stage, run_stage
from mimicgait.models.base import Backbone, initialise, resolve_width
from mimicgait.models.blocks import scale_channels
from mimicgait.models.heads import SeparateLinear, horizontal_pyramid, temporal_max
from mimicgait.models.swin import SwinStage
from mimicgait.models.temporal import Timeline, packed_images

PARTS = 15
MATRICES = 16
"""One more than parts: the field fits a copy of the last strip to a 16-part head and drops its result."""

CHANNELS = (64, 128, 256, 512)
EMBEDDING = 256
MAP = (30, 20)
"""Height and width that the maps are resized to: patches of 2x2 then fill windows of 3x5 exactly."""

DROP_PATH = 0.1


class SwinGait(Backbone):
    """DeepGaitV2's first two stages (P3D), two Swin stages, maximum over time, 15 strips.

    Embeddings `[n, 256 * width, 15]`. `blocks` counts the blocks of the four stages: 1, 4, 4, 2 (Gait3D,
    GREW) or 1, 1, 2, 2 (CCPG, SUSTech1K) as published. 64-wide frames are cut to their middle 44 columns,
    because the maps are resized to 30x20 and would be squeezed otherwise; 44-wide ones are taken as they are.

    The published recipe starts from a trained DeepGaitV2. Attention sees each sequence at its own length:
    sequences of one length run together, so batches of equal lengths are fast and mixed ones correct.
    """

    def __init__(self, *, blocks: Sequence[int] = (1, 4, 4, 2), width: float | str = "full") -> None:
        super().__init__()
        check_blocks(blocks)
        channels = scale_channels(CHANNELS, resolve_width(width))
        self.blocks, self.width = tuple(blocks), width
        (self.channels,) = scale_channels([EMBEDDING], resolve_width(width))
        self.parts = PARTS
        self.input_size = (64, 64)
        self.conv1 = nn.Conv2d(1, channels[0], 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels[0])
        self.relu = nn.ReLU(inplace=True)
        self.layer1 = residual_stage("2d", blocks[0], channels[0], channels[0], stride=1)
        self.layer2 = residual_stage("p3d", blocks[1], channels[0], channels[1], stride=2)
        self.patches = nn.Conv2d(channels[1], channels[2], 2, stride=2)
        self.head = SeparateLinear(MATRICES, channels[3], self.channels)
        self.apply(initialise)
        depth = blocks[2] + blocks[3]
        rates = [DROP_PATH * i / (depth - 1) for i in range(depth)]
        self.patch_norm = nn.LayerNorm(channels[2])
        self.stage3 = SwinStage(channels[2], rates[: blocks[2]])
        self.widen_norm = nn.LayerNorm(channels[2])
        self.widen = nn.Linear(channels[2], channels[3], bias=False)
        self.stage4 = SwinStage(channels[3], rates[blocks[2] :])
        self.norm = nn.LayerNorm(channels[3])
        for module in (self.stage3, self.widen, self.stage4):
            module.apply(_initialise_linear)

    @property
    def config(self) -> dict[str, Any]:
        """The constructor's keyword arguments."""
        return {"blocks": list(self.blocks), "width": self.width}

    def forward(self, frames: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Map frames `[n, t, 64, 64]` to embeddings `[n, c, 15]` in float32 (see `Backbone.forward`).

        Raises:
            ShapeError: if frames or lengths have another shape or type.
        """
        images, time = packed_images(frames, lengths, cut=True, like=self.conv1.weight)
        strips = horizontal_pyramid(
            at_least_float32(self._pooled(self._tokens(images, time), time)), (PARTS,)
        )
        embeddings: Tensor = self.head(torch.cat([strips, strips[..., -1:].detach()], dim=2))
        return embeddings[..., :PARTS]

    def _tokens(self, images: Tensor, time: Timeline) -> Tensor:
        """Turn packed images into packed tokens `[m, 15, 10, c]`."""
        x = self.relu(self.bn1(self.conv1(images)))
        x = run_stage(self.layer2, run_stage(self.layer1, x, time), time)
        x = self.patches(interpolate(x, MAP, mode="bilinear", align_corners=True))
        tokens: Tensor = self.patch_norm(x.permute(0, 2, 3, 1))
        return tokens

    def _pooled(self, tokens: Tensor, time: Timeline) -> Tensor:
        """Attend within each sequence and take the maximum over its frames: maps `[n, c, 15, 10]`."""
        pooled, order = [], []
        for index, x, lengths in time.by_length(tokens):
            x = self.stage4(self.widen(self.widen_norm(self.stage3(x, lengths))), lengths)
            pooled.append(temporal_max(self.norm(x), lengths))
            order.append(index)
        maps = torch.cat(pooled)
        if len(order) > 1:
            maps = maps[torch.cat(order).argsort()]
        return maps.permute(0, 3, 1, 2)


def _initialise_linear(module: nn.Module) -> None:
    if isinstance(module, nn.Linear):
        nn.init.trunc_normal_(module.weight, std=0.02)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
