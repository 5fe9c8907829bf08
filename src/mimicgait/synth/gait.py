"""How one person walks: joint angles as Fourier series around normative curves, with personal deviations.

Phase 0 is the left heel's contact; one unit of phase is a stride. Angles are degrees in the tables
and radians outside of this file. Sources and modelling choices: docs/walkers.md, section "Gait".
"""

from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from mimicgait.synth.body import normal

HARMONICS = 6
"""Highest harmonic kept: six reproduce Winter's sagittal curves to about a degree."""

NORMATIVE = MappingProxyType(
    {
        # Every 5 % of the stride from the side's own heel contact, degrees, flexion positive.
        "thigh": (21, 20, 18, 14, 9, 4, -1, -7, -12, -17, -19, -17, -11, -2, 7, 15, 21, 24, 25, 23),
        "knee": (4, 12, 18, 19, 17, 13, 10, 8, 8, 11, 17, 28, 43, 57, 65, 63, 52, 36, 19, 6),
        "ankle": (0, -4, -3, 1, 4, 5, 7, 8, 9, 9, 6, -3, -15, -19, -13, -6, -2, 0, 0, 0),
        "shoulder": (-26, -25, -23, -19, -14, -8, -2, 3, 7, 9, 10, 9, 7, 4, 0, -5, -11, -17, -22, -25),
        "elbow": (13, 13, 14, 16, 18, 21, 25, 28, 31, 33, 34, 34, 32, 30, 27, 23, 20, 17, 15, 14),
    }
)
"""Mean curves of one side. `thigh` is its angle to the vertical, after Perry and Burnfield (2010); knee
and ankle after Winter (1991), the arm after Murray et al. (1967)."""

SIDES = tuple(NORMATIVE)
CENTRAL = ("tilt", "list", "rotation", "lean", "roll", "twist", "nod", "sway", "bounce")
CHANNELS = (*(f"{name}_{side}" for name in SIDES for side in ("l", "r")), *CENTRAL)
"""Rows of `Gait.coefficients`."""

CENTRAL_CURVES = MappingProxyType(
    {
        # channel: (mean, harmonic, amplitude, phase of the maximum); degrees, metres for sway and bounce
        "tilt": (8.0, 2, 1.5, 0.05),
        "list": (0.0, 1, 4.5, 0.13),
        "rotation": (0.0, 1, 5.0, 0.00),
        "lean": (3.0, 2, 1.2, 0.10),
        "roll": (0.0, 1, 2.0, 0.22),
        "twist": (0.0, 1, 6.0, 0.50),
        "nod": (4.0, 2, 1.0, 0.30),
        "sway": (0.0, 1, 0.020, 0.28),
        "bounce": (0.0, 2, 0.006, 0.30),
    }
)
"""Pelvis, trunk and head: one harmonic each (Perry; Murray), left forward, left up, forward lean positive."""

SPREAD = MappingProxyType(
    {
        # channel: between people, SD of (offset, log amplitude, phase, each low harmonic)
        "thigh": (5.0, 0.14, 0.015, 1.8),
        "knee": (4.0, 0.12, 0.015, 2.2),
        "ankle": (3.5, 0.22, 0.015, 1.5),
        "shoulder": (9.0, 0.42, 0.030, 2.0),
        "elbow": (12.0, 0.45, 0.040, 3.0),
        "tilt": (4.0, 0.40, 0.050, 0.5),
        "list": (1.3, 0.45, 0.040, 0.6),
        "rotation": (2.0, 0.45, 0.040, 0.8),
        "lean": (5.0, 0.50, 0.050, 0.6),
        "roll": (1.5, 0.55, 0.050, 0.7),
        "twist": (2.5, 0.45, 0.050, 0.8),
        "nod": (8.0, 0.50, 0.080, 0.7),
        "sway": (0.004, 0.40, 0.040, 0.003),
        "bounce": (0.0, 0.50, 0.060, 0.001),
    }
)
"""How people differ in each channel; degrees, metres for sway and bounce, share of a stride for the phase."""

Coefficients = npt.NDArray[np.complex128]


@dataclass(frozen=True, slots=True)
class Gait:
    """One person's manner of walking.

    coefficients: complex `[channel, harmonic]` of `CHANNELS`, harmonics 0 to `HARMONICS`, degrees or metres.
    cadence: steps per minute at the person's own speed. step_width: metres between the heels' lines.
    toe_out: left and right foot progression angle, degrees. knock: knees inward (+) or outward (-), degrees.
    circumduction: sideways swing of the leg, degrees. abduction: of the left and right upper arm, degrees.
    arm_turn: inward turn of the forearms, degrees. shrug: height of the left and right shoulder, metres.
    """

    coefficients: Coefficients
    cadence: float
    step_width: float
    toe_out: tuple[float, float]
    knock: float
    circumduction: float
    abduction: tuple[float, float]
    arm_turn: tuple[float, float]
    shrug: tuple[float, float]

    def angles(self, phase: npt.NDArray[np.float64]) -> dict[str, npt.NDArray[np.float64]]:
        """Evaluate every channel at the phases `[t]`: radians, metres for sway and bounce."""
        waves = np.exp(2j * np.pi * np.outer(np.arange(HARMONICS + 1), phase))
        values = (self.coefficients @ waves).real
        values[: -len(("sway", "bounce"))] *= np.pi / 180
        return dict(zip(CHANNELS, values, strict=True))

    def carrying(self, side: int) -> "Gait":
        """The same gait with a load in the left (0) or right (1) hand: that arm hangs and swings less."""
        moved = self.coefficients.copy()
        shoulder, elbow = CHANNELS.index("shoulder_l") + side, CHANNELS.index("elbow_l") + side
        moved[shoulder, 1:] *= 0.4
        moved[elbow] *= 0.3
        return replace(self, coefficients=moved)


