"""BRIAR and its like: restricted data, whose gallery and probes are the user's own lists."""

from mimicgait.data.layouts.base import Layout

BRIAR = Layout(
    name="briar",
    title="BRIAR",
    levels=("person", "collection, place and distance", "camera and clip"),
    traps=(
        "The data are not public. Gallery (controlled, indoors) and probes (outdoors, elevated, from the "
        "air) come from your lists: a CSV file with the columns set, subject, type and view.",
        "Standing sequences are left out by those who publish: leave them out of the lists.",
        "What is reported is Rank-1, Rank-20, and TAR at FAR 0.01.",
    ),
    verified=False,
)
