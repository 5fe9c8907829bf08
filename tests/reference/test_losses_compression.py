"""The losses for students of another size against loops in plain Python, and against PyTorch's own."""

import math

import pytest
import torch
from torch.nn.functional import kl_div

from mimicgait.losses import ActivationBoundaryLoss, PartwiseLogitLoss


def rand(*shape, seed=0, spread=1.0):
    generator = torch.Generator().manual_seed(seed)
    return spread * torch.randn(*shape, generator=generator, dtype=torch.float64)


def softmax(values, temperature):
    powers = [math.exp(v / temperature) for v in values]
    return [power / sum(powers) for power in powers]


def logit_loops(student, teacher, temperature):
    n, _, p = student.shape
    total = 0.0
    for i in range(n):
        for part in range(p):
            ours = softmax(student[i, :, part].tolist(), temperature)
            theirs = softmax(teacher[i, :, part].tolist(), temperature)
            total += sum(t * math.log(t / s) for t, s in zip(theirs, ours, strict=True))
    return temperature**2 * total / (n * p)


def boundary_loops(student, teacher, margin):
    terms = [
        max(0.0, margin - s) ** 2 if t > 0 else max(0.0, margin + s) ** 2
        for s, t in zip(student.flatten().tolist(), teacher.flatten().tolist(), strict=True)
    ]
    return sum(terms) / len(terms)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 4.0])
@pytest.mark.parametrize("shape", [(1, 2, 1), (5, 7, 3)])
@pytest.mark.parametrize("spread", [1.0, 8.0])
def test_logit_loss_equals_loops(temperature, shape, spread):
    student, teacher = rand(*shape, seed=1, spread=spread), rand(*shape, seed=2, spread=spread)
    expected = logit_loops(student, teacher, temperature)
    loss = PartwiseLogitLoss(temperature=temperature)
    assert loss(student, teacher).item() == pytest.approx(expected, rel=1e-10)
    assert loss(student.float(), teacher.float()).item() == pytest.approx(expected, rel=1e-4)


def test_logit_loss_equals_pytorch_s_divergence():
    student, teacher = rand(4, 6, 3, seed=1), rand(4, 6, 3, seed=2)
    by_part = [
        kl_div((student[..., k] / 4).log_softmax(1), (teacher[..., k] / 4).softmax(1), reduction="batchmean")
        for k in range(3)
    ]
    assert PartwiseLogitLoss()(student, teacher).item() == pytest.approx(16 * sum(by_part).item() / 3)


@pytest.mark.parametrize("margin", [0.0, 0.5, 1.0, 3.0])
@pytest.mark.parametrize("shape", [(1, 1, 1), (5, 7, 3)])
def test_boundary_loss_equals_loops(margin, shape):
    student, teacher = rand(*shape, seed=1), rand(*shape, seed=2)
    expected = boundary_loops(student, teacher, margin)
    loss = ActivationBoundaryLoss(margin=margin)
    assert loss(student, teacher).item() == pytest.approx(expected, rel=1e-12)
    assert loss(student.float(), teacher.float()).item() == pytest.approx(expected, rel=1e-5)
