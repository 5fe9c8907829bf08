"""A method beside the teacher: relative performance and holistic retention, with what they rest on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Unpack

from torch import nn

from mimicgait.data import SequenceStore
from mimicgait.errors import ProtocolError
from mimicgait.evaluation.evaluate import EvaluateOptions, evaluate
from mimicgait.evaluation.relative import relative_performance
from mimicgait.evaluation.score import Figure, Score
from mimicgait.occlusion import Occlusion


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What a method is worth on occluded sequences, and what it costs on complete ones.

    Attributes:
        method: its name.
        holistic: the teacher on complete sequences, HP.
        clean: the method on complete sequences; the teacher's own score when the method is the teacher.
        occluded: the method on occluded sequences, OP.

    Raises:
        ProtocolError: if the three scores are not of the same data, protocol and distance, or `occluded` has
            no occlusion, or one of the others has.
    """

    method: str
    holistic: Score
    clean: Score
    occluded: Score

    def __post_init__(self) -> None:
        check_complete(self.holistic, self.clean)
        if self.occluded.setting.side == "neither":
            raise ProtocolError(f"{self.method}: the score given as occluded is of complete sequences")
        self.holistic.setting.check_comparable(self.occluded.setting)

    def rp(self, figure: Figure = "rank1") -> float:
        """Return RP = OP / HP."""
        return relative_performance(self.occluded.mean(figure), self.holistic.mean(figure))

    def hpr(self, figure: Figure = "rank1") -> float:
        """Return the holistic retention HPR: the method's score on complete sequences over the teacher's."""
        return relative_performance(self.clean.mean(figure), self.holistic.mean(figure))

    def as_json(self) -> dict[str, Any]:
        """Return ratios and scores as JSON values."""
        return {
            "method": self.method,
            "rp": self.rp(),
            "hpr": self.hpr(),
            "holistic": self.holistic.as_json(),
            "clean": self.clean.as_json(),
            "occluded": self.occluded.as_json(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """A method under one occlusion after the other: by type, or by amount.

    Attributes:
        method: its name.
        axis: what changes along it: "type", or "amount of" and a type.
        holistic: the teacher on complete sequences.
        clean: the method on complete sequences.
        scores: the method under each occlusion, by its label; an amount of 0 is `clean`.

    Raises:
        ProtocolError: if the scores are not of the same data, protocol and distance.
    """

    method: str
    axis: str
    holistic: Score
    clean: Score
    scores: Mapping[str, Score]

    def __post_init__(self) -> None:
        check_complete(self.holistic, self.clean)
        for score in self.scores.values():
            self.holistic.setting.check_comparable(score.setting)

    def rp(self, figure: Figure = "rank1") -> dict[str, float]:
        """Return RP under each occlusion, by its label."""
        holistic = self.holistic.mean(figure)
        return {
            label: relative_performance(score.mean(figure), holistic) for label, score in self.scores.items()
        }

    def as_json(self) -> dict[str, Any]:
        """Return ratios and scores as JSON values."""
        return {
            "method": self.method,
            "axis": self.axis,
            "holistic_rank1": self.holistic.rank1,
            "clean_rank1": self.clean.rank1,
            "rp": self.rp(),
            "scores": {label: score.as_json() for label, score in self.scores.items()},
        }


def compare(
    method: str,
    model: nn.Module,
    store: SequenceStore,
    *,
    occlusion: Occlusion,
    holistic: Score | None = None,
    **options: Unpack[EvaluateOptions],
) -> Comparison:
    """Judge a method on complete and on occluded sequences, and set it beside the teacher.

    Args:
        method: its name.
        model: the network.
        store: the sequences.
        occlusion: what hides a part of gallery and probes.
        holistic: the teacher's score on complete sequences from this run (the first comparison has it); None
            when the model is the teacher itself, which is Baseline-1.
        options: protocol, seeds, distance, and how to run; see `evaluate`.
    """
    clean = evaluate(model, store, **options)
    occluded = evaluate(model, store, occlusion=occlusion, **options)
    return Comparison(method=method, holistic=holistic or clean, clean=clean, occluded=occluded)


def check_complete(holistic: Score, clean: Score) -> None:
    """Refuse scores of occluded sequences where complete ones are meant, and scores of different data.

    Raises:
        ProtocolError: if they do not fit.
    """
    for name, score in (("holistic", holistic), ("clean", clean)):
        if score.setting.side != "neither":
            raise ProtocolError(
                f"the {name} score must be of complete sequences, this one is of occluded ones"
            )
    holistic.setting.check_comparable(clean.setting)
