"""The networks that a later stage is guided by, loaded and refused where another kind is needed."""

from pathlib import Path

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
    if not isinstance(network, FrameGuide):
        raise CheckpointError(
            f"{path} holds a {type(network).__name__}, not a VisibilityNetwork; train one with "
            "`mimicgait train ven`, or with `mimicgait train classifier` one that knows types alone"
        )
    return network


def load_visibility(path: Path, trust: tuple[str, ...] = ()) -> VisibilityNetwork:
    """Load a VEN, which estimates the hidden share too.

    Raises:
        CheckpointError: if there is none, or it is a network of another kind.
    """
    network = load_network(path, trust)
    if not isinstance(network, VisibilityNetwork):
        raise CheckpointError(
            f"{path} holds a {type(network).__name__}, not a VisibilityNetwork, which estimates how much is "
            "hidden; train one with `mimicgait train ven`"
        )
    return network
