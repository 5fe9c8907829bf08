"""Muon for the matrices of a network, AdamW for the rest (Jordan et al., "Muon", 2024; Liu et al., 2025)."""

import math
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.conv import _ConvNd
from torch.optim import Optimizer

from mimicgait.models.heads import SeparateLinear

NEWTON_SCHULZ = (3.4445, -4.7750, 2.0315)
"""Coefficients of the iteration that brings all singular values of a matrix near to one, Jordan's."""

ROUNDS, MOMENTUM, ADAM, TINY = 5, 0.95, (0.9, 0.999), 1e-8


class Muon(Optimizer):
    """Orthogonal steps for filters and matrices, AdamW's steps for every other weight.

    A matrix's step is the running mean of its gradient with all singular values brought near to one, so that
    directions for which few examples ask are learned as fast as the common ones. It is as large as AdamW's
    (Liu et al., "Muon is Scalable", 2025, section 2.2): both take the same rate. `torch.optim.Muon` with
    `adjust_lr_fn="match_rms_adamw"` takes the same steps, but knows nothing except single matrices.

    Args:
        groups: as other optimisers have them, and with `kind` each: `filters` `[o, i, ...]` count as the
            matrix `[o, i * ...]`, `matrices` `[..., a, b]` as one or a stack of them; none for AdamW.
        lr: learning rate, unless a group has its own.
        weight_decay: decoupled, unless a group has its own.
    """

    def __init__(self, groups: Iterable[dict[str, Any]], *, lr: float, weight_decay: float) -> None:
        super().__init__(groups, {"lr": lr, "weight_decay": weight_decay, "kind": None})

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> float | None:  # type: ignore[override]
        """Take a step; `closure` computes the loss and its gradient anew, if there is one."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            for weight in group["params"]:
                if weight.grad is not None:
                    change = _change(weight, weight.grad, self.state[weight], group["kind"])
                    weight.mul_(1 - group["lr"] * group["weight_decay"])
                    weight.sub_(change, alpha=group["lr"])
        return loss


def kind_of(owner: nn.Module, name: str) -> str | None:
    """Tell how Muon takes a module's own weight of a name: as filters, as matrices, or not at all."""
    if isinstance(owner, _ConvNd) and name == "weight":
        return "filters"
    known = {nn.Linear: "weight", SeparateLinear: "fc_bin"}
    return "matrices" if any(isinstance(owner, k) and name == n for k, n in known.items()) else None


def _change(weight: Tensor, gradient: Tensor, state: dict[str, Any], kind: str | None) -> Tensor:
    """Return what is to be taken off a weight at a rate of one, and remember the gradient's means."""
    if not state:
        state["mean"] = torch.zeros_like(weight)
    if kind is None:
        return _adam_change(weight, gradient, state)
    ahead = gradient.lerp(state["mean"].lerp_(gradient, 1 - MOMENTUM), MOMENTUM)
    matrices = ahead.flatten(1) if kind == "filters" else ahead
    as_large_as_adam = 0.2 * math.sqrt(max(matrices.shape[-2:]))
    return orthogonal(matrices).mul_(as_large_as_adam).reshape(weight.shape)


def _adam_change(weight: Tensor, gradient: Tensor, state: dict[str, Any]) -> Tensor:
    if "steps" not in state:
        state.update(square=torch.zeros_like(weight), steps=torch.zeros(()))
    first, second = ADAM
    state["steps"] += 1
    steps = int(state["steps"])
    mean: Tensor = state["mean"].lerp_(gradient, 1 - first) / (1 - first**steps)
    square: Tensor = state["square"].lerp_(gradient.square(), 1 - second) / (1 - second**steps)
    return mean / (square.sqrt() + TINY)


def orthogonal(matrices: Tensor) -> Tensor:
    """Bring the singular values of matrices `[..., a, b]` near to one (about 0.7 to 1.2) by Newton-Schulz."""
    tall = matrices.shape[-2] > matrices.shape[-1]
    x = (matrices.mT if tall else matrices).bfloat16()
    x = (x / x.norm(dim=(-2, -1), keepdim=True).clamp(min=TINY)).reshape(-1, *x.shape[-2:])
    a, b, c = NEWTON_SCHULZ
    for _ in range(ROUNDS):
        gram = x @ x.mT
        x = torch.baddbmm(x, torch.baddbmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return (x.mT if tall else x).reshape(matrices.shape).to(matrices.dtype)
