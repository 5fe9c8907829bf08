"""The solid of one person: ellipsoids ("beads") fixed to body parts, and the convex hulls drawn over them.

A tapered limb is the hull of two beads; the trunk, the hips and the feet take more. A convex hull seen from
anywhere is the hull of what is seen, so a hull of beads is drawn as the hull of ellipses.
"""

from dataclasses import dataclass, field
from enum import IntEnum
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from mimicgait.synth.body import Body
from mimicgait.synth.skeleton import LEFT_RIGHT, Part

Vector = tuple[float, float, float]


class Limb(IntEnum):
    """What a hull belongs to; faults can lose a limb, and shadows start at the feet."""

    TORSO = 0
    HEAD = 1
    LEG_L = 2
    LEG_R = 3
    FOOT_L = 4
    FOOT_R = 5
    ARM_L = 6
    ARM_R = 7
    CARRIED = 8


@dataclass(slots=True)
class Figure:
    """Beads by name and hulls over them, open to change until `solid` turns them into arrays.

    A bead is (part, offset from the part's origin, half axes), in metres along the part's axes.
    """

    beads: dict[str, tuple[int, Vector, Vector]] = field(default_factory=dict)
    hulls: list[tuple[Limb, tuple[str, ...]]] = field(default_factory=list)

    def bead(self, name: str, part: int, offset: Vector, *axes: float) -> None:
        """Add a bead; one half axis makes a ball, three an ellipsoid."""
        self.beads[name] = (part, offset, axes if len(axes) == 3 else (axes[0],) * 3)  # type: ignore[assignment]

    def hull(self, limb: int, *names: str) -> None:
        """Draw the convex hull of two to four beads."""
        self.hulls.append((Limb(limb), names))

    def chain(self, limb: int, *names: str) -> None:
        """Draw the hulls of each bead with the next."""
        for pair in pairwise(names):
            self.hull(limb, *pair)

    def grow(self, name: str, metres: float | Vector) -> None:
        """Make a bead's half axes longer, as clothes do."""
        part, offset, axes = self.beads[name]
        more = metres if isinstance(metres, tuple) else (metres,) * 3
        self.beads[name] = (part, offset, tuple(a + b for a, b in zip(axes, more, strict=True)))  # type: ignore[assignment]

    def solid(self) -> "Solid":
        """Turn names into indices and arrays."""
        index = {name: i for i, name in enumerate(self.beads)}
        part, offset, axes = zip(*self.beads.values(), strict=True)
        rows = [[index[names[min(i, len(names) - 1)]] for i in range(4)] for _, names in self.hulls]
        return Solid(
            np.array(part),
            np.array(offset),
            np.array(axes),
            np.array(rows),
            np.array([k for k, _ in self.hulls]),
        )


@dataclass(frozen=True, slots=True)
class Solid:
    """A figure as arrays: part `[b]`, offset and half axes `[b, 3]`, hulls `[s, 4]` of beads, limb `[s]`."""

    part: npt.NDArray[np.int64]
    offset: npt.NDArray[np.float64]
    axes: npt.NDArray[np.float64]
    hulls: npt.NDArray[np.int64]
    limb: npt.NDArray[np.int64]


def build_figure(body: Body) -> Figure:
    """Build a person in everyday clothes, without a coat, a bag or shoes of any height.

    Source: proportions as in docs/walkers.md, section "Shape".
    """
    figure = Figure()
    _torso(figure, body)
    _head(figure, body)
    for side in (0, 1):
        _leg(figure, body, side)
        _arm(figure, body, side)
    _clothes(figure, body)
    return figure


