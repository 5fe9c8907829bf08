"""Silhouettes as background subtraction sees them: contrast, shadows, noise, a threshold and a cleaning.

The figure is drawn in grey: a part's level is how much it differs from what is behind it. Backgrounds and
clothes take some of the contrast away, noise is added, and what is left above a threshold is the person. So
holes, lost feet, ragged and flickering edges and shadows at the feet come about as they do in a video.
"""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

from mimicgait.synth.clean import Cleaning
from mimicgait.synth.figure import Limb
from mimicgait.types import Frames

Array = npt.NDArray[np.float64]
Field = npt.NDArray[np.float32]
Border = tuple[str, float, float]

FIELD = 512
"""Pixels after which the fields of noise repeat themselves."""

LEAST = 0.5
"""A frame that keeps less than this share of the person is taken as it is without what hides them."""


@dataclass(frozen=True, slots=True)
class Subtraction:
    """What one sequence's background subtraction gets to see, and what it makes of it.

    levels: contrast of each `Limb`, 0 to 1, the cast shadow last. shadow: matrix `[3, 3]` that throws the
    world's points on the ground, or none. clothes, wall: how much contrast the texture of the clothes
    takes away at most, and that of the background, which stands still while the person walks past; grain:
    pixels of the two textures. fading `[t]`: how much of that is at work in each frame. noise: standard
    deviation; noise_grain: its pixels. cut `[t]`: the threshold. blot: (x, y, radius as shares of the box,
    first, last frame) of a stray blot, or none. border: (`coming`, `going` or `below`, share of the box that
    is cut off at most, share of the frames that it takes to come or go), or none. cleaning: what is done with
    the mask. seed: of the noise.
    """

    levels: tuple[float, ...]
    shadow: Array | None
    clothes: float
    wall: float
    grain: tuple[float, float]
    fading: Field
    noise: float
    noise_grain: float
    cut: Field
    blot: tuple[float, float, float, int, int] | None
    border: Border | None
    cleaning: Cleaning
    seed: int

    def greys(self, limbs: npt.NDArray[np.int64]) -> npt.NDArray[np.uint8]:
        """Grey levels `[s]` in which the hulls of the limbs `[s]` are drawn."""
        levels: npt.NDArray[np.uint8] = np.rint(255 * np.array(self.levels)).astype(np.uint8)
        return levels[limbs]

    def masks(self, grey: Frames, corner: npt.NDArray[np.float32]) -> Frames:
        """Cut grey frames `[t, h, w]`, whose box has its corner at `[2, t]` pixels, into masks of 0 and 1."""
        rng = np.random.default_rng(self.seed)
        seen = grey.astype(np.float32) * np.float32(1 / 255)
        plain = seen > self.cut[:, None, None]
        self._hide(seen, corner, rng)
        self._disturb(seen, rng)
        masks = (seen > self.cut[:, None, None]).view(np.uint8)
        if self.blot is not None:
            _stain(masks, self.blot)
        for mask in masks:
            self.cleaning.apply(mask)
        lost = masks.sum((1, 2)) < LEAST * plain.sum((1, 2))
        masks[lost] = plain[lost]
        if self.border is not None:
            _trim(masks, self.border)
        return masks

    def _hide(self, seen: Field, corner: npt.NDArray[np.float32], rng: np.random.Generator) -> None:
        """Take contrast away where clothes or the background behind them match, in place."""
        t, h, w = seen.shape
        if self.clothes:
            own = np.clip(texture(self.grain[0])[_window(rng.integers(FIELD, size=2), h, w)], 0, 1.6)
            seen *= 1 - (self.clothes * self.fading[:, None, None]) * own
        if self.wall:
            x, y = np.rint(corner).astype(int) + rng.integers(FIELD, size=2)[:, None]
            behind = texture(self.grain[1])
            passed = np.stack([behind[_window((y[i], x[i]), h, w)] for i in range(t)])
            seen *= 1 - np.float32(self.wall) * np.clip(passed, 0, 1.6)

    def _disturb(self, seen: Field, rng: np.random.Generator) -> None:
        """Add the sensor's and the codec's noise, another one in every frame, in place."""
        _, h, w = seen.shape
        noise = texture(self.noise_grain) * np.float32(self.noise)
        for frame, place in zip(seen, rng.integers(FIELD, size=(len(seen), 2)), strict=True):
            frame += noise[_window(place, h, w)]


@cache
def texture(grain: float) -> Field:
    """Smooth noise of mean 0 and deviation 1 that repeats after `FIELD` pixels: two periods each way."""
    white = np.random.default_rng(21).standard_normal((FIELD, FIELD))
    k = np.fft.fftfreq(FIELD)
    low = np.exp(-2 * (np.pi * grain) ** 2 * (k[:, None] ** 2 + k[None, : FIELD // 2 + 1] ** 2))
    smooth = np.fft.irfft2(np.fft.rfft2(white) * low, (FIELD, FIELD))
    return np.tile((smooth / smooth.std()).astype(np.float32), (2, 2))


def limb_levels(body: float, parts: dict[Limb, float], shadow: float) -> tuple[float, ...]:
    """Levels of all limbs: `body` for those that `parts` does not name, and the shadow's behind them."""
    return (*(parts.get(limb, body) for limb in Limb if limb is not Limb.SHADOW), shadow)


def _window(place: "npt.NDArray[np.int64] | tuple[int, int]", h: int, w: int) -> tuple[slice, slice]:
    y, x = int(place[0]) % FIELD, int(place[1]) % FIELD
    return slice(y, y + h), slice(x, x + w)


def _stain(masks: Frames, blot: tuple[float, float, float, int, int]) -> None:
    x, y, radius, first, last = blot
    _, h, w = masks.shape
    for mask in masks[first:last]:
        size = max(1, round(radius * h))
        cv2.circle(mask, (round(x * w), round(y * h)), size, 1, -1)


def _trim(masks: Frames, border: Border) -> None:
    """Cut off what the image's border hides, at the side as the person comes or goes, or below."""
    side, share, frames = border
    t, h, w = masks.shape
    if side == "below":
        masks[:, round((1 - share) * h) :] = 0
        return
    count = max(1, round(frames * t))
    gone = np.rint(share * w * np.linspace(1, 0, count, endpoint=False)).astype(int)
    for i, columns in enumerate(gone):
        mask = masks[i] if side == "coming" else masks[t - 1 - i]
        if cv2.countNonZero(mask[:, columns:]) > LEAST * cv2.countNonZero(mask):
            mask[:, :columns] = 0
