"""Silhouettes as the images that a user's network was made for."""

import torch
from torch import Tensor
from torch.nn.functional import interpolate

from mimicgait.models.adapters.probing import SIZE


def resized(images: Tensor, size: tuple[int, int]) -> Tensor:
    """Resize images `[m, 1, h, w]`; those of the right size are returned as they are."""
    if size == SIZE:
        return images
    return interpolate(images, size, mode="bilinear", align_corners=False)


def coloured(images: Tensor, colours: int) -> Tensor:
    """Repeat the one channel of images `[m, 1, ...]` to `[m, colours, ...]`."""
    return images if colours == 1 else torch.cat([images] * colours, dim=1)
