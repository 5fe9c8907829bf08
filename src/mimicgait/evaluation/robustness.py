"""How far a method carries: every type of occlusion, and every amount."""

from collections.abc import Mapping, Sequence
from typing import Unpack

from torch import nn

from mimicgait.data import SequenceStore
from mimicgait.evaluation.comparison import Sweep
from mimicgait.evaluation.evaluate import EvaluateOptions, evaluate
from mimicgait.evaluation.score import Score
from mimicgait.occlusion import (
    Bottom,
    Changing,
    Middle,
    MovingPatch,
    MovingPole,
    Occlusion,
    Top,
    at_amount,
)

AMOUNTS = tuple(step / 10 for step in range(9))
"""Hidden shares of a sweep: 0, 10, ... 80 %."""


def paper_types() -> dict[str, Occlusion]:
    """Return the six types of the paper with its amounts, by the name that stands in reports."""
    return {
        "top": Top(),
        "bottom": Bottom(),
        "middle": Middle(),
        "moving patch": MovingPatch(),
        "moving pole": MovingPole(),
        "changing": Changing(),
    }


def by_type(
    model: nn.Module,
    store: SequenceStore,
    *,
    method: str,
    holistic: Score,
    clean: Score,
    types: Mapping[str, Occlusion] | None = None,
    **options: Unpack[EvaluateOptions],
) -> Sweep:
    """Judge a method under each type of occlusion, on gallery and probes alike.

    Args:
        model: the network.
        store: the sequences; the same as those of `holistic` and `clean`.
        method: its name.
        holistic: the teacher on complete sequences.
        clean: this method on complete sequences.
        types: occlusions by name; the paper's six by default.
        options: protocol, seeds, distance, and how to run; see `evaluate`.
    """
    scores = {
        name: evaluate(model, store, occlusion=occlusion, **options)
        for name, occlusion in (types or paper_types()).items()
    }
    return Sweep(method=method, axis="type", holistic=holistic, clean=clean, scores=scores)


def by_amount(
    model: nn.Module,
    store: SequenceStore,
    *,
    method: str,
    holistic: Score,
    clean: Score,
    kinds: Sequence[str] = ("paper",),
    amounts: Sequence[float] = AMOUNTS,
    **options: Unpack[EvaluateOptions],
) -> tuple[Sweep, ...]:
    """Judge a method under growing amounts of each kind of occlusion: one sweep a kind, labels as `0.3`.

    Args:
        model: the network.
        store: the sequences; the same as those of `holistic` and `clean`.
        method: its name.
        holistic: the teacher on complete sequences.
        clean: this method on complete sequences; stands for the amount 0.
        kinds: names as `mimicgait.occlusion.at_amount` takes them; "paper" is top or bottom.
        amounts: hidden shares between 0 and 1.
        options: protocol, seeds, distance, and how to run; see `evaluate`.
    """

    def score(kind: str, amount: float) -> Score:
        hidden = at_amount(kind, amount)
        return evaluate(model, store, occlusion=hidden, **options) if amount else clean

    return tuple(
        Sweep(
            method=method,
            axis=f"amount of {kind}",
            holistic=holistic,
            clean=clean,
            scores={f"{amount:g}": score(kind, amount) for amount in amounts},
        )
        for kind in kinds
    )
