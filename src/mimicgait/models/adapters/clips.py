"""A clip encoder, such as a video network, as a gait backbone."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn, unflatten

from mimicgait.errors import ConfigError
from mimicgait.models.adapters.images import coloured, resized
from mimicgait.models.adapters.probing import (
    FRAMES,
    as_maps,
    check_colours,
    check_size,
    like_weights,
    probe_maps,
)
from mimicgait.models.adapters.strips import StripHead
from mimicgait.models.adapters.windows import padded_window_frames, window_frames
from mimicgait.models.base import Backbone, keeps_padding
from mimicgait.models.heads import packed_temporal_max
from mimicgait.models.temporal import Timeline, packed_images


class ClipEncoder(Backbone):
    """Clips through a network of videos, maximum over the clips of a sequence, strips.

    The network maps clips `[k, colours, t, h, w]` to vectors `[k, c]`, maps `[k, c, h', w']` or volumes
    `[k, c, t', h', w']`. It only ever sees real frames, so that padding changes nothing: with a `window`,
    sequences are cut into clips of that many frames (see `window_frames`); without one, those of one length
    go through together as they are, which is slow where lengths differ, and a BatchNorm sees one length at a
    time: train with a fixed number of frames then.

    Args:
        network: any module; it stays what it is, and is trained with the rest.
        channels: of the embedding `[n, channels, strips]`; None keeps the network's own and adds no weights.
        strips: how many horizontal strips of the map become parts; a vector has one.
        window: frames of a clip; None for whole sequences.
        stride: frames from the start of a clip to that of the next; None for `window`: clips side by side.
        size: height and width that silhouettes are resized to; None for 64x64.
        colours: 3 repeats silhouettes for a network that was made for RGB.

    Raises:
        ConfigError: if the network cannot take such clips, or gives something else.

    >>> encoder = ClipEncoder(network=nn.Conv3d(1, 8, 4, stride=4), channels=32, strips=4, window=8)
    >>> encoder(torch.zeros(2, 20, 64, 64), torch.tensor([20, 5])).shape
    torch.Size([2, 32, 4])
    """

    def __init__(
        self,
        *,
        network: nn.Module,
        channels: int | None = 256,
        strips: int = 1,
        window: int | None = 16,
        stride: int | None = None,
        size: Sequence[int] | None = None,
        colours: int = 1,
    ) -> None:
        super().__init__()
        self.network = network
        self.window, self.stride = _check_window(window, stride)
        self.size, self.colours = check_size(size), check_colours(colours)
        example = torch.zeros(1, colours, self.window or FRAMES, *self.size)
        self.head = StripHead(*probe_maps(network, example), strips, channels)
        self.channels, self.parts, self.input_size = self.head.channels, strips, (64, 64)

    @property
    def config(self) -> dict[str, Any]:
        """The constructor's keyword arguments."""
        return {
            "network": self.network,
            "channels": self.channels if self.head.matrices is not None else None,
            "strips": self.parts,
            "window": self.window,
            "stride": self.stride,
            "size": list(self.size),
            "colours": self.colours,
        }

    def forward(self, frames: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Map frames `[n, t, 64, 64]` to embeddings `[n, channels, strips]` (see `Backbone.forward`).

        Raises:
            ShapeError: if frames or lengths have another shape or type.
            ConfigError: inside `padding_kept`, if there is no `window` to make clips of one length.
        """
        images, time = packed_images(frames, lengths, cut=False, like=like_weights(self))
        images = coloured(resized(images, self.size), self.colours)
        if self.window is None:
            maps = self._whole(images, time)
        else:
            maps = self._windows(images, time, frames.shape[1])
        embeddings: Tensor = self.head(maps)
        return embeddings

    def _windows(self, images: Tensor, time: Timeline, t: int) -> Tensor:
        """Cut packed images into clips and take the maximum over those of a sequence: maps `[n, c, h, w]`."""
        window, stride = self.window or FRAMES, self.stride or FRAMES
        n, counts = time.n, None
        lengths = torch.full((n,), t, device=images.device) if time.lengths is None else time.lengths
        if keeps_padding():
            places = padded_window_frames(lengths, t, window, stride)
        else:
            places, counts = window_frames(lengths, window, stride)
        clips = unflatten(images[places.flatten()], 0, (-1, window)).transpose(1, 2)
        maps = as_maps(self.network(clips), self.network)
        return packed_temporal_max(maps, n, None if time.lengths is None or keeps_padding() else counts)

    def _whole(self, images: Tensor, time: Timeline) -> Tensor:
        """Run sequences of one length together, as they are: maps `[n, c, h, w]`."""
        maps, order = [], []
        for index, sequences, lengths in time.by_length(images):
            if lengths is not None:
                raise ConfigError("clips of different lengths cannot be one graph: set `window`")
            maps.append(as_maps(self.network(sequences.transpose(1, 2)), self.network))
            order.append(index)
        return torch.cat(maps)[torch.cat(order).argsort()]


def _check_window(window: int | None, stride: int | None) -> tuple[int | None, int | None]:
    if window is None:
        if stride is not None:
            raise ConfigError("stride needs a window: whole sequences are one clip each")
        return None, None
    if window < 1 or not 1 <= (window if stride is None else stride) <= window:
        raise ConfigError(f"expected window >= 1 and 1 <= stride <= window, got {window} and {stride}")
    return window, window if stride is None else stride
