"""Distillation into a student of another size: what the teacher thinks of classes, and of single features."""

import torch
from torch import Tensor, nn
from torch.nn.functional import log_softmax, relu

from mimicgait.distance import at_least_float32, full_precision
from mimicgait.errors import ConfigError
from mimicgait.losses.inputs import check_pair, checked_number


class PartwiseLogitLoss(nn.Module):
    """Kullback-Leibler divergence of the student's classes from the teacher's, every part on its own.

    KL( softmax(t / T) || softmax(s / T) ) times T squared, which keeps the gradient's size whatever the
    temperature (Hinton et al., "Distilling the knowledge in a neural network", 2015); averaged over sequences
    and parts. GaitKD (2026) takes temperature 4.

    Args:
        temperature: T; the higher, the more the unlikely classes count.

    Raises:
        ConfigError: if the temperature is not above 0.
    """

    def __init__(self, *, temperature: float = 4.0) -> None:
        super().__init__()
        self.temperature = checked_number("temperature", temperature)
        if not self.temperature:
            raise ConfigError("temperature: expected a number above 0, got 0")

    def forward(self, student: Tensor, teacher: Tensor) -> Tensor:
        """Return the loss of logits `[n, classes, p]`: a scalar, 0 for an empty batch.

        Args:
            student: logits of the student.
            teacher: the teacher's for the same sequences; no gradient flows to them.

        Raises:
            ShapeError: if the shapes differ.
        """
        check_pair(student, teacher)
        n, _, p = student.shape
        with full_precision(student):
            ours = log_softmax(at_least_float32(student) / self.temperature, dim=1)
            theirs = log_softmax(at_least_float32(teacher.detach()) / self.temperature, dim=1)
            divergence = (theirs.exp() * (theirs - ours)).sum()
        return self.temperature**2 * divergence / max(n * p, 1)


class ActivationBoundaryLoss(nn.Module):
    """Squared hinge that puts the student's features on the teacher's side of zero.

    max(0, margin - s) ^ 2 where the teacher's pre-activation t is above 0, max(0, margin + s) ^ 2 elsewhere;
    averaged over all elements. Which neurons are on matters, not how much (Heo et al., "Knowledge transfer
    via distillation of activation boundaries formed by hidden neurons", AAAI 2019).

    Args:
        margin: how far beyond zero the student's features should be.
    """

    def __init__(self, *, margin: float = 1.0) -> None:
        super().__init__()
        self.margin = checked_number("margin", margin)

    def forward(self, student: Tensor, teacher: Tensor) -> Tensor:
        """Return the loss of pre-activations `[n, c, p]`: a scalar, 0 for an empty batch.

        Args:
            student: the student's, projected to the teacher's width.
            teacher: the teacher's for the same sequences; only their signs count, no gradient flows to them.

        Raises:
            ShapeError: if the shapes differ.
        """
        check_pair(student, teacher)
        ours = at_least_float32(student)
        side = torch.where(teacher.detach() > 0, 1.0, -1.0).to(ours)
        return relu(self.margin - side * ours).square().sum() / max(ours.numel(), 1)
