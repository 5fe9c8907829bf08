"""Clips of people in a film, each looked for among one clip of everybody, complete and with a part hidden."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from _gait import Array, distances

from mimicgait.distance import Distance
from mimicgait.occlusion import Bottom, Nothing, Occlusion, paper_mixture
from mimicgait.types import Frames

CLIP, DRAWS = 30, 3
"""Frames of a clip; draws of the occlusions whose mean is reported."""

Sides = tuple[Occlusion, Occlusion]
"""What hides the gallery, and what the probes."""

CASES: dict[str, Sides] = {
    "complete": (Nothing(), Nothing()),
    "probe: lower 40 % hidden": (Nothing(), Bottom(amount=(0.4, 0.4))),
    "probe: top or bottom 40-60 %": (Nothing(), paper_mixture()),
    "both: top or bottom 40-60 %": (paper_mixture(), paper_mixture()),
}

Clips = list[tuple[int, Frames]]
"""Whose each clip is, and its frames."""


def clips_of(walks: list[Frames]) -> Clips:
    """Cut every person's walk into clips; what is left over at its end is left out."""
    return [
        (who, walk[first : first + CLIP])
        for who, walk in enumerate(walks)
        for first in range(0, len(walk) - CLIP + 1, CLIP)
    ]


def compare_clips(
    clips: Clips, embed: Callable[[Frames], Any], distance: Distance, cases: dict[str, Sides] = CASES
) -> dict[str, float]:
    """Rank-1 of clips, complete and with a part hidden; mean of the draws of what hides it."""
    people, walks = np.array([who for who, _ in clips]), [walk for _, walk in clips]
    found = {}
    for name, sides in cases.items():
        draws = range(1 if all(isinstance(side, Nothing) for side in sides) else DRAWS)
        given = (embedded(walks, walks, sides, embed, draw) for draw in draws)
        scores = [clip_rank1(distances(*pair, distance), people) for pair in given]
        found[name] = round(100 * float(np.mean(scores)), 1)
    return found


def clip_rank1(apart: Array, people: npt.NDArray[np.int64]) -> float:
    """Chance that a clip finds its own person, where everybody is shown by one clip drawn at random.

    Args:
        apart: distances `[m, m]` of every clip as a probe to every clip as gallery.
        people: whose clip it is, `[m]`. A clip is never looked for in itself. Everybody counts the same.
    """
    chances: dict[int, list[float]] = {who: [] for who in people.tolist()}
    for probe, who in enumerate(people.tolist()):
        row, others = apart[probe], [other for other in chances if other != who]
        own = row[(people == who) & (np.arange(len(people)) != probe)]
        farther = [[(row[people == other] > near).mean() for other in others] for near in own]
        chances[who].append(float(np.prod(farther, axis=1).mean()))
    return float(np.mean([np.mean(each) for each in chances.values()]))


def embedded(
    gallery: list[Frames], probes: list[Frames], sides: Sides, embed: Callable[[Frames], Any], draw: int
) -> tuple[list[Any], list[Any]]:
    """Signatures of the probes and of the gallery under one draw of the occlusions."""
    gallery, probes = (
        [embed(hide(frames, side, 1000 * draw + 2 * number + late)) for number, frames in enumerate(walks)]
        for late, (walks, side) in enumerate(zip((gallery, probes), sides, strict=True))
    )
    return probes, gallery


def hide(frames: Frames, occlusion: Occlusion, seed: int) -> Frames:
    """Hide a part of a walk, as the paper does."""
    batch = torch.from_numpy(np.ascontiguousarray(frames))[None]
    occluded = occlusion(batch, torch.Generator().manual_seed(seed))
    return np.asarray((occluded.frames[0] > 0.5).to(torch.uint8).numpy())