def _torso(f: Figure, body: Body) -> None:
    g, up, style = body.girths, body.lengths, body.style
    hip, waist = g["hip_breadth"] / 2, g["waist_breadth"] / 2
    seat, deep, chest = g["buttock_depth"] / 2, g["waist_depth"] / 2, g["chest_depth"] / 2
    f.bead("hips", Part.PELVIS, (-0.005, 0, 0.01), 0.88 * seat, hip, 0.09)
    f.bead("iliac", Part.PELVIS, (0.005, 0, 0.6 * up["pelvis"]), 0.96 * deep, 0.5 * (hip + waist), 0.05)
    f.bead("waist", Part.ABDOMEN, (0.008, 0, 0.15 * up["abdomen"]), deep, waist, 0.05)
    f.bead("belly", Part.ABDOMEN, (0.01 + style["belly"], 0, -0.02), deep, 0.8 * waist, 0.07)
    f.bead("ribs", Part.TRUNK, (0.0, 0, 0.10 * up["trunk"]), 0.97 * chest, 0.49 * g["chest_breadth"], 0.06)
    f.bead("chest", Part.TRUNK, (0.002, 0, 0.48 * up["trunk"]), chest, 0.51 * g["chest_breadth"], 0.07)
    f.bead(
        "breast",
        Part.TRUNK,
        (0.2 * chest + style["bust"], 0, 0.36 * up["trunk"]),
        0.8 * chest,
        0.36 * g["chest_breadth"],
        0.055,
    )
    f.bead(
        "collar",
        Part.TRUNK,
        (-0.012, 0, 0.56 * up["trunk"]),
        0.70 * chest,
        0.36 * g["shoulder_breadth"],
        0.05,
    )
    f.bead("nape", Part.TRUNK, (-0.018, 0, 0.96 * up["trunk"]), 1.08 * g["neck"], 1.15 * g["neck"], 0.02)
    f.chain(Limb.TORSO, "hips", "iliac", "waist", "ribs", "chest", "collar")
    f.hull(Limb.TORSO, "iliac", "belly", "ribs")
    f.hull(Limb.TORSO, "ribs", "breast", "collar")
    for side, letter in enumerate("lr"):
        y = float(LEFT_RIGHT[side])
        f.bead(
            f"seat_{letter}",
            Part.PELVIS,
            (-0.42 * seat, y * 0.46 * hip, -0.03),
            0.60 * seat,
            0.50 * hip,
            0.085,
        )
        f.bead(
            f"acromion_{letter}",
            Part.TRUNK,
            (-0.01, y * 0.41 * g["shoulder_breadth"], 0.58 * up["trunk"]),
            0.80 * g["deltoid"],
        )
        f.hull(Limb.TORSO, "iliac", f"seat_{letter}")
    f.hull(Limb.TORSO, "nape", "acromion_l", "acromion_r", "collar")


def _head(f: Figure, body: Body) -> None:
    g, tall, style = body.girths, body.lengths["head"], body.style
    deep, wide = g["head_depth"] / 2, g["head_breadth"] / 2
    f.bead("neck", Part.HEAD, (-0.014, 0, 0.01), 1.02 * g["neck"], 0.97 * g["neck"], 0.03)
    f.bead("skull", Part.HEAD, (0.008, 0, 0.54 * tall), deep, wide, 0.44 * tall)
    f.bead("jaw", Part.HEAD, (0.45 * deep, 0, 0.16 * tall), 0.48 * deep, 0.66 * wide, 0.17 * tall)
    f.chain(Limb.HEAD, "nape", "neck")
    f.hull(Limb.HEAD, "skull", "jaw")
    volume = 0.022 * style["hair"]
    f.bead(
        "hair", Part.HEAD, (-0.012, 0, 0.60 * tall), deep + 0.6 * volume, wide + volume, 0.42 * tall + volume
    )
    f.hull(Limb.HEAD, "hair", "neck")
    if style["hair_length"]:
        f.bead(
            "hair_end",
            Part.NECK,
            (-0.45 * deep, 0, 0.04 - 0.6 * style["hair_length"]),
            0.05,
            0.95 * wide,
            0.03,
        )
        f.hull(Limb.HEAD, "hair", "hair_end")
    if style["ponytail"]:
        f.bead("knot", Part.HEAD, (-1.05 * deep, 0, 0.62 * tall), 0.035)
        f.bead("tail", Part.NECK, (-1.25 * deep, 0, 0.08 - 0.7 * style["ponytail"]), 0.025)
        f.hull(Limb.HEAD, "knot", "tail")


