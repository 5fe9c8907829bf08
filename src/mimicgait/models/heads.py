"""The last steps of a gait network: pooling over time and over strips, one matrix a part, the BNNeck."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn, unflatten
from torch.nn.functional import normalize

from mimicgait.distance import at_least_float32, full_precision
from mimicgait.errors import ShapeError
from mimicgait.models.base import keeps_padding
from mimicgait.types import frame_mask


class SeparateLinear(nn.Module):
    """One bias-free matrix for every part: `[n, c_in, p]` to `[n, c_out, p]`.

    Runs in float32 inside autocast too: the signatures of different people are so close to each other that
    the eight bits of a bf16 mantissa would drown their differences. The product costs next to nothing.
    """

    def __init__(self, parts: int, inputs: int, outputs: int) -> None:
        super().__init__()
        self.fc_bin = nn.Parameter(torch.empty(parts, inputs, outputs))
        nn.init.xavier_uniform_(self.fc_bin)

    def forward(self, x: Tensor) -> Tensor:
        """Multiply `x [n, c_in, p]` part by part.

        Raises:
            ShapeError: if channels or parts are not those of the matrices.
        """
        parts, inputs, _ = self.fc_bin.shape
        if x.ndim != 3 or x.shape[1:] != (inputs, parts):
            raise ShapeError(f"expected [n, {inputs}, {parts}], got {tuple(x.shape)}")
        with full_precision(x):
            product = at_least_float32(x).permute(2, 0, 1) @ at_least_float32(self.fc_bin)
        return product.permute(1, 2, 0)


class BNNeck(nn.Module):
    """BatchNorm over all channels and parts, then the cosine with one vector a class and part.

    The triplet loss and inference use the embedding before this neck; cross-entropy uses its logits. (Luo et
    al., "Bag of Tricks", CVPR-W 2019, as gait models use it.) Float32 inside autocast too.
    """

    def __init__(self, parts: int, channels: int, classes: int) -> None:
        super().__init__()
        self.fc_bin = nn.Parameter(torch.empty(parts, channels, classes))
        nn.init.xavier_uniform_(self.fc_bin)
        self.bn1d = nn.BatchNorm1d(parts * channels)
        nn.init.normal_(self.bn1d.weight, 1.0, 0.02)

    def forward(self, embeddings: Tensor) -> tuple[Tensor, Tensor]:
        """Return the normalised features `[n, c, p]` and the logits `[n, classes, p]`, between -1 and 1.

        Raises:
            ShapeError: if channels or parts are not those of the neck.
        """
        parts, channels, _ = self.fc_bin.shape
        if embeddings.ndim != 3 or embeddings.shape[1:] != (channels, parts):
            raise ShapeError(f"expected [n, {channels}, {parts}], got {tuple(embeddings.shape)}")
        with full_precision(embeddings):
            flat = self.bn1d(at_least_float32(embeddings).flatten(1))
            features = normalize(flat.view(-1, channels, parts).permute(2, 0, 1), dim=-1)
            logits = features @ normalize(at_least_float32(self.fc_bin), dim=1)
        return features.permute(1, 2, 0), logits.permute(1, 2, 0)


def horizontal_pyramid(x: Tensor, bins: Sequence[int] = (16,)) -> Tensor:
    """Cut a map `[n, c, h, w]` into horizontal strips and give mean + max of each, `[n, c, p]`.

    Each count in `bins` cuts the whole height into that many equal strips, from the top down; p is their sum.
    (Fu et al., "Horizontal Pyramid Matching", AAAI 2019.)

    Raises:
        ShapeError: if the height is not a multiple of a count.

    >>> horizontal_pyramid(torch.tensor([[[[0.0, 2.0], [4.0, 4.0]]]]), [2, 1]).tolist()
    [[[3.0, 8.0, 6.5]]]
    """
    if x.ndim != 4 or any(x.shape[2] % count for count in bins):
        raise ShapeError(f"expected [n, c, h, w] with h a multiple of {list(bins)}, got {tuple(x.shape)}")
    n, c = x.shape[:2]
    strips = [x.reshape(n, c, count, -1) for count in bins]
    return torch.cat([strip.mean(-1) + strip.amax(-1) for strip in strips], dim=2)


def temporal_max(x: Tensor, lengths: Tensor | None = None) -> Tensor:
    """Maximum over the real frames: `[n, t, ...]` to `[n, ...]`; frames past the length are left out."""
    if lengths is not None:
        outside = ~frame_mask(lengths.to(x.device), x.shape[1])
        x = x.masked_fill(outside.view(*outside.shape, *[1] * (x.ndim - 2)), -torch.inf)
    return x.amax(dim=1)


def packed_temporal_max(images: Tensor, n: int, lengths: Tensor | None = None) -> Tensor:
    """Maximum over time of packed maps `[m, c, h, w]`, one result a sequence: `[n, c, h, w]`.

    The maps lie as `pack_frames` left them: sequence after sequence, without padding. `lengths` is None where
    all n sequences have the same number of frames; nothing is moved then.
    """
    if keeps_padding():
        return temporal_max(unflatten(images, 0, (n, -1)), lengths)
    rows = images.permute(0, 2, 3, 1)  # a channels-last map is contiguous in this order
    if lengths is None:
        pooled = rows.view(n, -1, *rows.shape[1:]).amax(dim=1)
    else:
        pooled = torch.stack([part.amax(dim=0) for part in torch.split(rows, lengths.tolist())])
    return pooled.permute(0, 3, 1, 2)
