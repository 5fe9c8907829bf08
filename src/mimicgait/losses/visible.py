"""Distillation of a teacher's parts into those parts of a student's signature that it has seen."""

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from mimicgait.distance import at_least_float32, full_precision
from mimicgait.losses.inputs import check_labels, check_pair, checked_number

SEEN = 0.5
"""A part counts as seen if at least this share of it is."""


class VisiblePartsLoss(nn.Module):
    """Multi-instance distillation part by part, among what has been seen.

    For part p of the student's signature m_i, the positives are those of the same person, m_j and the
    teacher's t_i and t_j; everybody else's are the negatives. The loss is the cross-entropy of the softmax
    over all of them, of their cosines over a temperature, averaged over the positives (the supervised
    contrastive loss of Khosla et al., NeurIPS 2020, across student and teacher). A part that the student has
    not seen is neither anchor nor candidate: nothing is learned about what is out of sight. The length of a
    part of the student's signature is how much of it was seen, as `MimicPlusNetwork` gives it.

    Args:
        temperature: the softmax's; cosines lie between -1 and 1.
        alignment: weight of one minus the cosine to the teacher's signature of the same sequence, 0 for none.

    >>> student, teacher = torch.randn(4, 8, 2, requires_grad=True), torch.randn(4, 8, 2)
    >>> VisiblePartsLoss()(student, teacher, torch.tensor([0, 0, 1, 1])).shape
    torch.Size([])
    """

    def __init__(self, *, temperature: float = 0.2, alignment: float = 0.0) -> None:
        super().__init__()
        self.temperature = checked_number("temperature", temperature, low=1e-3)
        self.alignment = checked_number("alignment", alignment)

    def forward(self, student: Tensor, teacher: Tensor, labels: Tensor) -> Tensor:
        """Return the loss of signatures `[n, c, p]`: a scalar, 0 if nothing is seen or everybody is alone.

        Args:
            student: signatures of sequences of which a part may be hidden; each part as long as it is seen.
            teacher: signatures of the same sequences, complete, around a mean of 0; no gradient flows to
                them.
            labels: who it is, int `[n]`.

        Raises:
            ShapeError: if a shape or a type does not fit.
        """
        check_pair(student, teacher)
        check_labels(labels, len(student))
        n = len(student)
        with full_precision(student):
            student, teacher = at_least_float32(student), at_least_float32(teacher.detach())
            own = normalize(student, dim=1)
            every = torch.cat([own, normalize(teacher, dim=1)]).permute(2, 0, 1)  # [p, 2n, c]
            cosines = every[:, :n] @ every.transpose(1, 2)
            seen = (student.detach().norm(dim=1) >= SEEN).T  # [p, n]
            known = torch.cat([seen, torch.ones_like(seen)], dim=1)
            people = torch.cat([labels, labels])
            itself = torch.eye(n, 2 * n, dtype=torch.bool, device=labels.device)
            candidate = known[:, None, :] & ~itself
            positive = candidate & (labels[:, None] == people)
            contrast = self._contrast(cosines / self.temperature, candidate, positive)
            loss = mean_where(contrast, seen & positive.any(-1))
            if self.alignment:
                apart = 1 - torch.diagonal(cosines[:, :, n:], dim1=1, dim2=2)
                loss = loss + self.alignment * mean_where(apart, seen)
            return loss

    @staticmethod
    def _contrast(logits: Tensor, candidate: Tensor, positive: Tensor) -> Tensor:
        """Mean over the positives of minus the log-probability, `[p, n]`; 0 where there is none."""
        logits = logits.masked_fill(~candidate, -torch.inf)
        total = logits.logsumexp(-1, keepdim=True)
        surprise = (total - logits).masked_fill(~positive, 0)
        return surprise.sum(-1) / positive.sum(-1).clamp_min(1)


def mean_where(values: Tensor, chosen: Tensor) -> Tensor:
    """Average the chosen values; 0, with a gradient of 0, where none is chosen."""
    return torch.where(chosen, values, 0).sum() / chosen.sum().clamp_min(1)
