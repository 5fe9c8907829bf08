"""A static camera's background, and how far each pixel of a frame is from it.

Working space is YCrCb with the chroma centred at 0, where a shadow scales all three channels of a pixel by
one factor below 1. A pixel's distance from the background is therefore the distance, in units of its noise,
from the segment `{a * background : darkest <= a <= brightest}`: darkening within that range costs nothing.
(The brightness distortion of Horprasert et al., "A statistical approach for real-time robust background
subtraction and shadow detection", ICCV workshops 1999, with a per-pixel noise and an explicit range.)
"""

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from mimicgait.errors import VideoError
from mimicgait.video.decode import Image

Plane = npt.NDArray[np.float32]
"""One value a pixel, `[h, w]`."""

Window = tuple[slice, slice]
"""Rows and columns of an image."""

WHOLE: Window = (slice(None), slice(None))

_FLOOR = np.array([3.0, 2.0, 2.0], dtype=np.float32)
# Noise that is assumed even where none was seen, in grey levels: 8-bit rounding and compression. Chroma is
# smoother than luma in compressed video, hence the smaller floor.
_CEILING = 8.0  # scores are cut here before they are smoothed, so that a strong edge does not bleed outwards
_GREY = np.array([0.0, 128.0, 128.0], dtype=np.float32)
_SUM = np.ones((1, 3), dtype=np.float32)
_STRIP = 64  # rows of all frames that are looked at together; bounds memory


class Background(NamedTuple):
    """Median colour and noise of every pixel, prepared for `score`.

    weight `[h, w, 3]`: one over the noise; scaled `[h, w, 3]`: median colour times weight; power `[h, w]`:
    its squared length; luma `[h, w]`: the median's brightness, 0 to 255.
    """

    weight: npt.NDArray[np.float32]
    scaled: npt.NDArray[np.float32]
    power: Plane
    luma: Plane

    def score(self, image: Image, darkest: Plane | float, brightest: float, window: Window = WHOLE) -> Plane:
        """Distance of every pixel from the background in units of its noise, smoothed; about 1 where empty.

        Args:
            image: `[h, w, 3]` of uint8 in YCrCb, the whole frame.
            darkest: the least factor of darkening that counts as background, one or one a pixel.
            brightest: the largest factor of brightening that does.
            window: where to look; the result has its size.
        """
        scaled, power = self.scaled[window], self.power[window]
        pixel = cv2.multiply(
            cv2.subtract(image[window], (0, 128, 128, 0), dtype=cv2.CV_32F), self.weight[window]
        )
        own = cv2.transform(cv2.multiply(pixel, pixel), _SUM)
        inner = cv2.transform(cv2.multiply(pixel, scaled), _SUM)
        factor = np.clip(inner / np.maximum(power, 1e-3), darkest, brightest)
        squared = own - 2 * factor * inner + factor * factor * power
        distance: Plane = cv2.GaussianBlur(np.sqrt(np.clip(squared, 0, _CEILING**2)), (0, 0), 1.0)
        return distance

    def gain(self, image: Image) -> float:
        """How much brighter than the background a whole frame is: the camera's exposure, 1 for none.

        The median over a grid of pixels: people cover too little of the picture to move it.
        """
        luma, frame = self.luma[::8, ::8], image[::8, ::8, 0].astype(np.float32)
        usable = (luma > 20) & (luma < 235)
        if usable.sum() < 50:
            return 1.0
        return float(np.clip(np.median(frame[usable] / luma[usable]), 0.5, 2.0))


def estimate_background(sample: Sequence[Image]) -> Background:
    """Take the median colour of every pixel over frames in YCrCb `[h, w, 3]`, and how far it scatters.

    The noise is the larger of two robust estimates, from the median and from the 70th percentile of the
    absolute deviation: the latter also covers leaves and tapes that move now and then. Somebody who is at one
    place in more than 30 % of the frames is taken for noise there, in more than half for background.

    Raises:
        VideoError: for fewer than three frames, of which no median tells people from background.
    """
    if len(sample) < 3:
        raise VideoError(f"a background needs at least 3 frames, got {len(sample)}: the video is too short")
    strips = [_median_and_noise(sample, top) for top in range(0, sample[0].shape[0], _STRIP)]
    median, noise = (np.concatenate(parts) for parts in zip(*strips, strict=True))
    noise = np.maximum(cv2.blur(noise, (5, 5)), noise)
    weight = (1 / np.sqrt(noise**2 + _FLOOR**2)).astype(np.float32)
    scaled = (median - _GREY) * weight
    luma = np.ascontiguousarray(median[..., 0]).astype(np.float32)
    return Background(weight, scaled, cv2.transform(scaled * scaled, _SUM), luma)


def _median_and_noise(sample: Sequence[Image], top: int) -> tuple[Image, npt.NDArray[np.float32]]:
    """Median and noise of some rows of all frames, `[rows, w, 3]` each."""
    stack = np.stack([image[top : top + _STRIP] for image in sample])
    middle, high = len(stack) // 2, int(0.7 * len(stack))
    median = np.partition(stack, middle, axis=0)[middle]
    deviation = cv2.absdiff(stack, np.broadcast_to(median, stack.shape))
    deviation.partition([middle, high], axis=0)
    noise = np.maximum(1.4826 * deviation[middle], deviation[high] / 1.036).astype(np.float32)
    return median, noise


def same_texture(image: Plane, background: Plane, size: int = 7) -> Plane:
    """Correlation of brightness around each pixel, -1 to 1: near 1 where a shadow lies on textured ground.

    Flat ground has no texture to recognise and gives about 0.
    """
    kernel = (size, size)
    a, b = cv2.blur(image, kernel), cv2.blur(background, kernel)
    covariance = cv2.blur(image * background, kernel) - a * b
    spread = (cv2.blur(image * image, kernel) - a * a + 9) * (
        cv2.blur(background * background, kernel) - b * b + 9
    )
    correlation: Plane = covariance / np.sqrt(np.maximum(spread, 1.0))
    return correlation
