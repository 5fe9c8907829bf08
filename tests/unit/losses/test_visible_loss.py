"""Distillation among what has been seen: by hand, by loops, and what gets no gradient."""

import math

import pytest
import torch
from torch.nn.functional import cosine_similarity

from mimicgait.errors import ConfigError, ShapeError
from mimicgait.losses import VisiblePartsLoss

LABELS = torch.tensor([0, 0, 1, 1, 2])


def draw(seed, n=5, c=4, p=3):
    return torch.randn(n, c, p, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def unit(x):
    return x / x.norm(dim=1, keepdim=True)


def by_loops(student, teacher, labels, temperature):
    """The definition, one anchor and one part at a time."""
    found = []
    n = len(student)
    for p in range(student.shape[2]):
        for i in range(n):
            if student[i, :, p].norm() < 0.5:
                continue
            others = [(student[j, :, p], labels[j]) for j in range(n) if j != i]
            others = [(x, who) for x, who in others if x.norm() >= 0.5]
            others += [(teacher[j, :, p], labels[j]) for j in range(n)]
            logits = [cosine_similarity(student[i, :, p], x, dim=0).item() / temperature for x, _ in others]
            total = math.log(sum(math.exp(x) for x in logits))
            mine = [total - x for x, (_, who) in zip(logits, others, strict=True) if who == labels[i]]
            found.append(sum(mine) / len(mine))
    return sum(found) / len(found)


def test_equals_loops():
    student, teacher = unit(draw(0)), draw(1)
    student[0, :, 1] = 0
    student[3, :, 2] *= 0.4
    student[4, :, 0] *= 0.7
    loss = VisiblePartsLoss(temperature=0.3)(student, teacher, LABELS)
    assert loss.item() == pytest.approx(by_loops(student, teacher, LABELS.tolist(), 0.3))


def test_what_is_hidden_gets_no_gradient_and_changes_nothing():
    student, teacher = unit(draw(0)), draw(1)
    student[0, :, 1] = 0
    student = student.requires_grad_()
    VisiblePartsLoss(alignment=0.5)(student, teacher, LABELS).backward()
    assert student.grad.isfinite().all()
    assert not student.grad[0, :, 1].any()
    assert student.grad[1, :, 1].any()


def test_alignment_is_the_mean_cosine_to_the_teacher():
    student, teacher = unit(draw(0)), draw(1)
    plain = VisiblePartsLoss()(student, teacher, LABELS)
    both = VisiblePartsLoss(alignment=2.0)(student, teacher, LABELS)
    apart = 1 - cosine_similarity(student, teacher, dim=1).mean()
    assert (both - plain).item() == pytest.approx(2 * apart.item())


def test_falls_when_people_come_together():
    student = unit(draw(0))
    alike = unit(draw(3))[LABELS]
    loss = VisiblePartsLoss()
    assert loss(alike, alike, LABELS) < loss(student, draw(1), LABELS)


def test_nothing_seen_is_no_loss():
    student = torch.zeros(5, 4, 3, dtype=torch.float64, requires_grad=True)
    loss = VisiblePartsLoss()(student, draw(1), LABELS)
    loss.backward()
    assert loss.item() == 0
    assert not student.grad.any()


def test_bad_input_is_refused():
    with pytest.raises(ConfigError, match="temperature"):
        VisiblePartsLoss(temperature=0)
    with pytest.raises(ShapeError, match="of one shape"):
        VisiblePartsLoss()(draw(0), draw(1, n=4), LABELS)
    with pytest.raises(ShapeError, match="labels"):
        VisiblePartsLoss()(draw(0), draw(1), LABELS[:3])
