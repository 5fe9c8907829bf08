"""The settings that every training stage shares: each class documents itself, defaults in one place."""

from dataclasses import MISSING, asdict, dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any, Literal

from mimicgait.errors import ConfigError


@dataclass(frozen=True, kw_only=True)
class NetworkConfig:
    """Which network an adapter wraps.

    Args:
        name: a class of `mimicgait.models.adapters`, such as `TimmModel`, or the import path of any
            `torch.nn.Module` of yours; none for a backbone that is no adapter.
        args: keyword arguments of its constructor.
    """

    name: str | None = None
    args: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class BackboneConfig:
    """Which gait backbone to build.

    Args:
        name: a class of `mimicgait.models.backbones` or `.adapters`, or the import path of any module of
            yours that maps `(frames [n, t, h, w], lengths [n])` to `[n, c, p]` and knows `channels`, `parts`,
            `input_size`.
        args: keyword arguments of its constructor.
        network: the network inside, for an adapter: its argument `network`.
    """

    name: str = "GaitBase"
    args: dict[str, Any] = field(default_factory=dict)
    network: NetworkConfig = field(default_factory=NetworkConfig)


@dataclass(frozen=True, kw_only=True)
class BatchConfig:
    """How a batch is drawn: `people` x `sequences`, each with a number of frames.

    Args:
        people: different people in a batch (P).
        sequences: sequences of each person (K).
        frames: frames a sequence: least and most; equal numbers fix the length.
        ordered: take consecutive frames, as networks with temporal convolutions need.
        skip: how many frames a consecutive window may leave out.
    """

    people: int = 32
    sequences: int = 4
    frames: tuple[int, int] = (20, 40)
    ordered: bool = False
    skip: int = 0


@dataclass(frozen=True, kw_only=True)
class OptimizerConfig:
    """How weights are updated.

    Args:
        name: `sgd` (momentum 0.9, the field's), `adam`, `adamw`, or `muon`: orthogonal steps for filters and
            matrices, AdamW for the class head and whatever is neither, all at the same rate.
        lr: highest learning rate.
        weight_decay: as the optimiser understands it.
        schedule: `multistep` (the field's: x `gamma` at each milestone), `cosine` to zero, or `constant`.
        milestones: steps at which `multistep` lowers the rate.
        gamma: factor of `multistep`.
        warmup: steps over which the rate grows linearly from zero.
        fall: the step at which `cosine` has reached its end; 0 for the last one.
        floor: rate at which `cosine` ends.
        clip: largest norm of the gradient; 0 for no limit.
        rates: factors of the rate for weights whose names match a pattern such as `backbone.layer1.*`; the
            first that matches counts. A stage's weights begin with `backbone.` or `neck.`.
        undecayed: patterns of names whose weights do not decay.
    """

    name: Literal["sgd", "adam", "adamw", "muon"] = "sgd"
    lr: float = 0.1
    weight_decay: float = 5e-4
    schedule: Literal["multistep", "cosine", "constant"] = "multistep"
    milestones: tuple[int, ...] = ()
    gamma: float = 0.1
    warmup: int = 0
    fall: int = 0
    floor: float = 0.0
    clip: float = 0.0
    rates: dict[str, float] = field(default_factory=dict)
    undecayed: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if (self.fall or self.floor) and self.schedule != "cosine":
            raise ConfigError("optimizer.fall and optimizer.floor need optimizer.schedule cosine")
        if not 0 <= self.floor <= self.lr or self.fall < 0:
            raise ConfigError(f"expected 0 <= floor <= lr and fall >= 0, got {self.floor} and {self.fall}")


@dataclass(frozen=True, kw_only=True)
class LoopConfig:
    """How long to train, and what to keep.

    Args:
        steps: optimiser steps.
        log_every: steps between two lines of `log.jsonl`.
        validate_every: steps between two validations; 0 for none but the last.
        checkpoint_every: steps between two checkpoints, from which an interrupted run resumes.
        seed: of weights, batches, augmentation and occlusions.
        precision: `auto` takes bfloat16 where the hardware multiplies it natively.
        device: `auto` takes what Accelerate finds; `cpu` keeps off the GPU.
        trackers: experiment trackers that Accelerate knows, such as `tensorboard` or `wandb`.
        progress: show a progress bar.
    """

    steps: int = 60_000
    log_every: int = 20
    validate_every: int = 1000
    checkpoint_every: int = 500
    seed: int = 0
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    device: Literal["auto", "cpu"] = "auto"
    trackers: tuple[str, ...] = ("tensorboard",)
    progress: bool = True


@dataclass(frozen=True, kw_only=True)
class OcclusionConfig:
    """Which occlusions are drawn in training and validation (METHOD: top and bottom, 40 to 60 %).

    Args:
        types: names of `mimicgait.occlusion` types, each as likely as the others: top, bottom, middle, patch,
            pole, changing; patch-from-left and pole-from-left enter there only, as in the released code.
        amount: hidden share of the height, least and most, of the types that have one (top, bottom, middle,
            changing); none for the paper's 40 to 60 %. Patch and pole have the paper's sizes.
        probability: how many of the sequences are occluded at all.
    """

    types: tuple[str, ...] = ("top", "bottom")
    amount: tuple[float, float] | None = None
    probability: float = 1.0


@dataclass(frozen=True, kw_only=True)
class StageConfig:
    """What every stage needs.

    Args:
        train: the `SequenceStore` to learn from.
        out: the run folder; an interrupted run with the same settings goes on from its last checkpoint.
        validation: a store of other people, for rank-1 while it trains.
        batch: how batches are drawn.
        optimizer: how weights are updated.
        loop: how long to train and what to keep.
        trust: packages of yours whose networks may be built from a checkpoint, besides this one.
    """

    train: Path
    out: Path
    validation: Path | None = None
    batch: BatchConfig = field(default_factory=BatchConfig)
    optimizer: OptimizerConfig = field(default_factory=OptimizerConfig)
    loop: LoopConfig = field(default_factory=LoopConfig)
    trust: tuple[str, ...] = ()

    def begins_with(self) -> tuple[Path, ...]:
        """Return the trained networks that this stage builds on."""
        return ()

    def __post_init__(self) -> None:
        if self.loop.steps < 1:
            raise ConfigError(f"loop.steps must be at least 1, got {self.loop.steps}")
        least, most = self.batch.frames
        if not 1 <= least <= most:
            raise ConfigError(f"batch.frames must be 1 <= least <= most, got {self.batch.frames}")


def as_plain(config: Any) -> dict[str, Any]:
    """Turn a configuration into what YAML and JSON can hold; the inverse is the command line's parser.

    >>> as_plain(BatchConfig())["frames"]
    [20, 40]
    """
    plain = _plain(asdict(config))
    if not isinstance(plain, dict):
        raise ConfigError(f"expected a configuration, got {type(config).__name__}")
    return plain


def plain_defaults(config: Any) -> dict[str, Any]:
    """Return the defaults of a configuration's settings, as `as_plain` writes them; none for required ones.

    >>> plain_defaults(BatchConfig(people=8))["people"]
    32
    """
    values = {}
    for one in fields(config):
        if one.default is not MISSING:
            values[one.name] = _plain(one.default)
        elif one.default_factory is not MISSING:
            values[one.name] = _plain(one.default_factory())
    return values


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, Path) else value
