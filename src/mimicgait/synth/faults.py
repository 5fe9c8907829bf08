"""What a segmenter gets wrong: holes, ragged edges, lost limbs, shadows stuck to the feet, dropped frames."""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

from mimicgait.synth.figure import Limb
from mimicgait.types import Frames

CHANCES = {"ragged": 0.35, "bias": 0.35, "holes": 0.15, "limb": 0.08, "shadow": 0.1, "dropped": 0.25}
"""How often each fault is in a sequence at strength 1; docs/walkers.md gives the reasons."""

LOSABLE = (Limb.ARM_L, Limb.ARM_R, Limb.FOOT_L, Limb.FOOT_R, Limb.HEAD)


@dataclass(frozen=True, slots=True)
class Faults:
    """The faults of one sequence, decided before it is drawn.

    ragged: depth of the fringe as a share of the person's height, 0 for clean edges. bias: pixels by which
    the mask is too fat (+) or too thin (-). holes: per hole (first frame, last frame, x, y, rx, ry), the last
    four as shares of the box. lost: per lost limb (limb, first frame, last frame). shadow: where the light
    throws the shadow of a point one metre up, (x, y) in metres, or none. dropped `[t]`: frames that never
    arrive. seed: of the fringe's noise.
    """

    ragged: float
    bias: int
    holes: tuple[tuple[int, int, float, float, float, float], ...]
    lost: tuple[tuple[Limb, int, int], ...]
    shadow: tuple[float, float] | None
    dropped: npt.NDArray[np.bool_]
    seed: int

    def shown(self, limbs: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_] | None:
        """Which hulls `[t, s]` are drawn, from the limb of every hull `[s]`; none when all of them are."""
        if not self.lost:
            return None
        shown = np.ones((len(self.dropped), len(limbs)), bool)
        for limb, first, last in self.lost:
            shown[first:last, limbs == limb] = False
        return shown


def draw_faults(rng: np.random.Generator, t: int, strength: float) -> Faults:
    """Draw the faults of t frames; `strength` multiplies every chance, 0 gives perfect masks."""

    def happens(name: str) -> bool:
        return bool(rng.random() < strength * CHANCES[name])

    ragged = float(rng.uniform(0.006, 0.025)) if happens("ragged") else 0.0
    bias = int(rng.choice((-1, 1, 2))) if happens("bias") else 0
    holes = tuple(_hole(rng, t) for _ in range(rng.integers(1, 4))) if happens("holes") else ()
    lost = ((LOSABLE[rng.integers(len(LOSABLE))], *_run(rng, t)),) if happens("limb") else ()
    angle, length = rng.uniform(0, 2 * np.pi), rng.uniform(0.3, 0.9)
    shadow = (float(length * np.cos(angle)), float(length * np.sin(angle))) if happens("shadow") else None
    dropped = np.zeros(t, bool)
    if happens("dropped"):
        dropped = rng.random(t) < rng.uniform(0.03, 0.2)
        dropped[rng.integers(t)] = False
    return Faults(ragged, bias, holes, lost, shadow, dropped, int(rng.integers(2**31)))


def flatten_to_ground(shadow: tuple[float, float]) -> npt.NDArray[np.float64]:
    """The matrix `[3, 3]` that casts a world point onto the ground along the light."""
    return np.array([[1.0, 0.0, shadow[0]], [0.0, 1.0, shadow[1]], [0.0, 0.0, 0.0]])


def spoil(masks: Frames, faults: Faults) -> Frames:
    """Apply holes, bias and ragged edges to masks `[t, h, w]` in place, and leave out the dropped frames."""
    _, h, w = masks.shape
    for first, last, x, y, rx, ry in faults.holes:
        for mask in masks[first:last]:
            cv2.ellipse(mask, (int(x * w), int(y * h)), (int(rx * w), int(ry * h)), 0, 0, 360, 0, -1)
    if faults.bias:
        kernel = np.ones((abs(faults.bias) + 1,) * 2, np.uint8)
        change = cv2.dilate if faults.bias > 0 else cv2.erode
        for mask in masks:
            change(mask, kernel, dst=mask)
    masks = masks[~faults.dropped]
    if faults.ragged:
        rng = np.random.default_rng(faults.seed)
        noise = noise_field()
        width = 2 * max(1, round(faults.ragged * h)) + 1
        for mask in masks:
            y, x = rng.integers(noise.shape[0] - h), rng.integers(noise.shape[1] - w)
            soft = cv2.blur(mask * np.uint8(255), (width, width))
            cv2.compare(soft, noise[y : y + h, x : x + w], cv2.CMP_GT, dst=mask)
            mask &= 1
    return masks


@cache
def noise_field(size: int = 1024) -> npt.NDArray[np.uint8]:
    """Smooth noise `[size, size]` of 40 to 215 around 128: the level at which the fringe is cut."""
    rng = np.random.default_rng(20)
    coarse = cv2.GaussianBlur(rng.standard_normal((size, size)).astype(np.float32), (0, 0), 2.0)
    level: npt.NDArray[np.float32] = np.clip(128 + 40 * coarse / coarse.std(), 40, 215)
    return level.astype(np.uint8)


def _hole(rng: np.random.Generator, t: int) -> tuple[int, int, float, float, float, float]:
    x, y = rng.uniform(0.3, 0.7), rng.uniform(0.1, 0.9)
    rx, ry = rng.uniform(0.03, 0.12), rng.uniform(0.02, 0.06)
    return (*_run(rng, t), float(x), float(y), float(rx), float(ry))


def _run(rng: np.random.Generator, t: int) -> tuple[int, int]:
    """A stretch of frames [first, last), between an eighth and half of the sequence."""
    length = max(1, int(t * rng.uniform(0.125, 0.5)))
    first = int(rng.integers(0, t - length + 1))
    return first, first + length
