"""Gait backbones, one file a family."""

from mimicgait.models.backbones.deepgaitv2 import DeepGaitV2
from mimicgait.models.backbones.gaitbase import GaitBase
from mimicgait.models.backbones.gaitgl import GaitGL
from mimicgait.models.backbones.gaitpart import GaitPart
from mimicgait.models.backbones.gaitset import GaitSet
from mimicgait.models.backbones.swingait import SwinGait

__all__ = ["DeepGaitV2", "GaitBase", "GaitGL", "GaitPart", "GaitSet", "SwinGait"]
