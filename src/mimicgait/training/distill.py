"""Stage 2: the mimic network learns from the frozen teacher to see past the occlusion."""

from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import torch
from torch import Tensor, nn

from mimicgait.data import SequenceStore
from mimicgait.data.augment import Augment, Flip
from mimicgait.errors import CheckpointError
from mimicgait.losses import MultiInstanceDistillationLoss
from mimicgait.models import Frozen, MimicNetwork, VisibilityNetwork
from mimicgait.models.blueprint import build, describe
from mimicgait.occlusion import Occlusion
from mimicgait.precision import Precision
from mimicgait.training.build import build_occlusion
from mimicgait.training.config import OcclusionConfig, StageConfig
from mimicgait.training.gather import gather, world_size
from mimicgait.training.loop import Validate
from mimicgait.training.run import load_network, run_stage
from mimicgait.training.stage import Stage
from mimicgait.training.validation import rank_validation
from mimicgait.types import Batch


@dataclass(frozen=True, kw_only=True)
class MimicConfig(StageConfig):
    """Settings of the distillation (paper: margin 0.05, no cross-entropy).

    Args:
        teacher: the teacher's run or model folder.
        visibility: the VEN's run or model folder; none trains without guidance (the paper's ablation).
        initial: the mimic's first weights: drawn at `random`, or the `teacher`'s with a mixing that starts
            as identity.
        margin: of the distillation loss; distances of flattened, normalised signatures are at most 2.
        normalize: L2-normalise the flattened signatures before they are compared.
        anchors: `student` as the paper writes it, `all` as the released code computes it.
        occlusion: which occlusions the mimic sees.
        flip: probability that a sequence is mirrored, for teacher and mimic alike.
    """

    teacher: Path
    visibility: Path | None = None
    initial: Literal["teacher", "random"] = "teacher"
    margin: float = 0.05
    normalize: bool = True
    anchors: Literal["student", "all"] = "student"
    occlusion: OcclusionConfig = field(default_factory=OcclusionConfig)
    flip: float = 0.0

    def begins_with(self) -> tuple[Path, ...]:
        """Return the teacher and, where there is one, the VEN."""
        return (self.teacher, self.visibility) if self.visibility else (self.teacher,)


class DistillationStage(Stage):
    """Multi-instance correlational distillation: teacher on complete, mimic on occluded sequences."""

    def __init__(
        self,
        mimic: MimicNetwork,
        teacher: nn.Module,
        occlusion: Occlusion,
        loss: MultiInstanceDistillationLoss,
        flip: float = 0.0,
    ) -> None:
        super().__init__()
        self.mimic, self.teacher = mimic, Frozen(teacher)
        self.occlusion, self.loss = occlusion, loss
        self.augment = Augment([Flip(flip)] if flip else [])

    def forward(self, batch: Batch, generator: torch.Generator) -> tuple[Tensor, dict[str, Tensor]]:
        """Return the distillation loss."""
        complete = self.augment(batch.frames, generator)
        hidden = self.occlusion(complete, generator, batch.lengths).frames
        target = self.teacher(complete, batch.lengths)
        student = self.mimic(hidden, batch.lengths)
        loss = self.loss(gather(student), gather(target), gather(batch.labels))
        return world_size() * loss, {"distillation": loss.detach()}

    def network(self) -> nn.Module:
        """Return the mimic network, VEN and mixing included."""
        return self.mimic


def train_mimic(config: MimicConfig) -> Path:
    """Distil a teacher into a mimic network and return its run folder."""
    return run_stage(config, _stage, _validation)


def _stage(config: MimicConfig, classes: int) -> Stage:
    del classes  # the distillation compares people, it does not classify them
    teacher = load_network(config.teacher, config.trust)
    visibility = load_network(config.visibility, config.trust) if config.visibility else None
    if visibility is not None and not isinstance(visibility, VisibilityNetwork):
        raise CheckpointError(
            f"{config.visibility} holds a {type(visibility).__name__}, not a VisibilityNetwork; "
            "train one with `mimicgait train ven`"
        )
    mimic = MimicNetwork(first_student(teacher, config), visibility)
    if config.initial == "teacher":
        mimic.initialise_from(teacher)
    loss = MultiInstanceDistillationLoss(
        margin=config.margin, normalize=config.normalize, anchors=config.anchors
    )
    return DistillationStage(mimic, teacher, build_occlusion(config.occlusion), loss, config.flip)


def first_student(teacher: nn.Module, config: MimicConfig) -> nn.Module:
    """Return a network of the teacher's architecture: a copy of it, or one with fresh weights.

    Raises:
        CheckpointError: if fresh weights are wanted and the teacher cannot be described.
    """
    if config.initial == "teacher":
        return deepcopy(teacher).requires_grad_(True)
    return build(describe(teacher), config.trust)


def _validation(config: MimicConfig, store: SequenceStore, precision: Precision) -> Validate:
    return rank_validation(store, build_occlusion(config.occlusion), precision)
