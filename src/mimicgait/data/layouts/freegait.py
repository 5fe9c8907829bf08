"""FreeGait: 1,195 people outdoors, camera and LiDAR."""

from mimicgait.data.layouts.base import Counts, Layout, Place

FREEGAIT = Layout(
    name="freegait",
    title="FreeGait",
    levels=("person", "device: the view", "sequence"),
    places=(Place(), Place("{subject}/{type}/{view}/image")),
    file="image.pkl",
    ignored=("lidar", "range_pkl", "smpl", "kp3d"),
    counts=Counts(train=500, test=695, probe=3571, gallery=691),
    traps=(
        "Probe and gallery are named by the partition; probes without a mate are not counted.",
        "Of the five kinds of data of a sequence, image.pkl holds the silhouettes.",
    ),
    verified=False,
)
