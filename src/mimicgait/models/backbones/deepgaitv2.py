"""DeepGaitV2: a deep residual network in space, or in space and time (Fan et al., 2023)."""

from collections.abc import Sequence
from typing import Any, Literal, get_args

from torch import Tensor, nn

from mimicgait.distance import at_least_float32
from mimicgait.errors import ConfigError, suggest
from mimicgait.models.backbones.gaitbase import BasicBlock
from mimicgait.models.base import Backbone, initialise, resolve_width
from mimicgait.models.blocks import Block3d, BlockP3d, scale_channels
from mimicgait.models.heads import SeparateLinear, horizontal_pyramid
from mimicgait.models.temporal import Timeline, packed_images

Mode = Literal["2d", "3d", "p3d"]
PARTS = 16
CHANNELS = (64, 128, 256, 512)
EMBEDDING = 256


class DeepGaitV2(Backbone):
    """Four residual stages, maximum over time, 16 strips, one matrix a strip.

    Embeddings `[n, 256 * width, 16]`. The first stage sees single frames; the others work in the given mode:
    single frames (`2d`), 3x3x3 convolutions (`3d`), or a 3x3 and a temporal one in turn (`p3d`). Published in
    mode `p3d` with blocks 1, 1, 1, 1 (CASIA-B, OU-MVLP, CCPG, SUSTech1K) and 1, 4, 4, 1 (Gait3D, GREW). With
    `cut`, 64-wide frames are cut to their middle 44 columns first, as published.
    """

    def __init__(
        self,
        *,
        mode: Mode = "p3d",
        blocks: Sequence[int] = (1, 1, 1, 1),
        width: float | str = "full",
        cut: bool = True,
    ) -> None:
        super().__init__()
        if mode not in get_args(Mode):
            raise ConfigError(f"unknown mode {mode!r}; {suggest(mode, get_args(Mode))}")
        check_blocks(blocks)
        channels = scale_channels(CHANNELS, resolve_width(width))
        self.mode, self.blocks, self.width, self.cut = mode, tuple(blocks), width, cut
        (self.channels,) = scale_channels([EMBEDDING], resolve_width(width))
        self.parts = PARTS
        self.input_size = (64, 64)
        self.conv1 = nn.Conv2d(1, channels[0], 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels[0])
        self.relu = nn.ReLU(inplace=True)
        self.layer1 = residual_stage("2d", blocks[0], channels[0], channels[0], stride=1)
        self.layer2 = residual_stage(mode, blocks[1], channels[0], channels[1], stride=2)
        self.layer3 = residual_stage(mode, blocks[2], channels[1], channels[2], stride=2)
        self.layer4 = residual_stage(mode, blocks[3], channels[2], channels[3], stride=1)
        self.head = SeparateLinear(PARTS, channels[3], self.channels)
        self.apply(initialise)

    @property
    def config(self) -> dict[str, Any]:
        """The constructor's keyword arguments."""
        return {"mode": self.mode, "blocks": list(self.blocks), "width": self.width, "cut": self.cut}

    def forward(self, frames: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Map frames `[n, t, 64, 64]` to embeddings `[n, c, 16]` in float32 (see `Backbone.forward`).

        Raises:
            ShapeError: if frames or lengths have another shape or type.
        """
        images, time = packed_images(frames, lengths, cut=self.cut, like=self.conv1.weight)
        x = self.relu(self.bn1(self.conv1(images)))
        for stage in (self.layer1, self.layer2, self.layer3, self.layer4):
            x = run_stage(stage, x, time)
        embeddings: Tensor = self.head(horizontal_pyramid(at_least_float32(time.maximum(x)), (PARTS,)))
        return embeddings


def residual_stage(mode: Mode, blocks: int, inputs: int, outputs: int, stride: int) -> nn.ModuleList:
    """Make residual blocks of one mode; the first of them changes the channels and strides in space."""
    block = {"2d": BasicBlock, "3d": Block3d, "p3d": BlockP3d}[mode]
    rest = [block(outputs, outputs, 1) for _ in range(blocks - 1)]
    return nn.ModuleList([block(inputs, outputs, stride), *rest])


def run_stage(stage: nn.ModuleList, x: Tensor, time: Timeline) -> Tensor:
    """Run the blocks of `residual_stage` over packed maps `[m, c, h, w]`."""
    for block in stage:
        x = block(x) if isinstance(block, BasicBlock) else block(x, time)
    return x


def check_blocks(blocks: Sequence[int]) -> None:
    """Refuse block counts that are not four positive numbers.

    Raises:
        ConfigError: says what came.
    """
    if len(blocks) != 4 or any(not isinstance(count, int) or count < 1 for count in blocks):
        raise ConfigError(f"blocks must be four positive numbers such as [1, 4, 4, 1], got {list(blocks)}")
