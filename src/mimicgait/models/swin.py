"""Swin transformer blocks in space and time (Liu et al., "Video Swin Transformer", CVPR 2022)."""

from collections.abc import Sequence
from math import prod

import torch
from torch import Tensor, nn, unflatten
from torch.nn.functional import gelu, pad, scaled_dot_product_attention

WINDOW = (3, 3, 5)
"""Frames, rows and columns of tokens that attend to each other."""

HEAD = 16
"""Channels of one head: 16 heads at 256 channels, 32 at 512."""

Extent = tuple[int, int, int]


class SwinStage(nn.Module):
    """Blocks of window attention; the windows of every second block are shifted by half their size."""

    def __init__(self, channels: int, drop_paths: Sequence[float]) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(
            SwinBlock(channels, shifted=i % 2 == 1, drop_path=rate) for i, rate in enumerate(drop_paths)
        )

    def forward(self, x: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Map tokens `[n, t, h, w, c]` to tokens of the same shape; h and w are multiples of the window's.

        `lengths [n]` says how many frames are real; None means all. What comes out of others is of no use.
        """
        for block in self.blocks:
            x = block(x, lengths)
        return x


class SwinBlock(nn.Module):
    """Attention inside windows and a two-layer perceptron, each normalised first and added to its input."""

    def __init__(self, channels: int, *, shifted: bool, drop_path: float) -> None:
        super().__init__()
        self.shifted = shifted
        self.norm1 = nn.LayerNorm(channels)
        self.attention = WindowAttention(channels)
        self.norm2 = nn.LayerNorm(channels)
        self.widen = nn.Linear(channels, 4 * channels)
        self.narrow = nn.Linear(4 * channels, channels)
        self.drop_path = DropPath(drop_path)

    def forward(self, x: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Map tokens `[n, t, h, w, c]` to tokens of the same shape."""
        seen = self.norm1(x)
        attended = self._attend(seen) if lengths is None else self._attend_padded(seen, lengths)
        x = x + self.drop_path(attended)
        deeper: Tensor = self.drop_path(self.narrow(gelu(self.widen(self.norm2(x)))))
        return x + deeper

    def _attend(self, x: Tensor) -> Tensor:
        # As in the published network: fewer than three frames shrink the window, otherwise frames of zeros
        # fill up the last one and are attended to. So each sequence must run at its own length.
        t = x.shape[1]
        window = WINDOW if t >= WINDOW[0] else (t, *WINDOW[1:])
        x = pad(x, (0, 0, 0, 0, 0, 0, 0, -t % window[0]))
        extent = (x.shape[1], x.shape[2], x.shape[3])
        if not self.shifted:
            return join_windows(self.attention(split_windows(x, window), None), extent, window)[:, :t]
        shift = (window[0] // 2 if t > WINDOW[0] else 0, window[1] // 2, window[2] // 2)
        rolled = x.roll([-s for s in shift], dims=(1, 2, 3))
        regions = split_windows(shifted_regions(extent, window, shift, x.device)[None, ..., None], window)
        apart = regions[0] != regions[0].transpose(1, 2)  # [windows, tokens, tokens]
        rolled = join_windows(self.attention(split_windows(rolled, window), apart), extent, window)
        return rolled.roll(list(shift), dims=(1, 2, 3))[:, :t]

    def _attend_padded(self, x: Tensor, lengths: Tensor) -> Tensor:
        """Do what `_attend` does with each sequence `x [n, t, h, w, c]` at its own length.

        Every length takes the same steps: windows of three frames, where those of fewer hide the rest, and
        frames moved by an index instead of a roll, each sequence within its own windows.
        """
        t, size = x.shape[1], WINDOW[0]
        place, filled, rows = _window_places(x, lengths)
        outside, inside = place >= lengths[:, None], place < filled
        # As above: windows move along time only where a sequence has more than one of them.
        step = (lengths > size).long()[:, None] * int(self.shifted)
        ahead, back = (torch.where(inside, (place + s) % filled, place) for s in (step, -step))
        shift = (WINDOW[1] // 2, WINDOW[2] // 2) if self.shifted else (0, 0)
        # Tokens of one window that must not meet differ in region: frames that a short sequence does not
        # have, and what lay at opposite ends before the windows moved. In space there are nine of them.
        times = (outside & (lengths < size)[:, None]).long()
        times = times + step * ((place >= filled - size).long() + (place >= filled - step).long())
        space = shifted_regions((1, x.shape[2], x.shape[3]), (1, *WINDOW[1:]), (0, *shift), x.device)
        regions = split_windows((9 * times[..., None, None] + space)[..., None], WINDOW)
        x = pad(x.masked_fill(outside[:, :t, None, None, None], 0), (0, 0, 0, 0, 0, 0, 0, size - 1))
        x = x[rows, ahead]
        x = x.roll([-s for s in shift], dims=(2, 3)) if self.shifted else x
        windows = self.attention(split_windows(x, WINDOW), regions != regions.transpose(2, 3))
        x = join_windows(windows, (x.shape[1], x.shape[2], x.shape[3]), WINDOW)
        x = x.roll(list(shift), dims=(2, 3)) if self.shifted else x
        return x[rows, back[:, :t]]


class WindowAttention(nn.Module):
    """Multi-head attention among the tokens of one window, with a learned bias for each relative position."""

    positions: Tensor

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.heads = max(1, channels // HEAD)
        self.qkv = nn.Linear(channels, 3 * channels)
        self.projection = nn.Linear(channels, channels)
        self.bias = nn.Parameter(torch.empty(prod(2 * size - 1 for size in WINDOW), self.heads))
        nn.init.trunc_normal_(self.bias, std=0.02)
        self.register_buffer("positions", relative_positions(), persistent=False)

    def forward(self, windows: Tensor, apart: Tensor | None) -> Tensor:
        """Let the tokens of `[n, windows, tokens, c]` attend to each other.

        Args:
            windows: tokens of the full window, or of its first frames where it was shrunk.
            apart: bool `[windows, tokens, tokens]`, or such for each of n, true where two tokens must not
                see each other.
        """
        n, count, size = windows.shape[:3]
        q, k, v = self.qkv(windows).view(n, count, size, 3, self.heads, -1).permute(3, 0, 1, 4, 2, 5)
        bias = self.bias[self.positions[:size, :size]].permute(2, 0, 1)[None]
        if apart is not None:
            bias = bias.masked_fill(apart.unsqueeze(-3), -torch.inf)
        bias = bias.expand(*bias.shape[:-4], count, -1, -1, -1).flatten(-4, -3).to(q.dtype)
        attended = scaled_dot_product_attention(q.flatten(1, 2), k.flatten(1, 2), v.flatten(1, 2), bias)
        merged = unflatten(attended, 1, (count, self.heads)).transpose(2, 3).flatten(3)
        out: Tensor = self.projection(merged)
        return out


class DropPath(nn.Module):
    """In training, drop the whole residual of a sequence with a probability (Huang et al., ECCV 2016)."""

    def __init__(self, rate: float) -> None:
        super().__init__()
        self.rate = rate

    def forward(self, x: Tensor) -> Tensor:
        """Return `x [n, ...]`; in training some sequences are 0 and the others grow to keep the mean."""
        if not self.training or self.rate == 0:
            return x
        keep = x.new_empty(len(x), *[1] * (x.ndim - 1)).bernoulli_(1 - self.rate)
        return x * keep / (1 - self.rate)


def split_windows(x: Tensor, window: Extent) -> Tensor:
    """Cut tokens `[n, t, h, w, c]` into windows `[n, windows, tokens, c]`."""
    for axis, size in zip((1, 3, 5), window, strict=True):
        x = unflatten(x, axis, (-1, size))
    return x.permute(0, 1, 3, 5, 2, 4, 6, 7).flatten(4, 6).flatten(1, 3)


def join_windows(windows: Tensor, extent: Extent, window: Extent) -> Tensor:
    """Undo `split_windows` for tokens of the given extent (t, h, w)."""
    counts = [whole // size for whole, size in zip(extent, window, strict=True)]
    x = unflatten(unflatten(windows, 2, window), 1, counts)
    return x.permute(0, 1, 4, 2, 5, 3, 6, 7).flatten(5, 6).flatten(3, 4).flatten(1, 2)


def shifted_regions(extent: Extent, window: Extent, shift: Extent, device: torch.device) -> Tensor:
    """Number the regions `[t, h, w]` of tokens that were neighbours before the roll by `shift`.

    A window at the border holds tokens that come from opposite ends; only those of one region may meet.
    """
    regions = torch.zeros(1, dtype=torch.long, device=device)
    for whole, size, step in zip(extent, window, shift, strict=True):
        place = torch.arange(whole, device=device)
        axis = (place >= whole - size).long() + (place >= whole - step).long()
        regions = regions[..., None] * 3 + axis
    return regions[0]


def _window_places(x: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Number the frames that fill up all windows of tokens `[n, t, ...]`.

    Returns:
        The numbers `[whole]`, how many of them each sequence fills, `[n, 1]`, and the sequences `[n, 1]`.
    """
    n, t = x.shape[:2]
    size = WINDOW[0]
    place = torch.arange((t + size - 1) // size * size, device=x.device)
    filled = (lengths + size - 1) // size * size
    return place, filled[:, None], torch.arange(n, device=x.device)[:, None]


def relative_positions() -> Tensor:
    """Number the offset between every two tokens of a window, `[tokens, tokens]`: the row of their bias."""
    axes = torch.meshgrid(*(torch.arange(size) for size in WINDOW), indexing="ij")
    number = torch.zeros((), dtype=torch.long)
    for axis, size in zip(axes, WINDOW, strict=True):
        place = axis.flatten()
        number = number * (2 * size - 1) + place[:, None] - place[None, :] + size - 1
    return number
