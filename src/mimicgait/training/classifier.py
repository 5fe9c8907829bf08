"""The classifier of occlusion types: the VEN without its estimate of the amount (WACV 2024's guide)."""

from dataclasses import dataclass
from pathlib import Path
from typing import cast

from torch import nn

from mimicgait.data import SequenceStore
from mimicgait.evaluation.visibility import type_accuracy
from mimicgait.losses import VisibilityLoss
from mimicgait.models import OcclusionClassifier
from mimicgait.precision import Precision
from mimicgait.training.loop import Validate
from mimicgait.training.run import run_stage
from mimicgait.training.stage import Stage
from mimicgait.training.visibility import FrameConfig, VisibilityStage, with_nothing


@dataclass(frozen=True, kw_only=True)
class ClassifierConfig(FrameConfig):
    """Settings of the classifier of occlusion types: those of a VEN, as far as they concern types."""


def train_classifier(config: ClassifierConfig) -> Path:
    """Train a classifier of occlusion types and return its run folder."""
    return run_stage(config, _stage, _validation)


def _stage(config: ClassifierConfig, classes: int) -> Stage:
    del classes
    classifier = OcclusionClassifier(kinds=config.kinds)
    loss = VisibilityLoss(
        class_weight=config.class_weight, amount_weight=0.0, double_softmax=config.double_softmax
    )
    return VisibilityStage(classifier, with_nothing(config.occlusion), loss)


def _validation(config: ClassifierConfig, store: SequenceStore, precision: Precision) -> Validate:
    occlusion = with_nothing(config.occlusion)

    def judge(network: nn.Module) -> dict[str, float]:
        classifier = cast(OcclusionClassifier, network)
        return {"accuracy": type_accuracy(classifier, store, occlusion=occlusion, precision=precision)}

    return judge
