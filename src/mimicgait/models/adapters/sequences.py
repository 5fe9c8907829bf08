"""Any network of whole sequences as a gait backbone."""

from typing import Any, Literal, get_args

import torch
from torch import Tensor, nn

from mimicgait.distance import at_least_float32
from mimicgait.errors import ConfigError, ShapeError, suggest
from mimicgait.models.adapters.probing import FRAMES, SIZE, like_weights, probe
from mimicgait.models.base import Backbone
from mimicgait.models.temporal import packed_images

Layout = Literal["nthw", "ncthw", "ntchw"]


class SequenceEncoder(Backbone):
    """Whole sequences through a network that gives embeddings itself: `[n, c]` or `[n, c, p]`.

    Sequences of one length go through together, so that the network never sees padding, but a BatchNorm in
    it one length at a time: train it with a fixed number of frames. If it `takes_lengths`, all of them go
    through in one batch, black past their ends, and leaving the padding out is up to it.

    Args:
        network: any module; it stays what it is, and is trained with the rest.
        layout: of the sequences that it takes: `nthw`, or with a channel axis `ncthw` or `ntchw`.
        takes_lengths: call it with `(frames, lengths [n])` rather than with `(frames)`.

    Raises:
        ConfigError: if the network cannot take such sequences, or gives something else.

    >>> mean_row = nn.Sequential(nn.AdaptiveAvgPool3d((1, 1, 32)), nn.Flatten())
    >>> encoder = SequenceEncoder(network=mean_row)
    >>> encoder(torch.zeros(2, 20, 64, 64), torch.tensor([20, 5])).shape
    torch.Size([2, 32, 1])
    """

    def __init__(self, *, network: nn.Module, layout: Layout = "nthw", takes_lengths: bool = False) -> None:
        super().__init__()
        if layout not in get_args(Layout):
            raise ConfigError(f"unknown layout {layout!r}; {suggest(layout, get_args(Layout))}")
        self.network, self.layout, self.takes_lengths = network, layout, takes_lengths
        example = [self._arranged(torch.zeros(1, FRAMES, 1, *SIZE))]
        example += [torch.tensor([FRAMES])] if takes_lengths else []
        try:
            self.channels, self.parts = _embedding_shape(probe(network, *example), network)
        except ShapeError as error:
            raise ConfigError(str(error)) from error
        self.input_size = (64, 64)

    @property
    def config(self) -> dict[str, Any]:
        """The constructor's keyword arguments."""
        return {"network": self.network, "layout": self.layout, "takes_lengths": self.takes_lengths}

    def forward(self, frames: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Map frames `[n, t, 64, 64]` to embeddings `[n, c, p]` (see `Backbone.forward`).

        Raises:
            ShapeError: if frames or lengths have another shape or type.
            ConfigError: inside `padding_kept`, if the network takes no lengths.
        """
        images, time = packed_images(frames, lengths, cut=False, like=like_weights(self))
        if self.takes_lengths:
            sequences, _ = time.padded(images)
            real = torch.full((time.n,), sequences.shape[1]) if time.lengths is None else time.lengths
            return self._embed(sequences, real.to(frames.device))
        given, order = [], []
        for index, sequences, unequal in time.by_length(images):
            if unequal is not None:
                raise ConfigError(
                    f"{type(self.network).__name__} takes no lengths: sequences of different lengths cannot "
                    "be one graph"
                )
            given.append(self._embed(sequences))
            order.append(index)
        return torch.cat(given)[torch.cat(order).argsort()]

    def _embed(self, sequences: Tensor, *lengths: Tensor) -> Tensor:
        """Run the network over sequences `[k, t, 1, h, w]`."""
        given = at_least_float32(self.network(self._arranged(sequences), *lengths))
        _embedding_shape(given.shape, self.network)
        return given[:, :, None] if given.ndim == 2 else given

    def _arranged(self, sequences: Tensor) -> Tensor:
        """Bring sequences `[k, t, 1, h, w]` into the network's layout."""
        if self.layout == "nthw":
            return sequences[:, :, 0]
        return sequences.transpose(1, 2) if self.layout == "ncthw" else sequences


def _embedding_shape(shape: torch.Size, network: nn.Module) -> tuple[int, int]:
    if len(shape) not in (2, 3):
        raise ShapeError(
            f"{type(network).__name__} gave {tuple(shape)}; expected embeddings [n, c] or [n, c, p]; for "
            "maps and volumes take FrameEncoder or ClipEncoder"
        )
    return shape[1], shape[2] if len(shape) == 3 else 1
