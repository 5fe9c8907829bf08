"""MimicPlus: a student that sees part of its walks occluded learns the teacher's parts where it sees them."""

from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor, nn

from mimicgait.data import SequenceStore
from mimicgait.data.augment import Augment, Flip
from mimicgait.evaluation.extract import embed_store
from mimicgait.evaluation.suite import first_people
from mimicgait.losses.inputs import checked_number
from mimicgait.losses.visible import VisiblePartsLoss
from mimicgait.models import Frozen, MimicPlusNetwork
from mimicgait.occlusion import Occlusion
from mimicgait.precision import Precision
from mimicgait.training.build import build_occlusion
from mimicgait.training.config import OcclusionConfig, StageConfig
from mimicgait.training.gather import gather, world_size
from mimicgait.training.guide import load_visibility
from mimicgait.training.loop import Validate
from mimicgait.training.run import load_network, run_stage
from mimicgait.training.stage import Stage
from mimicgait.training.validation import rank_validation
from mimicgait.types import Batch

CENTRE_PEOPLE = 50
"""How many training people the teacher's mean signature is taken from."""


@dataclass(frozen=True, kw_only=True)
class MimicPlusConfig(StageConfig):
    """Settings of MimicPlus: 30 % of the sequences stay complete, the rest loses 10 to 65 % of its height.

    Args:
        teacher: the teacher's run or model folder; the student starts as its copy.
        visibility: the VEN's run or model folder.
        temperature: of the softmax over the candidates.
        alignment: weight of one minus the cosine to the teacher's signature of the same sequence.
        placed: put frames back where they belong.
        weighted: leave out of signature and loss what is out of sight.
        occlusion: which occlusions hide how many of the training sequences.
        flip: probability that a sequence is mirrored, for teacher and student alike.
        student_share: what is saved is the average of the student's weights, with this share, and the
            teacher's. Below 1 it is less robust to occlusion, and closer to the teacher on data that neither
            was trained on (Wortsman et al., "Robust fine-tuning of zero-shot models", CVPR 2022).
            Validation during the training sees the student alone.
    """

    teacher: Path
    visibility: Path
    temperature: float = 0.2
    alignment: float = 0.0
    placed: bool = True
    weighted: bool = True
    occlusion: OcclusionConfig = field(
        default_factory=lambda: OcclusionConfig(amount=(0.1, 0.65), probability=0.7)
    )
    flip: float = 0.0
    student_share: float = 1.0

    def begins_with(self) -> tuple[Path, ...]:
        """Return the teacher and the VEN."""
        return (self.teacher, self.visibility)

    def __post_init__(self) -> None:
        super().__post_init__()
        checked_number("temperature", self.temperature, low=1e-3)
        checked_number("alignment", self.alignment)
        checked_number("student_share", self.student_share, low=0.0, high=1.0)


class VisiblePartsStage(Stage):
    """Distillation of a teacher that sees complete sequences, part by part, where the student sees them.

    Args:
        student: begins as the teacher.
        teacher: whose signatures it learns.
        occlusion: hides parts of what the student sees, or nothing.
        loss: of `(student [n, c, p], centred teacher [n, c, p], labels [n])`.
        flip: probability that a sequence is mirrored.
        student_share: the student's in the average with the teacher's weights that is left at the end.
    """

    centre: Tensor

    def __init__(
        self,
        student: MimicPlusNetwork,
        teacher: nn.Module,
        occlusion: Occlusion,
        loss: nn.Module,
        flip: float = 0.0,
        student_share: float = 1.0,
    ) -> None:
        super().__init__()
        self.student, self.teacher = student, Frozen(teacher)
        self.student_share = student_share
        self.occlusion, self.loss = occlusion, loss
        self.augment = Augment([Flip(flip)] if flip else [])
        self.register_buffer("centre", student.centre.detach().clone())

    def forward(self, batch: Batch, generator: torch.Generator) -> tuple[Tensor, dict[str, Tensor]]:
        """Return the loss of a batch."""
        complete = self.augment(batch.frames, generator)
        hidden = self.occlusion(complete, generator, batch.lengths).frames
        target = self.teacher(complete, batch.lengths) - self.centre
        student = self.student(hidden, batch.lengths)
        loss = self.loss(gather(student), gather(target), gather(batch.labels))
        return world_size() * loss, {"distillation": loss.detach()}

    def network(self) -> nn.Module:
        """Return the student, VEN included."""
        return self.student

    @torch.no_grad()
    def finish(self) -> None:
        """Average the student's weights, and the statistics of its BatchNorms, with the teacher's."""
        if self.student_share == 1:
            return
        teacher = self.teacher.module.state_dict()
        for name, own in self.student.backbone.state_dict().items():
            if own.is_floating_point():
                own.lerp_(teacher[name].to(own), 1 - self.student_share)


def train_plus(config: MimicPlusConfig) -> Path:
    """Train MimicPlus and return its run folder."""
    return run_stage(config, _stage, _validation)


def _stage(config: MimicPlusConfig, classes: int) -> Stage:
    del classes
    teacher = load_network(config.teacher, config.trust)
    student = MimicPlusNetwork(
        deepcopy(teacher).requires_grad_(True),
        load_visibility(config.visibility, config.trust),
        placed=config.placed,
        weighted=config.weighted,
    )
    people = first_people(SequenceStore(config.train), CENTRE_PEOPLE)
    with torch.no_grad():
        student.centre.copy_(embed_store(teacher, people).values.mean(0))
    loss = VisiblePartsLoss(temperature=config.temperature, alignment=config.alignment)
    hidden = build_occlusion(config.occlusion)
    return VisiblePartsStage(student, teacher, hidden, loss, config.flip, config.student_share)


def _validation(config: MimicPlusConfig, store: SequenceStore, precision: Precision) -> Validate:
    return rank_validation(store, build_occlusion(config.occlusion), precision)
