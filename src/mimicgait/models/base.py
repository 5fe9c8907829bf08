"""What a gait backbone is, and the steps that every one of them begins with."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Protocol, runtime_checkable

import torch
from torch import Tensor, nn

from mimicgait.errors import ConfigError, ShapeError, suggest
from mimicgait.types import frame_mask

WIDTHS: Mapping[str, float] = {"tiny": 1 / 16, "small": 1 / 4, "full": 1.0}
"""Named widths: for tests, for the demo on a CPU, and as published."""

CUT = 10
"""Columns that are cut on either side of a 64-wide silhouette by networks designed for 64x44."""


_PADDING_KEPT: ContextVar[bool] = ContextVar("padding_kept", default=False)


@runtime_checkable
class GaitEncoder(Protocol):
    """Whatever can serve as a backbone: three facts, and frames `[n, t, h, w]` to embeddings `[n, c, p]`.

    Not a registry and not a base class: any `nn.Module` that has these attributes will do.
    """

    channels: int
    parts: int
    input_size: tuple[int, int]

    def __call__(self, frames: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Map frames `[n, t, h, w]` and lengths `[n]` to embeddings `[n, c, p]`."""
        ...


def require_encoder(network: nn.Module) -> GaitEncoder:
    """Return a network as the backbone that it can serve as.

    Raises:
        ConfigError: if it does not state its channels, parts and input size.
    """
    if not isinstance(network, GaitEncoder):
        raise ConfigError(
            f"{type(network).__name__} cannot be a backbone: it needs channels, parts, input_size "
            "and a forward from frames [n, t, h, w] and lengths [n] to [n, c, p]"
        )
    return network


