"""Networks: gait backbones, the visibility estimation network, the mimic network, checkpoints."""

from mimicgait.models.frozen import Frozen

__all__ = ["Frozen"]
