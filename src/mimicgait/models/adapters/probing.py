"""What a user's network takes and gives: found out by showing it one black example."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from mimicgait.errors import ConfigError, ShapeError

SIZE = (64, 64)
"""Height and width of the silhouettes that every adapter takes."""

FRAMES = 16
"""Frames of an example where a network takes several at a time."""


def like_weights(network: nn.Module) -> Tensor:
    """Return a weight of a network, which tells type and device; one of float32 where it has none."""
    found = (p for p in network.parameters() if p.is_floating_point())
    return next(found, torch.empty(0))


def probe(network: nn.Module, *example: Tensor) -> torch.Size:
    """Return the shape of what a network gives for an example; its state and mode stay as they are.

    Raises:
        ConfigError: if it cannot take the example, or gives anything but a tensor.
    """
    modes = [(module, module.training) for module in network.modules()]
    weight = like_weights(network)
    shown = [x.to(weight.device, weight.dtype if x.is_floating_point() else None) for x in example]
    try:
        with torch.no_grad():
            given = network.eval()(*shown)
    except (RuntimeError, ValueError, TypeError, IndexError, AttributeError, AssertionError) as error:
        shapes = ", ".join(str(tuple(x.shape)) for x in shown)
        raise ConfigError(f"{type(network).__name__} cannot take an input of {shapes}: {error}") from error
    finally:
        for module, training in modes:
            module.training = training
    if not isinstance(given, Tensor):
        raise ConfigError(f"{type(network).__name__} gave a {type(given).__name__}; expected one tensor")
    return given.shape


def probe_maps(network: nn.Module, example: Tensor) -> tuple[int, int]:
    """Return channels and rows of the maps that a network gives, as `as_maps` has them.

    Raises:
        ConfigError: if it cannot take the example, or gives neither vectors, maps nor volumes.
    """
    try:
        maps = as_maps(torch.empty(probe(network, example), device="meta"), network)
    except ShapeError as error:
        raise ConfigError(str(error)) from error
    return maps.shape[1], maps.shape[2]


def check_size(size: Sequence[int] | None) -> tuple[int, int]:
    """Return the height and width that images are resized to: 64x64 where nothing is said.

    Raises:
        ConfigError: if it is not two positive numbers.
    """
    if size is None:
        return SIZE
    if len(size) != 2 or any(not isinstance(side, int) or side < 1 for side in size):
        raise ConfigError(f"size must be two positive numbers such as [128, 128], got {size}")
    return size[0], size[1]


def check_colours(colours: int) -> int:
    """Return how many channels the network's images have.

    Raises:
        ConfigError: if that is neither 1 nor 3.
    """
    if colours not in (1, 3):
        raise ConfigError(f"colours must be 1, or 3 for a network that was made for RGB, got {colours}")
    return colours


def as_maps(given: Tensor, network: nn.Module) -> Tensor:
    """Turn vectors `[m, c]`, maps `[m, c, h, w]` or volumes `[m, c, t, h, w]` into maps `[m, c, h, w]`.

    A vector is a map of one pixel; of a volume the maximum over time is taken.

    Raises:
        ShapeError: if the network gave something else.
    """
    if given.ndim == 2:
        return given[:, :, None, None]
    if given.ndim == 5:
        return given.amax(dim=2)
    if given.ndim != 4:
        raise ShapeError(
            f"{type(network).__name__} gave {tuple(given.shape)}; expected vectors [m, c], maps [m, c, h, w] "
            "or volumes [m, c, t, h, w]"
        )
    return given
