"""CCPG: 200 people who change their clothes."""

from mimicgait.data.layouts.base import Counts, Layout, Names

CCPG = Layout(
    name="ccpg",
    title="CCPG",
    levels=("person 000 to 199", "upper and lower clothes, and BG with a bag", "camera, and more after a _"),
    types=Names(r"U\d+_D\d+(_BG)?", "U<i>_D<j> or U<i>_D<j>_BG"),
    counts=Counts(train=100, test=100),
    file="*-aligned-sils.pkl",
    interpolation="area",
    traps=(
        "The text before the first _ of the view is the camera; the rest tells apart what it saw.",
        "Papers quote two families of results, of re-identification and of gait: say which.",
        "The field resizes these silhouettes by area, all others by cubic interpolation.",
    ),
)
