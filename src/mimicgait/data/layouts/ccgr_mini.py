"""CCGR-MINI: 53 covariates and 33 views, of each of which a person has few sequences."""

from mimicgait.data.layouts.base import Counts, Layout, Names

CCGR_MINI = Layout(
    name="ccgr-mini",
    title="CCGR-MINI",
    levels=("person", "code of the covariates, such as BGCRCLSU1", "view, named like a video: 45_1.avi"),
    types=Names("[A-Za-z0-9]+", "letters and digits, such as BGCRCLSU1"),
    counts=Counts(train=571, test=400, gallery=795),
    file="002-*.pkl",
    traps=(
        "The gallery is GALLERY_SET, 795 sequences, and everything else asks: the reverse of Gait3D.",
        "One of the 400 test people has no sequence in the gallery.",
        "The prepared folders hold five files a sequence, of which 002- holds the silhouettes.",
    ),
)
