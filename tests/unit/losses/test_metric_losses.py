import math

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from mimicgait.errors import ConfigError, ShapeError
from mimicgait.losses import MultiInstanceDistillationLoss, PartwiseL2Loss, TripletLoss, mean_active_hinge


def signatures(n, c=4, p=3, seed=0, dtype=torch.float64):
    return torch.randn(n, c, p, generator=torch.Generator().manual_seed(seed), dtype=torch.float64).to(dtype)


def points(*values):
    """One-dimensional signatures with one part."""
    return torch.tensor(values, dtype=torch.float64).view(-1, 1, 1).requires_grad_()


def all_losses():
    """Each loss as a function of the student alone."""
    teacher = signatures(6, seed=9)
    return {
        "triplet": lambda x, y: TripletLoss()(x, y),
        "student": lambda x, y: MultiInstanceDistillationLoss()(x, teacher[: len(x)], y),
        "all": lambda x, y: MultiInstanceDistillationLoss(anchors="all")(x, teacher[: len(x)], y),
        "plain": lambda x, y: MultiInstanceDistillationLoss(normalize=False)(x, teacher[: len(x)], y),
        "l2": lambda x, y: PartwiseL2Loss()(x, teacher[: len(x)], y),
        "squared": lambda x, y: PartwiseL2Loss(squared=True)(x, teacher[: len(x)], y),
    }


every = pytest.mark.parametrize("loss", all_losses().values(), ids=all_losses())


def test_triplet_loss_worked_by_hand():
    x = points(0.0, 1.0, 1.5)
    loss = TripletLoss(margin=0.2)(x, torch.tensor([0, 0, 1]))
    # anchor 0: with itself .2 - 1.5, with 1 .2 + 1 - 1.5: both below 0.
    # anchor 1: with itself .2 - .5, with 0 .2 + 1 - .5 = .7. anchor 2: with itself .2 - 1.5 and .2 - .5.
    assert loss.item() == pytest.approx(0.7)
    loss.backward()
    # d(1, 0) grows with x1 and falls with x0; d(1, 2) falls with x1 and grows with x2.
    assert x.grad.flatten().tolist() == pytest.approx([-1.0, 2.0, -1.0])


def test_parts_count_alike_however_many_triplets_they_have():
    near, far = torch.tensor([0.0, 0.0, 9.0]), torch.tensor([0.0, 1.0, 0.0])
    loss = TripletLoss(margin=0.2)(torch.stack([near, far], 1)[:, None], torch.tensor([0, 0, 1]))
    # part 0: no active one. part 1: anchor 0 with itself .2 and with 1 1.2, anchor 2 with itself .2 (0 at 0).
    # anchor 1 with 0: .2 + 1 - 1; with itself: .2 - 1.
    assert loss.item() == pytest.approx((0 + (0.2 + 1.2 + 0.2 + 0.2) / 4) / 2)


def test_the_anchor_counts_among_its_positives():
    # Nobody has a second sequence: only the anchor itself is left as a positive.
    assert TripletLoss(margin=0.2)(points(0.0, 0.1), torch.tensor([0, 1])).item() == pytest.approx(0.1)


def test_the_anchor_s_distance_to_itself_is_exactly_0():
    x = torch.full((2, 64, 1), 100.0)
    x[1, 0] += 3.0
    # margin + 0 - 3 is not active; rounding of |x|^2 = 640,000 would leave up to .5 instead of 0.
    assert TripletLoss(margin=2.9)(x, torch.tensor([0, 1])).item() == 0


def test_distillation_loss_worked_by_hand():
    student, teacher = points(0.0, 1.0), torch.tensor([0.5, 3.0], dtype=torch.float64).view(2, 1, 1)
    loss = MultiInstanceDistillationLoss(margin=1.0, normalize=False)(student, teacher, torch.tensor([0, 1]))
    # m0: near t0 .5; far m1 1, t1 3 -> .5 and -1.5. m1: near t1 2; far m0 1, t0 .5 -> 2 and 2.5.
    assert loss.item() == pytest.approx((0.5 + 2 + 2.5) / 3)
    loss.backward()
    # Active: d(m0, t0) - d(m0, m1), d(m1, t1) - d(m1, m0), d(m1, t1) - d(m1, t0). Every distance between
    # student and student counts for both.
    assert student.grad.flatten().tolist() == pytest.approx(
        [(-1 + 1 + 1) / 3, (-1 + (-1 - 1) + (-1 - 1)) / 3]
    )


