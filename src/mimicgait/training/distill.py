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
from mimicgait.losses import IdentityLoss, MultiInstanceDistillationLoss, PartwiseL2Loss
from mimicgait.losses.inputs import checked_number
from mimicgait.models import Frozen, MimicNetwork
from mimicgait.models.blueprint import build, describe
from mimicgait.models.heads import BNNeck
from mimicgait.models.mimic import Signature
from mimicgait.occlusion import Occlusion
from mimicgait.precision import Precision
from mimicgait.training.build import build_occlusion
from mimicgait.training.config import OcclusionConfig, StageConfig
from mimicgait.training.gather import gather, world_size
from mimicgait.training.guide import load_guide
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
        visibility: the run or model folder of the VEN, or of a classifier of occlusion types; none trains
            without guidance (the paper's ablations).
        initial: the mimic's first weights: drawn at `random`, the `teacher`'s with a mixing that starts as
            identity, or the run of a mimic that goes on, on other occlusions for example.
        loss: `mickd` as in the paper, or `l2`, the distance between both signatures part by part (its rival),
            which has no use for the three settings of `mickd`.
        margin: of `mickd`; distances of flattened, normalised signatures are at most 2.
        normalize: of `mickd`: L2-normalise the flattened signatures before they are compared.
        anchors: of `mickd`: `student` as the paper writes it, `all` as the released code computes it.
        identity: weight of a cross-entropy over the people beside the distillation, by a class head that is
            left behind at the end; 0 for none, as in the paper.
        occlusion: which occlusions the mimic sees.
        shared_draw: one draw for all sequences of a batch, as the released code has it; the paper draws for
            each.
        signature: `guided`, or `backbone` for a network that leaves the guidance out once it is trained, as
            the released code does.
        flip: probability that a sequence is mirrored, for teacher and mimic alike.
    """

    teacher: Path
    visibility: Path | None = None
    initial: Literal["teacher", "random"] | Path = "teacher"
    loss: Literal["mickd", "l2"] = "mickd"
    margin: float = 0.05
    normalize: bool = True
    anchors: Literal["student", "all"] = "student"
    identity: float = 0.0
    occlusion: OcclusionConfig = field(default_factory=OcclusionConfig)
    shared_draw: bool = False
    signature: Signature = "guided"
    flip: float = 0.0

    def begins_with(self) -> tuple[Path, ...]:
        """Return the teacher and, where there are any, the guide and the mimic that goes on."""
        others = (self.visibility, self.initial if isinstance(self.initial, Path) else None)
        return (self.teacher, *(path for path in others if path is not None))

    def __post_init__(self) -> None:
        super().__post_init__()
        checked_number("identity", self.identity)


class DistillationStage(Stage):
    """Distillation of a teacher that sees complete sequences into a mimic that sees them occluded.

    Args:
        mimic: the student.
        teacher: whose signatures it learns.
        occlusion: hides parts of what the student sees.
        loss: of `(student [n, c, p], teacher [n, c, p], labels [n])`.
        flip: probability that a sequence is mirrored.
        shared_draw: one occlusion for the whole batch.
        classes: how many people a class head tells apart; 0 for no such head.
        identity: weight of its cross-entropy.
    """

    def __init__(
        self,
        mimic: MimicNetwork,
        teacher: nn.Module,
        occlusion: Occlusion,
        loss: nn.Module,
        flip: float = 0.0,
        *,
        shared_draw: bool = False,
        classes: int = 0,
        identity: float = 0.0,
    ) -> None:
        super().__init__()
        self.mimic, self.teacher = mimic, Frozen(teacher)
        self.occlusion, self.loss, self.shared_draw = occlusion, loss, shared_draw
        self.augment = Augment([Flip(flip)] if flip else [])
        self.neck = BNNeck(mimic.parts, mimic.channels, classes) if classes else None
        self.identity, self.weight = IdentityLoss(), identity

    def forward(self, batch: Batch, generator: torch.Generator) -> tuple[Tensor, dict[str, Tensor]]:
        """Return the distillation loss, plus the weighted cross-entropy if there is a class head."""
        complete = self.augment(batch.frames, generator)
        hidden = self.occlusion(complete, generator, batch.lengths, shared=self.shared_draw).frames
        target = self.teacher(complete, batch.lengths)
        student = self.mimic(hidden, batch.lengths)
        distillation = self.loss(gather(student), gather(target), gather(batch.labels))
        loss = world_size() * distillation
        if self.neck is None:
            return loss, {"distillation": distillation.detach()}
        identity = self.identity(self.neck(student)[1], batch.labels)
        logs = {"distillation": distillation.detach(), "identity": identity.detach()}
        return loss + self.weight * identity, logs

    def network(self) -> nn.Module:
        """Return the mimic network, guide and mixing included; the class head is left behind."""
        return self.mimic


def train_mimic(config: MimicConfig) -> Path:
    """Distil a teacher into a mimic network and return its run folder."""
    return run_stage(config, _stage, _validation)


def _stage(config: MimicConfig, classes: int) -> Stage:
    teacher = load_network(config.teacher, config.trust)
    mimic = first_mimic(teacher, config)
    loss = (
        PartwiseL2Loss()
        if config.loss == "l2"
        else MultiInstanceDistillationLoss(
            margin=config.margin, normalize=config.normalize, anchors=config.anchors
        )
    )
    return DistillationStage(
        mimic,
        teacher,
        build_occlusion(config.occlusion),
        loss,
        config.flip,
        shared_draw=config.shared_draw,
        classes=classes if config.identity else 0,
        identity=config.identity,
    )


def first_mimic(teacher: nn.Module, config: MimicConfig) -> MimicNetwork:
    """Return the mimic network that the distillation begins with.

    Raises:
        CheckpointError: if a network is missing or of the wrong kind, or if fresh weights are wanted and the
            teacher cannot be described.
        ConfigError: if a mimic shall go on with another guidance or another signature than the teacher's.
    """
    guide = load_guide(config.visibility, config.trust) if config.visibility else None
    if config.initial == "random":
        return MimicNetwork(build(describe(teacher), config.trust), guide, config.signature)
    if config.initial == "teacher":
        mimic = MimicNetwork(deepcopy(teacher).requires_grad_(True), guide, config.signature)
        mimic.pass_on()
        return mimic
    earlier = load_network(config.initial, config.trust)
    if not isinstance(earlier, MimicNetwork):
        raise CheckpointError(
            f"{config.initial} holds a {type(earlier).__name__}, not a MimicNetwork that could go on; "
            "`initial: teacher` starts from the teacher"
        )
    mimic = MimicNetwork(earlier.backbone.requires_grad_(True), guide, config.signature)
    mimic.continue_from(earlier)
    return mimic


def _validation(config: MimicConfig, store: SequenceStore, precision: Precision) -> Validate:
    return rank_validation(store, build_occlusion(config.occlusion), precision)
