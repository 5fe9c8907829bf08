"""A network that is used and never changed."""

from typing import Any

import torch
from torch import nn


class Frozen(nn.Module):
    """Keep a network in eval mode, without gradients, its weights and buffers as they are, for ever.

    `train()` on it or on anything that holds it has no effect on the network inside. Use it for the teacher
    and the visibility network: a BatchNorm left in training mode would drift away from what it learned.
    """

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.module = module.requires_grad_(False)
        self.eval()

    @property
    def config(self) -> dict[str, Any]:
        """The constructor's keyword arguments."""
        return {"module": self.module}

    def train(self, mode: bool = True) -> "Frozen":
        """Stay in eval mode, whatever `mode` says."""
        del mode
        return super().train(False)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Call the network inside without recording gradients."""
        return self.call("forward", *args, **kwargs)

    def call(self, method: str, *args: Any, **kwargs: Any) -> Any:
        """Call a method of the network inside without recording gradients."""
        if any(module.training for module in self.module.modules()):
            self.module.eval()  # someone reached inside and called train() there
        with torch.no_grad():
            target = self.module if method == "forward" else getattr(self.module, method)
            return target(*args, **kwargs)