def test_all_three_positives_and_both_negatives_take_part():
    """Moving any one of them changes the loss of a batch with two people of two sequences."""
    labels = torch.tensor([0, 0, 1, 1])
    base_student, base_teacher = signatures(4, 5, 2, 1), signatures(4, 5, 2, 2)
    loss = MultiInstanceDistillationLoss(margin=5.0)
    before = loss(base_student, base_teacher, labels)
    for i in range(4):
        teacher = base_teacher.clone()
        teacher[i] += signatures(1, 5, 2, 3)[0]
        assert loss(base_student, teacher, labels) != before
        student = base_student.clone()
        student[i] += signatures(1, 5, 2, 3)[0]
        assert loss(student, base_teacher, labels) != before


def test_no_gradient_reaches_the_teacher():
    student, teacher = signatures(4).requires_grad_(), signatures(4, seed=1).requires_grad_()
    labels = torch.tensor([0, 0, 1, 1])
    for loss in (MultiInstanceDistillationLoss(anchors="all"), PartwiseL2Loss()):
        loss(student, teacher, labels).backward()
        assert student.grad.abs().sum() > 0
        assert teacher.grad is None


def test_normalised_signatures_have_no_scale():
    labels, student, teacher = torch.tensor([0, 0, 1, 1]), signatures(4), signatures(4, seed=1)
    loss = MultiInstanceDistillationLoss()
    assert loss(student * 1000, teacher / 7, labels).item() == pytest.approx(
        loss(student, teacher, labels).item()
    )


@every
@pytest.mark.parametrize("labels", [[0, 0, 1, 1, 2, 2], [0, 1, 2, 3, 4, 5], [0, 0, 0, 1, 2, 2]])
def test_gradients_are_right(loss, labels):
    assert torch.autograd.gradcheck(lambda x: loss(x, torch.tensor(labels)), signatures(6).requires_grad_())


@every
@pytest.mark.parametrize("n", [0, 1, 4])
def test_one_person_or_nobody_gives_0_or_a_number_with_a_graph(loss, n):
    x = signatures(n).requires_grad_()
    value = loss(x, torch.zeros(n, dtype=torch.long))
    value.backward()
    assert value.isfinite()
    assert x.grad.isfinite().all()
    if n == 0:
        assert value.item() == 0


@pytest.mark.parametrize("anchors", ["student", "all"])
def test_one_person_gives_0_and_a_gradient_of_0(anchors):
    x, labels = signatures(4).requires_grad_(), torch.zeros(4, dtype=torch.long)
    value = TripletLoss()(x, labels) + MultiInstanceDistillationLoss(anchors=anchors)(
        x, signatures(4, seed=1), labels
    )
    value.backward()
    assert value.item() == 0
    assert not x.grad.any()


@every
def test_equal_signatures_give_finite_gradients(loss):
    x = torch.ones(6, 4, 3, dtype=torch.float64).requires_grad_()
    value = loss(x, torch.tensor([0, 0, 1, 1, 2, 2]))
    value.backward()
    assert value.isfinite()
    assert x.grad.isfinite().all()


def test_signatures_of_zeros_give_finite_gradients():
    x = torch.zeros(4, 4, 3, requires_grad=True)
    loss = MultiInstanceDistillationLoss()(x, torch.zeros(4, 4, 3), torch.tensor([0, 0, 1, 1]))
    loss.backward()
    assert loss.item() == pytest.approx(0.05)
    assert x.grad.isfinite().all()


def test_a_student_equal_to_a_good_teacher_has_nothing_to_learn():
    people = torch.eye(3, dtype=torch.float64).repeat_interleave(2, 0)[:, :, None]
    x = people.clone().requires_grad_()
    value = MultiInstanceDistillationLoss()(x, people, torch.tensor([0, 0, 1, 1, 2, 2]))
    assert value.item() == 0
    assert PartwiseL2Loss()(people, people).item() == 0


@every
def test_the_order_of_the_batch_and_the_names_of_people_do_not_matter(loss):
    labels = torch.tensor([0, 0, 1, 1, 2, 2])
    value = loss(signatures(6), labels)
    assert loss(signatures(6), 70 - labels).item() == pytest.approx(value.item(), rel=1e-12)
    teacher = signatures(6, seed=9)
    order = torch.tensor([3, 1, 5, 0, 2, 4])
    distil = MultiInstanceDistillationLoss()
    assert distil(signatures(6)[order], teacher[order], labels[order]).item() == pytest.approx(
        distil(signatures(6), teacher, labels).item(), rel=1e-12
    )


