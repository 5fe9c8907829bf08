"""Networks that commands are given: loaded, and refused with a reason where another kind is needed."""

from pathlib import Path
from typing import TYPE_CHECKING

from mimicgait.errors import CheckpointError, ConfigError

if TYPE_CHECKING:
    from torch import nn


def load_backbone(path: Path, trust: tuple[str, ...] = ()) -> "nn.Module":
    """Load a network that gives signatures, from a run folder or a model folder.

    Raises:
        CheckpointError: if there is none, or it is a network of another kind.
    """
    from mimicgait.models.base import GaitEncoder
    from mimicgait.training.run import load_network

    network = load_network(path, trust)
    if not isinstance(network, GaitEncoder):
        raise CheckpointError(
            f"{path} holds a {type(network).__name__}, which gives no signatures: "
            "give a teacher, a baseline or a mimic"
        )
    return network


def check_device(name: str) -> None:
    """Refuse a device that this machine does not have.

    Raises:
        ConfigError: if it is unknown, absent, or this build of PyTorch does not know it.
    """
    import torch

    try:
        torch.zeros(1, device=name).cpu()
    except (AssertionError, NotImplementedError, RuntimeError) as error:
        reason = str(error).splitlines()[0]
        raise ConfigError(f"device: {name!r} cannot be used here ({reason}); cpu always can") from error
