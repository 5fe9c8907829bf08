"""Films of several walkers who cross in front of one camera, with the truth: not a benchmark by itself.

Every walker is a figure of `mimicgait.synth`, rendered where they are in the scene: those further away are
smaller, higher in the picture and hidden by those in front. Clothes have two colours, the ground is textured,
soft shadows lie at the feet, and the sensor is noisy.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from mimicgait.data import normalise_sequence
from mimicgait.synth import SynthConfig
from mimicgait.synth.anatomy import build_figure
from mimicgait.synth.camera import see
from mimicgait.synth.clothing import dress
from mimicgait.synth.render import Canvas, draw
from mimicgait.synth.render import outlines as hulls_of
from mimicgait.synth.skeleton import pose
from mimicgait.synth.walkers import draw_scene
from mimicgait.types import Frames

WIDTH, HEIGHT, FPS, SECONDS = 640, 360, 25.0, 10.0
FRAMES = round(SECONDS * FPS)
FOCAL, HORIZON, CAMERA_HEIGHT = 647.0, 125.0, 2.3
"""Pixels, row and metres: somebody of 1.7 m has 110 pixels at 10 m."""

Masks = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who walks (person and walk of the synthetic set), how far away (m), which way, and when (s)."""

    person: int
    walk: int
    distance: float
    leftwards: bool
    delay: float
    angle: float


@dataclass(frozen=True, slots=True)
class Film:
    """A written video and its truth: boxes `[actor, t, 4]` (x, y, width, height of the whole person, 0 where
    less than half of them is in the picture), the people's numbers, and everybody's true silhouettes
    `[t, 64, 64]`, never hidden, all walking to the left."""

    path: Path
    people: tuple[int, ...]
    boxes: npt.NDArray[np.float64]
    outlines: tuple[Frames, ...]


def cast(people: Sequence[int], walk: int, seed: int) -> list[Actor]:
    """Give every person a lane, a direction and a delay; lanes are at least 0.5 m apart."""
    rng = np.random.default_rng([seed, walk, *people])
    lanes = rng.permutation(np.linspace(7.0, 12.5, len(people)))
    return [
        Actor(
            person,
            walk,
            float(lane),
            bool(rng.random() < 0.5),
            float(rng.uniform(-1.5, 1.5)),
            float(rng.uniform(-12, 12)),
        )
        for person, lane in zip(people, lanes, strict=True)
    ]


def write_film(actors: Sequence[Actor], path: Path, seed: int) -> Film:
    """Render the actors, the nearest in front, and write a compressed video."""
    rng = np.random.default_rng([seed, *(actor.person for actor in actors)])
    masks = [masks_of(actor) for actor in actors]
    looks = [_look(rng) for _ in actors]
    order = sorted(range(len(actors)), key=lambda i: -actors[i].distance)
    ground = _ground(rng)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), FPS, (WIDTH, HEIGHT))
    if not writer.isOpened():
        raise OSError(f"{path}: OpenCV cannot write a video there")
    grain = rng.normal(0, 3, (HEIGHT + 64, WIDTH + 64, 3)).astype(np.float32)
    for t in range(FRAMES):
        image = ground.copy()
        for i in order:
            _shadow(image, masks[i][t])
        for i in order:
            _paint(image, masks[i][t], looks[i])
        y, x = rng.integers(0, 64, 2)
        noisy = image + grain[y : y + HEIGHT, x : x + WIDTH]
        writer.write(np.clip(noisy, 0, 255).astype(np.uint8))
    writer.release()
    boxes = np.stack([[_box(mask) for mask in own] for own in masks])
    whole = [own[box[:, 3] > 0] for own, box in zip(masks, boxes, strict=True)]
    turned = [own if actor.leftwards else own[..., ::-1] for own, actor in zip(whole, actors, strict=True)]
    outlines = tuple(normalise_sequence(np.ascontiguousarray(own)).frames for own in turned)
    return Film(path, tuple(actor.person for actor in actors), boxes, outlines)


def masks_of(actor: Actor) -> Masks:
    """The whole outline of one actor in the picture, `[t, h, w]` of 0 and 1."""
    config = SynthConfig(people=1, start=actor.person, frames=FRAMES, seed=11, variety=1.5, faults=0.0)
    scene = draw_scene(config, actor.person, actor.walk, "nm")
    seconds = np.arange(FRAMES) / FPS - SECONDS / 2 + actor.delay
    phase = scene.phase[0] + (seconds - seconds[0]) * scene.gait.cadence / 120
    azimuth = (90.0 if actor.leftwards else 270.0) + actor.angle
    camera = replace(
        scene.camera,
        azimuth=azimuth,
        elevation=float(np.degrees(np.arctan2(CAMERA_HEIGHT - 0.9, actor.distance))),
        distance=actor.distance,
        height=FOCAL * scene.body.stature / actor.distance,
        roll=0.0,
    )
    solid = dress(build_figure(scene.body), scene.body, scene.outfit).solid()
    posed = pose(scene.body, scene.gait, phase, seconds)
    polygons = hulls_of(see(camera, posed, solid), solid.hulls)
    feet = HORIZON + FOCAL * CAMERA_HEIGHT / actor.distance
    corner = np.array([-WIDTH / 2, 0.5 * camera.height - feet], np.float32)[:, None]
    return draw(polygons, Canvas(np.repeat(corner, FRAMES, axis=1), HEIGHT, WIDTH))


def _ground(rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """A textured scene: a wall above the horizon, paving below."""
    noise = rng.normal(0, 1, (HEIGHT, WIDTH, 3)).astype(np.float32)
    coarse = cv2.GaussianBlur(noise, (0, 0), 12) * 180 + cv2.GaussianBlur(noise, (0, 0), 1.5) * 30
    tone = np.where(np.arange(HEIGHT)[:, None, None] < HORIZON, (150, 140, 135), (115, 122, 125))
    return np.asarray(coarse + tone, np.float32)


def _look(rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """Colours `[3, 3]` of hair and skin, top and trousers."""
    face = np.array([100, 125, 170]) * rng.uniform(0.5, 1.1)
    return np.stack([face, rng.uniform(20, 235, 3), rng.uniform(15, 120, 3)]).astype(np.float32)


def _paint(image: npt.NDArray[np.float32], mask: Masks, look: npt.NDArray[np.float32]) -> None:
    """Colour an outline from head to foot, with soft edges."""
    rows = np.flatnonzero(mask.any(axis=1))
    if not len(rows):
        return
    height = (np.arange(HEIGHT) - rows[0]) / max(rows[-1] - rows[0], 1)
    colour = look[np.digitize(height, (0.14, 0.5))][:, None, :]
    soft = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 0.7)[..., None]
    image += soft * (colour - image)


def _shadow(image: npt.NDArray[np.float32], mask: Masks) -> None:
    """Darken the ground around the feet by up to 15 %."""
    x, y, w, h = cv2.boundingRect(mask)
    if h:
        dark = np.zeros((HEIGHT, WIDTH), np.float32)
        cv2.ellipse(dark, (x + w // 2, y + h - 2), (max(h // 4, 2), max(h // 22, 1)), 0, 0, 360, 1.0, -1)
        image *= 1 - 0.15 * cv2.GaussianBlur(dark, (0, 0), 3)[..., None]


def _box(mask: Masks) -> tuple[float, float, float, float]:
    """The box of an outline; zeros where it is cut off at the side by much of its width."""
    x, y, w, h = cv2.boundingRect(mask)
    inside = h and ((x > 1 and x + w < WIDTH - 1) or w > 0.25 * h)
    return (x, y, w, h) if inside else (0, 0, 0, 0)
