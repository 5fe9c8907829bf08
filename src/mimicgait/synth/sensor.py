"""The camera's sensor: few pixels, and a shutter that is open for a while."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from mimicgait.types import Frames

Array = npt.NDArray[np.float64]

MOMENTS = 3
"""Instants that stand for one exposure: a foot moves by less than its own width between two of them."""


@dataclass(frozen=True, slots=True)
class Sensor:
    """How drawn masks become pixels.

    finer: how many times finer than the sensor the person is drawn, so that a pixel can be covered in part.
    exposure: share of the time between two frames during which the shutter is open; 0 for sharp frames.
    cut: share of a pixel that a person must cover to be seen in it.
    """

    finer: int = 1
    exposure: float = 0.0
    cut: float = 0.5

    @property
    def moments(self) -> Array:
        """When a frame is drawn, in frames from its middle: one instant, or several of its exposure."""
        return np.linspace(-0.5, 0.5, MOMENTS) * self.exposure if self.exposure else np.zeros(1)

    def during(self, values: Array) -> Array:
        """Take values `[t]`, one a frame, at every moment `[t * moments]`, frame by frame."""
        return np.ravel(values[:, None] + self.moments * np.gradient(values)[:, None])

    def expose(self, drawn: Frames) -> Frames:
        """Average the moments of every frame, then fine pixels: `[t * moments, h, w]` to `[t, h', w']`."""
        _, h, w = drawn.shape
        moments = len(self.moments)
        frames = drawn
        if moments > 1:
            mean = drawn.reshape(-1, moments, h, w).sum(1, dtype=np.uint16) // moments
            frames = mean.astype(np.uint8)
        if self.finer > 1:
            size = (-(-w // self.finer), -(-h // self.finer))
            frames = np.stack([cv2.resize(f, size, interpolation=cv2.INTER_AREA) for f in frames])
        return frames
