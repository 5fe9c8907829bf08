"""Distillation of a frozen teacher that sees complete sequences into a student that sees occluded ones."""

from typing import Literal

import torch
from torch import Tensor, nn
from torch.linalg import vector_norm

from mimicgait.distance import FlattenedEuclidean, at_least_float32, full_precision
from mimicgait.errors import ConfigError, suggest
from mimicgait.losses.hinge import mean_active_hinge
from mimicgait.losses.inputs import check_labels, check_pair, checked_number


class MultiInstanceDistillationLoss(nn.Module):
    """Multi-instance correlational distillation (MiCKD): a triplet loss across student and teacher.

    For the anchor m_i, the student's signature of sequence i, the positives are t_i (the teacher's of the
    same sequence), t_j and m_j (both of another sequence of the same person); the negatives are the student's
    and the teacher's signatures of other people. The mean is over the triplets that are still active. Source:
    MimicGait, section on MiCKD.

    Args:
        margin: how much farther than the positives the negatives should be; 0.05 in the paper, 0.2 in the
            configurations of the released code.
        normalize: L2-normalise the flattened signatures before they are compared.
        anchors: `student` as in the paper; `all` takes the teacher's signatures as anchors too, as the
            released code does. The triplets of teacher's signatures alone carry no gradient, yet count in the
            mean.

    >>> student, teacher = torch.randn(4, 8, 2, requires_grad=True), torch.randn(4, 8, 2)
    >>> MultiInstanceDistillationLoss()(student, teacher, torch.tensor([0, 0, 1, 1])).shape
    torch.Size([])
    """

    def __init__(
        self, *, margin: float = 0.05, normalize: bool = True, anchors: Literal["student", "all"] = "student"
    ) -> None:
        super().__init__()
        self.margin = checked_number("margin", margin)
        if anchors not in ("student", "all"):
            raise ConfigError(f"anchors: {anchors!r} is unknown; {suggest(str(anchors), ('student', 'all'))}")
        self.anchors = anchors
        self.distance = FlattenedEuclidean(normalize=normalize)

    def forward(self, student: Tensor, teacher: Tensor, labels: Tensor) -> Tensor:
        """Return the loss of signatures `[n, c, p]`: a scalar, 0 when all sequences are one person's.

        Args:
            student: signatures of the occluded sequences.
            teacher: signatures of the same sequences, complete; no gradient flows to them.
            labels: who it is, int `[n]`.

        Raises:
            ShapeError: if a shape or a type does not fit.
        """
        check_pair(student, teacher)
        check_labels(labels, len(student))
        signatures = torch.cat([student, teacher.detach()])
        people = torch.cat([labels, labels])
        anchors = len(student) if self.anchors == "student" else len(signatures)
        same = people[:anchors, None] == people[None, :]
        itself = torch.eye(anchors, len(people), dtype=torch.bool, device=labels.device)
        distances = self.distance(signatures[:anchors], signatures)
        return mean_active_hinge(distances, same & ~itself, ~same, self.margin)


class PartwiseL2Loss(nn.Module):
    """Euclidean distance between the student's and the teacher's signature: the rival in the ablation.

    The mean over sequences and parts. The paper names an L2 loss without its formula; `squared` gives the
    mean of the squared distances instead.
    """

    def __init__(self, *, squared: bool = False) -> None:
        super().__init__()
        self.squared = squared

    def forward(self, student: Tensor, teacher: Tensor, labels: Tensor | None = None) -> Tensor:
        """Return the loss of signatures `[n, c, p]`: a scalar, 0 for an empty batch.

        Args:
            student: signatures of the occluded sequences.
            teacher: signatures of the same sequences, complete; no gradient flows to them.
            labels: not needed; taken so that the loss can stand in for the distillation loss.

        Raises:
            ShapeError: if the shapes differ.
        """
        check_pair(student, teacher)
        with full_precision(student):
            difference = at_least_float32(student) - at_least_float32(teacher.detach())
            norms: Tensor = vector_norm(difference, dim=1)
            values = norms.square() if self.squared else norms
        return values.sum() / max(values.numel(), 1)
