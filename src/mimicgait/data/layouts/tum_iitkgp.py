"""TUM-IITKGP and its like: few people, real static and dynamic occlusions, folders made by their users."""

from mimicgait.data.layouts.base import Layout

TUM_IITKGP = Layout(
    name="tum-iitkgp",
    title="TUM-IITKGP",
    levels=("person", "regular, hands in pocket, backpack, gown, occluded", "repetition or side"),
    traps=(
        "Videos are released, not silhouettes: the folders are those that you made, and so are their names.",
        "No partition file is in common use: give your own, or make one with mimicgait data split.",
    ),
    verified=False,
)
