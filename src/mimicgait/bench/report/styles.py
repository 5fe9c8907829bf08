"""How a method looks in every figure of the page: colour, marker and dash, never colour alone."""

from collections.abc import Sequence
from dataclasses import dataclass

from mimicgait.bench.methods import TEACHER

COMPLETE = "complete"
"""The name of sequences that nothing hides."""

MARKERS = ("circle", "square", "up", "down", "plus", "cross", "diamond")
"""The shapes that markers have."""

_COLOURS = ("c0", "c4", "c3", "c5", "c1")  # the page's series, those that are told apart best first
_DASHES = ("", "6 3", "2 2.5")


@dataclass(frozen=True, slots=True)
class Style:
    """Colour (a class of the page), marker, dash (as SVG has it) and whether it is what the page is about."""

    colour: str
    marker: str
    dash: str = ""
    strong: bool = False


def method_styles(methods: Sequence[str], reference: str) -> dict[str, Style]:
    """Give every method a style of its own.

    The teacher is grey and dashed, the reference strong and in the page's accent; the others take colours,
    markers and, past the last colour, dashes by turns.
    """
    found = {TEACHER: Style("c6", "circle", "4 3")}
    if reference != TEACHER:
        found[reference] = Style("c2", "diamond", strong=True)
    others = [name for name in methods if name not in found]
    for i, name in enumerate(others):
        dash = _DASHES[i // len(_COLOURS) % len(_DASHES)]
        found[name] = Style(_COLOURS[i % len(_COLOURS)], MARKERS[1 + (i + i // len(_COLOURS)) % 5], dash)
    return {name: found[name] for name in methods}


def group_styles(names: Sequence[str]) -> dict[str, Style]:
    """Give people or types of occlusion a colour and a marker each; the first is grey if it is `complete`."""
    colours = ("c0", "c4", "c2", "c3", "c5", "c1", "c6")
    found = {COMPLETE: Style("c6", "circle")} if COMPLETE in names else {}
    others = [name for name in names if name not in found]
    for i, name in enumerate(others):
        shape = i + i // len(colours) + (COMPLETE in names)  # never the same pair twice
        found[name] = Style(colours[i % len(colours)], MARKERS[shape % len(MARKERS)])
    return {name: found[name] for name in names}
