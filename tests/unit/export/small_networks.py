"""Networks that are exported in a second, and some that must not pass the check."""

import torch
from torch import Tensor, nn

from mimicgait.models.base import Backbone


class Small(Backbone):
    """One convolution on every frame, the maximum over the real frames."""

    def __init__(self) -> None:
        super().__init__()
        self.channels, self.parts, self.input_size = 2, 4, (64, 64)
        self.conv = nn.Conv2d(1, 2, 16, stride=16)

    @property
    def config(self):
        return {}

    def maps(self, frames: Tensor) -> Tensor:
        n, t = frames.shape[:2]
        maps = self.conv(frames.to(self.conv.weight.dtype).flatten(0, 1)[:, None])
        return maps.amax(-1).unflatten(0, (n, t))

    def forward(self, frames: Tensor, lengths: Tensor | None = None) -> Tensor:
        maps = self.maps(frames)
        if lengths is not None:
            outside = torch.arange(frames.shape[1])[None] >= lengths[:, None]
            maps = maps.masked_fill(outside[:, :, None, None], -torch.inf)
        return maps.amax(1)


class Looking(Small):
    """Looks at the values of the lengths, as Python numbers."""

    def forward(self, frames: Tensor, lengths: Tensor | None = None) -> Tensor:
        if lengths is None:
            return self.maps(frames).amax(1)
        kept = zip(self.maps(frames), lengths.tolist(), strict=True)
        return torch.stack([maps[:length].amax(0) for maps, length in kept])


class Leaking(Small):
    """Forgets about the lengths: padding shows in its signatures."""

    def forward(self, frames: Tensor, lengths: Tensor | None = None) -> Tensor:
        return self.maps(frames).amax(1)


class Changing(Small):
    """Gives something else when it is exported."""

    def forward(self, frames: Tensor, lengths: Tensor | None = None) -> Tensor:
        return super().forward(frames, lengths) + 0.001 * torch.compiler.is_exporting()


class Long(Small):
    """Needs sequences of four frames."""

    def forward(self, frames: Tensor, lengths: Tensor | None = None) -> Tensor:
        if frames.shape[1] < 4:
            raise ValueError("at least 4 frames")
        return super().forward(frames, lengths)


class Stubborn(Small):
    """Works for one number of frames after the other, but never as one graph for all."""

    def forward(self, frames: Tensor, lengths: Tensor | None = None) -> Tensor:
        total = self.maps(frames)
        for _ in range(int(frames.sum().item()) % 3):
            total = total + 1
        return total.amax(1)
