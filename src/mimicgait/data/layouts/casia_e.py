"""CASIA-E: 1,014 people, two heights of cameras, three scenes."""

from mimicgait.data.layouts.base import Counts, Layout, Names, Place

CASIA_E = Layout(
    name="casia-e",
    title="CASIA-E",
    levels=("person 001 to 1014", "height, scene, condition, number: H-scene1-nm-1", "angle of the camera"),
    places=(
        Place(),
        Place(
            "{subject}/{height}/{scene}/{condition}/{view}/{number}",
            type="{height}-{scene}-{condition}-{number}",
        ),
    ),
    types=Names(
        r"[HL]-scene\d(_s)?-(nm|bg|cl)-\d",
        "H-scene1-nm-1 and so on",
        spellings=((r"^([HL])_(scene\d(?:_s)?)_(nm|bg|cl)_(\d)$", r"\1-\2-\3-\4"),),
    ),
    counts=Counts(train=200, test=814),
    traps=(
        "Some tools write underscores in the type; the field's evaluation knows hyphens only. Here they "
        "become hyphens.",
        "The usual partition of 200 and 814 people is not the one of the CASIA-E paper.",
        "The usual evaluation leaves view 270 out.",
    ),
)
