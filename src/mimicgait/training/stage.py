"""What a training stage must say about itself; the loop does the rest."""

from abc import ABC, abstractmethod

import numpy as np
import torch
from torch import Tensor, nn

from mimicgait.types import Batch


class Stage(nn.Module, ABC):
    """One training stage: a module whose forward pass is the loss of a batch.

    Networks that must not change are wrapped in `mimicgait.models.Frozen`.
    """

    @abstractmethod
    def forward(self, batch: Batch, generator: torch.Generator) -> tuple[Tensor, dict[str, Tensor]]:
        """Return the loss (scalar, with gradient) and named values for the log."""

    @abstractmethod
    def network(self) -> nn.Module:
        """Return the network that this stage trains: what is validated and saved."""

    def finish(self) -> None:
        """Do what is left to do to the network after the last step, before it is saved; usually nothing.

        Checkpoints hold what was there before, so that a run that is started again ends the same way.
        """


def step_generator(seed: int, step: int, rank: int) -> torch.Generator:
    """Return the generator of one step on one process: a resumed run draws what it would have drawn."""
    state = np.random.SeedSequence([seed, step, rank, 0x6D67]).generate_state(1, np.uint64)
    return torch.Generator().manual_seed(int(state[0] >> 1))