def test_autocast_does_not_touch_the_precision():
    x, labels = signatures(6, 256, 3, dtype=torch.float32), torch.tensor([0, 0, 1, 1, 2, 2])
    triplet, distil = TripletLoss(), MultiInstanceDistillationLoss()
    teacher = signatures(6, 256, 3, seed=1, dtype=torch.float32)
    for value in (
        lambda: triplet(x, labels),
        lambda: distil(x, teacher, labels),
        lambda: PartwiseL2Loss()(x, teacher),
    ):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            inside = value()
        assert inside.dtype == torch.float32
        assert inside == value()


def test_half_precision_signatures_are_widened():
    labels = torch.tensor([0, 0, 1, 1, 2, 2])
    x, teacher = signatures(6, 8, 3).bfloat16(), signatures(6, 8, 3, seed=1).bfloat16()
    for loss in (MultiInstanceDistillationLoss(), PartwiseL2Loss()):
        got = loss(x, teacher, labels)
        assert got.dtype == torch.float32
        assert got == loss(x.float(), teacher.float(), labels)
        assert loss(x, teacher.float(), labels) == got


class LargestTensor(TorchDispatchMode):
    """Remembers the largest number of bytes that one operation produced, and their sum."""

    def __init__(self):
        super().__init__()
        self.largest = self.total = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        out = func(*args, **(kwargs or {}))
        for tensor in out if isinstance(out, tuple | list) else [out]:
            if isinstance(tensor, torch.Tensor) and not tensor._is_view():
                self.largest = max(self.largest, tensor.nbytes)
                self.total += tensor.nbytes
        return out


@pytest.mark.parametrize("anchors", ["student", "all"])
def test_memory_at_the_paper_s_batch(anchors):
    student, teacher = signatures(128, 64, 16, dtype=torch.float32), signatures(128, 64, 16, 1, torch.float32)
    student.requires_grad_()
    with LargestTensor() as memory:
        MultiInstanceDistillationLoss(anchors=anchors)(student, teacher, torch.arange(128) // 4).backward()
    assert memory.total < 100e6, "all that was ever allocated, freed or not"
    with LargestTensor() as memory:
        TripletLoss()(student, torch.arange(128) // 4).backward()
    assert memory.largest < 6e6, "512 pairs x 128 x 16 parts in float32 are 4.2 MB"


def test_hinge_over_a_stack_of_matrices_equals_one_by_one():
    distances = torch.rand(3, 4, 6, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    positive = torch.zeros(4, 6, dtype=torch.bool)
    positive[[0, 1, 1, 3], [1, 2, 0, 5]] = True
    negative = ~positive & (torch.arange(6) % 2 == 0)
    stacked = mean_active_hinge(distances, positive, negative, 0.3)
    assert stacked.tolist() == [mean_active_hinge(d, positive, negative, 0.3).item() for d in distances]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x, y: TripletLoss()(x[0], y), r"embeddings \[n, c, p\], got \(4, 3\)"),
        (lambda x, y: TripletLoss()(x, y[:2]), r"labels \[4\]"),
        (lambda x, y: TripletLoss()(x, y.float()), "float32"),
        (lambda x, y: MultiInstanceDistillationLoss()(x, x[:2], y), "of one shape"),
        (lambda x, y: MultiInstanceDistillationLoss()(x[:, 0], x[:, 0], y), "of one shape"),
        (lambda x, y: MultiInstanceDistillationLoss()(x, x, y[:, None]), r"labels \[4\]"),
        (lambda x, y: PartwiseL2Loss()(x, x[:, :, :1]), "of one shape"),
    ],
)
def test_bad_shapes(call, message):
    with pytest.raises(ShapeError, match=message):
        call(signatures(4), torch.tensor([0, 0, 1, 1]))


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: TripletLoss(margin=-0.1), "margin: expected a number >= 0"),
        (lambda: MultiInstanceDistillationLoss(margin=math.nan), "margin"),
        (lambda: MultiInstanceDistillationLoss(anchors="students"), "did you mean 'student'"),
    ],
)
def test_bad_settings(build, message):
    with pytest.raises(ConfigError, match=message):
        build()
