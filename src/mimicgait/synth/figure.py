"""A solid made of ellipsoids ("beads") fixed to body parts, and of convex hulls over them.

A tapered limb is the hull of two beads; the hips and the feet take more. A convex hull seen from anywhere is
the hull of what is seen, so a hull of beads is drawn as the hull of ellipses.
"""

from dataclasses import dataclass, field
from enum import IntEnum
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Vector = tuple[float, float, float]

WIDEST_HULL = 4
"""Most beads that one hull may have."""


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
    SHADOW = 9


@dataclass(slots=True)
class Figure:
    """Beads by name and hulls over them, open to change until `solid` turns them into arrays.

    A bead is (part, offset from the part's origin, half axes), in metres along the part's axes.
    """

    beads: dict[str, tuple[int, Vector, Vector]] = field(default_factory=dict)
    hulls: list[tuple[Limb, tuple[str, ...]]] = field(default_factory=list)

    def bead(self, name: str, part: int, offset: Vector, axes: Vector | float) -> None:
        """Add a bead: an ellipsoid of three half axes, or a ball of one."""
        self.beads[name] = (part, offset, axes if isinstance(axes, tuple) else (axes, axes, axes))

    def hull(self, limb: int, *names: str) -> None:
        """Draw the convex hull of one to four beads."""
        self.hulls.append((Limb(limb), names))

    def chain(self, limb: int, *names: str) -> None:
        """Draw the hulls of each bead with the next."""
        for pair in pairwise(names):
            self.hull(limb, *pair)

    def grow(self, name: str, metres: Vector | float) -> None:
        """Make a bead's half axes longer, as clothes do."""
        part, offset, (a, b, c) = self.beads[name]
        x, y, z = metres if isinstance(metres, tuple) else (metres, metres, metres)
        self.beads[name] = (part, offset, (a + x, b + y, c + z))

    def thicken_below(self, name: str, metres: float) -> None:
        """Make a bead reach further down and no further up, as a sole does."""
        part, (x, y, z), (a, b, c) = self.beads[name]
        self.beads[name] = (part, (x, y, z - metres / 2), (a, b, c + metres / 2))

    def solid(self) -> "Solid":
        """Turn names into indices and arrays."""
        index = {name: i for i, name in enumerate(self.beads)}
        part, offset, axes = zip(*self.beads.values(), strict=True)
        rows = [[index[name] for name in names] for _, names in self.hulls]
        return Solid(
            np.array(part),
            np.array(offset),
            np.array(axes),
            np.array([row + row[:1] * (WIDEST_HULL - len(row)) for row in rows]),
            np.array([limb for limb, _ in self.hulls]),
        )


@dataclass(frozen=True, slots=True)
class Solid:
    """A figure as arrays: part `[b]`, offset and half axes `[b, 3]`, hulls `[s, 4]` of beads, limb `[s]`.

    A hull of fewer than four beads repeats its first one.
    """

    part: npt.NDArray[np.int64]
    offset: npt.NDArray[np.float64]
    axes: npt.NDArray[np.float64]
    hulls: npt.NDArray[np.int64]
    limb: npt.NDArray[np.int64]
