"""GaitBase, the field's plain and strong baseline (Fan et al., "OpenGait", CVPR 2023)."""

from typing import Any, cast

from torch import Tensor, nn

from mimicgait.distance import at_least_float32
from mimicgait.models.base import (
    Backbone,
    as_images,
    check_frames,
    cut_columns,
    initialise,
    pack_frames,
    resolve_width,
)
from mimicgait.models.blocks import shortcut
from mimicgait.models.heads import SeparateLinear, horizontal_pyramid, packed_temporal_max

PARTS = 16
CHANNELS = (64, 128, 256, 512)
EMBEDDING = 256


class GaitBase(Backbone):
    """A ResNet of nine layers on single frames, maximum over time, 16 strips, one matrix a strip.

    Embeddings `[n, 256 * width, 16]`. With `cut`, 64-wide frames are cut to their middle 44 columns first, as
    the published configurations do; 44-wide frames are then taken as they are.
    """

    def __init__(self, *, width: float | str = "full", cut: bool = False) -> None:
        super().__init__()
        factor = resolve_width(width)
        stem, *stages = (max(1, round(c * factor)) for c in (CHANNELS[0], *CHANNELS))
        self.width = width
        self.cut = cut
        self.channels = max(1, round(EMBEDDING * factor))
        self.parts = PARTS
        self.input_size = (64, 64)
        self.conv1 = nn.Conv2d(1, stem, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(stem)
        self.relu = nn.ReLU(inplace=True)
        self.layer1 = nn.Sequential(BasicBlock(stem, stages[0], stride=1))
        self.layer2 = nn.Sequential(BasicBlock(stages[0], stages[1], stride=2))
        self.layer3 = nn.Sequential(BasicBlock(stages[1], stages[2], stride=2))
        self.layer4 = nn.Sequential(BasicBlock(stages[2], stages[3], stride=1))
        self.head = SeparateLinear(PARTS, stages[3], self.channels)
        self.apply(initialise)

    @property
    def config(self) -> dict[str, Any]:
        """The constructor's keyword arguments."""
        return {"width": self.width, "cut": self.cut}

    def forward(self, frames: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Map frames `[n, t, 64, 64]` to embeddings `[n, c, 16]` in float32 (see `Backbone.forward`).

        Raises:
            ShapeError: if frames or lengths have another shape or type.
        """
        check_frames(frames, lengths, ((64, 64), (64, 44)) if self.cut else ((64, 64),))
        packed, lengths = pack_frames(cut_columns(frames) if self.cut else frames, lengths)
        maps = self.frame_maps(as_images(packed, like=self.conv1.weight))
        pooled = packed_temporal_max(maps, frames.shape[0], lengths)
        embeddings: Tensor = self.head(horizontal_pyramid(at_least_float32(pooled), (PARTS,)))
        return embeddings

    def frame_maps(self, images: Tensor) -> Tensor:
        """Turn images `[m, 1, h, w]` into maps `[m, 512 * width, h / 4, w / 4]`, each frame for itself."""
        x = self.relu(self.bn1(self.conv1(images)))
        maps: Tensor = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return maps


class BasicBlock(nn.Module):
    """Two 3x3 convolutions beside a shortcut (He et al., "Deep Residual Learning", CVPR 2016)."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.downsample = shortcut(inputs, outputs, stride)

    def forward(self, x: Tensor) -> Tensor:
        """Map `[m, c_in, h, w]` to `[m, c_out, h / stride, w / stride]`."""
        shortcut = x if self.downsample is None else self.downsample(x)
        x = self.relu(self.bn1(self.conv1(x)))
        x = self.bn2(self.conv2(x)).add_(shortcut)
        return cast(Tensor, self.relu(x))
