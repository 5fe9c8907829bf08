"""Synthetic occlusions: frames in, frames and their visibility out."""

from mimicgait.occlusion.base import Kind, Occluded, Occlusion
from mimicgait.occlusion.config import occlusion_from_config
from mimicgait.occlusion.cut import Bottom, Changing, Top
from mimicgait.occlusion.lost_frames import LostFrames
from mimicgait.occlusion.middle import Middle
from mimicgait.occlusion.mixture import Mixture
from mimicgait.occlusion.moving import MovingPatch, MovingPole
from mimicgait.occlusion.nothing import Nothing
from mimicgait.occlusion.objects import Objects
from mimicgait.occlusion.people import People
from mimicgait.occlusion.presets import all_types, at_amount, dynamic_mixture, paper_mixture
from mimicgait.occlusion.redetected import Redetected
from mimicgait.occlusion.seeding import seeded_uniforms

__all__ = [
    "Bottom",
    "Changing",
    "Kind",
    "LostFrames",
    "Middle",
    "Mixture",
    "MovingPatch",
    "MovingPole",
    "Nothing",
    "Objects",
    "Occluded",
    "Occlusion",
    "People",
    "Redetected",
    "Top",
    "all_types",
    "at_amount",
    "dynamic_mixture",
    "occlusion_from_config",
    "paper_mixture",
    "seeded_uniforms",
]
