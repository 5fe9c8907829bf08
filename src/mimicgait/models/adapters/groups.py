"""Long sequences as a network was trained to see them: a few frames at a time, their signatures averaged."""

from typing import Any, Literal, get_args

import torch
from torch import Tensor, nn

from mimicgait.errors import ConfigError, suggest
from mimicgait.models.base import Backbone, check_frames, keeps_padding, require_encoder

Order = Literal["interleaved", "consecutive"]


class FrameGroups(Backbone):
    """The mean signature of groups of about `frames` frames, into which every sequence is divided.

    A network that takes the maximum over time takes the worst of every frame with it: over a hundred frames
    of a real video each fault of the segmentation counts, and none of the few frames that it saw in training
    prepared it for that. Groups of the training's size look to it as its training did, and faults that pass
    are averaged away. A sequence of t frames makes t / `frames` groups, rounded and at least one, whose sizes
    differ by at most one frame; every frame goes through the network once, so it costs nothing. One group, as
    in training, leaves the network as it is.

    Args:
        network: any backbone.
        frames: in a group; what the network was trained with.
        order: `interleaved` puts every g-th frame into a group, so that each sees the whole walk; networks
            that look along time need `consecutive` frames.

    Raises:
        ConfigError: if the network is no backbone, frames is not positive, or the order is unknown.

    >>> from mimicgait.models.backbones import GaitBase
    >>> grouped = FrameGroups(network=GaitBase(width="tiny"), frames=4)
    >>> grouped(torch.zeros(2, 30, 64, 64), torch.tensor([30, 7])).shape
    torch.Size([2, 16, 16])
    """

    def __init__(self, *, network: nn.Module, frames: int = 4, order: Order = "interleaved") -> None:
        super().__init__()
        if order not in get_args(Order):
            raise ConfigError(f"unknown order {order!r}; {suggest(str(order), get_args(Order))}")
        if frames < 1:
            raise ConfigError(f"frames: a group needs at least one, got {frames}")
        facts = require_encoder(network)
        self.channels, self.parts, self.input_size = facts.channels, facts.parts, facts.input_size
        self.network, self.frames, self.order = network, frames, order

    @property
    def spans(self) -> tuple[tuple[float, float], ...]:
        """Which share of the height each part looks at: the network's."""
        return getattr(self.network, "spans", super().spans)

    @property
    def config(self) -> dict[str, Any]:
        """The constructor's keyword arguments."""
        return {"network": self.network, "frames": self.frames, "order": self.order}

    def forward(self, frames: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Map frames `[n, t, h, w]` to embeddings `[n, c, p]` (see `Backbone.forward`).

        Raises:
            ShapeError: if frames or lengths have another shape or type.
        """
        # Which sizes it takes besides its own, the network knows.
        size = (frames.shape[2], frames.shape[3]) if frames.ndim == 4 else self.input_size
        check_frames(frames, lengths, (size,))
        n, t = frames.shape[:2]
        if not keeps_padding() and self._most(t) == 1:
            one: Tensor = self.network(frames, lengths)
            return one
        real = torch.full((n,), t, device=frames.device) if lengths is None else lengths.to(frames.device)
        index, member = self.members(real, t)
        sequence = torch.arange(n, device=frames.device)[:, None, None]
        groups, counts = frames[sequence, index], member.sum(-1)
        used = counts > 0
        if keeps_padding():
            given = self.network(groups.flatten(0, 1), counts.flatten().clamp_min(1))
            signatures = given.unflatten(0, (n, -1)) * used[:, :, None, None]
        else:
            given = self.network(groups[used][:, : int(counts.max())], counts[used])
            signatures = given.new_zeros(*used.shape, *given.shape[1:])
            signatures[used] = given
        mean: Tensor = signatures.sum(1) / used.sum(1)[:, None, None]
        return mean

    def members(self, lengths: Tensor, t: int) -> tuple[Tensor, Tensor]:
        """Say which of at most t frames are in which group, for sequences of lengths `[n]`.

        Returns:
            The frames' positions, int64 `[n, groups, frames]`, and whether there is such a frame, bool of the
            same shape: shorter sequences have fewer groups, and some groups a frame less.
        """
        half = self.frames // 2
        count = ((lengths + half) // self.frames).clamp_min(1)[:, None, None]
        group = torch.arange(self._most(t), device=lengths.device)[None, :, None]
        # With one group up to 1.5 times as many frames; with more of them less than that.
        place = torch.arange(2 * self.frames - half - 1 or 1, device=lengths.device)
        long = lengths[:, None, None]
        if self.order == "interleaved":
            index, member = group + place * count, group + place * count < long
        else:
            first, end = group * long // count, (group + 1) * long // count
            index, member = first + place, first + place < end
        member = member & (group < count)
        return index.where(member, 0), member

    def _most(self, t: int) -> int:
        """Return how many groups a sequence of t frames makes."""
        return max((t + self.frames // 2) // self.frames, 1)
