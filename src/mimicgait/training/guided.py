"""Guidance without distillation: eq. 1's network trained with the teacher's losses on occluded sequences.

Guided by a classifier of occlusion types it is Occlusion-Aware gait recognition (Gupta and Chellappa, WACV
2024), the rival of MimicGait; guided by a VEN it is MimicGait's ablation without distillation.
"""

from dataclasses import dataclass
from pathlib import Path

from mimicgait.models import MimicNetwork
from mimicgait.training.baselines import Baseline2Config, OccludedRecognitionStage
from mimicgait.training.build import build_occlusion
from mimicgait.training.guide import load_guide
from mimicgait.training.initial import first_backbone
from mimicgait.training.run import run_stage
from mimicgait.training.stage import Stage
from mimicgait.training.teacher import recognition_validation


@dataclass(frozen=True, kw_only=True)
class GuidedConfig(Baseline2Config):
    """Settings of a guided network: Baseline-2's, and what guides it.

    With `initial` the first signature is that of the network there: T starts as the identity on F_m and zero
    on V. If that network is guided already, its T goes on.

    Args:
        visibility: the run or model folder of a classifier of occlusion types (Occlusion-Aware), or of a VEN.
    """

    visibility: Path

    def begins_with(self) -> tuple[Path, ...]:
        """Return the guide and, if there is one, the network to start from."""
        return (*super().begins_with(), self.visibility)


def train_guided(config: GuidedConfig) -> Path:
    """Train a guided network without distillation and return its run folder."""
    return run_stage(config, _stage, recognition_validation)


def _stage(config: GuidedConfig, classes: int) -> Stage:
    network = first_guided(config)
    return OccludedRecognitionStage(network, classes, config, build_occlusion(config.occlusion))


def first_guided(config: GuidedConfig) -> MimicNetwork:
    """Return the guided network that the training begins with.

    Raises:
        CheckpointError: if a network is missing or of the wrong kind.
        ConfigError: if the network to start from is guided in another way.
    """
    guide = load_guide(config.visibility, config.trust)
    source = first_backbone(config.backbone, config.initial, config.layers, config.trust)
    if isinstance(source, MimicNetwork):
        network = MimicNetwork(source.backbone, guide)
        network.continue_from(source)
        return network
    network = MimicNetwork(source, guide)
    if config.initial is not None:
        network.pass_on()
    return network
