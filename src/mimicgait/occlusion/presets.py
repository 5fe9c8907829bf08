"""The mixtures that the paper names, and occlusions of one fixed amount for curves."""

import math

from mimicgait.errors import ConfigError
from mimicgait.occlusion.arguments import Span, checked_choice
from mimicgait.occlusion.base import Occlusion
from mimicgait.occlusion.cut import Bottom, Changing, Top
from mimicgait.occlusion.middle import Middle
from mimicgait.occlusion.mixture import Mixture
from mimicgait.occlusion.moving import MovingPatch, MovingPole
from mimicgait.occlusion.nothing import Nothing

FIXED = ("none", "top", "bottom", "paper", "middle", "patch", "pole", "changing")
"""The names that `at_amount` takes."""


def paper_mixture(*, amount: Span = (0.4, 0.6)) -> Mixture:
    """Top or bottom with even odds: the paper's main setting (its ablation moves the amount)."""
    return Mixture([Top(amount=amount), Bottom(amount=amount)])


def dynamic_mixture() -> Mixture:
    """The small patch or the tall one with even odds: the paper's dynamic occlusion."""
    return Mixture([MovingPatch(), MovingPole()])


def all_types() -> Mixture:
    """The five types that are trained on together: all but changing, which is for tests only."""
    return Mixture([Top(), Bottom(), Middle(), MovingPatch(), MovingPole()])


def at_amount(kind_name: str, amount: float) -> Occlusion:
    """Return the occlusion that hides a fixed share of the frame; 0 hides nothing.

    Top, bottom, middle, changing and `paper` (top or bottom) hide that share of the height; the pole is as
    wide as that share; the patch is a square (in shares of the frame) whose area it is. The pole and the
    patch hide less once they leave the frame: `Occluded.amount` has what they really hid.

    Raises:
        ConfigError: if the name is unknown or the amount is not in [0, 1].

    >>> at_amount("patch", 0.25)
    MovingPatch(height=[0.5, 0.5], width=[0.5, 0.5], speed=[0.5, 1.0], enter='either', place='anywhere')
    """
    checked_choice("kind_name", kind_name, FIXED)
    if not 0 <= amount <= 1:
        raise ConfigError(f"amount: expected a share between 0 and 1, got {amount}. 40 % is 0.4.")
    span, side = (amount, amount), (math.sqrt(amount), math.sqrt(amount))
    match kind_name:
        case "top":
            return Top(amount=span)
        case "bottom":
            return Bottom(amount=span)
        case "paper":
            return paper_mixture(amount=span)
        case "middle":
            return Middle(amount=span)
        case "patch":
            return MovingPatch(height=side, width=side)
        case "pole":
            return MovingPole(width=span)
        case "changing":
            return Changing(amount=span)
        case _:
            return Nothing()
