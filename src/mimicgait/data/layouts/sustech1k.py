"""SUSTech1K: 1,050 people, camera and LiDAR, 16 files a sequence."""

from mimicgait.data.layouts.base import Counts, Layout, Names

MODALITIES, ALIGNED_SILHOUETTES = 16, 6

SUSTECH1K = Layout(
    name="sustech1k",
    title="SUSTech1K",
    levels=("person", "number and covariates, such as 00-nm or 01-bg-cl", "angle"),
    types=Names(r"\d\d-[a-z]+([-_][a-z0-9]+)*", "two digits and covariates, such as 00-nm"),
    counts=Counts(train=250, test=800),
    data_in_use=tuple(index == ALIGNED_SILHOUETTES for index in range(MODALITIES)),
    traps=(
        "Of the 16 files of a sequence, the one at position 6 (from 0) holds the camera's aligned "
        "silhouettes; the one after it is raw, and position 2 is the LiDAR's.",
        "A type may name several covariates, so that one sequence counts in several conditions.",
        "The camera has 30 frames a second, the LiDAR 10.",
    ),
)
