"""OU-MVLP: 10,307 people, two walks, 14 views."""

from mimicgait.data.layouts.base import Counts, Layout, Names, Place

OUMVLP = Layout(
    name="oumvlp",
    title="OU-MVLP",
    levels=("person 00001 to 10307", "number of the walk", "angle of the camera"),
    places=(Place("Silhouette_{view}-{type}/{subject}"), Place()),
    types=Names("0[01]", "00, 01"),
    views=Names(
        "|".join(f"{angle:03d}" for angle in (*range(0, 91, 15), *range(180, 271, 15))),
        "000 to 090 and 180 to 270, by 15",
    ),
    counts=Counts(train=5153, test=5154),
    traps=(
        "Not everybody was seen from everywhere: probes without a mate exist. Some papers drop them, others "
        "count them as errors, which makes some points of difference.",
        "Training people have odd numbers, test people even ones.",
    ),
)
