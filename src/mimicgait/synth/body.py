"""The shape of one person: lengths and girths in metres, drawn around published anthropometric means.

Every number is explained in docs/walkers.md. Means and spreads follow the US Army survey of 2012 (ANSUR II),
segment lengths as fractions of stature follow Drillis and Contini (1966) as printed by Winter.
"""

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

LENGTHS = MappingProxyType(
    {
        "thigh": (0.245, 0.030),
        "shank": (0.246, 0.030),
        "ankle_height": (0.039, 0.060),
        "foot": (0.152, 0.035),
        "pelvis": (0.100, 0.050),
        "abdomen": (0.070, 0.060),
        "trunk": (0.145, 0.040),
        "neck": (0.030, 0.150),
        "head": (0.130, 0.035),
        "upper_arm": (0.186, 0.035),
        "forearm": (0.146, 0.035),
        "hand": (0.108, 0.045),
    }
)
"""Segment lengths: fraction of stature and the coefficient of variation between people of one stature."""

GIRTHS = MappingProxyType(
    {
        # name: (mean of men, mean of women, coefficient of variation, exponent of the build factor)
        "shoulder_breadth": (0.416, 0.365, 0.050, 0.15),
        "deltoid": (0.058, 0.051, 0.072, 0.6),
        "chest_breadth": (0.300, 0.268, 0.048, 0.7),
        "chest_depth": (0.246, 0.232, 0.060, 1.0),
        "waist_breadth": (0.312, 0.288, 0.060, 1.1),
        "waist_depth": (0.226, 0.205, 0.072, 1.3),
        "hip_breadth": (0.346, 0.350, 0.048, 0.7),
        "buttock_depth": (0.236, 0.228, 0.060, 0.9),
        "thigh": (0.092, 0.094, 0.060, 0.7),
        "knee": (0.060, 0.058, 0.054, 0.5),
        "calf": (0.061, 0.058, 0.066, 0.5),
        "ankle": (0.038, 0.035, 0.060, 0.2),
        "biceps": (0.053, 0.046, 0.084, 0.8),
        "elbow": (0.043, 0.037, 0.060, 0.4),
        "wrist": (0.029, 0.025, 0.060, 0.2),
        "neck": (0.063, 0.053, 0.060, 0.5),
        "head_breadth": (0.153, 0.146, 0.042, 0.1),
        "head_depth": (0.198, 0.188, 0.040, 0.0),
        "foot_breadth": (0.101, 0.091, 0.054, 0.1),
    }
)
"""Breadths, depths and limb radii in metres of an average man and woman, and how they vary."""


@dataclass(frozen=True, slots=True)
class Body:
    """Lengths and girths of one person in metres; `style` holds the fixed habits of hair and cut of clothes.

    `lengths` and `girths` carry the names of `LENGTHS` and `GIRTHS`; limb girths are radii, the others full
    breadths and depths. `style`, in metres unless said otherwise: hair (volume, 0 to 1), hair_length,
    ponytail, hat (its brim, 0 for none), bust, belly, trousers, sleeves and top (room inside them), top_hem
    (height over the hips' joints), skirt (share of the thigh it covers, 0 for trousers).
    """

    stature: float
    woman: bool
    lengths: dict[str, float]
    girths: dict[str, float]
    style: dict[str, float]


def draw_body(rng: np.random.Generator) -> Body:
    """Draw a grown person: half are women; stature, build and proportions vary independently.

    Source: docs/walkers.md, section "Shape".
    """
    woman = bool(rng.random() < 0.5)
    mean, spread = (1.629, 0.064) if woman else (1.756, 0.069)
    stature = mean + spread * normal(rng)
    build = float(np.exp(0.15 * normal(rng)))
    legs = 1 + 0.03 * normal(rng)
    lengths = {k: stature * m * (1 + cv * normal(rng)) for k, (m, cv) in LENGTHS.items()}
    for name in ("thigh", "shank"):
        lengths[name] *= legs
    lengths["trunk"] *= 2 - legs
    girths = {
        k: (w if woman else m) * (stature / mean) * build**e * (1 + cv * normal(rng))
        for k, (m, w, cv, e) in GIRTHS.items()
    }
    return Body(stature, woman, lengths, girths, _draw_style(rng, woman, build))


def normal(rng: np.random.Generator, limit: float = 2.5) -> float:
    """Draw from a standard normal cut off at `limit` on either side, so that nobody is a monster."""
    return float(np.clip(rng.standard_normal(), -limit, limit))


def _draw_style(rng: np.random.Generator, woman: bool, build: float) -> dict[str, float]:
    """Draw hair and everyday clothes, which stay the same in all sequences without a coat."""
    long_hair = rng.random() < (0.65 if woman else 0.08)
    ponytail = long_hair and rng.random() < 0.4
    skirt = woman and rng.random() < 0.2
    hat = rng.random() < 0.15
    return {
        "hair": float(rng.uniform(0.1, 1.0)),
        "hair_length": float(rng.uniform(0.10, 0.28)) if long_hair and not ponytail else 0.0,
        "ponytail": float(rng.uniform(0.10, 0.25)) if ponytail else 0.0,
        "hat": float(rng.uniform(0.0, 0.09)) + 0.01 if hat else 0.0,
        "bust": float(rng.uniform(0.02, 0.05)) if woman else 0.0,
        "belly": max(0.0, 0.25 * (build - 1.0) + 0.01 * normal(rng)),
        "trousers": float(rng.uniform(0.0, 0.04)),
        "sleeves": float(rng.uniform(0.0, 0.016)),
        "top": float(rng.uniform(0.0, 0.035)),
        "top_hem": float(rng.uniform(-0.10, 0.02)),
        "skirt": float(rng.uniform(0.35, 0.75)) if skirt else 0.0,
    }
