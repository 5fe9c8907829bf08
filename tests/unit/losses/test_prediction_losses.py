import math

import pytest
import torch

from mimicgait.errors import ConfigError, ShapeError
from mimicgait.losses import IdentityLoss, VisibilityLoss


def rand(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_identity_loss_worked_by_hand():
    # exp(16 x) = 3 and 1: the true class has 3/4.
    logits = torch.tensor([math.log(3) / 16, 0.0], dtype=torch.float64).view(1, 2, 1)
    plain = IdentityLoss(smoothing=0.0)(logits, torch.tensor([0]))
    assert plain.item() == pytest.approx(-math.log(3 / 4))
    # With .1 spread over two classes the targets are .95 and .05.
    smooth = IdentityLoss()(logits, torch.tensor([0]))
    assert smooth.item() == pytest.approx(-0.95 * math.log(3 / 4) - 0.05 * math.log(1 / 4))


def test_parts_are_predictions_of_their_own():
    logits, labels = rand(3, 4, 2), torch.tensor([0, 3, 1])
    parts = [IdentityLoss()(logits[:, :, k : k + 1], labels).item() for k in range(2)]
    assert IdentityLoss()(logits, labels).item() == pytest.approx(sum(parts) / 2)
    assert parts[0] != pytest.approx(parts[1])


def test_visibility_loss_worked_by_hand():
    # Two frames; the second is padding. Equal scores of three classes: log 3. Amount off by .2: 10 * .04.
    logits = torch.zeros(1, 2, 3, dtype=torch.float64)
    logits[0, 1, 0] = 99
    amount = torch.tensor([[0.7, 55.0]], dtype=torch.float64)
    kind, hidden = torch.tensor([1]), torch.tensor([0.5], dtype=torch.float64)
    loss = VisibilityLoss()(logits, amount, kind, hidden, torch.tensor([1]))
    assert loss.item() == pytest.approx(math.log(3) + 0.4)


def test_padding_has_no_gradient_even_if_it_is_not_finite():
    logits, amount = rand(2, 3, 3), rand(2, 3, seed=1)
    logits[0, 2:], amount[0, 2:] = float("inf"), float("nan")
    logits.requires_grad_(), amount.requires_grad_()
    loss = VisibilityLoss()(
        logits, amount, torch.tensor([0, 2]), torch.tensor([0.0, 0.5]), torch.tensor([2, 3])
    )
    assert loss.isfinite()
    amount_gradient, *_ = torch.autograd.grad(loss, amount)
    assert not amount_gradient[0, 2:].nan_to_num(0).any()
    assert amount_gradient[1].all()


def test_gradients_are_right():
    labels = torch.tensor([1, 0])
    assert torch.autograd.gradcheck(lambda x: IdentityLoss()(x, labels), rand(2, 3, 2).requires_grad_())
    hidden, lengths = torch.tensor([0.5, 0.0]), torch.tensor([3, 1])
    for double_softmax in (False, True):
        loss = VisibilityLoss(double_softmax=double_softmax)
        assert torch.autograd.gradcheck(
            lambda a, b, loss=loss: loss(a, b, labels, hidden, lengths),
            (rand(2, 3, 4).requires_grad_(), rand(2, 3, seed=1).requires_grad_()),
        )


def test_empty_batches_give_0_with_a_graph():
    logits = rand(0, 3, 2).requires_grad_()
    value = IdentityLoss()(logits, torch.zeros(0, dtype=torch.long))
    value.backward()
    assert value.item() == 0
    scores = rand(2, 3, 4).requires_grad_()
    value = VisibilityLoss()(scores, rand(2, 3), torch.zeros(2).long(), torch.zeros(2), torch.zeros(2).long())
    value.backward()
    assert value.item() == 0
    assert not scores.grad.any()
    assert VisibilityLoss()(rand(0, 3, 4), rand(0, 3), torch.zeros(0).long(), torch.zeros(0)).item() == 0


def test_targets_by_sequence_equal_targets_by_frame():
    logits, amount = rand(2, 3, 4), rand(2, 3, seed=1)
    kind, hidden = torch.tensor([1, 3]), torch.tensor([0.5, 0.25])
    by_sequence = VisibilityLoss()(logits, amount, kind, hidden)
    by_frame = VisibilityLoss()(logits, amount, kind[:, None].expand(2, 3), hidden[:, None].expand(2, 3))
    assert by_sequence == by_frame


def test_autocast_does_not_touch_the_precision():
    logits, labels = rand(4, 5, 3).float(), torch.tensor([0, 4, 1, 2])
    for value in (
        lambda: IdentityLoss()(logits, labels),
        lambda: VisibilityLoss()(
            logits, logits[..., 0], labels % 3, torch.rand(4, generator=torch.Generator().manual_seed(0))
        ),
    ):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            inside = value()
        assert inside.dtype == torch.float32
        assert inside == value()
    assert IdentityLoss()(logits.bfloat16(), labels) == IdentityLoss()(logits.bfloat16().float(), labels)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"logits": torch.zeros(2, 3)}, r"logits \[n, t, k\]"),
        ({"amount": torch.zeros(2, 4)}, r"amount \[n, t\]"),
        ({"kind": torch.zeros(3).long()}, r"kind: expected \[2\] or \[2, 3\], got \[3\]"),
        ({"kind": torch.zeros(2)}, "kind: expected integers"),
        ({"hidden": torch.zeros(2, 1)}, "hidden: expected"),
        ({"lengths": torch.tensor([3])}, r"lengths: expected \[2\]"),
    ],
)
def test_bad_shapes_of_the_visibility_loss(arguments, message):
    good = {
        "logits": torch.zeros(2, 3, 4),
        "amount": torch.zeros(2, 3),
        "kind": torch.zeros(2).long(),
        "hidden": torch.zeros(2),
        "lengths": torch.tensor([3, 3]),
    }
    assert VisibilityLoss()(**good).isfinite()
    with pytest.raises(ShapeError, match=message):
        VisibilityLoss()(**(good | arguments))


def test_bad_shapes_of_the_identity_loss():
    with pytest.raises(ShapeError, match=r"logits \[n, classes, p\]"):
        IdentityLoss()(torch.zeros(2, 3), torch.tensor([0, 1]))
    with pytest.raises(ShapeError, match=r"labels \[2\]"):
        IdentityLoss()(torch.zeros(2, 3, 1), torch.tensor([0]))


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: IdentityLoss(smoothing=1.5), "smoothing: expected a number from 0 to 1, got 1.5"),
        (lambda: IdentityLoss(scale=math.inf), "scale: expected a number >= 0"),
        (lambda: VisibilityLoss(amount_weight=-1), "amount_weight"),
    ],
)
def test_bad_settings(build, message):
    with pytest.raises(ConfigError, match=message):
        build()
