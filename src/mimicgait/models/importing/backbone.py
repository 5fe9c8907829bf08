"""A backbone from the field's weights: family and size are read off names and shapes."""

import torch

from mimicgait.errors import CheckpointError, ConfigError
from mimicgait.models.base import Backbone
from mimicgait.models.importing.component import Component
from mimicgait.models.importing.families import CLASS_HEADS, FAMILIES, RECOMPUTED, Family, recognise
from mimicgait.models.importing.reading import State
from mimicgait.models.swin import relative_positions


def import_backbone(weights: State, *, cut: bool | None, usually: bool = True) -> Component[Backbone]:
    """Build the backbone that the weights belong to.

    Args:
        weights: by the field's names, with or without a class head.
        cut: whether 64-wide frames are cut to 44 columns; None leaves it to `usually`, or to the family where
            it has no choice. Names and shapes do not tell how a network was trained.
        usually: what to do when nobody said.

    Raises:
        CheckpointError: if no family has such names, or names or shapes do not fit the one that does.
    """
    family = recognise(weights)
    if family is None:
        known = ", ".join(dict.fromkeys(family.network.__name__ for family in FAMILIES))
        raise CheckpointError(
            f"these are no weights of {known}; their first names are {', '.join(list(weights)[:5])}"
        )
    heads = tuple(key for key in weights if CLASS_HEADS.match(key))
    try:
        network = _build(family, {key: v for key, v in weights.items() if key not in heads}, cut, usually)
    except (CheckpointError, ConfigError) as error:
        raise CheckpointError(f"these look like weights of {family.network.__name__}, but {error}") from error
    messages = []
    if heads:
        messages.append(f"dropped the class head, which embeddings do not need: {', '.join(heads)}")
    if family.cuts:
        view = "cut to their middle 44 columns" if network.config["cut"] else "taken whole"
        messages.append(f"64-wide frames will be {view}; the file does not tell how it was trained")
    return Component(network, heads, tuple(messages))


def _build(family: Family, weights: State, cut: bool | None, usually: bool) -> Backbone:
    if not family.cuts and cut is False:
        raise ConfigError("that family works on 44 columns only and cannot do without the cut")
    weights = _without_tables(weights)
    settings = family.settings(weights)
    if family.cuts:
        settings["cut"] = usually if cut is None else cut
    with torch.device("meta"):  # takes no memory: sizes read off a file are not to be trusted yet
        plan = family.network(**settings)
    state = family.naming.translate(plan, weights)
    network = family.network(**settings)
    network.load_state_dict(state)
    return network.eval()


def _without_tables(weights: State) -> State:
    """Leave out the tables that SwinGait computes itself, once they are known to say the same."""
    tables = {key: value for key, value in weights.items() if RECOMPUTED.match(key)}
    expected = relative_positions()
    for key, value in tables.items():
        if value.shape != expected.shape or not bool((value == expected).all()):
            raise CheckpointError(f"{key} belongs to other windows than 3 frames of 3x5")
    return {key: value for key, value in weights.items() if key not in tables}
