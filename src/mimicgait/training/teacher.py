"""Stage 1a: the teacher, a backbone trained on complete sequences with triplet and cross-entropy."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast

import torch
from torch import Tensor, nn

from mimicgait.data import SequenceStore
from mimicgait.data.augment import Augment, Augmentation, Erase, Flip, Perspective, Rotate
from mimicgait.errors import ConfigError, suggest
from mimicgait.losses import IdentityLoss, TripletLoss
from mimicgait.models.heads import BNNeck, SeparateLinear
from mimicgait.precision import Precision
from mimicgait.training.build import build_occlusion
from mimicgait.training.config import BackboneConfig, OcclusionConfig, StageConfig
from mimicgait.training.gather import gather, world_size
from mimicgait.training.initial import first_backbone
from mimicgait.training.loop import Validate
from mimicgait.training.run import run_stage
from mimicgait.training.stage import Stage
from mimicgait.training.validation import rank_validation
from mimicgait.types import Batch


@dataclass(frozen=True, kw_only=True)
class RecognitionConfig(StageConfig):
    """Settings of every stage that trains with the field's losses, triplet and cross-entropy.

    Args:
        neck: what tells the people apart in training: `bnneck`, `linear` (a matrix a part, as GaitGL has it),
            or `none` for the triplet loss alone (GaitSet, GaitPart).
        margin: of the triplet loss over parts.
        scale: what the logits are multiplied by in the cross-entropy.
        smoothing: label smoothing of the cross-entropy.
        augment: probability of a perspective change, a flip and a rotation, each on its own; or probabilities
            by name: of `perspective`, `flip`, `rotate` and `erase`, in the order in which they are done.
        validation_occlusion: what hides the validation people in the second of the two figures.
    """

    neck: Literal["bnneck", "linear", "none"] = "bnneck"
    margin: float = 0.2
    scale: float = 16.0
    smoothing: float = 0.1
    augment: float | dict[str, float] = 0.2
    validation_occlusion: OcclusionConfig = field(default_factory=OcclusionConfig)


@dataclass(frozen=True, kw_only=True)
class TeacherConfig(RecognitionConfig):
    """Settings of the teacher's training.

    Args:
        backbone: which network.
        initial: a trained network to start from; none starts from random weights.
        layers: take just these layers over from it, such as `[conv1, layer1]`, and build the rest as
            `backbone` says; none takes the whole network.
    """

    backbone: BackboneConfig = field(default_factory=BackboneConfig)
    initial: Path | None = None
    layers: tuple[str, ...] = ()

    def begins_with(self) -> tuple[Path, ...]:
        """Return the network to start from, if there is one."""
        return (self.initial,) if self.initial else ()


AUGMENTATIONS: dict[str, type[Augmentation]] = {
    "perspective": Perspective,
    "flip": Flip,
    "rotate": Rotate,
    "erase": Erase,
}
"""Augmentations by the names that settings use."""


def build_augment(chosen: float | Mapping[str, float]) -> Augment:
    """Build the augmentations that settings name; one number means perspective, flip and rotation.

    Raises:
        ConfigError: if there is none of a name, or a probability is none.
    """
    if not isinstance(chosen, Mapping):
        chosen = dict.fromkeys(("perspective", "flip", "rotate"), chosen)
    unknown = [name for name in chosen if name not in AUGMENTATIONS]
    if unknown:
        raise ConfigError(f"augment: no augmentation {unknown[0]!r}; {suggest(unknown[0], AUGMENTATIONS)}")
    return Augment([AUGMENTATIONS[name](p) for name, p in chosen.items() if p])


class RecognitionStage(Stage):
    """Triplet over parts plus cross-entropy over parts: how the field trains a backbone.

    Args:
        backbone: the network that is trained.
        classes: how many people it learns.
        config: neck, margin, scale, smoothing and augmentation.
    """

    def __init__(self, backbone: nn.Module, classes: int, config: RecognitionConfig) -> None:
        super().__init__()
        self.backbone = backbone
        self.neck = build_neck(backbone, classes, config)
        self.triplet = TripletLoss(margin=config.margin)
        self.identity = IdentityLoss(scale=config.scale, smoothing=config.smoothing)
        self.augment = build_augment(config.augment)

    def frames(self, batch: Batch, generator: torch.Generator) -> Tensor:
        """Return the frames `[n, t, h, w]` that the network sees: the batch's, augmented."""
        return self.augment(batch.frames, generator)

    def forward(self, batch: Batch, generator: torch.Generator) -> tuple[Tensor, dict[str, Tensor]]:
        """Return triplet plus cross-entropy, if there is a neck, and each of them for the log."""
        embeddings = self.backbone(self.frames(batch, generator), batch.lengths)
        logits = None if self.neck is None else class_logits(self.neck, embeddings)
        return self.recognition(embeddings, logits, batch.labels)

    def recognition(
        self, embeddings: Tensor, logits: Tensor | None, labels: Tensor
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """Return the losses of embeddings `[n, c, p]` and, where there are any, logits `[n, classes, p]`."""
        triplet = self.triplet(gather(embeddings), gather(labels))
        loss = world_size() * triplet
        if logits is None:
            return loss, {"triplet": triplet.detach()}
        identity = self.identity(logits, labels)
        return loss + identity, {"triplet": triplet.detach(), "identity": identity.detach()}

    def network(self) -> nn.Module:
        """Return the backbone: the class head is left behind."""
        return self.backbone


def build_neck(
    backbone: nn.Module, classes: int, config: RecognitionConfig
) -> BNNeck | SeparateLinear | None:
    """Build the class head that a configuration asks for, or none."""
    if config.neck == "none":
        return None
    kind = BNNeck if config.neck == "bnneck" else SeparateLinear
    return kind(cast(int, backbone.parts), cast(int, backbone.channels), classes)


def class_logits(neck: BNNeck | SeparateLinear, embeddings: Tensor) -> Tensor:
    """Return the logits `[n, classes, p]` of embeddings `[n, c, p]`, as either neck gives them."""
    if isinstance(neck, BNNeck):
        logits: Tensor = neck(embeddings)[1]
        return logits
    flat: Tensor = neck(embeddings)
    return flat


def train_teacher(config: TeacherConfig) -> Path:
    """Train a teacher and return its run folder."""
    return run_stage(config, _stage, recognition_validation)


def _stage(config: TeacherConfig, classes: int) -> Stage:
    backbone = first_backbone(config.backbone, config.initial, config.layers, config.trust)
    return RecognitionStage(backbone, classes, config)


def recognition_validation(config: RecognitionConfig, store: SequenceStore, precision: Precision) -> Validate:
    """Judge by rank-1 of complete and of occluded sequences."""
    return rank_validation(store, build_occlusion(config.validation_occlusion), precision)
