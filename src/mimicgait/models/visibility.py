"""The visibility estimation network, VEN: how much of the walker is hidden, and in which way?"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import torch
from torch import Tensor, nn

from mimicgait.distance import at_least_float32
from mimicgait.errors import ConfigError, ShapeError, suggest
from mimicgait.models.base import as_images, check_frames, initialise, pack_frames, resolve_width, unpack
from mimicgait.types import FRAME_SIZE

CHANNELS = (32, 64, 128)
FEATURES = 64

Share = Literal["hidden", "visible"]
"""What the head for the amount estimates."""


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
        # Compared, not put into a set: an export's symbolic sizes have no hash.
        if [len(shape) for shape in shapes] != [3, 2, 3] or any(s[:2] != shapes[0][:2] for s in shapes):
            raise ShapeError(f"expected [n, t, k], [n, t] and [n, t, c], got {shapes}")


class FrameGuide(nn.Module):
    """Three convolutions and a layer of 64: what looks at single frames and guides a mimic (eq. 1).

    `kinds` names the kinds of occlusion in the order of the logits. Base of the visibility network and of the
    classifier of occlusion types, which differ in their heads alone.
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

    @property
    def config(self) -> dict[str, Any]:
        """The constructor's keyword arguments."""
        return {"kinds": list(self.kinds), "width": self.width}

    def guidance(self, frames: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Return V(O) of eq. 1: the features' mean over the real frames, `[n, c]` in float32 or wider.

        Raises:
            ShapeError: if frames or lengths have another shape or type.
        """
        features, lengths = self._frame_features(frames, lengths)
        n, t = frames.shape[:2]
        return mean_over_frames(unpack(at_least_float32(features), n, t, lengths), lengths)

    def _frame_features(self, frames: Tensor, lengths: Tensor | None) -> tuple[Tensor, Tensor | None]:
        """Return the features `[m, c]` of the real frames, and the lengths, or None where all are full."""
        check_frames(frames, lengths, (self.input_size,))
        packed, lengths = pack_frames(frames, lengths)
        maps = self.convolutions(as_images(packed, like=self.features.weight))
        return torch.relu(self.features(maps.mean(dim=(2, 3)))), lengths


class OcclusionClassifier(FrameGuide):
    """VEN's architecture without the head for the amount: which kind of occlusion does a frame show?

    The guide of Occlusion-Aware gait recognition (Gupta and Chellappa, WACV 2024), the rival of MimicGait.
    """

    def __init__(self, *, kinds: Sequence[str] = ("none", "top", "bottom"), width: float | str = 1.0) -> None:
        super().__init__(kinds=kinds, width=width)
        self.apply(initialise)

    def forward(self, frames: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Judge every real frame of `frames [n, t, 64, 64]`: logits `[n, t, k]`, zeros for padding.

        Raises:
            ShapeError: if frames or lengths have another shape or type.
        """
        features, lengths = self._frame_features(frames, lengths)
        n, t = frames.shape[:2]
        return unpack(self.kind_head(features), n, t, lengths)


class VisibilityNetwork(FrameGuide):
    """Three convolutions, a layer of 64, and two heads: the kind of occlusion and the hidden share.

    About 0.1 M parameters. `kinds` names the classes in the order of the logits. (MimicGait, WACV 2025,
    section 3.2; the share ends in a sigmoid, as in the released code.)

    Args:
        kinds: names of the classes in the order of the logits.
        width: factor on all channels, or its name.
        amount: what the second head estimates: the `hidden` share as in the paper, or the `visible` one as in
            the released code. `Visibility.amount` is the hidden share either way.
    """

    def __init__(
        self,
        *,
        kinds: Sequence[str] = ("none", "top", "bottom"),
        width: float | str = 1.0,
        amount: Share = "hidden",
    ) -> None:
        super().__init__(kinds=kinds, width=width)
        if amount not in ("hidden", "visible"):
            raise ConfigError(f"amount: {amount!r} is unknown; {suggest(str(amount), ('hidden', 'visible'))}")
        self.amount = amount
        self.amount_head = nn.Linear(self.channels, 1)
        self.apply(initialise)

    @property
    def config(self) -> dict[str, Any]:
        """The constructor's keyword arguments; `amount` only where it is not the usual one."""
        return super().config | ({} if self.amount == "hidden" else {"amount": self.amount})

    def forward(self, frames: Tensor, lengths: Tensor | None = None) -> Visibility:
        """Judge every real frame of `frames [n, t, 64, 64]` on its own; see `Visibility`.

        Raises:
            ShapeError: if frames or lengths have another shape or type.
        """
        features, lengths = self._frame_features(frames, lengths)
        n, t = frames.shape[:2]
        score = at_least_float32(self.amount_head(features).squeeze(-1))
        hidden = (score if self.amount == "hidden" else -score).sigmoid()  # 1 - sigmoid(x) = sigmoid(-x)
        return Visibility(
            logits=unpack(self.kind_head(features), n, t, lengths),
            amount=unpack(hidden, n, t, lengths),
            features=unpack(features, n, t, lengths),
        )


def mean_over_frames(values: Tensor, lengths: Tensor | None = None) -> Tensor:
    """Average values `[n, t, ...]` with zeros as padding over the real frames: `[n, ...]`."""
    counts = values.shape[1] if lengths is None else lengths.to(values).view(-1, *[1] * (values.ndim - 2))
    return values.sum(dim=1) / counts