def _leg(f: Figure, body: Body, side: int) -> None:
    g, up, n = body.girths, body.lengths, "lr"[side]
    wide = body.style["trousers"]
    thigh, shank, foot = up["thigh"], up["shank"], up["foot"]
    f.bead(f"root_{n}", Part.THIGH_L + side, (-0.005, 0, 0), 1.02 * g["thigh"], 0.95 * g["thigh"], 0.06)
    f.bead(
        f"upper_{n}", Part.THIGH_L + side, (0, 0, -0.22 * thigh), 1.02 * g["thigh"], 0.93 * g["thigh"], 0.06
    )
    f.bead(f"middle_{n}", Part.THIGH_L + side, (0.006, 0, -0.55 * thigh), 0.85 * g["thigh"] + 0.3 * wide)
    f.bead(f"knee_{n}", Part.SHANK_L + side, (0.004, 0, 0), g["knee"] + 0.6 * wide)
    f.bead(f"calf_{n}", Part.SHANK_L + side, (-0.018, 0, -0.28 * shank), g["calf"] + 0.8 * wide)
    f.bead(f"ankle_{n}", Part.SHANK_L + side, (-0.004, 0, -0.93 * shank), g["ankle"] + wide)
    leg = Limb.LEG_L + side
    f.hull(leg, f"seat_{n}", f"upper_{n}")
    f.chain(leg, f"root_{n}", f"upper_{n}", f"middle_{n}", f"knee_{n}", f"calf_{n}", f"ankle_{n}")
    half, down = g["foot_breadth"] / 2, -up["ankle_height"]
    f.bead(
        f"heel_{n}", Part.FOOT_L + side, (-0.25 * foot + 0.034, 0, down + 0.032), 0.034, 0.66 * half, 0.032
    )
    f.bead(f"instep_{n}", Part.FOOT_L + side, (0.14 * foot, 0, down + 0.052), 0.05, 0.70 * half, 0.03)
    f.bead(f"ball_{n}", Part.FOOT_L + side, (0.46 * foot, 0, down + 0.024), 0.03, half, 0.024)
    f.bead(f"toe_{n}", Part.TOES_L + side, (0.22 * foot - 0.02, 0, -0.004), 0.022, 0.72 * half, 0.016)
    foot_limb = Limb.FOOT_L + side
    f.hull(foot_limb, f"ankle_{n}", f"heel_{n}", f"instep_{n}")
    f.hull(foot_limb, f"heel_{n}", f"instep_{n}", f"ball_{n}")
    f.hull(foot_limb, f"ball_{n}", f"toe_{n}")


def _arm(f: Figure, body: Body, side: int) -> None:
    g, up, n = body.girths, body.lengths, "lr"[side]
    loose = body.style["sleeves"]
    hand, upper, fore = up["hand"], up["upper_arm"], up["forearm"]
    f.bead(f"deltoid_{n}", Part.UPPER_ARM_L + side, (0, 0, -0.032), 0.94 * g["deltoid"] + loose)
    f.bead(f"biceps_{n}", Part.UPPER_ARM_L + side, (0.004, 0, -0.5 * upper), g["biceps"] + loose)
    f.bead(f"elbow_{n}", Part.FOREARM_L + side, (-0.004, 0, 0), g["elbow"] + loose)
    f.bead(f"bulk_{n}", Part.FOREARM_L + side, (0, 0, -0.22 * fore), g["elbow"] + 0.003 + loose)
    f.bead(f"wrist_{n}", Part.FOREARM_L + side, (0, 0, -0.97 * fore), g["wrist"] + 0.5 * loose)
    f.bead(f"palm_{n}", Part.HAND_L + side, (0.004, 0, -0.42 * hand), 0.036, 0.020, 0.035)
    f.bead(f"fingers_{n}", Part.HAND_L + side, (0.018, 0, -0.78 * hand), 0.026, 0.018, 0.026)
    arm = Limb.ARM_L + side
    f.hull(arm, f"acromion_{n}", f"deltoid_{n}", f"biceps_{n}")
    f.chain(arm, *(f"{name}_{n}" for name in ("biceps", "elbow", "bulk", "wrist", "palm", "fingers")))


def _clothes(f: Figure, body: Body) -> None:
    """Let the everyday top hang loose around the trunk, and put on a skirt if the person wears one."""
    loose = body.style["top"]
    for name in ("waist", "ribs", "iliac"):
        f.grow(name, (loose, 0.6 * loose, 0.0))
    f.bead(
        "shirt",
        Part.PELVIS,
        (0, 0, body.style["top_hem"]),
        f.beads["hips"][2][0] + 0.5 * loose,
        f.beads["hips"][2][1] + 0.3 * loose,
        0.02,
    )
    f.hull(Limb.TORSO, "waist", "shirt")
    if body.style["skirt"]:
        add_hem(f, "skirt", body, body.style["skirt"], 0.03, "hips")


def add_hem(f: Figure, name: str, body: Body, share: float, flare: float, top: str) -> None:
    """Hang a skirt or a coat over both thighs down to `share` of them, wider by `flare` metres."""
    below = max(0.0, share - 1.0) * body.lengths["shank"]
    drop = min(share, 1.0) * body.lengths["thigh"] + below
    radius = body.girths["thigh"] + flare
    for side, n in enumerate("lr"):
        y = float(LEFT_RIGHT[side])
        f.bead(
            f"{name}_{n}",
            Part.THIGH_L + side,
            (0, y * 0.2 * flare, -drop),
            0.95 * radius,
            0.95 * radius,
            0.015,
        )
    f.hull(Limb.TORSO, top, f"{name}_l", f"{name}_r")
