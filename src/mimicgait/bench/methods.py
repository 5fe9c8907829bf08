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
from mimicgait.training.teacher import TeacherConfig, train_teacher
from mimicgait.training.visibility import VisibilityConfig, train_visibility

TEACHER = "baseline1"
"""The teacher: complete it is the holistic score, occluded the paper's Baseline-1."""

Guide = Literal["visibility", "classifier"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """One row of the table.

    Attributes:
        title: as it stands in tables.
        stage: the settings' class; None for the teacher, which is trained before.
        guide: the network that guides it, trained on single frames.
        settings: what it says beside the recipe.
        recipe: `mimic` takes the student's whole recipe; `recognition` its batches, optimiser and steps, and
            the rest (backbone, neck, augmentation) of the teacher's.
        names: which of the stage's settings name the teacher and the guide.
        shares_space: whether its signatures are meant to lie in the teacher's space, so that a gallery that
            the teacher has enrolled can be searched.
    """

    title: str
    stage: type[Any] | None = None
    guide: Guide | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    recipe: Literal["mimic", "recognition"] = "mimic"
    names: Mapping[str, str] = field(default_factory=lambda: {"teacher": "teacher"})
    shares_space: bool = True


METHODS: Mapping[str, Method] = MappingProxyType(
    {
        TEACHER: Method(title="Baseline-1 (teacher)"),
        "baseline2": Method(
            title="Baseline-2",
            stage=Baseline2Config,
            recipe="recognition",
            names={"teacher": "initial"},
            shares_space=False,
        ),
        "l2": Method(title="L2 distillation", stage=MimicConfig, settings={"loss": "l2"}),
        "mickd": Method(title="MiCKD, no guidance", stage=MimicConfig),
        "mickd-ce": Method(title="MiCKD + cross-entropy", stage=MimicConfig, settings={"identity": 1.0}),
        "mickd-classifier": Method(title="MiCKD, guided by types", stage=MimicConfig, guide="classifier"),
        "mimic": Method(title="MimicGait", stage=MimicConfig, guide="visibility"),
    }
)
"""The methods by the names that a plan uses, in the order of tables."""

TRAIN: dict[type[Any], Callable[[Any], Path]] = {
    Baseline2Config: train_baseline2,
    ClassifierConfig: train_classifier,
    MimicConfig: train_mimic,
    TeacherConfig: train_teacher,
    VisibilityConfig: train_visibility,
}
"""How each stage is trained."""


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
    return TRAIN[type(config)](config)
