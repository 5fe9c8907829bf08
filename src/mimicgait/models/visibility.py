"""The visibility estimation network, VEN: how much of the walker is hidden, and in which way?"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn

from mimicgait.distance import at_least_float32
from mimicgait.errors import ConfigError, ShapeError
from mimicgait.models.base import as_images, check_frames, initialise, pack_frames, resolve_width, unpack
from mimicgait.types import FRAME_SIZE

CHANNELS = (32, 64, 128)
FEATURES = 64


@dataclass(frozen=True, slots=True)
class Visibility:
    """What VEN says of every frame; padding holds zeros.

    Attributes:
        logits: `[n, t, k]`, one for each of the network's kinds of occlusion.
        amount: `[n, t]`, estimated hidden share of the frame, between 0 and 1.
        features: `[n, t, c]`, the last layer before the two heads.
    """

    logits: Tensor
    amount: Tensor
    features: Tensor

    def __post_init__(self) -> None:
        shapes = [tuple(x.shape) for x in (self.logits, self.amount, self.features)]
        if [len(shape) for shape in shapes] != [3, 2, 3] or len({shape[:2] for shape in shapes}) != 1:
            raise ShapeError(f"expected [n, t, k], [n, t] and [n, t, c], got {shapes}")


class VisibilityNetwork(nn.Module):
    """Three convolutions, a layer of 64, and two heads: the kind of occlusion and the hidden share.

    About 0.1 M parameters. `kinds` names the classes in the order of the logits. (MimicGait, WACV 2025,
    section 3.2; the share ends in a sigmoid, as in the released code.)
    """

    def __init__(self, *, kinds: Sequence[str] = ("none", "top", "bottom"), width: float | str = 1.0) -> None:
        super().__init__()
        if isinstance(kinds, str) or len(kinds) < 2 or len(set(kinds)) != len(kinds):
            raise ConfigError(f"expected at least two different kinds of occlusion, got {kinds!r}")
        factor = resolve_width(width)
        self.kinds = tuple(kinds)
        self.width = width
        self.channels = max(1, round(FEATURES * factor))
        self.input_size = (FRAME_SIZE, FRAME_SIZE)
        sizes = [1, *(max(1, round(c * factor)) for c in CHANNELS)]
        self.convolutions = nn.Sequential(
            *(
                nn.Sequential(
                    # The maximum of rectified values is the rectified maximum: pooling first gives the same
                    # numbers and leaves a quarter of the work to the ReLU.
                    nn.Conv2d(inputs, outputs, 3, padding=1),
                    nn.MaxPool2d(2),
                    nn.ReLU(inplace=True),
                )
                for inputs, outputs in pairwise(sizes)
            )
        )
        self.features = nn.Linear(sizes[-1], self.channels)
        self.kind_head = nn.Linear(self.channels, len(self.kinds))
        self.amount_head = nn.Linear(self.channels, 1)
        self.apply(initialise)

    @property
    def config(self) -> dict[str, Any]:
        """The constructor's keyword arguments."""
        return {"kinds": list(self.kinds), "width": self.width}

    def forward(self, frames: Tensor, lengths: Tensor | None = None) -> Visibility:
        """Judge every real frame of `frames [n, t, 64, 64]` on its own; see `Visibility`.

        Raises:
            ShapeError: if frames or lengths have another shape or type.
        """
        features, lengths = self._frame_features(frames, lengths)
        n, t = frames.shape[:2]
        return Visibility(
            logits=unpack(self.kind_head(features), n, t, lengths),
            amount=unpack(at_least_float32(self.amount_head(features).squeeze(-1)).sigmoid(), n, t, lengths),
            features=unpack(features, n, t, lengths),
        )

    def guidance(self, frames: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Return V(O) of eq. 1: the features' mean over the real frames, `[n, c]` in float32 or wider.

        Raises:
            ShapeError: if frames or lengths have another shape or type.
        """
        features, lengths = self._frame_features(frames, lengths)
        n, t = frames.shape[:2]
        padded = unpack(at_least_float32(features), n, t, lengths)
        counts = t if lengths is None else lengths.to(padded)[:, None]
        return padded.sum(dim=1) / counts

    def _frame_features(self, frames: Tensor, lengths: Tensor | None) -> tuple[Tensor, Tensor | None]:
        """Return the features `[m, c]` of the real frames, and the lengths, or None where all are full."""
        check_frames(frames, lengths, (self.input_size,))
        packed, lengths = pack_frames(frames, lengths)
        maps = self.convolutions(as_images(packed, like=self.features.weight))
        return torch.relu(self.features(maps.mean(dim=(2, 3)))), lengths
