"""HID: the competitions on identification at a distance; the probes have no labels."""

from mimicgait.data.layouts.base import Counts, Layout, Place

HID = Layout(
    name="hid",
    title="HID",
    levels=("person, or the word probe", "sequence", "always default"),
    places=(
        Place("train/{subject}/{type}", view="default"),
        Place("HID2022_test_gallery/{subject}/{type}", view="default"),
        Place("HID2022_test_probe/{type}", subject="probe", view="default"),
        Place(),
        Place("{subject}/{type}", view="default"),
    ),
    counts=Counts(train=500, test=506),
    images="keep",
    traps=(
        "All probes lie under the id probe: an official number needs a submission.",
        "Files are 128 high and are reduced here by area: not for networks that were made for 128x88.",
        "The edition of 2023 has no training people and 860 in the test, the word probe among them.",
    ),
)
