"""Gait backbones, one file a family."""

from mimicgait.models.backbones.gaitbase import GaitBase

__all__ = ["GaitBase"]
