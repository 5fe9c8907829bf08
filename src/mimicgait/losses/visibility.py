"""The loss of the visibility network: which occlusion a frame shows, and how much of it is hidden."""

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from mimicgait.distance import at_least_float32, full_precision
from mimicgait.errors import ShapeError
from mimicgait.losses.inputs import checked_number
from mimicgait.types import frame_mask


class VisibilityLoss(nn.Module):
    """Cross-entropy of the occlusion's class plus squared error of its amount, averaged over the real frames.

    Source: MimicGait, supplement; weights 1 and 10.

    Args:
        class_weight: factor on the cross-entropy.
        amount_weight: factor on the squared error.
        double_softmax: feed softmaxed outputs to the cross-entropy, which applies a softmax itself, as the
            released code does; for comparisons only.
    """

    def __init__(
        self, *, class_weight: float = 1.0, amount_weight: float = 10.0, double_softmax: bool = False
    ) -> None:
        super().__init__()
        self.class_weight = checked_number("class_weight", class_weight)
        self.amount_weight = checked_number("amount_weight", amount_weight)
        self.double_softmax = double_softmax

    def forward(
        self, logits: Tensor, amount: Tensor, kind: Tensor, hidden: Tensor, lengths: Tensor | None = None
    ) -> Tensor:
        """Return the loss of a batch of sequences: a scalar, 0 when there is no real frame.

        Args:
            logits: predicted class scores, `[n, t, k]`.
            amount: predicted hidden share, `[n, t]`.
            kind: true class, int `[n]`, or `[n, t]` where it changes within a sequence.
            hidden: true hidden share, `[n]` or `[n, t]`.
            lengths: real frames of each sequence, int `[n]`; all `t` when left out.

        Raises:
            ShapeError: if a shape or a type does not fit.
        """
        _check(logits, amount, kind, hidden, lengths)
        n, t, k = logits.shape
        with full_precision(logits):
            scores = at_least_float32(logits)
            if self.double_softmax:
                scores = scores.softmax(-1)
            error = at_least_float32(amount) - _per_frame(hidden, t)
            classes = cross_entropy(
                scores.reshape(-1, k), _per_frame(kind, t).flatten().long(), reduction="none"
            )
            loss = self.class_weight * classes.view(n, t) + self.amount_weight * error.square()
            if lengths is None:
                return loss.sum() / max(n * t, 1)
            real = frame_mask(lengths.to(loss.device), t)
            return torch.where(real, loss, 0).sum() / real.sum().clamp_min(1)


def _per_frame(target: Tensor, t: int) -> Tensor:
    """Repeat a target `[n]` for every frame; one that is `[n, t]` already stays."""
    return target if target.ndim == 2 else target[:, None].expand(-1, t)


def _check(logits: Tensor, amount: Tensor, kind: Tensor, hidden: Tensor, lengths: Tensor | None) -> None:
    """Refuse predictions and targets that do not fit together.

    Raises:
        ShapeError: always then, naming what was given.
    """
    if logits.ndim != 3 or amount.shape != logits.shape[:2]:
        raise ShapeError(
            "expected logits [n, t, k] and amount [n, t], "
            f"got {tuple(logits.shape)} and {tuple(amount.shape)}"
        )
    frames = logits.shape[:2]
    for name, target in (("kind", kind), ("hidden", hidden)):
        if target.shape not in (frames, frames[:1]):
            raise ShapeError(
                f"{name}: expected {list(frames[:1])} or {list(frames)}, got {list(target.shape)}"
            )
    if kind.is_floating_point():
        raise ShapeError(f"kind: expected integers, got {kind.dtype}")
    if lengths is not None and lengths.shape != frames[:1]:
        raise ShapeError(f"lengths: expected {list(frames[:1])}, got {list(lengths.shape)}")
