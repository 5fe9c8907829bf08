"""What comes out of an import: one network and what is to be said about it."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from torch import nn

Network = TypeVar("Network", bound=nn.Module, covariant=True)


@dataclass(frozen=True, slots=True)
class Component(Generic[Network]):
    """A network with the file's weights.

    Attributes:
        network: ready to use or to save.
        dropped: the file's weights that the network has no use for.
        messages: what the user should know, one sentence each.
    """

    network: Network
    dropped: tuple[str, ...] = ()
    messages: tuple[str, ...] = ()
