"""Small scenes for the tests of walkers."""

from dataclasses import replace

import numpy as np

from mimicgait.data import normalise_sequence
from mimicgait.synth.body import draw_body
from mimicgait.synth.camera import Camera
from mimicgait.synth.clothing import Outfit
from mimicgait.synth.gait import draw_gait
from mimicgait.synth.scene import Scene, film


def scene(seed=3, azimuth=90.0, elevation=5.0, variety=1.0, t=24, **changes):
    """One person in front of a camera for one whole stride, without faults, a coat or a bag."""
    rng = np.random.default_rng(seed)
    body = draw_body(rng)
    gait = draw_gait(rng, body.woman, variety)
    camera = Camera(azimuth, elevation, distance=8.0, height=128.0, stature=body.stature)
    phase = np.arange(t) / t
    return replace(Scene(body, gait, Outfit(), camera, phase, np.zeros(t)), **changes)


def silhouettes(of):
    """The normalised frames `[t, 64, 64]` of a scene."""
    return normalise_sequence(film(of)).frames


def share_changed(a, b):
    """Pixels that differ between two sequences, as a share of the pixels of a person."""
    return (a != b).sum() / ((a.sum() + b.sum()) / 2)
