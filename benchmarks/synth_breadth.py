"""How much harder each kind of variation makes the walkers for energy images, nearest neighbour.

Run it as `python benchmarks/synth_breadth.py [FILE]`. People are seen from about the side; one of the
settings `bodies`, `gaits`, `cameras` and `segmentation` is at 0.5 or 1, then all of them.
"""

from dataclasses import replace
from typing import Any

import cv2
import numpy as np
from _result import command_line, give, made_on
from synth_difficulty import energy_images, rank1

from mimicgait.synth import SynthConfig
from mimicgait.synth.walkers import WIDER

BASE = SynthConfig(people=60, start=500_000, variety=1.1, azimuth=(75.0, 105.0), elevation=(0.0, 10.0))
AMOUNTS = (0.5, 1.0)


def main() -> None:
    """Measure, print and, if asked, save."""
    out = command_line(__doc__).parse_args().out
    give(measure(), out)


def measure() -> dict[str, Any]:
    """Rank-1 in % at every amount of every setting, and of all together."""
    kinds = {name: (name,) for name in WIDER} | {"all": WIDER}
    return {
        "benchmark": "rank-1 of energy images by each kind of variation, %",
        "0": rank1(*energy_images(BASE))["all"],
        **{name: {f"{amount:g}": _at(names, amount) for amount in AMOUNTS} for name, names in kinds.items()},
        "people": BASE.people,
        "variety": BASE.variety,
        "faults": BASE.faults,
        "seed": BASE.seed,
        **made_on(np, cv2),
    }


def _at(names: tuple[str, ...], amount: float) -> float:
    return rank1(*energy_images(replace(BASE, **dict.fromkeys(names, amount))))["all"]


if __name__ == "__main__":
    main()
