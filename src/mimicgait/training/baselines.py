"""Baseline-2: the teacher's network and losses, trained on occluded sequences."""

from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor, nn

from mimicgait.occlusion import Occlusion
from mimicgait.training.build import build_occlusion
from mimicgait.training.config import OcclusionConfig
from mimicgait.training.initial import first_backbone
from mimicgait.training.run import run_stage
from mimicgait.training.stage import Stage
from mimicgait.training.teacher import (
    RecognitionConfig,
    RecognitionStage,
    TeacherConfig,
    recognition_validation,
)
from mimicgait.types import Batch


@dataclass(frozen=True, kw_only=True)
class Baseline2Config(TeacherConfig):
    """Settings of Baseline-2: the teacher's, and what is hidden.

    Args:
        occlusion: which occlusions hide the training sequences.
    """

    occlusion: OcclusionConfig = field(default_factory=OcclusionConfig)


class OccludedRecognitionStage(RecognitionStage):
    """Recognition of sequences that are occluded, each with its own draw."""

    def __init__(
        self, backbone: nn.Module, classes: int, config: RecognitionConfig, occlusion: Occlusion
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
    backbone = first_backbone(config.backbone, config.initial, config.layers, config.trust)
    return OccludedRecognitionStage(backbone, classes, config, build_occlusion(config.occlusion))
