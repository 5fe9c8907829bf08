"""The mean over the active triplets, which the triplet loss and the distillation loss share."""

import torch
from torch import Tensor
from torch.nn.functional import relu


def mean_active_hinge(distances: Tensor, positive: Tensor, negative: Tensor, margin: float) -> Tensor:
    """Average `margin + d(anchor, positive) - d(anchor, negative)` over the triplets where it is above 0.

    All triplets count: each anchor with each of its positives and each of its negatives. Memory goes with the
    number of positive pairs times m, not with a * m * m.

    Args:
        distances: `[..., a, m]`, from a anchors to m candidates.
        positive: bool `[a, m]`, which candidates are positives of which anchor.
        negative: bool `[a, m]`, which are negatives.
        margin: how much farther than the positives the negatives should be.

    Returns:
        `[...]`; 0, with a gradient of 0, where no triplet is active or there is none.

    >>> near_far = torch.tensor([[1.0, 2.0, 0.5]])
    >>> yes, no = torch.tensor([[True, False, False]]), torch.tensor([[False, True, True]])
    >>> mean_active_hinge(near_far, yes, no, margin=0.25).item()  # 1 to 2 is far enough, 1 to 0.5 is not
    0.75
    """
    anchor, chosen = positive.nonzero(as_tuple=True)
    to_positive = distances[..., anchor, chosen]
    # What is no negative lies infinitely far away: never active, and no gradient.
    to_negative = distances.masked_fill(~negative, torch.inf).index_select(-2, anchor)
    hinge = relu(margin + to_positive[..., None] - to_negative)
    active = (hinge > 0).sum((-2, -1))
    return hinge.sum((-2, -1)) / active.clamp_min(1)
