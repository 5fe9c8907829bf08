"""Gait3D: 4,000 people in a supermarket."""

from mimicgait.data.layouts.base import Counts, Layout, Names

GAIT3D = Layout(
    name="gait3d",
    title="Gait3D",
    levels=("person 0000 to 3999", "camera and video", "sequence"),
    types=Names(r"camid\d+_videoid\d+", "camidX_videoidY"),
    views=Names(r"seq\d+", "seqZ"),
    counts=Counts(train=3000, test=1000, probe=1000),
    traps=(
        "The release has ready files of 64x44 and 128x88, while running the field's preparation gives 64x64. "
        "The wrong cut is a top cause of failed reproductions: the import announces what it finds.",
        "The probes are those of PROBE_SET; the gallery is everything else in the test set.",
    ),
)
