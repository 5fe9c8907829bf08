"""Which background subtraction films a sequence: draws of `Subtraction`, from nearly clean to bad."""

from dataclasses import replace

import numpy as np

from mimicgait.synth.clean import Cleaning
from mimicgait.synth.faults import flatten_to_ground
from mimicgait.synth.figure import Limb
from mimicgait.synth.scene import Scene
from mimicgait.synth.subtraction import Array, Border, Field, Subtraction, limb_levels

GROUPS = (
    ((Limb.HEAD,), 0.75),
    ((Limb.FOOT_L, Limb.FOOT_R), 0.75),
    ((Limb.ARM_L, Limb.ARM_R), 0.75),
    ((Limb.CARRIED,), 0.75),
    ((Limb.LEG_L, Limb.LEG_R), 0.5),
    ((Limb.TORSO,), 0.5),
)
"""Limbs of one colour, and how much of their contrast a background that matches it takes away at most."""

CHANCES = {
    "match": 0.08,
    "shadow": 0.35,
    "mirror": 0.05,
    "clothes": 0.35,
    "wall": 0.35,
    "blot": 0.07,
    "border": 0.14,
}
"""How often each is in a sequence at amount 1; docs/walkers.md gives the reasons."""


def widen_segmentation(scene: Scene, rng: np.random.Generator, amount: float) -> Scene:
    """Tell the person from the background by a subtraction that is more or less good."""
    t = len(scene.phase)

    def happens(name: str) -> bool:
        return bool(rng.random() < amount * CHANCES[name])

    def uniform(low: float, high: float) -> float:
        return float(rng.uniform(low, high))

    # Some subtractions are good throughout: strength grows slowly from 0.
    strength = amount * uniform(0.0, 1.0) ** 0.7
    body = 1 - strength * uniform(0.0, 0.25)
    parts = {
        limb: level
        for group, most in GROUPS
        if happens("match")
        for level in [1 - amount * uniform(0.2, most)]
        for limb in group
    }
    ground = _shadow(scene, rng) if happens("shadow") else None
    if ground is None and happens("mirror"):
        ground = np.diag((1.0, 1.0, -uniform(0.3, 1.0)))
    level = uniform(0.3, 0.75)
    unit = scene.camera.height / 64
    blot = None
    if happens("blot"):
        first = int(rng.integers(t))
        last = first + int(rng.integers(2, 9))
        x = uniform(0.02, 0.25) if rng.random() < 0.5 else uniform(0.75, 0.98)
        blot = (x, uniform(0.05, 0.95), uniform(0.02, 0.07), first, last)
    return replace(
        scene,
        subtraction=Subtraction(
            levels=limb_levels(body, parts, level),
            shadow=ground,
            clothes=strength * uniform(0.2, 0.7) if happens("clothes") else 0.0,
            wall=strength * uniform(0.2, 0.6) if happens("wall") else 0.0,
            grain=(_grain(rng, unit, 2, 9), _grain(rng, unit, 2, 12)),
            fading=_wander(rng, t, 0.35, 0.6, 0.0, 1.0),
            noise=strength * uniform(0.02, 0.14),
            noise_grain=_grain(rng, unit, 0.5, 2.0),
            cut=_wander(rng, t, strength * 0.05, 0.5 + strength * uniform(-0.2, 0.1), 0.2, 0.7),
            blot=blot,
            border=_border(rng) if happens("border") else None,
            cleaning=_cleaning(rng, amount, unit),
            seed=int(rng.integers(2**31)),
        ),
    )


def _shadow(scene: Scene, rng: np.random.Generator) -> Array:
    """A low or high light from anywhere; the shadow ends well before the camera."""
    angle = rng.uniform(0, 2 * np.pi)
    longest = 0.35 * scene.camera.distance / scene.camera.stature
    length = min(float(np.exp(rng.uniform(np.log(0.06), np.log(1.3)))), longest)
    return flatten_to_ground((float(length * np.cos(angle)), float(length * np.sin(angle))))


def _grain(rng: np.random.Generator, unit: float, low: float, high: float) -> float:
    """Pixels of a texture that is `low` to `high` pixels of 64: one of few sizes, which are kept."""
    wanted = unit * np.exp(rng.uniform(np.log(low), np.log(high)))
    return float(2.0 ** np.clip(np.rint(np.log2(wanted)), -1, 5))


def _wander(rng: np.random.Generator, t: int, size: float, mean: float, low: float, high: float) -> Field:
    """A value that wanders around its mean from frame to frame."""
    steps = rng.standard_normal(t)
    slow = np.convolve(rng.standard_normal(t + 8), np.ones(9) / 3, mode="valid")
    return np.clip(mean + size * (0.8 * slow + 0.4 * steps), low, high).astype(np.float32)


def _border(rng: np.random.Generator) -> Border:
    """A person who enters, leaves, or whose feet are below the picture."""
    kind = str(rng.choice(("coming", "going", "below")))
    if kind == "below":
        return kind, float(rng.uniform(0.02, 0.1)), 0.0
    return kind, float(rng.uniform(0.3, 0.6)), float(rng.uniform(0.05, 0.2))


def _cleaning(rng: np.random.Generator, amount: float, unit: float) -> Cleaning:
    """The filters of a program that somebody wrote: nobody uses a subtraction without any."""

    def often(chance: float) -> bool:
        return bool(rng.random() < chance * amount)

    large, median = rng.random() < 0.4, 3 if often(0.55) else 0
    if median and large and unit > 0.8:
        median = 5
    opened = 2 if often(0.12) else 0
    wide = max(2, round(unit * rng.uniform(1.5, 5)))
    return Cleaning(median, opened, wide if often(0.3) else 0, often(0.3), often(0.75) or not median)
