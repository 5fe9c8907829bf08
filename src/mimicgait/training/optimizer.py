"""Optimiser and learning-rate schedule from their settings."""

import math
from collections.abc import Iterable

from torch import nn
from torch.optim import SGD, Adam, AdamW, Optimizer
from torch.optim.lr_scheduler import LambdaLR

from mimicgait.training.config import OptimizerConfig


def build_optimizer(parameters: Iterable[nn.Parameter], config: OptimizerConfig) -> Optimizer:
    """Build the optimiser over the parameters that ask for a gradient."""
    trainable = [p for p in parameters if p.requires_grad]
    if config.name == "sgd":
        return SGD(trainable, lr=config.lr, momentum=0.9, weight_decay=config.weight_decay, fused=True)
    kind = Adam if config.name == "adam" else AdamW
    return kind(trainable, lr=config.lr, weight_decay=config.weight_decay, fused=True)


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
        done = (step - config.warmup) / max(1, steps - config.warmup)
        return 0.5 * (1 + math.cos(math.pi * min(1.0, done)))
    return 1.0
