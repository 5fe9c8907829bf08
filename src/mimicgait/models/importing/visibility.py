"""VEN from the weights of the released occlusion detector."""

import re

import torch

from mimicgait.errors import CheckpointError, ConfigError
from mimicgait.models.importing.component import Component
from mimicgait.models.importing.naming import Naming
from mimicgait.models.importing.reading import State
from mimicgait.models.visibility import CHANNELS, VisibilityNetwork

SYNONYMS = {"layer4.0.": "fc1.", "classification_head.0.": "fc2.", "layer_amount.0.": "fc_amount_head."}
"""The release has two generations of names; the later ones on the left."""

KINDS = ("none", "top", "bottom")
RELEASED_KINDS = ("none", "bottom", "top")

_NAMING = Naming(
    [
        (r"^convolutions\.0\.0\.", "layer1.0."),
        (r"^convolutions\.1\.0\.", "layer2.0."),
        (r"^convolutions\.2\.0\.", "layer3.0."),
        (r"^features\.", "fc1."),
        (r"^kind_head\.", "fc2."),
        (r"^amount_head\.", "fc_amount_head."),
    ]
)


def is_visibility(weights: State) -> bool:
    """Tell whether these are weights of the released detector."""
    return "layer1.0.weight" in weights and ("fc1.weight" in weights or "layer4.0.weight" in weights)


def import_visibility(weights: State) -> Component[VisibilityNetwork]:
    """Build VEN from the released detector's weights, with or without its heads.

    The class head is taken over, its rows in our order of kinds. The amount head is not: it estimates the
    *visible* share, and 0 where nothing is hidden, which no sign or offset turns into ours. A head that is
    not taken over is 0, and a message says so; the guidance of eq. 1 needs neither.

    Raises:
        CheckpointError: if names or shapes do not fit.
    """
    renamed = {_earlier_name(key): value for key, value in weights.items()}
    amount = [key for key in weights if _earlier_name(key).startswith("fc_amount_head.")]
    try:
        first = renamed["layer1.0.weight"]
        width = first.shape[0] / CHANNELS[0] if first.ndim else 1.0
        with torch.device("meta"):
            plan = VisibilityNetwork(kinds=KINDS, width=width)
        taken = _fill_heads(renamed, plan)
        state = _NAMING.translate(plan, renamed)
    except (CheckpointError, ConfigError) as error:
        raise CheckpointError(f"these look like weights of the released detector, but {error}") from error
    network = VisibilityNetwork(kinds=KINDS, width=width)
    network.load_state_dict(state)
    messages = ["VEN's amount of occlusion is not imported and says 0.5 of every frame"]
    if amount:
        messages[0] += f"; dropped {', '.join(amount)}, which estimates the visible share"
    if not taken:
        messages.append("VEN's kinds of occlusion are not in the file; its class head is 0")
    return Component(network.eval(), tuple(amount), tuple(messages))


def _fill_heads(renamed: State, plan: VisibilityNetwork) -> bool:
    """Put the class head into our order, and 0 in place of what is not taken over; say if there was one."""
    taken = "fc2.weight" in renamed and "fc2.bias" in renamed
    zeros = {
        name: torch.zeros(tensor.shape) for name, tensor in plan.state_dict().items() if "_head." in name
    }
    renamed["fc_amount_head.weight"] = zeros["amount_head.weight"]
    renamed["fc_amount_head.bias"] = zeros["amount_head.bias"]
    for kind in ("weight", "bias"):
        head = renamed.get(f"fc2.{kind}")
        if head is None:
            renamed[f"fc2.{kind}"] = zeros[f"kind_head.{kind}"]
        elif head.shape == zeros[f"kind_head.{kind}"].shape:
            renamed[f"fc2.{kind}"] = head[[RELEASED_KINDS.index(name) for name in KINDS]]
    return taken


def _earlier_name(key: str) -> str:
    for later, earlier in SYNONYMS.items():
        key = re.sub(f"^{re.escape(later)}", earlier, key)
    return key
