"""What changes between two sequences of one person: shoes, coat and bag."""

from dataclasses import dataclass

import numpy as np

from mimicgait.synth.body import Body
from mimicgait.synth.figure import Figure, Limb, add_hem
from mimicgait.synth.skeleton import LEFT_RIGHT, Part

BAGS = ("backpack", "shoulder", "hand", "messenger")


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
    """Draw shoes for every walk, a bag for `bg` and a coat for `cl`."""
    heel = rng.uniform(0.03, 0.07) if woman and rng.random() < 0.15 else rng.uniform(0.015, 0.03)
    coat = condition == "cl"
    return Outfit(
        sole=float(rng.uniform(0.008, 0.022)),
        heel=float(heel),
        shoe=float(rng.uniform(0.004, 0.014)),
        boot=float(rng.uniform(0.008, 0.02)) if rng.random() < 0.2 else 0.0,
        coat=float(rng.uniform(0.015, 0.045)) if coat else 0.0,
        coat_hem=float(rng.choice((rng.uniform(0.05, 0.3), rng.uniform(0.5, 1.25)))) if coat else 0.0,
        bag=str(rng.choice(BAGS)) if condition == "bg" else "",
        bag_size=float(rng.uniform(0.75, 1.3)),
        bag_side=int(rng.integers(2)),
    )


def dress(figure: Figure, body: Body, outfit: Outfit) -> Figure:
    """Put an outfit on a figure, which is changed and returned."""
    for n in "lr":
        for name in ("heel", "ball", "toe", "instep"):
            figure.grow(f"{name}_{n}", outfit.shoe)
        _lower(figure, f"heel_{n}", outfit.heel)
        _lower(figure, f"ball_{n}", outfit.sole)
        _lower(figure, f"toe_{n}", 0.5 * outfit.sole)
        figure.grow(f"ankle_{n}", outfit.boot)
    if outfit.coat:
        _coat(figure, body, outfit)
    if outfit.bag:
        {"backpack": _backpack, "shoulder": _shoulder, "hand": _hand, "messenger": _messenger}[outfit.bag](
            figure, body, outfit
        )
    return figure


def _lower(f: Figure, name: str, metres: float) -> None:
    """Thicken a bead downwards only, as a sole does."""
    part, (x, y, z), (a, b, c) = f.beads[name]
    f.beads[name] = (part, (x, y, z - metres / 2), (a, b, c + metres / 2))


def _coat(f: Figure, body: Body, outfit: Outfit) -> None:
    thick = outfit.coat
    for name in ("hips", "iliac", "waist", "belly", "ribs", "chest", "breast", "collar", "shirt"):
        f.grow(name, (thick, 0.8 * thick, 0.3 * thick))
    for n in "lr":
        for name in ("acromion", "deltoid", "biceps", "elbow", "bulk", "seat"):
            f.grow(f"{name}_{n}", 0.6 * thick)
        f.grow(f"wrist_{n}", 0.5 * thick)
    if outfit.coat_hem:
        add_hem(f, "coat", body, outfit.coat_hem, 0.8 * thick, "hips")


def _backpack(f: Figure, body: Body, outfit: Outfit) -> None:
    size, trunk = outfit.bag_size, body.lengths["trunk"]
    back = -0.5 * body.girths["chest_depth"] - outfit.coat
    f.bead(
        "pack_top", Part.TRUNK, (back - 0.05 * size, 0, 0.68 * trunk), 0.06 * size, 0.13 * size, 0.06 * size
    )
    f.bead(
        "pack_low",
        Part.TRUNK,
        (back - 0.08 * size, 0, -0.12 - 0.10 * (size - 1)),
        0.10 * size,
        0.15 * size,
        0.06 * size,
    )
    f.bead(
        "pack_mid", Part.TRUNK, (back - 0.09 * size, 0, 0.25 * trunk), 0.09 * size, 0.15 * size, 0.08 * size
    )
    f.hull(Limb.CARRIED, "pack_top", "pack_mid", "pack_low", "chest")


def _strapped(f: Figure, body: Body, outfit: Outfit, over: str) -> None:
    """A bag at the hip, its strap over the shoulder named by the letter `over`."""
    side, size = outfit.bag_side, outfit.bag_size
    y = float(LEFT_RIGHT[side]) * (0.5 * body.girths["hip_breadth"] + outfit.coat + 0.05)
    f.bead("bag_front", Part.PELVIS, (0.12 * size, y, -0.02), 0.03, 0.05 * size, 0.09 * size)
    f.bead("bag_back", Part.PELVIS, (-0.16 * size, y, -0.02), 0.03, 0.05 * size, 0.09 * size)
    f.bead("bag_low", Part.PELVIS, (-0.02, y, -0.12 * size), 0.13 * size, 0.05 * size, 0.03)
    f.bead("bag_ring", Part.PELVIS, (0, y, 0.08), 0.012)
    f.bead("strap", Part.TRUNK, (0, *f.beads[f"acromion_{over}"][1][1:]), 0.05 + outfit.coat)
    f.hull(Limb.CARRIED, "bag_front", "bag_back", "bag_low")
    f.hull(Limb.CARRIED, "bag_ring", "bag_front", "bag_back")
    f.bead("strap_top", Part.TRUNK, f.beads["strap"][1], 0.015)
    f.hull(Limb.CARRIED, "bag_ring", "strap_top")


def _shoulder(f: Figure, body: Body, outfit: Outfit) -> None:
    _strapped(f, body, outfit, "lr"[outfit.bag_side])


def _messenger(f: Figure, body: Body, outfit: Outfit) -> None:
    _strapped(f, body, outfit, "rl"[outfit.bag_side])


def _hand(f: Figure, body: Body, outfit: Outfit) -> None:
    part, size = Part.HANGING_L + outfit.bag_side, outfit.bag_size
    f.bead("grip", part, (0, 0, -0.02), 0.02)
    f.bead("case_front", part, (0.15 * size, 0, -0.15), 0.03, 0.04 * size, 0.03)
    f.bead("case_back", part, (-0.15 * size, 0, -0.15), 0.03, 0.04 * size, 0.03)
    f.bead("case_low", part, (0, 0, -0.15 - 0.24 * size), 0.17 * size, 0.05 * size, 0.03)
    f.hull(Limb.CARRIED, "grip", "case_front", "case_back")
    f.hull(Limb.CARRIED, "case_front", "case_back", "case_low")
