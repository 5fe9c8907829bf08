"""Losses over the whole batch when the batch is spread over processes."""

import torch
import torch.distributed as dist
from torch import Tensor


def world_size() -> int:
    """How many processes train together; 1 without a launcher."""
    return dist.get_world_size() if dist.is_available() and dist.is_initialized() else 1


def gather(x: Tensor) -> Tensor:
    """Join `[n, ...]` of all processes to `[world * n, ...]`; gradients flow into this process's own rows.

    Every process computes the same loss, and data-parallel training averages the gradients: multiply the
    loss by `world_size()` to get the gradient of the whole batch.
    """
    if world_size() == 1:
        return x
    parts = [torch.empty_like(x) for _ in range(world_size())]
    dist.all_gather(parts, x.detach().contiguous())
    parts[dist.get_rank()] = x
    return torch.cat(parts)
