"""The triplet loss and the distillation loss against loops over triplets, and against a library."""

import math

import pytest
import torch
from pytorch_metric_learning.losses import TripletMarginLoss

from mimicgait.losses import MultiInstanceDistillationLoss, PartwiseL2Loss, TripletLoss

LABELS = {
    "2x2": [0, 0, 1, 1],
    "uneven": [3, 1, 1, 2, 3, 3, 3, 9],
    "single people": [0, 1, 2, 3],
    "4x3": [0, 1, 2, 3] * 3,
}


def signatures(n, c, p, seed=0, spread=1.0):
    """Vectors around one common direction, as close to each other as `spread` says."""
    generator = torch.Generator().manual_seed(seed)
    common = torch.randn(c, p, generator=generator, dtype=torch.float64)
    return common + spread * torch.randn(n, c, p, generator=generator, dtype=torch.float64)


def mean_of_active(triplets, margin):
    """Average margin + d(a, p) - d(a, n) over the triplets (d(a, p), d(a, n)) where it is above 0."""
    active = [margin + near - far for near, far in triplets if margin + near - far > 0]
    return sum(active) / len(active) if active else 0.0


def triplet_loops(x, labels, margin):
    n, _, p = x.shape
    parts = []
    for part in range(p):
        triplets = []
        for a in range(n):
            for b in range(n):
                for d in range(n):
                    if labels[b] == labels[a] and labels[d] != labels[a]:
                        triplets.append(
                            (math.dist(x[a, :, part], x[b, :, part]), math.dist(x[a, :, part], x[d, :, part]))
                        )
        parts.append(mean_of_active(triplets, margin))
    return sum(parts) / p


def distillation_loops(student, teacher, labels, margin, normalize, anchors):
    flat = [row.flatten().tolist() for row in (*student, *teacher)]
    if normalize:
        flat = [[v / math.hypot(*row) for v in row] for row in flat]
    n = len(labels)
    triplets = []
    for a in range(n if anchors == "student" else 2 * n):
        for b in range(2 * n):
            for d in range(2 * n):
                if b != a and labels[b % n] == labels[a % n] and labels[d % n] != labels[a % n]:
                    triplets.append((math.dist(flat[a], flat[b]), math.dist(flat[a], flat[d])))
    return mean_of_active(triplets, margin)


@pytest.mark.parametrize("labels", LABELS.values(), ids=LABELS)
@pytest.mark.parametrize(("c", "p"), [(1, 1), (3, 4)])
@pytest.mark.parametrize("margin", [0.0, 0.2, 5.0])
def test_triplet_loss_equals_loops(labels, c, p, margin):
    x = signatures(len(labels), c, p)
    expected = triplet_loops(x, labels, margin)
    in_float64 = TripletLoss(margin=margin)(x, torch.tensor(labels))
    assert in_float64.item() == pytest.approx(expected, rel=1e-12, abs=1e-12)
    assert TripletLoss(margin=margin)(x.float(), torch.tensor(labels)).item() == pytest.approx(
        expected, rel=1e-5
    )


@pytest.mark.parametrize("labels", LABELS.values(), ids=LABELS)
@pytest.mark.parametrize("normalize", [True, False])
@pytest.mark.parametrize("anchors", ["student", "all"])
@pytest.mark.parametrize("margin", [0.05, 0.2, 5.0])
@pytest.mark.parametrize("spread", [1.0, 0.1])
def test_distillation_loss_equals_loops(labels, normalize, anchors, margin, spread):
    student, teacher = signatures(len(labels), 3, 2, 1, spread), signatures(len(labels), 3, 2, 2, spread)
    expected = distillation_loops(student, teacher, labels, margin, normalize, anchors)
    loss = MultiInstanceDistillationLoss(margin=margin, normalize=normalize, anchors=anchors)
    assert loss(student, teacher, torch.tensor(labels)).item() == pytest.approx(
        expected, rel=1e-11, abs=1e-12
    )
    in_float32 = loss(student.float(), teacher.float(), torch.tensor(labels))
    assert in_float32.item() == pytest.approx(expected, rel=2e-4, abs=1e-6)


def library_loss(student, teacher, labels, margin, anchors):
    """The same by pytorch-metric-learning, which normalises and averages over the active ones by default."""
    both, people = torch.cat([student, teacher]).flatten(1), torch.cat([labels, labels])
    library = TripletMarginLoss(margin=margin)
    if anchors == "all":
        return library(both, people)
    same = people[:, None] == people[None, :]
    triplets = (same & ~torch.eye(len(people), dtype=torch.bool))[:, :, None] & ~same[:, None, :]
    triplets[len(student) :] = False
    return library(both, people, indices_tuple=triplets.nonzero(as_tuple=True))


@pytest.mark.parametrize("anchors", ["student", "all"])
@pytest.mark.parametrize("margin", [0.05, 0.2])
@pytest.mark.parametrize("spread", [1.0, 0.1])
def test_distillation_loss_equals_the_library_s_value_and_gradient(anchors, margin, spread):
    labels = torch.arange(8).repeat_interleave(4)
    student, teacher = signatures(32, 16, 4, 1, spread), signatures(32, 16, 4, 2, spread)
    mine, theirs = (student.clone().requires_grad_() for _ in range(2))
    ours = MultiInstanceDistillationLoss(margin=margin, anchors=anchors)(mine, teacher, labels)
    oracle = library_loss(theirs, teacher, labels, margin, anchors)
    assert ours.item() > 0
    torch.testing.assert_close(ours, oracle, rtol=1e-9, atol=1e-12)
    ours.backward()
    oracle.backward()
    torch.testing.assert_close(mine.grad, theirs.grad, rtol=1e-7, atol=1e-10)


@pytest.mark.parametrize("squared", [False, True])
def test_partwise_l2_equals_loops(squared):
    student, teacher = signatures(5, 3, 4, 1), signatures(5, 3, 4, 2)
    norms = [math.dist(student[i, :, k], teacher[i, :, k]) for i in range(5) for k in range(4)]
    expected = sum(x**2 if squared else x for x in norms) / 20
    assert PartwiseL2Loss(squared=squared)(student, teacher).item() == pytest.approx(expected, rel=1e-12)
