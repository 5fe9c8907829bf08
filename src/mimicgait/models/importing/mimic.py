"""A mimic network and its teacher from a released model."""

from dataclasses import dataclass
from typing import cast

from torch import nn

from mimicgait.errors import CheckpointError
from mimicgait.models.base import Backbone
from mimicgait.models.importing.backbone import import_backbone
from mimicgait.models.importing.component import Component
from mimicgait.models.importing.naming import Naming
from mimicgait.models.importing.reading import State
from mimicgait.models.importing.visibility import import_visibility
from mimicgait.models.mimic import MimicNetwork

TEACHER = "full_component."
STUDENT = "mimic_component."
VISIBILITY = "occ_detector."
MIXING = "occ_mixer_fc."


@dataclass(frozen=True, slots=True)
class ReleasedMimic:
    """The two networks of a released model; `teacher` is None where the file has none."""

    mimic: Component[MimicNetwork]
    teacher: Component[Backbone] | None


def is_mimic(weights: State) -> bool:
    """Tell whether these are weights of a released mimic model."""
    return any(key.startswith(STUDENT) for key in weights)


def import_mimic(weights: State, *, cut: bool | None) -> ReleasedMimic:
    """Build the mimic network of eq. 1, and the teacher it learned from, from a released model's weights.

    Raises:
        CheckpointError: if a part is missing, left over, or does not fit.
    """
    prefixes = (TEACHER, STUDENT, VISIBILITY, MIXING)
    strange = [key for key in weights if not key.startswith(prefixes)]
    if strange:
        raise CheckpointError(
            f"a released mimic model holds {', '.join(prefixes)} and no more; {len(strange)} unexpected: "
            + ", ".join(strange[:12])
        )
    student = _inside(weights, STUDENT, cut)
    teacher = _inside(weights, TEACHER, cut) if any(key.startswith(TEACHER) for key in weights) else None
    detector = _under(weights, VISIBILITY)
    mixing = _under(weights, MIXING)
    if bool(detector) != bool(mixing):
        raise CheckpointError(f"the model has only one of {VISIBILITY} and {MIXING}; guidance needs both")
    messages = list(student.messages)
    if not detector:
        messages.append("the model has no guidance: its signature is the student's own")
        unguided = MimicNetwork(student.network).eval()
        return ReleasedMimic(Component(unguided, student.dropped, tuple(messages)), teacher)
    visibility = import_visibility(detector)
    network = MimicNetwork(student.network, visibility.network)
    _load_mixing(cast(nn.Module, network.mixing), mixing)
    messages += [
        *visibility.messages,
        "the signature is eq. 1's, with guidance; the released code tests the student's embedding alone",
    ]
    dropped = (*student.dropped, *(VISIBILITY + key for key in visibility.dropped))
    return ReleasedMimic(Component(network.eval(), dropped, tuple(messages)), teacher)


def _under(weights: State, prefix: str) -> State:
    return {key.removeprefix(prefix): value for key, value in weights.items() if key.startswith(prefix)}


def _inside(weights: State, prefix: str, cut: bool | None) -> Component[Backbone]:
    try:
        found = import_backbone(_under(weights, prefix), cut=cut, usually=False)
    except CheckpointError as error:
        raise CheckpointError(f"{prefix}: {error}") from error
    return Component(found.network, tuple(prefix + key for key in found.dropped), found.messages)


def _load_mixing(layer: nn.Module, mixing: State) -> None:
    """Load T of eq. 1: a matrix a part, whose rows are the embedding's channels and then VEN's."""
    try:
        layer.load_state_dict(Naming([]).translate(layer, mixing))
    except CheckpointError as error:
        raise CheckpointError(f"{MIXING}: {error}") from error
