"""Networks as plain functions of silhouettes, for what watches a stream or joins tracks."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from mimicgait.distance import Distance, PartwiseEuclidean
from mimicgait.models import VisibilityNetwork
from mimicgait.types import Frames
from mimicgait.video.assemble import Assembler
from mimicgait.video.events import Embed, SignatureArray
from mimicgait.video.link import GaitDistance
from mimicgait.video.motion import Track
from mimicgait.video.walk import Gait


def embedder(network: nn.Module, device: torch.device | str = "cpu") -> Embed:
    """Turn a backbone or an exported network into a function from silhouettes `[t, 64, 64]` to `[c, p]`.

    The network is put into eval mode, and stays so.
    """
    network.eval().to(device)

    def embed(frames: Frames) -> SignatureArray:
        with torch.inference_mode():
            batch = torch.from_numpy(np.ascontiguousarray(frames))[None].to(device)
            signature: Tensor = network(batch, torch.tensor([len(frames)], device=device))[0]
        values: npt.NDArray[np.float32] = signature.float().cpu().numpy()
        return values

    return embed


def hidden_share(network: VisibilityNetwork) -> Callable[[Frames], float]:
    """Turn a visibility network into a function: mean hidden share of silhouettes `[t, 64, 64]`."""
    network.eval()

    def hidden(frames: Frames) -> float:
        with torch.inference_mode():
            return float(network(torch.from_numpy(np.ascontiguousarray(frames))[None]).amount.mean())

    return hidden


def gait_distance(
    embed: Embed, *, distance: Distance | None = None, assembler: Assembler | None = None
) -> GaitDistance:
    """Distance between the gaits of two tracks, for a `Linker`; each track is embedded once.

    Args:
        embed: makes the signatures.
        distance: between them; the mean over parts of the Euclidean distance by default.
        assembler: which frames count; the default takes eight frames or more.

    Returns:
        A function that gives None where a track has too few usable frames.
    """
    measure, makes = (
        distance or PartwiseEuclidean(),
        assembler or Assembler(Gait(min_frames=8, min_travel=0.0)),
    )
    known: dict[int, Tensor | None] = {}

    def signature(track: Track) -> Tensor | None:
        if track.number not in known:
            person, _ = makes.assemble(track, "")
            known[track.number] = None if person is None else torch.as_tensor(embed(person.frames))[None]
        return known[track.number]

    def between(a: Track, b: Track) -> float | None:
        one, other = signature(a), signature(b)
        return None if one is None or other is None else float(measure(one, other))

    return between
