"""A frame encoder, such as a network for photographs, as a gait backbone."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from mimicgait.models.adapters.images import coloured, resized
from mimicgait.models.adapters.probing import as_maps, check_colours, check_size, like_weights, probe_maps
from mimicgait.models.adapters.strips import StripHead
from mimicgait.models.base import Backbone
from mimicgait.models.temporal import packed_images


class FrameEncoder(Backbone):
    """Every frame for itself through a network of images, maximum over the real frames, strips.

    The network maps images `[m, colours, h, w]` of all real frames, one sequence behind the other, to vectors
    `[m, c]` or maps `[m, c, h', w']`. Padding never reaches it: neither embeddings nor its BatchNorm know of
    it. The order of the frames does not matter.

    Args:
        network: any module; it stays what it is, and is trained with the rest.
        channels: of the embedding `[n, channels, strips]`; None keeps the network's own and adds no weights.
        strips: how many horizontal strips of the map become parts; a vector has one.
        size: height and width that silhouettes are resized to; None for 64x64.
        colours: 3 repeats silhouettes for a network that was made for RGB.

    Raises:
        ConfigError: if the network cannot take such images, or gives something else.

    >>> encoder = FrameEncoder(network=nn.Conv2d(1, 8, 3, stride=4), channels=32, strips=4)
    >>> encoder(torch.zeros(2, 5, 64, 64), torch.tensor([5, 3])).shape
    torch.Size([2, 32, 4])
    """

    def __init__(
        self,
        *,
        network: nn.Module,
        channels: int | None = 256,
        strips: int = 1,
        size: Sequence[int] | None = None,
        colours: int = 1,
    ) -> None:
        super().__init__()
        self.network = network
        self.size, self.colours = check_size(size), check_colours(colours)
        inputs, rows = probe_maps(network, torch.zeros(1, colours, *self.size))
        self.head = StripHead(inputs, rows, strips, channels)
        self.channels, self.parts, self.input_size = self.head.channels, strips, (64, 64)

    @property
    def config(self) -> dict[str, Any]:
        """The constructor's keyword arguments."""
        return {
            "network": self.network,
            "channels": self.channels if self.head.matrices is not None else None,
            "strips": self.parts,
            "size": list(self.size),
            "colours": self.colours,
        }

    def forward(self, frames: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Map frames `[n, t, 64, 64]` to embeddings `[n, channels, strips]` (see `Backbone.forward`).

        Raises:
            ShapeError: if frames or lengths have another shape or type.
        """
        images, time = packed_images(frames, lengths, cut=False, like=like_weights(self))
        maps = self.network(coloured(resized(images, self.size), self.colours))
        embeddings: Tensor = self.head(time.maximum(as_maps(maps, self.network)))
        return embeddings
