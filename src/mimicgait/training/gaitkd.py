"""GaitKD (2026): a student of any size learns from the teacher's logits and activation boundaries.

The student sees occluded sequences and the teacher complete ones, so that it can stand beside the mimic; with
`occlusion.probability` 0 both see complete ones, as in compression.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import cast

import torch
from torch import Tensor, nn

from mimicgait.distance import at_least_float32, full_precision
from mimicgait.errors import ConfigError
from mimicgait.losses import ActivationBoundaryLoss, PartwiseLogitLoss
from mimicgait.losses.inputs import checked_number
from mimicgait.models import Frozen
from mimicgait.models.heads import SeparateLinear
from mimicgait.occlusion import Occlusion
from mimicgait.training.baselines import Baseline2Config
from mimicgait.training.build import build_occlusion
from mimicgait.training.initial import first_backbone
from mimicgait.training.run import load_network, run_stage
from mimicgait.training.stage import Stage
from mimicgait.training.teacher import RecognitionStage, build_neck, class_logits, recognition_validation
from mimicgait.types import Batch


@dataclass(frozen=True, kw_only=True)
class GaitKDConfig(Baseline2Config):
    """Settings of the distillation into a student of any architecture: Baseline-2's, and a teacher.

    `backbone` is the student's. The description that we know gives no weights of the two losses.

    Args:
        teacher: the teacher's run or model folder.
        temperature: of the part-wise logits.
        logit_weight: weight of the divergence between the logits, beside triplet and cross-entropy.
        boundary_weight: weight of the activation-boundary loss.
        boundary_margin: how far beyond the boundary the student's features should be, in standard deviations.
    """

    teacher: Path
    temperature: float = 4.0
    logit_weight: float = 1.0
    boundary_weight: float = 1.0
    boundary_margin: float = 1.0

    def begins_with(self) -> tuple[Path, ...]:
        """Return the teacher and, if there is one, the network to start from."""
        return (*super().begins_with(), self.teacher)

    def __post_init__(self) -> None:
        super().__post_init__()
        checked_number("logit_weight", self.logit_weight)
        checked_number("boundary_weight", self.boundary_weight)
        if self.neck == "none":
            raise ConfigError("neck: the distillation of logits needs a class head: choose bnneck or linear")


class GaitKDStage(RecognitionStage):
    """Recognition of occluded sequences, and two losses that compare with a teacher that sees them complete.

    The frozen teacher gets a class head of the student's kind, one for each of its parts, which learns by the
    same cross-entropy on the teacher's embeddings in the same steps; its logits are the student's targets.
    Like the student's it is left behind at the end.
    """

    def __init__(
        self,
        backbone: nn.Module,
        classes: int,
        config: GaitKDConfig,
        teacher: nn.Module,
        occlusion: Occlusion,
    ) -> None:
        super().__init__(backbone, classes, config)
        self.teacher, self.occlusion = Frozen(teacher), occlusion
        self.teacher_neck = build_neck(teacher, classes, config)
        self.connector = Connector(backbone, teacher)
        self.logit_loss = PartwiseLogitLoss(temperature=config.temperature)
        self.boundary_loss = ActivationBoundaryLoss(margin=config.boundary_margin)
        self.logit_weight, self.boundary_weight = config.logit_weight, config.boundary_weight
        self.scale = config.scale

    def forward(self, batch: Batch, generator: torch.Generator) -> tuple[Tensor, dict[str, Tensor]]:
        """Return all losses, that of the teacher's class head among them, and each of them for the log."""
        if self.neck is None or self.teacher_neck is None:
            raise ConfigError("neck: the distillation of logits needs a class head")
        complete = self.frames(batch, generator)
        hidden = self.occlusion(complete, generator, batch.lengths).frames
        target = self.teacher(complete, batch.lengths)
        student = self.backbone(hidden, batch.lengths)
        ours, theirs = class_logits(self.neck, student), class_logits(self.teacher_neck, target)
        recognition, logs = self.recognition(student, ours, batch.labels)
        head = self.identity(theirs, batch.labels)
        logits = self.logit_loss(*together(self.scale * ours, self.scale * theirs))
        boundary = self.boundary_loss(*self.connector(student, target))
        loss = recognition + head + self.logit_weight * logits + self.boundary_weight * boundary
        terms = {"teacher_head": head, "logits": logits, "boundary": boundary}
        return loss, {**logs, **{name: value.detach() for name, value in terms.items()}}


class Connector(nn.Module):
    """Makes the features of student and teacher comparable: as many parts, as wide, and centred at zero.

    A learned matrix a part widens or narrows the student's where the widths differ. BatchNorm puts the zero
    of every feature at its mean, where its activation boundary lies in a network that has a BatchNorm before
    each ReLU; without it the signs of embeddings would say little, since they share one large direction.
    """

    def __init__(self, student: nn.Module, teacher: nn.Module) -> None:
        super().__init__()
        ours, theirs = cast(int, student.parts), cast(int, teacher.parts)
        parts = ours if ours == theirs else 1
        narrow, wide = cast(int, student.channels), cast(int, teacher.channels)
        self.projection = SeparateLinear(parts, narrow, wide) if narrow != wide else nn.Identity()
        self.student_norm = nn.BatchNorm1d(parts * wide)
        self.teacher_norm = nn.BatchNorm1d(parts * wide, affine=False)

    def forward(self, student: Tensor, teacher: Tensor) -> tuple[Tensor, Tensor]:
        """Map embeddings of both `[n, c, p]`, of any widths, to pre-activations `[n, c, p]` of one shape."""
        student, teacher = together(student, teacher)
        ours = self.projection(student)
        with full_precision(ours):
            shape = ours.shape
            ours = self.student_norm(at_least_float32(ours).flatten(1)).view(shape)
            theirs = self.teacher_norm(at_least_float32(teacher).flatten(1)).view(shape)
        return ours, theirs


def together(student: Tensor, teacher: Tensor) -> tuple[Tensor, Tensor]:
    """Leave `[n, c, p]` of both as they are if they have as many parts; else take the mean over parts."""
    if student.shape[2] == teacher.shape[2]:
        return student, teacher
    return student.mean(2, keepdim=True), teacher.mean(2, keepdim=True)


def train_gaitkd(config: GaitKDConfig) -> Path:
    """Distil a teacher into a student of any size and return its run folder."""
    return run_stage(config, _stage, recognition_validation)


def _stage(config: GaitKDConfig, classes: int) -> Stage:
    teacher = load_network(config.teacher, config.trust)
    student = first_backbone(config.backbone, config.initial, config.layers, config.trust)
    return GaitKDStage(student, classes, config, teacher, build_occlusion(config.occlusion))
