"""FreeGait: 1,195 people outdoors, camera and LiDAR."""

from mimicgait.data.layouts.base import Counts, Layout

FREEGAIT = Layout(
    name="freegait",
    title="FreeGait",
    levels=("person", "condition of the walk", "sequence"),
    counts=Counts(train=500, test=695, probe=3571, gallery=691),
    traps=("Probe and gallery are named by the partition; probes without a mate are not counted.",),
    verified=False,
)
