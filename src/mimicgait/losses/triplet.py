"""The field's triplet loss over body parts."""

import torch
from torch import Tensor, nn

from mimicgait.distance import PartwiseEuclidean
from mimicgait.errors import ShapeError
from mimicgait.losses.hinge import mean_active_hinge
from mimicgait.losses.inputs import check_labels, checked_number


class TripletLoss(nn.Module):
    """Triplet loss of each part on its own: all triplets, mean over the active ones, then over parts.

    Distances are Euclidean, neither squared nor normalised.

    The anchor itself stays among its positives, at distance 0, as the field has it: an identity with a single
    sequence still pushes others away, and the mean is lower than without these pairs.

    Args:
        margin: how much farther than the positives the negatives should be.

    >>> x = torch.tensor([0.0, 1.0, 1.0]).view(3, 1, 1)
    >>> round(TripletLoss(margin=0.2)(x, torch.tensor([0, 0, 1])).item(), 4)  # of 0.2, 1.2, 0.2 and 0.2
    0.45
    """

    def __init__(self, *, margin: float = 0.2) -> None:
        super().__init__()
        self.margin = checked_number("margin", margin)
        self.distance = PartwiseEuclidean()

    def forward(self, embeddings: Tensor, labels: Tensor) -> Tensor:
        """Return the loss of embeddings `[n, c, p]` with labels `[n]`: a scalar, 0 when there is nobody else.

        Raises:
            ShapeError: if a shape or a type does not fit.
        """
        if embeddings.ndim != 3:
            raise ShapeError(f"expected embeddings [n, c, p], got {tuple(embeddings.shape)}")
        check_labels(labels, len(embeddings))
        same = labels[:, None] == labels[None, :]
        itself = torch.eye(len(labels), dtype=torch.bool, device=labels.device)
        # Rounding would leave about 3e-4 of the norm between a vector and itself.
        distances = self.distance.per_part(embeddings, embeddings).masked_fill(itself, 0)
        return mean_active_hinge(distances, same, ~same, self.margin).mean()