def normative() -> Coefficients:
    """Return the mean person's coefficients `[channel, harmonic]`; the right side is half a stride late."""
    shift = np.exp(1j * np.pi * np.arange(HARMONICS + 1))
    rows = []
    for curve in NORMATIVE.values():
        c = np.fft.rfft(curve)[: HARMONICS + 1] / len(curve)
        c[1:] *= 2
        rows += [c, c * shift]
    for mean, harmonic, amplitude, peak in CENTRAL_CURVES.values():
        c = np.zeros(HARMONICS + 1, complex)
        c[0] = mean
        c[harmonic] += amplitude * np.exp(-2j * np.pi * harmonic * peak)
        rows.append(c)
    return np.array(rows)


def draw_gait(rng: np.random.Generator, woman: bool = False, scale: float = 1.0) -> Gait:
    """Draw how a person walks; `scale` stretches the differences between people (0 gives the mean person)."""

    def both(mean: float, spread: float, difference: float) -> tuple[float, float]:
        middle = mean + scale * spread * normal(rng)
        half = scale * difference * normal(rng) / 2
        return middle + half, middle - half

    return Gait(
        coefficients=deviate(normative(), rng, scale, asymmetry=0.35),
        cadence=(117 if woman else 111) + scale * 8 * normal(rng),
        step_width=0.11 + scale * 0.035 * normal(rng),
        toe_out=both(7, 7, 4),
        knock=scale * 2.0 * normal(rng),
        circumduction=abs(scale * 2.0 * normal(rng)),
        abduction=both(9, 5, 3),
        arm_turn=both(20, 15, 8),
        shrug=both(0.0, 0.012, 0.012),
    )


def deviate(base: Coefficients, rng: np.random.Generator, scale: float, asymmetry: float) -> Coefficients:
    """Move every channel away from `base [channel, harmonic]` by draws of size `scale` x `SPREAD`.

    `asymmetry` is how much of each draw the right side makes on its own (0: both sides alike; 1: unrelated).
    """
    spread = np.array([SPREAD[name.split("_")[0]] for name in CHANNELS])
    draws = np.clip(rng.standard_normal((len(CHANNELS), 3 + 2 * HARMONICS)), -2.2, 2.2)
    right = np.arange(1, 2 * len(SIDES), 2)
    draws[right] = np.sqrt(1 - asymmetry**2) * draws[right - 1] + asymmetry * draws[right]
    draws *= scale
    offset, amplitude, phase, shape = spread.T
    k = np.arange(HARMONICS + 1)
    moved: Coefficients = base * np.exp(-2j * np.pi * k * (phase * draws[:, 2])[:, None])
    moved[:, 1:] *= np.exp(amplitude * draws[:, 1])[:, None]
    moved[:, 0] += offset * draws[:, 0]
    noise = (draws[:, 3::2] + 1j * draws[:, 4::2]) / np.sqrt(2)
    noise[right] *= np.exp(1j * np.pi * k[1:])
    # Higher harmonics carry less: the curves stay smooth.
    moved[:, 1:] += shape[:, None] * noise / k[1:] ** 1.5
    return moved


def vary(gait: Gait, rng: np.random.Generator, speed: float, scale: float) -> Gait:
    """Return the same person on another day: `speed` is relative to their own, `scale` the size of the noise.

    Cadence and stride length share the change of speed by their square roots (Grieve, 1968), so swings grow
    with its root as well.
    """
    moved = deviate(gait.coefficients, rng, scale, asymmetry=0.7)
    moved[:, 1:] *= np.sqrt(speed)
    moved[CHANNELS.index("elbow_l") : CHANNELS.index("elbow_r") + 1, 0] *= speed
    return replace(gait, coefficients=moved, cadence=gait.cadence * float(np.sqrt(speed)))


def hold(gait: Gait, side: int, shoulder: float, elbow: float) -> Gait:
    """The same gait with one arm held still: both its angles, in degrees, hardly swing any more."""
    moved = gait.coefficients.copy()
    for name, degrees in (("shoulder", shoulder), ("elbow", elbow)):
        row = CHANNELS.index(f"{name}_l") + side
        moved[row, 1:] *= 0.15
        moved[row, 0] = degrees
    return replace(gait, coefficients=moved)


def stand(gait: Gait, lean: float, nod: float) -> Gait:
    """The same gait with the trunk `lean` degrees further forward and the head bent by `nod` degrees."""
    moved = gait.coefficients.copy()
    moved[CHANNELS.index("lean"), 0] += lean
    moved[CHANNELS.index("nod"), 0] += nod
    return replace(gait, coefficients=moved)
