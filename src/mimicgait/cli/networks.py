"""Networks that commands are given: loaded, and refused with a reason where another kind is needed."""

from pathlib import Path
from typing import TYPE_CHECKING, cast

from mimicgait.errors import CheckpointError, ConfigError

if TYPE_CHECKING:
    from torch import nn

    from mimicgait.data import SequenceStore


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


def load_fitting(path: Path, store: "SequenceStore", trust: tuple[str, ...] = ()) -> "nn.Module":
    """Load a network that gives signatures of a store's sequences.

    Raises:
        CheckpointError: as `load_backbone` does.
        ConfigError: as `check_silhouettes` does.
    """
    network = load_backbone(path, trust)
    check_silhouettes(network, path, store)
    return network


def check_silhouettes(network: "nn.Module", path: Path, store: "SequenceStore") -> None:
    """Refuse a network that was made for, or trained on, silhouettes of another kind than those of a store.

    Args:
        network: the network.
        path: where it was loaded from; what is noted there about its training counts.
        store: the silhouettes that it shall see.

    Raises:
        ConfigError: saying what the store holds, what the network needs, and what to do.
    """
    from mimicgait.data import refuse_mismatch
    from mimicgait.training.run import trained_size

    size = cast(tuple[int, int], network.input_size)
    refuse_mismatch(store, size, trained_on=trained_size(path), network=str(path))


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
