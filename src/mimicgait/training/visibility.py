"""Stage 1b: the visibility estimation network (VEN), which tells what is hidden in a frame and how much."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import torch
from torch import Tensor, nn

from mimicgait.data import SequenceStore
from mimicgait.evaluation.visibility import estimate_visibility
from mimicgait.losses import VisibilityLoss
from mimicgait.models import Visibility, VisibilityNetwork
from mimicgait.models.visibility import FrameGuide, Share
from mimicgait.occlusion import Kind, Mixture, Nothing, Occlusion
from mimicgait.precision import Precision
from mimicgait.training.build import build_occlusion, occlusion_kind
from mimicgait.training.config import BatchConfig, OcclusionConfig, OptimizerConfig, StageConfig
from mimicgait.training.loop import Validate
from mimicgait.training.run import run_stage
from mimicgait.training.stage import Stage
from mimicgait.types import Batch, frame_mask


@dataclass(frozen=True, kw_only=True)
class FrameConfig(StageConfig):
    """Settings of a network that looks at single frames (paper: Adam 1e-4).

    Args:
        occlusion: the types that it learns to tell apart, besides `none`, which is as likely as each of them.
        class_weight: weight of the cross-entropy over types.
        double_softmax: feed softmaxed outputs to the cross-entropy, which applies a softmax itself, as the
            released code does; for comparisons only.
    """

    batch: BatchConfig = field(default_factory=lambda: BatchConfig(people=32, sequences=1, frames=(1, 1)))
    optimizer: OptimizerConfig = field(
        default_factory=lambda: OptimizerConfig(name="adam", lr=1e-4, weight_decay=0.0, schedule="constant")
    )
    occlusion: OcclusionConfig = field(default_factory=OcclusionConfig)
    class_weight: float = 1.0
    double_softmax: bool = False

    @property
    def kinds(self) -> tuple[str, ...]:
        """What the network tells apart, in the order of its logits."""
        hidden = (occlusion_kind(one) for one in build_occlusion(self.occlusion).occlusions)
        return tuple(dict.fromkeys(("none", *hidden)))


@dataclass(frozen=True, kw_only=True)
class VisibilityConfig(FrameConfig):
    """Settings of the VEN's training (paper: single frames, Adam 1e-4, cross-entropy + 10 x squared error).

    Args:
        amount_weight: weight of the squared error of the hidden share.
        amount: what its second head learns to estimate: the `hidden` share as in the paper, or the `visible`
            one, as the released code labels it. What the network says is the hidden share either way.
    """

    amount_weight: float = 10.0
    amount: Share = "hidden"


class VisibilityStage(Stage):
    """Classification of the occlusion's type and regression of its amount, frame by frame."""

    class_of: Tensor

    def __init__(self, ven: FrameGuide, occlusion: Occlusion, loss: VisibilityLoss) -> None:
        super().__init__()
        self.ven, self.occlusion, self.loss = ven, occlusion, loss
        names = [kind.name.lower() for kind in Kind]
        classes = [ven.kinds.index(name) if name in ven.kinds else -1 for name in names]
        self.register_buffer("class_of", torch.tensor(classes), persistent=False)

    def forward(self, batch: Batch, generator: torch.Generator) -> tuple[Tensor, dict[str, Tensor]]:
        """Return the weighted sum of both losses, and the share of frames whose type is right."""
        hidden = self.occlusion(batch.frames, generator, batch.lengths)
        amounts = hidden.frame_amount
        seen = self.ven(hidden.frames, batch.lengths)
        # A classifier says nothing about the amount, so that there is no error in it.
        logits, estimate = (seen.logits, seen.amount) if isinstance(seen, Visibility) else (seen, amounts)
        whole = self.ven.kinds.index("none")
        kinds = torch.where(amounts > 0, self.class_of[hidden.kind][:, None], whole)
        loss = self.loss(logits, estimate, kinds, amounts, batch.lengths)
        real = frame_mask(batch.lengths, batch.frames.shape[1])
        right = (logits.argmax(-1) == kinds)[real].float().mean()
        return loss, {"accuracy": right}

    def network(self) -> nn.Module:
        """Return the VEN, or the classifier."""
        return self.ven


def train_visibility(config: VisibilityConfig) -> Path:
    """Train a VEN and return its run folder."""
    return run_stage(config, _stage, _validation)


def _stage(config: VisibilityConfig, classes: int) -> Stage:
    del classes
    ven = VisibilityNetwork(kinds=config.kinds, amount=config.amount)
    loss = VisibilityLoss(
        class_weight=config.class_weight,
        amount_weight=config.amount_weight,
        double_softmax=config.double_softmax,
    )
    return VisibilityStage(ven, with_nothing(config.occlusion), loss)


def with_nothing(config: OcclusionConfig) -> Mixture:
    """Return a configuration's occlusions with the complete sequence as one more, equally likely type."""
    types = build_occlusion(config).occlusions
    return Mixture([Nothing(), *types])


def _validation(config: VisibilityConfig, store: SequenceStore, precision: Precision) -> Validate:
    occlusion = with_nothing(config.occlusion)

    def judge(network: nn.Module) -> dict[str, float]:
        ven = cast(VisibilityNetwork, network)
        found = estimate_visibility(ven, store, occlusion=occlusion, seed=0, precision=precision)
        return {"accuracy": found.accuracy, "amount_mse": found.amount_mse}

    return judge
