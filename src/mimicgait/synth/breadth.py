"""Walkers as different as people in real videos: four kinds of variation, each from 0 (none) to 1.

Each takes a scene and gives a wider one. `own` is the person's stream of chance, the same for all of their
sequences, `rng` the sequence's. Sources and choices: docs/walkers.md, section "Wider".
"""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from mimicgait.synth.body import GIRTHS, Body, normal
from mimicgait.synth.camera import Camera
from mimicgait.synth.gait import Gait, hold, stand, vary
from mimicgait.synth.scene import Scene
from mimicgait.synth.sensor import Sensor
from mimicgait.synth.wardrobe import LOADS, Extras

Array = npt.NDArray[np.float64]

BUILD = 0.16
"""Log deviation of build that comes on top of the usual 0.15: together 0.22."""

SPEEDS, DAYS = 0.10, 0.12
"""Deviations that come on top of the usual between sequences: of the speed, and of the gait."""

HEIGHTS = (24.0, 160.0)
"""Pixels of a person at the sensor, small and large; in between the logarithm is uniform."""


def widen_bodies(scene: Scene, own: np.random.Generator, rng: np.random.Generator, amount: float) -> Scene:
    """Builds, postures, hair, and clothes that change between a person's days; rarer coats and loads."""
    build = float(np.exp(BUILD * amount * normal(own)))
    body = replace(
        scene.body,
        girths={k: girth * build ** GIRTHS[k][3] for k, girth in scene.body.girths.items()},
        style={**scene.body.style, "belly": max(0.0, scene.body.style["belly"] + 0.25 * (build - 1))},
    )
    stoop = float(own.uniform(6, 18)) if own.random() < 0.12 * amount else 0.0
    gait = stand(scene.gait, stoop + 4 * amount * normal(own), 0.4 * stoop + 7 * amount * normal(own))
    if own.random() < 0.25 * amount:
        body.style["hair"] = float(own.uniform(1.0, 3.0))
    usual, extras = _clothes(body, own, amount)
    if rng.random() < 0.45 * amount:
        usual, extras = _clothes(_another_day(usual, rng), rng, amount)
    outfit, carried = scene.outfit, rng.random()
    if not outfit.coat and rng.random() < 0.12 * amount:
        hem = rng.uniform(0.5, 1.25) if rng.random() < 0.3 else rng.uniform(0.05, 0.3)
        outfit = replace(outfit, coat=float(rng.uniform(0.012, 0.04)), coat_hem=float(hem))
    if outfit.coat and rng.random() < 0.3 * amount:
        extras = replace(extras, tails=float(rng.uniform(0.5, 1.1)))
    if carried < amount * (0.3 if outfit.bag else 0.06):
        extras = replace(extras, load=str(rng.choice(tuple(LOADS))), load_size=float(rng.uniform(0.7, 1.15)))
        extras = replace(extras, load_side=int(rng.integers(2)))
        outfit, gait = replace(outfit, bag=""), _loaded(scene.gait if outfit.bag == "hand" else gait, extras)
    return replace(scene, body=usual, gait=gait, outfit=outfit, extras=extras)


def _clothes(body: Body, rng: np.random.Generator, amount: float) -> tuple[Body, Extras]:
    """Make some of the everyday clothes wide, long or large."""

    def often(chance: float) -> bool:
        return bool(rng.random() < chance * amount)

    style = dict(body.style)
    for name, chance, low, high in (
        ("hat", 0.06, 0.05, 0.14),
        ("trousers", 0.25, 0.025, 0.06),
        ("sleeves", 0.2, 0.01, 0.03),
        ("top", 0.25, 0.02, 0.06),
        ("top_hem", 0.25, -0.22, -0.06),
    ):
        if often(chance):
            style[name] = float(rng.uniform(low, high))
    if body.woman and often(0.15):
        style["skirt"] = float(rng.uniform(0.7, 1.6))
    hood = float(rng.uniform(0.015, 0.05)) if often(0.1) else 0.0
    return replace(body, style=style), Extras(
        hood=hood, flare=float(rng.uniform(0.01, 0.05)) if often(0.15) else 0.0
    )


def _another_day(body: Body, rng: np.random.Generator) -> Body:
    """The same body in other everyday clothes."""
    style = dict(body.style)
    style["trousers"], style["sleeves"] = float(rng.uniform(0.0, 0.04)), float(rng.uniform(0.0, 0.016))
    style["top"], style["top_hem"] = float(rng.uniform(0.0, 0.035)), float(rng.uniform(-0.10, 0.02))
    style["hat"] = float(rng.uniform(0.01, 0.1)) if rng.random() < 0.15 else 0.0
    style["skirt"] = float(rng.uniform(0.35, 0.75)) if body.woman and rng.random() < 0.2 else 0.0
    return replace(body, style=style)


def _loaded(gait: Gait, extras: Extras) -> Gait:
    """The arms that carry a load."""
    if extras.load == "suitcase":
        return hold(gait, extras.load_side, shoulder=-18, elbow=8)
    if extras.load == "shopping":
        return gait.carrying(0).carrying(1)
    return hold(hold(gait, 0, shoulder=5, elbow=80), 1, shoulder=5, elbow=80)


