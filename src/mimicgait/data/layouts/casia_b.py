"""CASIA-B: 124 people indoors, 11 views, normal walk, bag and coat."""

from mimicgait.data.layouts.base import Counts, Layout, Names

TYPES = Names("nm-0[1-6]|(bg|cl)-0[12]", "nm-01 to nm-06, bg-01, bg-02, cl-01, cl-02")
VIEWS = Names("|".join(f"{angle:03d}" for angle in range(0, 181, 18)), "000, 018, ..., 180")

CASIA_B = Layout(
    name="casia-b",
    title="CASIA-B",
    levels=("person 001 to 124", "walk: nm normal, bg bag, cl coat, and a number", "angle of the camera"),
    types=TYPES,
    views=VIEWS,
    counts=Counts(train=74, test=50),
    traps=(
        "The released silhouettes are of background subtraction and noisy; papers that use a new "
        "segmentation (CASIA-B*) give other numbers.",
    ),
)
