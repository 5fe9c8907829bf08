"""Networks: gait backbones, the visibility estimation network, the mimic network, checkpoints."""

from mimicgait.models.checkpoint import load_model, model_hash, save_model
from mimicgait.models.frozen import Frozen
from mimicgait.models.mimic import MimicNetwork
from mimicgait.models.visibility import Visibility, VisibilityNetwork

__all__ = [
    "Frozen",
    "MimicNetwork",
    "Visibility",
    "VisibilityNetwork",
    "load_model",
    "model_hash",
    "save_model",
]
