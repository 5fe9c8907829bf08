"""Walkers: any number of people, each seen in several sequences, made from a seed."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np

from mimicgait.data import normalise_sequence
from mimicgait.errors import ConfigError
from mimicgait.synth.body import draw_body
from mimicgait.synth.breadth import widen_bodies, widen_cameras, widen_gaits
from mimicgait.synth.camera import Camera
from mimicgait.synth.clothing import draw_outfit
from mimicgait.synth.faults import draw_faults
from mimicgait.synth.gait import draw_gait, vary
from mimicgait.synth.scene import Scene, film
from mimicgait.synth.segmenters import widen_segmentation
from mimicgait.types import SequenceKey, Silhouettes

FRAME_RATES = (25.0, 30.0)
"""Frames a second of the cameras."""

WITHIN_PERSON = 0.12
"""Day-to-day deviation of a person's gait, as a share of the deviation between people."""

SPEED_SPREAD = 0.06
"""Standard deviation of a person's speed between sequences, as a share of their own."""

WIDER = ("bodies", "gaits", "cameras", "segmentation")
"""Settings that widen the walkers; each has streams of chance of its own, numbered from 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SynthConfig:
    """Which walkers to make.

    people: number of people; start: number of the first one, so that sets with other ranges share nobody.
    sequences: per person; half normal (nm), a quarter each with a bag (bg) and a coat (cl). frames: of video
    per sequence (dropped frames make some sequences shorter). seed: of everything. azimuth, elevation:
    ranges in degrees. faults: how often segmentation faults come, 0 to 2. variety: how much people's gaits
    differ, 1 as published. bodies, gaits, cameras, segmentation: 0 to 1, how much wider the walkers vary in
    each (docs/walkers.md, "Wider"); what one of them draws changes nothing of the others.

    Raises:
        ConfigError: if a number is out of its range.
    """

    people: int = 400
    sequences: int = 8
    frames: int = 30
    seed: int = 0
    start: int = 0
    azimuth: tuple[float, float] = (0.0, 180.0)
    elevation: tuple[float, float] = (0.0, 35.0)
    faults: float = 1.0
    variety: float = 1.0
    bodies: float = 0.0
    gaits: float = 0.0
    cameras: float = 0.0
    segmentation: float = 0.0

    def __post_init__(self) -> None:
        for name, least in (("people", 1), ("sequences", 1), ("frames", 2), ("seed", 0), ("start", 0)):
            if getattr(self, name) < least:
                raise ConfigError(f"{name} must be at least {least}, got {getattr(self, name)}")
        if not (0 <= self.elevation[0] <= self.elevation[1] <= 35):
            raise ConfigError(f"elevation must be a range within 0 to 35 degrees, got {self.elevation}")
        if not (-360 <= self.azimuth[0] <= self.azimuth[1] <= 360):
            raise ConfigError(f"azimuth must be a range within -360 to 360 degrees, got {self.azimuth}")
        if not (0 <= self.faults <= 2 and 0 <= self.variety <= 2):
            raise ConfigError(f"faults and variety must be 0 to 2, got {self.faults} and {self.variety}")
        for name in WIDER:
            if not 0 <= getattr(self, name) <= 1:
                raise ConfigError(f"{name} must be 0 to 1, got {getattr(self, name)}")


VARIETY, FAULTS = 1.5, 0.5
"""Of the ready sizes: easier than life, so that minutes on a CPU teach a network something."""

LIFE: Mapping[str, Any] = MappingProxyType(
    {
        "variety": 1.1,
        "faults": 1.0,
        "azimuth": (-180.0, 180.0),
        "elevation": (0.0, 30.0),
        **dict.fromkeys(WIDER, 1.0),
    }
)
"""Settings of the size `wide`: as different as people in real videos."""


def _splits(train: int, val: int, test: int, **settings: Any) -> Mapping[str, SynthConfig]:
    everyone = SynthConfig(people=train, **{"variety": VARIETY, "faults": FAULTS, **settings})
    return MappingProxyType(
        {
            "train": everyone,
            "val": replace(everyone, people=val, start=train),
            "test": replace(everyone, people=test, start=train + val),
        }
    )


SIZES: Mapping[str, Mapping[str, SynthConfig]] = MappingProxyType(
    {
        "tiny": _splits(8, 4, 6, sequences=8, frames=12),
        "small": _splits(400, 40, 150, sequences=8, frames=30),
        "medium": _splits(1000, 100, 300, sequences=8, frames=30),
        "wide": _splits(2000, 100, 200, sequences=8, frames=30, **LIFE),
    }
)
"""Ready sizes, split into people for training, validation and test: tiny for tests, small for the demo,
wide for networks that shall know real people."""


def sequence_types(sequences: int) -> tuple[str, ...]:
    """Name the conditions of a person's sequences: a quarter bags, a quarter coats, the others normal.

    >>> sequence_types(8)
    ('nm-01', 'nm-02', 'nm-03', 'nm-04', 'bg-01', 'bg-02', 'cl-01', 'cl-02')
    """
    special = sequences // 4
    counts = {"nm": sequences - 2 * special, "bg": special, "cl": special}
    return tuple(f"{name}-{i:02d}" for name, n in counts.items() for i in range(1, n + 1))


def generate(config: SynthConfig, workers: int = 1) -> Iterator[Silhouettes]:
    """Yield all sequences, person by person, the same for any number of workers (processes; 1: this one)."""
    numbers = range(config.start, config.start + config.people)
    if workers <= 1:
        for number in numbers:
            yield from walk_person(config, number)
        return
    with ProcessPoolExecutor(workers) as pool:
        for person in pool.map(walk_person, [config] * len(numbers), numbers, chunksize=4):
            yield from person


def walk_person(config: SynthConfig, number: int) -> list[Silhouettes]:
    """Make all sequences of one person; they depend on (seed, number, sequence) and on no other person."""
    return [
        walk(config, number, sequence, condition)
        for sequence, condition in enumerate(sequence_types(config.sequences))
    ]


def walk(config: SynthConfig, number: int, sequence: int, condition: str) -> Silhouettes:
    """Make one sequence of one person, normalised by the code that normalises real masks."""
    scene = draw_scene(config, number, sequence, condition)
    frames = normalise_sequence(film(scene)).frames
    view = f"{round(scene.camera.azimuth) % 360:03d}e{round(scene.camera.elevation):02d}"
    return Silhouettes(SequenceKey(f"p{number:05d}", condition, view), frames, "mimicgait.synth")


def draw_scene(config: SynthConfig, number: int, sequence: int, condition: str) -> Scene:
    """Draw one sequence: the person from their own stream of chance, the rest from the sequence's."""
    own, rng = stream(config.seed, number, 0), stream(config.seed, number, 1 + sequence)
    body = draw_body(own)
    gait = draw_gait(own, body.woman, config.variety)
    camera = draw_camera(rng, config, body.stature)
    speed = float(np.clip(1 + SPEED_SPREAD * rng.standard_normal(), 0.8, 1.25))
    today = vary(gait, rng, speed, WITHIN_PERSON)
    outfit = draw_outfit(rng, condition[:2], body.woman)
    if outfit.bag == "hand":
        today = today.carrying(outfit.bag_side)
    seconds = (np.arange(config.frames) - (config.frames - 1) / 2) / rng.choice(FRAME_RATES)
    phase = rng.random() + seconds * today.cadence / 120
    faults = draw_faults(rng, config.frames, config.faults)
    scene = Scene(body, today, outfit, camera, phase, seconds, faults)
    return _widen(scene, config, number, sequence)


