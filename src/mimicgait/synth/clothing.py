"""What changes between two sequences of one person: shoes, coat and bag."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mimicgait.synth.anatomy import add_hem
from mimicgait.synth.body import Body
from mimicgait.synth.figure import Figure, Limb
from mimicgait.synth.skeleton import LEFT_RIGHT, Part


@dataclass(frozen=True, slots=True)
class Outfit:
    """Things worn or carried in one sequence.

    sole, heel: thickness in metres under ball and heel. shoe: metres around the foot. boot: metres around
    the ankle, 0 for low shoes. coat: thickness in metres, 0 for none; coat_hem: share of the thigh it covers
    (above 1: of the shank too). bag: one of `BAGS` or empty; bag_size: about 1; bag_side: 0 left, 1 right.
    """

    sole: float = 0.015
    heel: float = 0.02
    shoe: float = 0.008
    boot: float = 0.0
    coat: float = 0.0
    coat_hem: float = 0.0
    bag: str = ""
    bag_size: float = 1.0
    bag_side: int = 0


def draw_outfit(rng: np.random.Generator, condition: str, woman: bool) -> Outfit:
    """Draw shoes for every walk, a bag for the condition `bg` and a coat for `cl`."""
    high = woman and rng.random() < 0.15
    coat, long_coat = condition == "cl", rng.random() < 0.3
    return Outfit(
        sole=float(rng.uniform(0.008, 0.022)),
        heel=float(rng.uniform(0.03, 0.07) if high else rng.uniform(0.015, 0.03)),
        shoe=float(rng.uniform(0.004, 0.014)),
        boot=float(rng.uniform(0.008, 0.02)) if rng.random() < 0.2 else 0.0,
        coat=float(rng.uniform(0.012, 0.03)) if coat else 0.0,
        coat_hem=float(rng.uniform(0.5, 1.25) if long_coat else rng.uniform(0.05, 0.3)) if coat else 0.0,
        bag=str(rng.choice(tuple(BAGS))) if condition == "bg" else "",
        bag_size=float(rng.uniform(0.75, 1.1)),
        bag_side=int(rng.integers(2)),
    )


def dress(figure: Figure, body: Body, outfit: Outfit) -> Figure:
    """Put an outfit on a figure, which is changed and returned."""
    for n in "lr":
        for name in ("heel", "ball", "toe", "instep"):
            figure.grow(f"{name}_{n}", outfit.shoe)
        for name, metres in (("heel", outfit.heel), ("ball", outfit.sole), ("toe", 0.5 * outfit.sole)):
            figure.thicken_below(f"{name}_{n}", metres)
        figure.grow(f"ankle_{n}", outfit.boot)
    if outfit.coat:
        _coat(figure, body, outfit)
    if outfit.bag:
        BAGS[outfit.bag](figure, body, outfit)
    return figure


def _coat(f: Figure, body: Body, outfit: Outfit) -> None:
    """Widen trunk, seat and arms, and hang the lower half over the thighs."""
    thick = outfit.coat
    for name in ("hips", "iliac", "waist", "belly", "ribs", "chest", "breast", "collar", "shirt"):
        f.grow(name, (thick, 0.8 * thick, 0.3 * thick))
    for n in "lr":
        for name in ("acromion", "deltoid", "biceps", "elbow", "bulk", "seat"):
            f.grow(f"{name}_{n}", 0.6 * thick)
        f.grow(f"wrist_{n}", 0.5 * thick)
    add_hem(f, "coat", body, outfit.coat_hem, 0.8 * thick)


def _backpack(f: Figure, body: Body, outfit: Outfit) -> None:
    size, trunk = outfit.bag_size, body.lengths["trunk"]
    back = -0.5 * body.girths["chest_depth"] - outfit.coat
    wide, low = 0.15 * size, -0.12 - 0.10 * (size - 1)
    f.bead("pack_top", Part.TRUNK, (back - 0.05 * size, 0, 0.60 * trunk), (0.06 * size, 0.13 * size, 0.06))
    f.bead("pack_middle", Part.TRUNK, (back - 0.09 * size, 0, 0.22 * trunk), (0.09 * size, wide, 0.08))
    f.bead("pack_low", Part.TRUNK, (back - 0.08 * size, 0, low), (0.10 * size, wide, 0.06))
    f.hull(Limb.CARRIED, "pack_top", "pack_middle", "pack_low", "chest")


def _strapped(f: Figure, body: Body, outfit: Outfit, over: str) -> None:
    """A bag at the hip, its strap over the shoulder named by the letter `over`."""
    size = outfit.bag_size
    y = float(LEFT_RIGHT[outfit.bag_side]) * (0.5 * body.girths["hip_breadth"] + outfit.coat + 0.05)
    f.bead("bag_front", Part.PELVIS, (0.12 * size, y, -0.02), (0.03, 0.05 * size, 0.09 * size))
    f.bead("bag_back", Part.PELVIS, (-0.16 * size, y, -0.02), (0.03, 0.05 * size, 0.09 * size))
    f.bead("bag_low", Part.PELVIS, (-0.02, y, -0.12 * size), (0.13 * size, 0.05 * size, 0.03))
    f.bead("bag_ring", Part.PELVIS, (0, y, 0.08), 0.012)
    f.bead("strap", Part.TRUNK, f.beads[f"acromion_{over}"][1], 0.015 + 0.5 * outfit.coat)
    f.hull(Limb.CARRIED, "bag_front", "bag_back", "bag_low", "bag_ring")
    f.hull(Limb.CARRIED, "bag_ring", "strap")


def _shoulder_bag(f: Figure, body: Body, outfit: Outfit) -> None:
    _strapped(f, body, outfit, "lr"[outfit.bag_side])


def _messenger_bag(f: Figure, body: Body, outfit: Outfit) -> None:
    _strapped(f, body, outfit, "rl"[outfit.bag_side])


def _hand_bag(f: Figure, body: Body, outfit: Outfit) -> None:
    part, size = Part.HANGING_L + outfit.bag_side, outfit.bag_size
    f.bead("grip", part, (0, 0, -0.02), 0.02)
    f.bead("case_front", part, (0.15 * size, 0, -0.15), (0.03, 0.04 * size, 0.03))
    f.bead("case_back", part, (-0.15 * size, 0, -0.15), (0.03, 0.04 * size, 0.03))
    f.bead("case_low", part, (0, 0, -0.15 - 0.20 * size), (0.16 * size, 0.05 * size, 0.03))
    f.hull(Limb.CARRIED, "grip", "case_front", "case_back")
    f.hull(Limb.CARRIED, "case_front", "case_back", "case_low")


BAGS: dict[str, Callable[[Figure, Body, Outfit], None]] = {
    "backpack": _backpack,
    "shoulder": _shoulder_bag,
    "hand": _hand_bag,
    "messenger": _messenger_bag,
}
"""How each kind of bag is put on."""
