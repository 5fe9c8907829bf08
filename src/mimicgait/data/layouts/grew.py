"""GREW: 26,000 people outdoors; the raw folders have other levels, and two gallery walks without numbers."""

from mimicgait.data.layouts.base import Counts, Layout, Names, Place

GREW = Layout(
    name="grew",
    title="GREW",
    levels=(
        "person: 00001train ... in training, 00001 ... in the test, and the word probe",
        "00 training, 01 and 02 gallery, 03 probe",
        "code of the sequence, which is the video id of a submission",
    ),
    places=(
        Place("train/{subject}/{view}", subject="{subject}train", type="00"),
        Place("test/gallery/{subject}/{view}", type="{rank:02d}"),
        Place("test/probe/{view}", subject="probe", type="03"),
        Place("probe/{view}", subject="probe", type="03"),
        Place(),
    ),
    types=Names("0[0-3]", "00 in training, 01 and 02 in the gallery, 03 for probes"),
    counts=Counts(train=20_000, test=6_001),
    images="keep",
    traps=(
        "The raw data do not say which gallery walk is 01 and which 02. Other tools number them in the order "
        "in which the disk lists them, so that a local number depends on the machine. Here the codes are "
        "sorted; the manifest and its hash tell whether two imports agree.",
        "The probes have no labels: an official number needs a submission, and the server has closed. A "
        "local number takes 01 as gallery and 02 as probe, and is 4 to 5 points lower: name the protocol.",
        "The 6,001 test people are 6,000 and the word probe. Some trees lack the level 03 below it.",
        "The distractor set is left out by everybody, and here.",
    ),
)
