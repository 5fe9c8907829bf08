"""The networks that a later stage is guided by, loaded and refused where another kind is needed."""

from pathlib import Path

from torch import nn

from mimicgait.errors import CheckpointError
from mimicgait.models import VisibilityNetwork
from mimicgait.models.visibility import FrameGuide
from mimicgait.training.run import load_network


def load_guide(path: Path, trust: tuple[str, ...] = ()) -> FrameGuide:
    """Load what guides a network: a VEN, or a classifier of occlusion types.

    Raises:
        CheckpointError: if there is none, or it is a network of another kind.
    """
    network = load_network(path, trust)
    if isinstance(network, FrameGuide):
        return network
    raise _other(
        path,
        network,
        "; train one with `mimicgait train ven`, or with `mimicgait train classifier` one that knows types "
        "alone",
    )


def load_visibility(path: Path, trust: tuple[str, ...] = ()) -> VisibilityNetwork:
    """Load a VEN, which estimates the hidden share too.

    Raises:
        CheckpointError: if there is none, or it is a network of another kind.
    """
    network = load_network(path, trust)
    if isinstance(network, VisibilityNetwork):
        return network
    raise _other(path, network, ", which estimates how much is hidden; train one with `mimicgait train ven`")


def _other(path: Path, network: nn.Module, instead: str) -> CheckpointError:
    """Make the refusal of a network of another kind."""
    return CheckpointError(f"{path} holds a {type(network).__name__}, not a VisibilityNetwork{instead}")
