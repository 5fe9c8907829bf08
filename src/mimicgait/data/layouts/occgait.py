"""OccGait: 101 people indoors, really hidden by what they carry, by other people and by things."""

from mimicgait.data.layouts.base import Layout, Names

OCCGAIT = Layout(
    name="occgait",
    title="OccGait",
    levels=("person", "kind of occlusion and a number: NM, CA carried, CR crowd, ST static", "angle"),
    types=Names(r"(NM|CA|CR|ST)\d+", "NM, CA, CR or ST and a number, such as CA01"),
    traps=(
        "It comes as raw PNG frames. Cropping to the visible rows stretches what is left of a hidden person "
        "to full height, as in all of the field's data.",
        "No partition file is in common use: give your own.",
    ),
    verified=False,
)
