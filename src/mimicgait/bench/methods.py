"""The methods that can be compared, each as what its training is told beside the recipe."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from mimicgait.errors import ConfigError, suggest
from mimicgait.training.baselines import Baseline2Config, train_baseline2
from mimicgait.training.classifier import ClassifierConfig, train_classifier
from mimicgait.training.distill import MimicConfig, train_mimic
from mimicgait.training.gaitkd import GaitKDConfig, train_gaitkd
from mimicgait.training.guided import GuidedConfig, train_guided
from mimicgait.training.plus import MimicPlusConfig, train_plus
from mimicgait.training.registration import register_network
from mimicgait.training.residual import RGGaitConfig, train_rggait
from mimicgait.training.teacher import TeacherConfig, train_teacher
from mimicgait.training.visibility import VisibilityConfig, train_visibility

TEACHER = "baseline1"
"""The teacher: complete it is the holistic score, occluded the paper's Baseline-1."""

ADAPTED_SHARE = 0.11
"""How many of the original steps an adaptation takes (METHOD: about 11 % of the iterations)."""

NEW_TYPES = {"middle": ("middle",), "dynamic": ("patch", "pole")}
"""What networks are adapted to: types that they have not been trained on, by the name of the suite."""

SHARES = {"": ADAPTED_SHARE, "-6": 0.06, "-3": 0.03}
"""Shares of the steps at which the speed of an adaptation is looked at, by the end of the method's name."""

ALL_TYPES = ("top", "bottom", "middle", "patch", "pole")


@dataclass(frozen=True, kw_only=True)
class RegisterConfig:
    """What a registered network is made of; nothing is trained.

    Args:
        out: the model folder.
        teacher, visibility: the run folders of the backbone and of the VEN.
        trust: packages of yours whose networks may be built from a checkpoint.
    """

    out: Path
    teacher: Path
    visibility: Path
    trust: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """One row of the table.

    Attributes:
        title: as it stands in tables.
        stage: the settings' class; None for the teacher, which is trained before.
        networks: which of the stage's settings name which networks: the teacher, a guide or another method.
        settings: what it says beside the recipe.
        recipe: `mimic` takes the student's whole recipe; `recognition` its batches, optimiser and steps, and
            the rest (backbone, neck, augmentation) of the teacher's; `nothing` is for what is not trained.
        share: of the recipe's steps that it takes.
        small: whether the student may have another backbone, the plan's `small`.
        shares_space: whether its signatures are meant to lie in the teacher's space, so that a gallery that
            the teacher has enrolled can be searched.
    """

    title: str
    stage: type[Any] | None = None
    networks: Mapping[str, str] = field(default_factory=lambda: {"teacher": TEACHER})
    settings: Mapping[str, Any] = field(default_factory=dict)
    recipe: Literal["mimic", "recognition", "nothing"] = "mimic"
    share: float = 1.0
    small: bool = False
    shares_space: bool = True


def _recognition(
    title: str, stage: type[Any], guide: str = "", first: str = TEACHER, **others: Any
) -> Method:
    """Describe a method that learns by the teacher's own losses and begins with `first`."""
    networks = {"initial": first} | ({"visibility": guide} if guide else {})
    others = {"shares_space": False, **others}
    return Method(title=title, stage=stage, networks=networks, recipe="recognition", **others)


def _distilled(title: str, guide: str = "", first: str = "", **others: Any) -> Method:
    """Describe a method that learns the teacher's signatures."""
    networks = {"teacher": TEACHER} | ({"visibility": guide} if guide else {})
    networks |= {"initial": first} if first else {}
    return Method(title=title, stage=MimicConfig, networks=networks, **others)


def _plus() -> dict[str, Method]:
    """Describe MimicPlus, and what is left of it without one of its ingredients."""
    variants: dict[str, tuple[str, dict[str, Any]]] = {
        "mimic-plus": ("MimicPlus", {}),
        "mimic-plus-unplaced": ("MimicPlus, frames not placed", {"placed": False}),
        "mimic-plus-unweighted": ("MimicPlus, parts not weighted", {"weighted": False}),
        "mimic-plus-occluded": (
            "MimicPlus, no complete sequences",
            {"occlusion": {"amount": [0.1, 0.65], "probability": 1.0}},
        ),
        "mimic-plus-aligned": ("MimicPlus + alignment", {"alignment": 1.0}),
    }
    networks = {"teacher": TEACHER, "visibility": "visibility"}
    return {
        name: Method(
            title=title,
            stage=MimicPlusConfig,
            networks=networks,
            settings=settings,
            recipe="recognition",
            shares_space=False,
        )
        for name, (title, settings) in variants.items()
    }


