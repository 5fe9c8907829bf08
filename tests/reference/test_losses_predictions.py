"""The identity loss and the visibility loss against loops over predictions."""

import math

import pytest
import torch

from mimicgait.losses import IdentityLoss, VisibilityLoss


def cross_entropy(scores, label, smoothing=0.0):
    """Cross-entropy of one list of scores; `smoothing` of the target is spread over all classes."""
    top = max(scores)
    log_sum = top + math.log(sum(math.exp(s - top) for s in scores))
    k = len(scores)
    target = [smoothing / k + (1 - smoothing) * (i == label) for i in range(k)]
    return -sum(q * (s - log_sum) for q, s in zip(target, scores, strict=True))


def rand(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@pytest.mark.parametrize("scale", [1.0, 16.0])
@pytest.mark.parametrize("smoothing", [0.0, 0.1, 1.0])
@pytest.mark.parametrize(("n", "k", "p"), [(1, 2, 1), (6, 5, 3)])
def test_identity_loss_equals_loops(scale, smoothing, n, k, p):
    logits = rand(n, k, p)
    labels = [(i * 2) % k for i in range(n)]
    terms = [
        cross_entropy([scale * s for s in logits[i, :, part].tolist()], labels[i], smoothing)
        for i in range(n)
        for part in range(p)
    ]
    loss = IdentityLoss(scale=scale, smoothing=smoothing)
    expected = sum(terms) / len(terms)
    assert loss(logits, torch.tensor(labels)).item() == pytest.approx(expected, rel=1e-12)
    assert loss(logits.float(), torch.tensor(labels)).item() == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("weights", [(1.0, 10.0), (0.5, 0.0), (0.0, 3.0)])
@pytest.mark.parametrize("lengths", [None, [5, 2, 0, 1]])
@pytest.mark.parametrize("per_frame", [False, True])
@pytest.mark.parametrize("double_softmax", [False, True])
def test_visibility_loss_equals_loops(weights, lengths, per_frame, double_softmax):
    n, t, k = 4, 5, 3
    logits, amount = rand(n, t, k), rand(n, t, seed=1)
    generator = torch.Generator().manual_seed(2)
    size = (n, t) if per_frame else (n,)
    kind, hidden = (
        torch.randint(0, k, size, generator=generator),
        torch.rand(size, generator=generator).double(),
    )
    terms = []
    for i in range(n):
        for f in range(t if lengths is None else lengths[i]):
            where = (i, f) if per_frame else (i,)
            scores = logits[i, f].tolist()
            if double_softmax:
                total = sum(math.exp(s) for s in scores)
                scores = [math.exp(s) / total for s in scores]
            error = amount[i, f].item() - hidden[where].item()
            terms.append(weights[0] * cross_entropy(scores, kind[where].item()) + weights[1] * error**2)
    loss = VisibilityLoss(class_weight=weights[0], amount_weight=weights[1], double_softmax=double_softmax)
    got = loss(logits, amount, kind, hidden, None if lengths is None else torch.tensor(lengths))
    assert got.item() == pytest.approx(sum(terms) / len(terms), rel=1e-12)