class Backbone(nn.Module, ABC):
    """Base of the backbones of this package.

    A subclass sets `channels` (c), `parts` (p) and `input_size` (h, w) in its constructor, takes keyword
    arguments only, and returns them from `config`, so that a checkpoint can build it again.
    """

    channels: int
    parts: int
    input_size: tuple[int, int]

    @property
    def spans(self) -> tuple[tuple[float, float], ...]:
        """Which share of the height each part looks at, from and to: equal strips unless a class differs."""
        return pyramid_spans((self.parts,))

    @property
    @abstractmethod
    def config(self) -> dict[str, Any]:
        """The constructor's keyword arguments as JSON values; a value may be a module that has a `config`."""

    @abstractmethod
    def forward(self, frames: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Map frames `[n, t, h, w]` (uint8 {0, 1} or float in [0, 1]) to embeddings `[n, c, p]`.

        `lengths [n]` says how many frames of each sequence are real; None means all of them. Frames past the
        length never change an embedding, nor the statistics that a BatchNorm learns.
        """


def pyramid_spans(bins: Sequence[int]) -> tuple[tuple[float, float], ...]:
    """Say where the strips of a horizontal pyramid lie: each count cuts the height into that many.

    >>> pyramid_spans((2, 1))
    ((0.0, 0.5), (0.5, 1.0), (0.0, 1.0))
    """
    return tuple((i / count, (i + 1) / count) for count in bins for i in range(count))


def resolve_width(width: float | str) -> float:
    """Turn a named width into its factor; a number is returned as it is.

    Raises:
        ConfigError: for an unknown name or a factor that is not positive.

    >>> resolve_width("small")
    0.25
    """
    if isinstance(width, str):
        if width not in WIDTHS:
            raise ConfigError(f"unknown width {width!r}; {suggest(width, WIDTHS)}, or a positive number")
        return WIDTHS[width]
    if not width > 0:
        raise ConfigError(f"width must be positive, got {width}")
    return float(width)


def check_frames(frames: Tensor, lengths: Tensor | None, sizes: tuple[tuple[int, int], ...]) -> None:
    """Refuse frames or lengths that a backbone cannot take.

    Args:
        frames: expected as `[n, t, h, w]` with n and t at least 1 and `(h, w)` among `sizes`.
        lengths: None, or integers `[n]` between 1 and t.
        sizes: the allowed heights and widths.

    Raises:
        ShapeError: says what was expected and what came.
    """
    wanted = " or ".join(f"{h}x{w}" for h, w in sizes)
    if frames.ndim != 4 or 0 in frames.shape or tuple(frames.shape[2:]) not in sizes:
        raise ShapeError(f"expected frames [n, t, h, w] of {wanted} pixels, got {tuple(frames.shape)}")
    if frames.dtype is not torch.uint8 and not frames.is_floating_point():
        raise ShapeError(f"expected frames of uint8 {{0, 1}} or float in [0, 1], got {frames.dtype}")
    if lengths is None:
        return
    n, t = frames.shape[:2]
    if lengths.shape != (n,) or lengths.is_floating_point():
        raise ShapeError(f"expected {n} integer lengths, got {tuple(lengths.shape)} of {lengths.dtype}")
    if not keeps_padding() and bool((lengths < 1).any() | (lengths > t).any()):
        raise ShapeError(f"expected lengths between 1 and {t}, got {lengths.tolist()}")


@contextmanager
def padding_kept() -> Iterator[None]:
    """Inside this context networks compute padded frames too, and leave them out where frames meet.

    What comes out is the same, apart from rounding. No shape and no branch then depends on the values of the
    lengths, as a graph that is exported for batches of any lengths needs it; such a graph also cannot refuse
    lengths that are out of range. For inference only: BatchNorm would learn from the padding.
    """
    token = _PADDING_KEPT.set(True)
    try:
        yield
    finally:
        _PADDING_KEPT.reset(token)


def keeps_padding() -> bool:
    """Tell whether `padding_kept` is on."""
    return _PADDING_KEPT.get()


def cut_columns(frames: Tensor) -> Tensor:
    """Cut 64-wide frames `[..., 64]` to the middle 44 columns, as networks for 64x44 expect; a view."""
    return frames[..., CUT:-CUT] if frames.shape[-1] == 64 else frames


def pack_frames(frames: Tensor, lengths: Tensor | None) -> tuple[Tensor, Tensor | None]:
    """Put the real frames one behind the other, so that padding costs nothing and disturbs no BatchNorm.

    Returns:
        Frames `[m, h, w]`, m = sum of the lengths, and the lengths, or None where every sequence is full;
        nothing is copied then, as long as the input's strides allow. Inside `padding_kept` m is n * t.
    """
    if keeps_padding():
        return frames.flatten(0, 1), lengths
    if lengths is None or bool((lengths == frames.shape[1]).all()):
        return frames.flatten(0, 1), None
    return frames[frame_mask(lengths.to(frames.device), frames.shape[1])], lengths


def unpack(values: Tensor, n: int, t: int, lengths: Tensor | None) -> Tensor:
    """Undo `pack_frames` for one value a frame: `[m, ...]` to `[n, t, ...]`, with zeros as padding."""
    if lengths is None:
        return values.view(n, t, *values.shape[1:])
    if keeps_padding():
        padded = values.view(n, t, *values.shape[1:])
        outside = ~frame_mask(lengths.to(values.device), t)
        return padded.masked_fill(outside.view(n, t, *[1] * (values.ndim - 1)), 0)
    padded = values.new_zeros(n, t, *values.shape[1:])
    padded[frame_mask(lengths.to(values.device), t)] = values
    return padded


def as_images(frames: Tensor, like: Tensor) -> Tensor:
    """Turn frames `[m, h, w]` into channels-last images `[m, 1, h, w]` of the type the convolutions run in.

    That is autocast's type where it is on, else the type of `like`, a parameter of the network.
    """
    device = frames.device.type
    dtype = torch.get_autocast_dtype(device) if torch.is_autocast_enabled(device) else like.dtype
    # A channel axis made by `unsqueeze(1)` would have the strides of a contiguous image, and all that follows
    # would run in that slower layout; made at the end and moved, it has those of a channels-last one.
    return frames.to(dtype).unsqueeze(-1).permute(0, 3, 1, 2)


def initialise(module: nn.Module) -> None:
    """Give one layer the field's start: Xavier-uniform weights, bias 0, BatchNorm weight N(1, 0.02).

    Use it as `network.apply(initialise)`.
    """
    if isinstance(module, nn.Conv1d | nn.Conv2d | nn.Conv3d | nn.Linear):
        nn.init.xavier_uniform_(module.weight)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
    elif isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d | nn.BatchNorm3d) and module.affine:
        nn.init.normal_(module.weight, 1.0, 0.02)
        nn.init.zeros_(module.bias)