def _widen(scene: Scene, config: SynthConfig, number: int, sequence: int) -> Scene:
    """Widen a scene by every setting that is on."""
    own, rng = (
        {kind: stream(config.seed, number, n, i) for i, kind in enumerate(WIDER, 1) if getattr(config, kind)}
        for n in (0, 1 + sequence)
    )
    if config.bodies:
        scene = widen_bodies(scene, own["bodies"], rng["bodies"], config.bodies)
    if config.gaits:
        scene = widen_gaits(scene, own["gaits"], rng["gaits"], config.gaits)
    if config.cameras:
        scene = widen_cameras(scene, rng["cameras"], config.cameras, config.azimuth)
    if config.segmentation:
        scene = widen_segmentation(scene, rng["segmentation"], config.segmentation)
    return scene


def draw_camera(rng: np.random.Generator, config: SynthConfig, stature: float) -> Camera:
    """Draw a view of the configuration's ranges, from 4 to 12 m away, 90 to 180 pixels tall."""
    low, high = config.elevation
    return Camera(
        azimuth=float(rng.uniform(*config.azimuth)),
        elevation=float(low + (high - low) * rng.random() ** 2),
        distance=float(rng.uniform(4.0, 12.0)),
        height=float(rng.uniform(90.0, 180.0)),
        stature=stature,
        roll=float(np.clip(1.5 * rng.standard_normal(), -4, 4)),
    )


def stream(seed: int, person: int, sequence: int, kind: int = 0) -> np.random.Generator:
    """The random numbers of one sequence (from 1 on) or of the person (0): a stream of its own.

    kind: another stream beside it, for one kind of variation (from 1 on).
    """
    entropy = [seed, person, sequence, kind] if kind else [seed, person, sequence]
    return np.random.default_rng(np.random.SeedSequence(entropy))
