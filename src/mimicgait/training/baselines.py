"""Baseline-2: the teacher's network and losses, trained on occluded sequences."""

from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor, nn

from mimicgait.occlusion import Occlusion
from mimicgait.training.build import build_backbone, build_occlusion
from mimicgait.training.config import OcclusionConfig
from mimicgait.training.run import load_network, run_stage
from mimicgait.training.stage import Stage
from mimicgait.training.teacher import RecognitionStage, TeacherConfig, recognition_validation
from mimicgait.types import Batch


@dataclass(frozen=True, kw_only=True)
class Baseline2Config(TeacherConfig):
    """Settings of Baseline-2: the teacher's, and what is hidden.

    Args:
        occlusion: which occlusions hide the training sequences.
        initial: a trained network to start from; none starts from random weights.
    """

    occlusion: OcclusionConfig = field(default_factory=OcclusionConfig)
    initial: Path | None = None

    def begins_with(self) -> tuple[Path, ...]:
        """Return the network to start from, if there is one."""
        return (self.initial,) if self.initial else ()


class OccludedRecognitionStage(RecognitionStage):
    """Recognition of sequences that are occluded, each with its own draw."""

    def __init__(
        self, backbone: nn.Module, classes: int, config: TeacherConfig, occlusion: Occlusion
    ) -> None:
        super().__init__(backbone, classes, config)
        self.occlusion = occlusion

    def frames(self, batch: Batch, generator: torch.Generator) -> Tensor:
        """Return the batch's frames, augmented and then occluded."""
        complete = super().frames(batch, generator)
        return self.occlusion(complete, generator, batch.lengths).frames


def train_baseline2(config: Baseline2Config) -> Path:
    """Train Baseline-2 and return its run folder."""
    return run_stage(config, _stage, recognition_validation)


def _stage(config: Baseline2Config, classes: int) -> Stage:
    backbone = (
        load_network(config.initial, config.trust) if config.initial else build_backbone(config.backbone)
    )
    return OccludedRecognitionStage(
        backbone.requires_grad_(True), classes, config, build_occlusion(config.occlusion)
    )