def widen_gaits(scene: Scene, own: np.random.Generator, rng: np.random.Generator, amount: float) -> Scene:
    """Larger differences between a person's walks; turns, changes of pace, arms that are held still."""
    speed = float(np.clip(1 + SPEEDS * amount * rng.standard_normal(), 0.75, 1.3))
    gait = vary(scene.gait, rng, speed, DAYS * amount)
    habit = own.random() < 0.06 * amount
    side = int(own.integers(2)) if habit else int(rng.integers(2))
    kind = rng.random()
    if habit or rng.random() < 0.14 * amount:
        # A hand in the pocket, a telephone at the ear, or a hand at the strap of a bag.
        shoulder, elbow = (-8, 48) if kind < 0.6 else (28, 128) if kind < 0.8 else (5, 95)
        gait = hold(gait, side, shoulder=shoulder, elbow=elbow)
        if 0.4 < kind < 0.6:
            gait = hold(gait, 1 - side, shoulder=-8, elbow=48)
    seconds = _own_time(scene.seconds, rng, amount)
    # The same start of the stride as before, at the person's own time.
    begin = scene.phase[0] - scene.seconds[0] * scene.gait.cadence / 120
    heading = _turn(seconds, rng, amount)
    return replace(
        scene, gait=gait, seconds=seconds, phase=begin + seconds * gait.cadence / 120, heading=heading
    )


def _own_time(seconds: Array, rng: np.random.Generator, amount: float) -> Array:
    """Stretch time, so that the pace drifts by some 6 % and wavers by some 3 % within the sequence."""
    drift, waver = amount * 0.06 * normal(rng), amount * 0.03 * normal(rng)
    where = (seconds - seconds[0]) / (seconds[-1] - seconds[0])
    pace = 1 + 2 * drift * (where - 0.5) + waver * np.sin(2 * np.pi * (where + rng.random()))
    own = np.concatenate([[0.0], np.cumsum((pace[1:] + pace[:-1]) / 2 * np.diff(seconds))])
    return np.asarray(own - np.interp(0.0, seconds, own))


def _turn(seconds: Array, rng: np.random.Generator, amount: float) -> Array | None:
    """A bend of the way by up to 50 degrees in two of five sequences; 0 at the camera's aim."""
    degrees = float(np.clip(13 * rng.standard_normal(), -25, 25))
    middle, width = rng.uniform(-0.3, 0.3), rng.uniform(0.15, 0.6)
    if rng.random() >= 0.4 * amount:
        return None
    bend = np.tanh((seconds - middle) / width)
    return np.asarray(np.radians(degrees) * (bend - np.interp(0.0, seconds, bend)))


def widen_cameras(
    scene: Scene, rng: np.random.Generator, amount: float, azimuths: tuple[float, float]
) -> Scene:
    """Side and oblique views more often, far and near cameras, few pixels, rolled and blurred pictures."""
    near, low, high = (a * (b / a) ** amount for a, b in ((4, 3), (90, HEIGHTS[0]), (180, HEIGHTS[1])))
    height = float(np.exp(rng.uniform(np.log(low), np.log(high))))
    azimuth = _azimuth(rng, azimuths) if rng.random() < amount else scene.camera.azimuth
    camera = Camera(
        azimuth=azimuth,
        elevation=scene.camera.elevation,
        distance=float(rng.uniform(near, 12 + 8 * amount)),
        height=height,
        stature=scene.camera.stature,
        roll=float(np.clip(scene.camera.roll + amount * 1.5 * rng.standard_normal(), -6, 6)),
    )
    blurred, exposure = rng.random() < 0.3 * amount, float(rng.uniform(0.2, 0.8))
    cut = 0.5 + amount * float(rng.uniform(-0.2, 0.2))
    faults = scene.faults
    if faults is not None and height < 60:
        # Half of the pixels, half of the fringe: two of thirty would double a leg.
        faults = replace(faults, bias=int(np.sign(faults.bias)))
    sensor = Sensor(2 if height < 80 else 1, exposure if blurred else 0.0, cut)
    return replace(scene, camera=camera, sensor=sensor, faults=faults)


def _azimuth(rng: np.random.Generator, allowed: tuple[float, float]) -> float:
    """From the side (55 %), oblique (30 %) or anywhere, as far as the range allows; else as always."""
    for _ in range(20):
        kind, side = rng.random(), 1 if rng.random() < 0.5 else -1
        if kind < 0.55:
            azimuth = side * rng.uniform(65, 115)
        elif kind < 0.85:
            azimuth = side * (rng.uniform(30, 65) if rng.random() < 0.5 else rng.uniform(115, 150))
        else:
            azimuth = rng.uniform(-180, 180)
        for turned in (azimuth, azimuth + 360, azimuth - 360):
            if allowed[0] <= turned <= allowed[1]:
                return float(turned)
    return float(rng.uniform(*allowed))