def _of_types(types: tuple[str, ...]) -> dict[str, Any]:
    return {"occlusion": {"types": list(types)}}


def _adapted() -> dict[str, Method]:
    """Describe what goes on from a trained network on the old types and a new one, for a few steps more."""
    found = {}
    for new, types in NEW_TYPES.items():
        said = _of_types(("top", "bottom", *types))
        for end, share in SHARES.items():
            word = f"adapted to {new}, {share:.0%} of the steps"
            more: dict[str, Any] = {"settings": said, "share": share}
            found[f"baseline2-{new}{end}"] = _recognition(
                f"Baseline-2, {word}", Baseline2Config, first="baseline2", **more
            )
            found[f"occlusion-aware-{new}{end}"] = _recognition(
                f"Occlusion-Aware, {word}", GuidedConfig, f"classifier-{new}", "occlusion-aware", **more
            )
            found[f"mimic-{new}{end}"] = _distilled(
                f"MimicGait, {word}", f"visibility-{new}", "mimic", **more
            )
    return found


METHODS: Mapping[str, Method] = MappingProxyType(
    {
        TEACHER: Method(title="Baseline-1 (teacher)", networks={}),
        "registered": Method(
            title="Registration (no training)",
            stage=RegisterConfig,
            networks={"teacher": TEACHER, "visibility": "visibility"},
            recipe="nothing",
        ),
        "baseline2": _recognition("Baseline-2", Baseline2Config),
        "occlusion-aware": _recognition("Occlusion-Aware", GuidedConfig, "classifier"),
        "guided": _recognition("VEN-guided, no distillation", GuidedConfig, "visibility"),
        "l2": _distilled("L2 distillation", settings={"loss": "l2"}),
        "mickd": _distilled("MiCKD, no guidance"),
        "mickd-ce": _distilled("MiCKD + cross-entropy", settings={"identity": 1.0}),
        "mickd-classifier": _distilled("MiCKD, guided by types", "classifier"),
        "mimic": _distilled("MimicGait", "visibility"),
        "rg-gait": Method(
            title="RG-Gait",
            stage=RGGaitConfig,
            networks={"teacher": TEACHER, "visibility": "visibility"},
            recipe="recognition",
        ),
        **_plus(),
        "gaitkd": Method(
            title="GaitKD", stage=GaitKDConfig, recipe="recognition", small=True, shares_space=False
        ),
        "baseline2-all": _recognition(
            "Baseline-2, all types", Baseline2Config, settings=_of_types(ALL_TYPES)
        ),
        "occlusion-aware-all": _recognition(
            "Occlusion-Aware, all types", GuidedConfig, "classifier-all", settings=_of_types(ALL_TYPES)
        ),
        "mimic-all": _distilled("MimicGait, all types", "visibility-all", settings=_of_types(ALL_TYPES)),
        **_adapted(),
    }
)
"""The methods by the names that a plan uses, in the order of tables."""

_KNOWN_TYPES = {"": None, "-all": ALL_TYPES} | {
    f"-{new}": ("top", "bottom", *t) for new, t in NEW_TYPES.items()
}

GUIDES: Mapping[str, Method] = MappingProxyType(
    {
        f"{name}{end}": Method(
            title=name, stage=stage, networks={}, settings=_of_types(types) if types else {}
        )
        for end, types in _KNOWN_TYPES.items()
        for name, stage in (("visibility", VisibilityConfig), ("classifier", ClassifierConfig))
    }
)
"""What guides networks, by name: VEN and classifier for the paper's types, and for more of them."""


def _register(config: RegisterConfig) -> Path:
    if not config.out.exists():
        register_network(config.teacher, config.visibility, config.out, trust=config.trust)
    return config.out


_TRAIN: dict[type[Any], Callable[[Any], Path]] = {
    Baseline2Config: train_baseline2,
    ClassifierConfig: train_classifier,
    GaitKDConfig: train_gaitkd,
    GuidedConfig: train_guided,
    MimicConfig: train_mimic,
    MimicPlusConfig: train_plus,
    RGGaitConfig: train_rggait,
    RegisterConfig: _register,
    TeacherConfig: train_teacher,
    VisibilityConfig: train_visibility,
}


def find_method(name: str) -> Method:
    """Return a method by its name.

    Raises:
        ConfigError: if there is none; the message suggests the nearest.
    """
    if name not in METHODS:
        raise ConfigError(f"no method {name!r}: {suggest(name, METHODS)}")
    return METHODS[name]


def train(config: Any) -> Path:
    """Train a stage by its settings, and return its run folder."""
    return _TRAIN[type(config)](config)
