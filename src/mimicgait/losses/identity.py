"""Cross-entropy over identities, every body part a prediction of its own."""

from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from mimicgait.distance import at_least_float32, full_precision
from mimicgait.errors import ShapeError
from mimicgait.losses.inputs import check_labels, checked_number


class IdentityLoss(nn.Module):
    """Label-smoothed cross-entropy of scaled logits, averaged over sequences and parts.

    Args:
        scale: factor on the logits; 16 for cosines from a BNNeck, 1 for logits of a plain linear layer.
        smoothing: share of the target that is spread evenly over all classes.
    """

    def __init__(self, *, scale: float = 16.0, smoothing: float = 0.1) -> None:
        super().__init__()
        self.scale = checked_number("scale", scale)
        self.smoothing = checked_number("smoothing", smoothing, high=1.0)

    def forward(self, logits: Tensor, labels: Tensor) -> Tensor:
        """Return the loss of logits `[n, classes, p]` with labels `[n]`: a scalar, 0 for an empty batch.

        Raises:
            ShapeError: if a shape or a type does not fit.
        """
        if logits.ndim != 3:
            raise ShapeError(f"expected logits [n, classes, p], got {tuple(logits.shape)}")
        n, _, p = logits.shape
        check_labels(labels, n)
        with full_precision(logits):
            total = cross_entropy(
                at_least_float32(logits) * self.scale,
                labels.long()[:, None].expand(n, p),
                label_smoothing=self.smoothing,
                reduction="sum",
            )
        return total / max(n * p, 1)
