"""Optimiser and learning-rate schedule from their settings."""

import math
from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Any

from torch import nn
from torch.optim import SGD, Adam, AdamW, Optimizer
from torch.optim.lr_scheduler import LambdaLR

from mimicgait.errors import ConfigError
from mimicgait.training.config import OptimizerConfig
from mimicgait.training.muon import Muon, kind_of


def build_optimizer(module: nn.Module, config: OptimizerConfig) -> Optimizer:
    """Build the optimiser over the weights of a module that ask for a gradient.

    Raises:
        ConfigError: if a pattern of `rates` or `undecayed` matches no weight.
    """
    groups = weight_groups(module, config)
    if config.name == "muon":
        return Muon(groups, lr=config.lr, weight_decay=config.weight_decay)
    if config.name == "sgd":
        return SGD(groups, lr=config.lr, momentum=0.9, weight_decay=config.weight_decay, fused=True)
    kind = Adam if config.name == "adam" else AdamW
    return kind(groups, lr=config.lr, weight_decay=config.weight_decay, fused=True)


def weight_groups(module: nn.Module, config: OptimizerConfig) -> list[dict[str, Any]]:
    """Divide the weights by their rate, by whether they decay and, for Muon, by how it takes them.

    Raises:
        ConfigError: if a pattern matches no weight.
    """
    trainable = [(name, weight) for name, weight in module.named_parameters() if weight.requires_grad]
    for pattern in (*config.rates, *config.undecayed):
        if not any(fnmatchcase(name, pattern) for name, _ in trainable):
            names = ", ".join(name for name, _ in trainable[:3])
            raise ConfigError(f"optimizer: no weight's name matches {pattern!r}; names are like {names}")
    kinds = matrix_kinds(module) if config.name == "muon" else {}
    groups: dict[tuple[float, bool, str | None], list[nn.Parameter]] = {}
    for name, weight in trainable:
        factors = [factor for pattern, factor in config.rates.items() if fnmatchcase(name, pattern)]
        decays = not _matches(name, config.undecayed)
        groups.setdefault((factors[0] if factors else 1.0, decays, kinds.get(name)), []).append(weight)
    return [
        {
            "params": weights,
            "lr": config.lr * factor,
            "weight_decay": config.weight_decay if decays else 0.0,
            **({"kind": kind} if config.name == "muon" else {}),
        }
        for (factor, decays, kind), weights in groups.items()
    ]


def matrix_kinds(module: nn.Module) -> dict[str, str]:
    """Name the weights of which Muon takes orthogonal steps, and how: all but vectors and the class head."""
    found = {}
    for path, owner in module.named_modules():
        for name, _ in owner.named_parameters(prefix=path, recurse=False):
            kind = kind_of(owner, name.rpartition(".")[2])
            if kind and not name.startswith("neck."):
                found[name] = kind
    return found


def _matches(name: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def build_schedule(optimizer: Optimizer, config: OptimizerConfig, steps: int) -> LambdaLR:
    """Build the learning-rate schedule, to be stepped after every optimiser step."""
    return LambdaLR(optimizer, lambda step: rate_factor(step, config, steps))


def rate_factor(step: int, config: OptimizerConfig, steps: int) -> float:
    """Return what the highest learning rate is multiplied by at a step (from 0).

    >>> rate_factor(30, OptimizerConfig(milestones=(10, 20)), 40)
    0.010000000000000002
    """
    if step < config.warmup:
        return (step + 1) / config.warmup
    if config.schedule == "multistep":
        return float(config.gamma ** sum(step >= milestone for milestone in config.milestones))
    if config.schedule == "cosine":
        done = (step - config.warmup) / max(1, (config.fall or steps) - config.warmup)
        lowest = config.floor / config.lr
        return lowest + (1 - lowest) * 0.5 * (1 + math.cos(math.pi * min(1.0, done)))
    return 1.0
