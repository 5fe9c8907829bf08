"""From the names and shapes of one network to those of another, strictly."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from mimicgait.errors import CheckpointError

PART = "{part}"
"""Stands in a field's name for the number of a part, where one of our tensors joins those of all parts."""

MOST = 12
"""How many names of each kind an error lists."""


@dataclass(frozen=True, slots=True)
class Naming:
    """How the field calls our weights: regular expressions and replacements, applied in this order.

    Attributes:
        rules: pairs of pattern and replacement, from our name to theirs.
        parts: how many of their tensors one of ours joins, where their name holds `{part}`.
    """

    rules: Sequence[tuple[str, str]]
    parts: int = 1

    def field_names(self, own: str) -> tuple[str, ...]:
        """Give the field's names for one of our weights; more than one where ours joins the parts'.

        >>> Naming([(r"^head\\.", "FCs.")]).field_names("head.fc_bin")
        ('FCs.fc_bin',)
        """
        for pattern, replacement in self.rules:
            own = re.sub(pattern, replacement, own)
        return tuple(own.replace(PART, str(i)) for i in range(self.parts)) if PART in own else (own,)

    def translate(self, model: nn.Module, weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Turn the field's weights into a state dict of `model`, which may live on the meta device.

        Axes of size 1 may be missing on our side: a 1x1x1 kernel is a 1x1 kernel here.

        Raises:
            CheckpointError: lists, by the field's names, the weights that are missing, unexpected, wrongly
                shaped or not finite.
        """
        wanted = {own: (self.field_names(own), tensor) for own, tensor in model.state_dict().items()}
        known = {name for names, _ in wanted.values() for name in names}
        missing = [name for names, _ in wanted.values() for name in names if name not in weights]
        misshapen = [
            f"{name} (expected {_kind(expected)}, got {_kind(weights[name])})"
            for names, tensor in wanted.values()
            for name, expected in zip(
                names, tensor.chunk(len(names)) if tensor.ndim else [tensor], strict=True
            )
            if name in weights and not _fits(weights[name], expected)
        ]
        problems = {
            "missing": missing,
            "unexpected": [name for name in weights if name not in known],
            "wrongly shaped": misshapen,
        }
        if not any(problems.values()):
            problems["not finite"] = [k for k, v in weights.items() if not bool(torch.isfinite(v).all())]
        _refuse(problems)
        return {
            own: torch.cat([weights[name] for name in names]).reshape(tensor.shape)
            if tensor.ndim
            else weights[names[0]]
            for own, (names, tensor) in wanted.items()
        }


def _refuse(problems: Mapping[str, Sequence[str]]) -> None:
    found = [
        f"{len(names)} {problem}: {', '.join(names[:MOST])}"
        + (f" and {len(names) - MOST} more" if len(names) > MOST else "")
        for problem, names in problems.items()
        if names
    ]
    if found:
        raise CheckpointError("the weights do not fit; " + "; ".join(found))


def _fits(theirs: Tensor, ours: Tensor) -> bool:
    if theirs.is_floating_point() != ours.is_floating_point():
        return False
    if theirs.ndim <= ours.ndim:
        return theirs.shape == ours.shape
    return [size for size in theirs.shape if size != 1] == [size for size in ours.shape if size != 1]


def _kind(tensor: Tensor) -> str:
    return f"{list(tensor.shape)}{'' if tensor.is_floating_point() else ' of whole numbers'}"
