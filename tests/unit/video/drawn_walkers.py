"""Small real videos of drawn walkers, with the truth about every pixel."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

SHAPE = (160, 240)
FPS = 20.0


@dataclass(frozen=True)
class Walker:
    """Somebody who walks from `start` to `end` (x of the hips) with the feet on one row."""

    start: float = 30
    end: float = 210
    feet: float = 140
    height: float = 90
    colour: tuple[int, int, int] = (40, 40, 160)

    def mask(self, share: float, seconds: float) -> np.ndarray:
        """The silhouette `[h, w]` of 0 and 1 after a share of the way."""
        x = self.start + share * (self.end - self.start)
        return draw_walker(x, self.feet, self.height, 2 * np.pi * seconds)


def draw_walker(x: float, feet: float, height: float, phase: float) -> np.ndarray:
    """Head, trunk, swinging arms and legs as thick lines, `[h, w]` of 0 and 1."""
    mask = np.zeros(SHAPE, np.uint8)

    def point(dx: float, up: float) -> tuple[int, int]:
        return round(x + dx * height), round(feet - up * height)

    def limb(a: tuple[int, int], b: tuple[int, int], width: float) -> None:
        cv2.line(mask, a, b, 1, max(round(width * height), 1))

    cv2.circle(mask, point(0, 0.92), max(round(0.075 * height), 1), 1, -1)
    limb(point(0, 0.78), point(0, 0.5), 0.2)
    for side in (1, -1):
        swing = side * np.sin(phase)
        limb(point(0.05 * side, 0.5), point(0.2 * swing, 0.03), 0.1)
        limb(point(0, 0.78), point(-0.18 * swing, 0.48), 0.06)
    return mask


def background(seed: int = 0) -> np.ndarray:
    """A textured picture `[h, w, 3]`."""
    noise = np.random.default_rng(seed).integers(90, 170, (*SHAPE, 3), dtype=np.uint8)
    return cv2.GaussianBlur(noise, (0, 0), 2.0) // 2 + 70


def noisy(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Add a sensor's noise of two grey levels."""
    grain = cv2.randn(np.zeros(image.shape, np.float32), 0, 2)
    return np.clip(image + np.roll(grain, int(rng.integers(1000))), 0, 255).astype(np.uint8)


@dataclass(frozen=True)
class Drawn:
    """A written video and the truth: masks `[people, t, h, w]`."""

    path: Path
    masks: np.ndarray


def film(path: Path, walkers: Sequence[Walker], *, frames: int = 60, shadow: float = 1.0) -> Drawn:
    """Write a video of walkers; `shadow` is the factor of darkening of the ground in front of their feet."""
    scene, rng = background().astype(np.float32), np.random.default_rng(1)
    masks = np.zeros((len(walkers), frames, *SHAPE), np.uint8)
    images = []
    for i in range(frames):
        image = scene.copy()
        for k, walker in enumerate(walkers):
            masks[k, i] = walker.mask(i / (frames - 1), i / FPS)
            mirrored = np.roll(masks[k, i][::-1], round(2 * walker.feet) - SHAPE[0], axis=0)
            image[mirrored > 0] *= shadow
        for k, walker in enumerate(walkers):
            image[masks[k, i] > 0] = walker.colour
        images.append(noisy(image, rng))
    return Drawn(write_video(path, images), masks)


def write_video(path: Path, images: Sequence[np.ndarray], codec: str = "MJPG") -> Path:
    """Write frames with OpenCV."""
    height, width = images[0].shape[:2]
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*codec), FPS, (width, height))
    assert writer.isOpened()
    for image in images:
        writer.write(image)
    writer.release()
    return path
