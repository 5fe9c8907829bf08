"""CASIA-B*: CASIA-B segmented anew; four files a sequence, of which one is wanted."""

from mimicgait.data.layouts.base import Counts, Layout
from mimicgait.data.layouts.casia_b import TYPES, VIEWS

CASIA_B_STAR = Layout(
    name="casia-b-star",
    title="CASIA-B*",
    levels=("person 001 to 124", "walk: nm normal, bg bag, cl coat, and a number", "angle of the camera"),
    types=TYPES,
    views=VIEWS,
    counts=Counts(train=74, test=50),
    file="*-aligned-sils.pkl",
    traps=(
        "The aligned silhouettes are 64x44. The files *-sils.pkl (128x128) are neither cropped nor centred: "
        "they are for networks that learn to segment.",
    ),
)
