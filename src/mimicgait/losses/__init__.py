"""Losses of the teacher, of the visibility network and of the distillation."""

from mimicgait.losses.compression import ActivationBoundaryLoss, PartwiseLogitLoss
from mimicgait.losses.distillation import MultiInstanceDistillationLoss, PartwiseL2Loss
from mimicgait.losses.hinge import mean_active_hinge
from mimicgait.losses.identity import IdentityLoss
from mimicgait.losses.triplet import TripletLoss
from mimicgait.losses.visibility import VisibilityLoss
from mimicgait.losses.visible import VisiblePartsLoss

__all__ = [
    "ActivationBoundaryLoss",
    "IdentityLoss",
    "MultiInstanceDistillationLoss",
    "PartwiseL2Loss",
    "PartwiseLogitLoss",
    "TripletLoss",
    "VisibilityLoss",
    "VisiblePartsLoss",
    "mean_active_hinge",
]
