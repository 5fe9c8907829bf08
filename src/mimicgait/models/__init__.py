"""Networks: gait backbones, the visibility estimation network, the mimic network, checkpoints."""

from mimicgait.models.blueprint import construct
from mimicgait.models.checkpoint import load_model, model_hash, save_model
from mimicgait.models.frozen import Frozen
from mimicgait.models.hub import from_pretrained, push_to_hub
from mimicgait.models.mimic import MimicNetwork
from mimicgait.models.plus import MimicPlusNetwork
from mimicgait.models.registered import Registered
from mimicgait.models.residual import ResidualNetwork
from mimicgait.models.visibility import OcclusionClassifier, Visibility, VisibilityNetwork

__all__ = [
    "Frozen",
    "MimicNetwork",
    "MimicPlusNetwork",
    "OcclusionClassifier",
    "Registered",
    "ResidualNetwork",
    "Visibility",
    "VisibilityNetwork",
    "construct",
    "from_pretrained",
    "load_model",
    "model_hash",
    "push_to_hub",
    "save_model",
]
