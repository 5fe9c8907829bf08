"""What the visibility network says about every frame of a person, as data."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from mimicgait.errors import ConfigError, ShapeError
from mimicgait.models import VisibilityNetwork
from mimicgait.video.people import PersonSequence

_BATCH = 256
"""Frames that are judged at once; bounds memory for long sequences."""


@dataclass(frozen=True, slots=True)
class VisibilityTimeline:
    """Kind of occlusion and hidden share over time.

    index `[t]`: numbers of the video's frames; times `[t]` in seconds; kinds: the k names; probability
    `[t, k]`, rows sum to 1; amount `[t]`: hidden share of the person, in [0, 1].
    """

    index: npt.NDArray[np.int64]
    times: npt.NDArray[np.float64]
    kinds: tuple[str, ...]
    probability: npt.NDArray[np.float32]
    amount: npt.NDArray[np.float32]

    def __post_init__(self) -> None:
        t = len(self.index)
        if (
            self.probability.shape != (t, len(self.kinds))
            or self.amount.shape != (t,)
            or len(self.times) != t
        ):
            raise ShapeError(
                f"expected {t} times, probabilities [{t}, {len(self.kinds)}] and amounts [{t}], got "
                f"{len(self.times)}, {self.probability.shape} and {self.amount.shape}"
            )

    @property
    def kind(self) -> npt.NDArray[np.int64]:
        """The most probable kind of every frame, as a position in `kinds`, `[t]`."""
        return np.asarray(self.probability.argmax(axis=1), dtype=np.int64)

    @property
    def shares(self) -> dict[str, float]:
        """Share of the frames that are of each kind."""
        counts = np.bincount(self.kind, minlength=len(self.kinds))
        return {kind: int(count) / len(self.index) for kind, count in zip(self.kinds, counts, strict=True)}


def visibility_timeline(
    person: PersonSequence, network: VisibilityNetwork, *, smooth: float = 0.0
) -> VisibilityTimeline:
    """Judge every frame of a person.

    Args:
        person: the sequence.
        network: the trained network; it is left in the mode in which it is.
        smooth: seconds over which probabilities and amounts are averaged around each frame; 0 for not at all.

    Raises:
        ConfigError: if `smooth` is negative.
    """
    if smooth < 0:
        raise ConfigError(f"smooth must be at least 0 seconds, got {smooth}")
    device = next(network.parameters()).device
    probabilities, amounts = [], []
    training = network.training
    network.eval()
    try:
        with torch.inference_mode():
            for start in range(0, len(person), _BATCH):
                frames = torch.from_numpy(person.frames[start : start + _BATCH])
                seen = network(frames[None].to(device))
                probabilities.append(seen.logits[0].float().softmax(dim=1).cpu().numpy())
                amounts.append(seen.amount[0].float().cpu().numpy())
    finally:
        network.train(training)
    probability, amount = np.concatenate(probabilities), np.concatenate(amounts)
    if smooth:
        near = np.abs(person.times[:, None] - person.times[None, :]) <= smooth / 2 + 1e-9
        weight = near.astype(np.float32) / near.sum(axis=1, keepdims=True)
        probability, amount = weight @ probability, weight @ amount
    return VisibilityTimeline(person.index, person.times, network.kinds, probability, amount)
