"""RG-Gait (IJCB 2025): a guided residual on a frozen teacher, which keeps complete sequences in mind."""

from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path

from mimicgait.models.residual import ResidualNetwork
from mimicgait.training.baselines import OccludedRecognitionStage
from mimicgait.training.build import build_occlusion
from mimicgait.training.config import OcclusionConfig
from mimicgait.training.guide import load_visibility
from mimicgait.training.run import load_network, run_stage
from mimicgait.training.stage import Stage
from mimicgait.training.teacher import RecognitionConfig, recognition_validation


@dataclass(frozen=True, kw_only=True)
class RGGaitConfig(RecognitionConfig):
    """Settings of RG-Gait: half of the sequences are occluded, by 10 to 60 %; triplet and cross-entropy.

    F_m starts as a copy of the teacher and T at zero, so that the first signature is the teacher's: the
    description that we know says nothing about first weights.

    Args:
        teacher: the teacher's run or model folder; it stays as it is.
        visibility: the VEN's run or model folder.
        occlusion: which occlusions hide how many of the training sequences.
    """

    teacher: Path
    visibility: Path
    occlusion: OcclusionConfig = field(
        default_factory=lambda: OcclusionConfig(amount=(0.1, 0.6), probability=0.5)
    )

    def begins_with(self) -> tuple[Path, ...]:
        """Return the teacher and the VEN."""
        return (self.teacher, self.visibility)


def train_rggait(config: RGGaitConfig) -> Path:
    """Train RG-Gait's residual and return its run folder."""
    return run_stage(config, _stage, recognition_validation)


def _stage(config: RGGaitConfig, classes: int) -> Stage:
    teacher = load_network(config.teacher, config.trust)
    visibility = load_visibility(config.visibility, config.trust)
    network = ResidualNetwork(teacher, deepcopy(teacher).requires_grad_(True), visibility)
    return OccludedRecognitionStage(network, classes, config, build_occlusion(config.occlusion))
