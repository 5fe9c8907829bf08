"""Blocks that several families share: strips that are convolved apart, residual blocks in space and time."""

from collections.abc import Sequence

from torch import Tensor, nn, unflatten
from torch.nn.functional import conv2d, leaky_relu

from mimicgait.models.temporal import Timeline

SAFE_STRIDED_INPUTS = 16
"""Input channels from which on a strided 1x1 convolution is safe, see `SparsePoints`."""


def scale_channels(channels: Sequence[int], factor: float) -> tuple[int, ...]:
    """Multiply channel counts by a width factor; none falls below 1.

    >>> scale_channels([64, 128], 0.25)
    (16, 32)
    """
    return tuple(max(1, round(c * factor)) for c in channels)


class StripConv(nn.Module):
    """A bias-free 3x3 or 5x5 convolution on horizontal strips, each for itself, then leaky ReLU.

    With one strip it is a plain convolution. (The focal convolution of GaitPart, Fan et al., CVPR 2020.)
    """

    def __init__(self, inputs: int, outputs: int, kernel: int = 3, strips: int = 1) -> None:
        super().__init__()
        self.strips = strips
        self.conv = nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Map `[m, c_in, h, w]` to `[m, c_out, h, w]`; h is a multiple of the number of strips."""
        if self.strips > 1:
            # Strips become images of their own; for a channels-last map that is a view.
            rows = unflatten(x.permute(0, 2, 3, 1), 1, (self.strips, -1))
            x = rows.flatten(0, 1).permute(0, 3, 1, 2)
        x = leaky_relu(self.conv(x))
        if self.strips > 1:
            rows = unflatten(x.permute(0, 2, 3, 1), 0, (-1, self.strips))
            x = rows.flatten(1, 2).permute(0, 3, 1, 2)
        return x


def shortcut(inputs: int, outputs: int, stride: int) -> nn.Sequential | None:
    """Make the 1x1 convolution + BatchNorm of a residual block, or None where the shape stays the same."""
    if stride == 1 and inputs == outputs:
        return None
    return nn.Sequential(SparsePoints(inputs, outputs, stride), nn.BatchNorm2d(outputs))


class SparsePoints(nn.Conv2d):
    """A bias-free 1x1 convolution on every `step`-th row and column.

    With few input channels the pixels are picked first and convolved with stride 1, which gives the same
    numbers: there the weight gradient of oneDNN's strided kernel overwrites foreign memory on CPUs (channels-
    last maps, fewer than 16 channels: github.com/uxlfoundation/oneDNN/issues/6035). With more of them the
    strided convolution is used, twice as fast in training.
    """

    def __init__(self, inputs: int, outputs: int, step: int) -> None:
        super().__init__(inputs, outputs, 1, step, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Map `[m, c_in, h, w]` to `[m, c_out, h / step, w / step]`, rounded up."""
        if self.in_channels >= SAFE_STRIDED_INPUTS:
            return super().forward(x)
        down, across = self.stride
        return conv2d(x[..., ::down, ::across], self.weight)


class Block3d(nn.Module):
    """Two 3x3x3 convolutions beside a shortcut; strided in space, never in time."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv3d(inputs, outputs, 3, (1, stride, stride), padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv3d(outputs, outputs, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.downsample = shortcut(inputs, outputs, stride)

    def forward(self, x: Tensor, timeline: Timeline) -> Tensor:
        """Map packed `[m, c_in, h, w]` to `[m, c_out, h / stride, w / stride]`."""
        kept = x if self.downsample is None else self.downsample(x)
        x = self.relu(self.bn1(timeline.images(self.conv1(timeline.volumes(x)))))
        x = self.bn2(timeline.images(self.conv2(timeline.volumes(x))))
        out: Tensor = self.relu(x + kept)
        return out


class BlockP3d(nn.Module):
    """A 3x3 convolution, a residual one over three frames, a second 3x3 convolution, beside a shortcut.

    (Pseudo-3D: Qiu et al., ICCV 2017, in the form of DeepGaitV2: Fan et al., 2023.)
    """

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.relu = nn.ReLU(inplace=True)
        self.conv_time = nn.Conv2d(outputs, outputs, (3, 1), padding=(1, 0), bias=False)
        self.bn_time = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.downsample = shortcut(inputs, outputs, stride)

    def forward(self, x: Tensor, timeline: Timeline) -> Tensor:
        """Map packed `[m, c_in, h, w]` to `[m, c_out, h / stride, w / stride]`."""
        kept = x if self.downsample is None else self.downsample(x)
        x = self.relu(self.bn1(self.conv1(x)))
        x = self.relu(x + self.bn_time(timeline.convolve(self.conv_time, x)))
        out: Tensor = self.relu(self.bn2(self.conv2(x)) + kept)
        return out
