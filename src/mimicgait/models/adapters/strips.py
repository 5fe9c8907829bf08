"""From the map of a sequence to its embedding: horizontal strips, and a matrix for each."""

from torch import Tensor, nn

from mimicgait.distance import at_least_float32
from mimicgait.errors import ConfigError
from mimicgait.models.heads import SeparateLinear, horizontal_pyramid


class StripHead(nn.Module):
    """Cut maps `[n, c_in, h, w]` into strips, mean + max of each, and map each to `channels` by its matrix.

    Args:
        inputs: channels of the maps.
        height: rows of the maps.
        strips: how many parts; it must divide the height.
        channels: of the embedding; None leaves out the matrices and keeps the channels of the maps.

    Raises:
        ConfigError: if the strips do not divide the height, or a number is not positive.
    """

    def __init__(self, inputs: int, height: int, strips: int, channels: int | None) -> None:
        super().__init__()
        if strips < 1 or height % strips:
            possible = [str(count) for count in range(1, height + 1) if height % count == 0]
            raise ConfigError(
                f"strips must divide the {height} rows of the network's maps, got {strips}; possible are "
                f"{', '.join(possible)}; a larger `size` or an earlier stage of the network gives more rows"
            )
        if channels is not None and channels < 1:
            raise ConfigError(f"channels must be positive, or none to keep the network's, got {channels}")
        self.strips = strips
        self.channels = inputs if channels is None else channels
        self.matrices = None if channels is None else SeparateLinear(strips, inputs, channels)

    def forward(self, maps: Tensor) -> Tensor:
        """Map `[n, c_in, h, w]` to embeddings `[n, channels, strips]` in float32 or better."""
        parts = horizontal_pyramid(at_least_float32(maps), (self.strips,))
        if self.matrices is None:
            return parts
        embeddings: Tensor = self.matrices(parts)
        return embeddings
