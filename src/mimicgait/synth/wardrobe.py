"""Rarer clothes and loads, which hang beside those of `clothing`: hoods, flares, open coats, luggage."""

from collections.abc import Callable
from dataclasses import dataclass

from mimicgait.synth.body import Body
from mimicgait.synth.figure import Figure, Limb
from mimicgait.synth.skeleton import LEFT_RIGHT, Part


@dataclass(frozen=True, slots=True)
class Extras:
    """What one sequence adds to a person's clothes; 0 and empty for none.

    hood: metres of room around the head. flare: metres around the ankles. tails: share of the thigh that an
    open coat covers, swinging with the legs. load: one of `LOADS`; load_size: about 1; load_side: 0 left,
    1 right.
    """

    hood: float = 0.0
    flare: float = 0.0
    tails: float = 0.0
    load: str = ""
    load_size: float = 1.0
    load_side: int = 0


def wear(figure: Figure, body: Body, extras: Extras) -> Figure:
    """Put the extras on a dressed figure, which is changed and returned."""
    if extras.hood:
        _hood(figure, body, extras.hood)
    if extras.flare:
        for n in "lr":
            figure.grow(f"ankle_{n}", (1.3 * extras.flare, extras.flare, 0.0))
    if extras.tails:
        _tails(figure, body, extras.tails)
    if extras.load:
        LOADS[extras.load](figure, body, extras)
    return figure


def _hood(f: Figure, body: Body, room: float) -> None:
    g, tall = body.girths, body.lengths["head"]
    deep, wide = 0.5 * g["head_depth"] + 0.6 * room, 0.5 * g["head_breadth"] + room
    f.bead("hood", Part.HEAD, (-0.02 - 0.4 * room, 0, 0.56 * tall), (deep, wide, 0.46 * tall + room))
    f.bead("cowl", Part.NECK, (-0.03 - 0.5 * room, 0, 0.02), (0.8 * deep, 0.95 * wide, 0.05))
    f.hull(Limb.HEAD, "hood", "cowl")


def _tails(f: Figure, body: Body, share: float) -> None:
    drop = share * body.lengths["thigh"]
    for side, n in enumerate("lr"):
        y, radius = float(LEFT_RIGHT[side]), 1.05 * body.girths["thigh"]
        f.bead(f"tail_{n}", Part.THIGH_L + side, (-0.06, 0.03 * y, -drop), (radius, radius, 0.02))
        f.hull(Limb.TORSO, "iliac", "hips", f"tail_{n}")


def _case(f: Figure, side: int, name: str, size: float) -> None:
    """A bag that hangs from a hand."""
    part = Part.HANGING_L + side
    f.bead(f"{name}_grip", part, (0, 0, -0.02), 0.02)
    f.bead(f"{name}_front", part, (0.12 * size, 0, -0.16), (0.03, 0.06 * size, 0.03))
    f.bead(f"{name}_back", part, (-0.12 * size, 0, -0.16), (0.03, 0.06 * size, 0.03))
    f.bead(f"{name}_low", part, (0, 0, -0.16 - 0.22 * size), (0.13 * size, 0.07 * size, 0.03))
    f.hull(Limb.CARRIED, f"{name}_grip", f"{name}_front", f"{name}_back")
    f.hull(Limb.CARRIED, f"{name}_front", f"{name}_back", f"{name}_low")


def _shopping(f: Figure, body: Body, extras: Extras) -> None:
    for side in (0, 1):
        _case(f, side, f"shopping_{'lr'[side]}", extras.load_size)


def _suitcase(f: Figure, body: Body, extras: Extras) -> None:
    """A case on wheels behind the person, its handle in the hand."""
    part, size = Part.HANGING_L + extras.load_side, extras.load_size
    high = 0.43 * body.stature
    f.bead("handle", part, (-0.02, 0, -0.02), 0.018)
    f.bead("case_up", part, (-0.28, 0, -0.25), (0.08, 0.18 * size, 0.03))
    f.bead("case_down", part, (-0.28 - 0.3 * size, 0, 0.06 - high), (0.09, 0.18 * size, 0.03))
    f.hull(Limb.CARRIED, "handle", "case_up")
    f.hull(Limb.CARRIED, "case_up", "case_down")


def _box(f: Figure, body: Body, extras: Extras) -> None:
    """Something held before the belly with both arms."""
    size, deep = extras.load_size, 0.5 * body.girths["waist_depth"]
    low = -0.05 - 0.16 * size
    for name, z in (("box_up", 0.02), ("box_down", low)):
        f.bead(name, Part.TRUNK, (deep + 0.14 * size, 0, z), (0.13 * size, 0.18 * size, 0.04))
    f.hull(Limb.CARRIED, "box_up", "box_down")


LOADS: dict[str, Callable[[Figure, Body, Extras], None]] = {
    "shopping": _shopping,
    "suitcase": _suitcase,
    "box": _box,
}
"""How each load is carried."""
