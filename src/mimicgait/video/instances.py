"""Regions out of what networks and files give: one mask a person, or one probability a pixel."""

import cv2
import numpy as np
import numpy.typing as npt

from mimicgait.errors import ShapeError
from mimicgait.types import Frames
from mimicgait.video.refine import part_people
from mimicgait.video.regions import Box, Region, cut_edges, tight

Probabilities = npt.NDArray[np.floating]


def regions_from_masks(
    masks: npt.NDArray[np.generic],
    scores: npt.NDArray[np.floating] | None = None,
    *,
    size: tuple[int, int],
    threshold: float = 0.5,
    min_score: float = 0.5,
    min_height: float = 0.06,
) -> tuple[tuple[Region, ...], int]:
    """Make regions of masks, one a person; a pixel that several claim is the most certain one's.

    Args:
        masks: `[k, h, w]`, probabilities or 0 and 1, at any resolution.
        scores: `[k]`, how certain each is; None for all alike.
        size: height and width of the video's frame.
        threshold: probability from which a pixel belongs to a mask.
        min_score: masks that are less certain are ignored.
        min_height: and so are people less high than this share of the frame.

    Returns:
        The regions, the most certain first, and the number that was ignored.

    Raises:
        ShapeError: if masks and scores do not fit together.
    """
    if masks.ndim != 3:
        raise ShapeError(f"expected masks [k, h, w], got {masks.shape}")
    certain = np.ones(len(masks)) if scores is None else np.asarray(scores, dtype=np.float64)
    if certain.shape != (len(masks),):
        raise ShapeError(f"expected {len(masks)} scores, one a mask, got {certain.shape}")
    taken = np.zeros(masks.shape[1:], dtype=np.bool_)
    found: list[Region] = []
    for k in np.argsort(-certain, kind="stable").tolist():
        mask = (np.asarray(masks[k]) >= threshold) & ~taken
        if certain[k] >= min_score:
            region = region_of(mask.astype(np.uint8), size, min_height, float(np.clip(certain[k], 0, 1)))
            if region is not None:
                taken |= mask
                found.append(region)
    return tuple(found), len(masks) - len(found)


def regions_from_probability(
    probability: Probabilities,
    *,
    size: tuple[int, int],
    threshold: float = 0.5,
    min_height: float = 0.06,
) -> tuple[tuple[Region, ...], int]:
    """Make regions of one probability a pixel `[h, w]`: connected outlines, parted where people only touch.

    Returns:
        The regions, from left to right, and the number of outlines ignored as too small.

    Raises:
        ShapeError: if the probability is not `[h, w]`.
    """
    if probability.ndim != 2:
        raise ShapeError(f"expected a probability a pixel [h, w], got {probability.shape}")
    above = (probability >= threshold).astype(np.uint8)
    above = cv2.morphologyEx(above, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    count, labels = cv2.connectedComponents(above)
    parts = [part for label in range(1, count) for part in part_people((labels == label).astype(np.uint8))]
    regions = [region_of(part, size, min_height) for part in parts]
    kept = sorted((region for region in regions if region is not None), key=lambda region: region.box.x)
    return tuple(kept), len(regions) - len(kept)


def region_of(mask: Frames, size: tuple[int, int], min_height: float, score: float = 1.0) -> Region | None:
    """The region of one mask `[h, w]` of 0 and 1 of the whole frame; None if it is empty or too low."""
    bounds = tight(mask)
    if bounds is None:
        return None
    left, top, right, bottom = bounds
    if bottom - top < min_height * mask.shape[0]:
        return None
    down, across = size[0] / mask.shape[0], size[1] / mask.shape[1]
    box = Box(left * across, top * down, (right - left) * across, (bottom - top) * down)
    return Region(box, mask[top:bottom, left:right].copy(), cut_edges(*bounds, mask.shape), score)
