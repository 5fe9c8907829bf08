"""The losses for students of another size: worked by hand, invariances, gradients, refusals."""

import math

import pytest
import torch

from mimicgait.errors import ConfigError, ShapeError
from mimicgait.losses import ActivationBoundaryLoss, PartwiseLogitLoss

LOSSES = {"logits": PartwiseLogitLoss(), "boundary": ActivationBoundaryLoss()}
every = pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)


def rand(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_logit_loss_worked_by_hand():
    # At temperature 2: student 1/2 and 1/2, teacher 3/4 and 1/4.
    student = torch.zeros(1, 2, 1, dtype=torch.float64)
    teacher = torch.tensor([2 * math.log(3), 0.0], dtype=torch.float64).view(1, 2, 1)
    expected = 4 * (0.75 * math.log(1.5) + 0.25 * math.log(0.5))
    assert PartwiseLogitLoss(temperature=2.0)(student, teacher).item() == pytest.approx(expected)


def test_boundary_loss_worked_by_hand():
    student = torch.tensor([0.5, -0.5, 2.0, -3.0], dtype=torch.float64).view(1, 4, 1).requires_grad_()
    teacher = torch.tensor([9.0, 0.1, 0.2, -0.1], dtype=torch.float64).view(1, 4, 1)
    loss = ActivationBoundaryLoss(margin=1.0)(student, teacher)
    # .5 short of the margin; 1.5 short of it; beyond it; beyond it on the other side.
    assert loss.item() == pytest.approx((0.25 + 2.25) / 4)
    loss.backward()
    assert student.grad.flatten().tolist() == pytest.approx([-0.25, -0.75, 0, 0])


def test_how_sure_the_teacher_is_counts_for_logits_and_not_for_boundaries():
    student, teacher = rand(3, 4, 2, seed=1), rand(3, 4, 2, seed=2)
    assert PartwiseLogitLoss()(student, 3 * teacher) != PartwiseLogitLoss()(student, teacher)
    boundary = ActivationBoundaryLoss()
    assert boundary(student, 3 * teacher) == boundary(student, teacher)


def test_logits_have_no_common_offset():
    student, teacher = rand(3, 4, 2, seed=1), rand(3, 4, 2, seed=2)
    moved = PartwiseLogitLoss()(student + 5, teacher - 7)
    assert moved.item() == pytest.approx(PartwiseLogitLoss()(student, teacher).item())


def test_a_student_equal_to_the_teacher_has_nothing_to_learn():
    x = rand(3, 4, 2)
    assert PartwiseLogitLoss()(x, x).item() == pytest.approx(0, abs=1e-12)
    assert ActivationBoundaryLoss()(2 * x.sign(), x).item() == 0


@every
def test_gradients_are_right_and_leave_the_teacher_alone(loss):
    student, teacher = rand(3, 4, 2, seed=1).requires_grad_(), rand(3, 4, 2, seed=2).requires_grad_()
    assert torch.autograd.gradcheck(lambda x: loss(x, teacher.detach()), student)
    loss(student, teacher).backward()
    assert student.grad.any()
    assert teacher.grad is None


@every
def test_nobody_gives_0_with_a_graph(loss):
    student = rand(0, 4, 2).requires_grad_()
    value = loss(student, rand(0, 4, 2))
    value.backward()
    assert value.item() == 0


@every
def test_half_precision_is_widened_also_inside_autocast(loss):
    student, teacher = rand(3, 4, 2, seed=1).bfloat16(), rand(3, 4, 2, seed=2).bfloat16()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        got = loss(student, teacher)
    assert got.dtype == torch.float32
    assert got == loss(student.float(), teacher.float())


@every
def test_shapes_must_agree(loss):
    with pytest.raises(ShapeError, match="of one shape"):
        loss(rand(3, 4, 2), rand(3, 5, 2))


@pytest.mark.parametrize("temperature", [0.0, -1.0, math.inf])
def test_a_temperature_is_above_0(temperature):
    with pytest.raises(ConfigError, match="temperature"):
        PartwiseLogitLoss(temperature=temperature)


def test_a_margin_is_not_negative():
    with pytest.raises(ConfigError, match="margin"):
        ActivationBoundaryLoss(margin=-1)
