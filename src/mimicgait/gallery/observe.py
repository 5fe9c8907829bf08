"""A network at work: from silhouettes to signatures, and how much of the walker was seen."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from mimicgait.data import collate
from mimicgait.distance import distance_of
from mimicgait.errors import ShapeError
from mimicgait.evaluation.batches import BATCH_FRAMES, plan_batches
from mimicgait.gallery.records import Signature
from mimicgait.models import VisibilityNetwork
from mimicgait.models.checkpoint import model_hash
from mimicgait.types import Silhouettes, frame_mask


class Observer:
    """Turns walks into signatures. Any number of threads may use it.

    Args:
        network: any backbone or mimic; it is put into eval mode.
        model: what its signatures are to be known by; its `model_hash` if empty.
        visibility: estimates how much is hidden; by default the visibility network inside a mimic. Without
            any, nobody knows, and signatures say so.
        device: where to run; None leaves the networks where they are.
        batch_frames: most frames in a batch, padding included.

    Attributes:
        distance: what the network's signatures are compared with.

    Raises:
        CheckpointError: if the model is not named and the network cannot be described.
    """

    def __init__(
        self,
        network: nn.Module,
        *,
        model: str = "",
        visibility: VisibilityNetwork | None = None,
        device: torch.device | str | None = None,
        batch_frames: int = BATCH_FRAMES,
    ) -> None:
        self.network = network.eval()
        self.model = model or model_hash(network)
        self.distance = distance_of(network)
        self.visibility = visibility or visibility_inside(network)
        self._batch_frames = batch_frames
        if self.visibility is not None:
            self.visibility.eval()
        if device is not None:
            network.to(device)
            if self.visibility is not None:
                self.visibility.to(device)
        parameter = next(network.parameters(), None)
        self._device = torch.device(device or "cpu") if parameter is None else parameter.device

    def __call__(self, walks: Sequence[Silhouettes], *, keep: bool = False) -> list[Signature]:
        """Return the signature of every walk, in their order.

        Args:
            walks: silhouettes, at least one walk.
            keep: put the silhouettes into the signatures, so that a gallery keeps them for a later network.

        Raises:
            ShapeError: if the network gives something else than `[n, c, p]`, or values that are not finite.
        """
        found: dict[int, Signature] = {}
        for positions in plan_batches([len(walk.frames) for walk in walks], self._batch_frames):
            frames, lengths = collate([walks[i].frames for i in positions])
            values, hidden = self._look(frames.to(self._device), lengths.to(self._device))
            for row, position in enumerate(positions):
                walk = walks[position]
                found[position] = Signature(
                    values=values[row].numpy(),
                    model=self.model,
                    frames=len(walk.frames),
                    hidden=None if hidden is None else float(hidden[row]),
                    source=walk.source,
                    silhouettes=walk.frames if keep else None,
                    distance=self.distance,
                )
        return [found[i] for i in range(len(walks))]

    def _look(self, frames: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor | None]:
        """Return signatures `[n, c, p]` and hidden shares `[n]` of frames `[n, t, h, w]`."""
        with torch.inference_mode():
            values = self.network(frames, lengths)
            if values.ndim != 3 or len(values) != len(frames) or not bool(values.isfinite().all()):
                raise ShapeError(
                    f"expected finite signatures [n, c, p] with n = {len(frames)}, got {list(values.shape)}"
                )
            hidden = None if self.visibility is None else hidden_share(self.visibility, frames, lengths)
        return values.float().cpu(), hidden


def hidden_share(network: VisibilityNetwork, frames: Tensor, lengths: Tensor) -> Tensor:
    """Return the hidden share `[n]` of each sequence `[n, t, h, w]`, mean over its real frames."""
    amount = network(frames, lengths).amount.float()
    real = frame_mask(lengths, frames.shape[1])
    share: Tensor = (amount * real).sum(1) / lengths
    return share.clamp(0, 1).cpu()


def visibility_inside(network: nn.Module) -> VisibilityNetwork | None:
    """Find the visibility network that guides a mimic; None in a network without one."""
    return next((part for part in network.modules() if isinstance(part, VisibilityNetwork)), None)
