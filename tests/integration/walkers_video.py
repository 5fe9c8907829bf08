"""A video of two walkers made by `mimicgait.synth`, in front of a textured background."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from mimicgait.synth import SynthConfig
from mimicgait.synth.scene import film
from mimicgait.synth.walkers import draw_scene

SHAPE, FPS, FRAMES = (240, 320), 25.0, 80
LANES = ((112, -25, 3.6, (60, 60, 150)), (226, 345, -3.6, (140, 90, 40)))
"""Row of the feet, first column, columns a frame, and colour of each walker."""


def write_walkers_video(path: Path) -> Path:
    """Write a video in which two people pass, each on a lane of their own."""
    rng = np.random.default_rng(3)
    noise = rng.integers(80, 180, (*SHAPE, 3), dtype=np.uint8)
    ground = cv2.GaussianBlur(noise, (0, 0), 2.0)
    walkers = [_masks(number) for number in range(len(LANES))]
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), FPS, SHAPE[::-1])
    for i in range(FRAMES):
        image = ground.copy()
        for masks, (feet, start, speed, colour) in zip(walkers, LANES, strict=True):
            _paste(
                image, masks[i] if speed > 0 else masks[i][:, ::-1], round(start + speed * i), feet, colour
            )
        grain = rng.integers(-2, 3, image.shape)
        writer.write(np.clip(image + grain, 0, 255).astype(np.uint8))
    writer.release()
    return path


def _masks(number: int) -> np.ndarray:
    """Return what a camera that follows a walker sees from the side, `[t, h, w]` of 0 and 1."""
    config = SynthConfig(frames=FRAMES, seed=8, faults=0.0, azimuth=(90, 90), elevation=(2, 2))
    scene = draw_scene(config, number, 0, "nm-01")
    camera = replace(scene.camera, height=92.0, distance=12.0, roll=0.0)
    return film(replace(scene, camera=camera, faults=None))


def _paste(image: np.ndarray, mask: np.ndarray, column: int, feet: int, colour: tuple[int, int, int]) -> None:
    """Draw a mask so that its lowest row stands on `feet` and its middle at `column`."""
    rows, columns = np.nonzero(mask)
    y, x = rows - rows.max() + feet, columns - mask.shape[1] // 2 + column
    inside = (y >= 0) & (y < image.shape[0]) & (x >= 0) & (x < image.shape[1])
    image[y[inside], x[inside]] = colour
