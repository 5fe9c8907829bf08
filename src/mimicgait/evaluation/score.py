"""What an evaluation found: figures of each seed, their mean and spread, and what was compared."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from mimicgait.errors import ProtocolError, suggest
from mimicgait.evaluation.pairs import Absent
from mimicgait.evaluation.protocol import Views
from mimicgait.evaluation.ranking import Ranking, Ties, rank
from mimicgait.evaluation.trials import Trials
from mimicgait.evaluation.verification import ErrorRates
from mimicgait.types import Embeddings

Side = Literal["both", "probe", "neither"]
"""Which side was occluded."""

Figure = Literal["rank1", "rank5", "rank20", "mAP", "mINP", "tar"]
"""Names of the figures, each a share in [0, 1]."""

FIGURES: tuple[Figure, ...] = ("rank1", "rank5", "rank20", "mAP", "mINP", "tar")
CMC_RANKS = 50  # where the field cuts the curve
FAR = 0.01  # of the true accept rate: what BRIAR reports


@dataclass(frozen=True, slots=True)
class Setting:
    """What was compared with what: two scores may only be set against each other where these agree.

    Attributes:
        protocol: name of the rule for gallery and probe.
        data: name of the store.
        fingerprint: hash of the gallery's and of the probes' sequences.
        people: number of people in the gallery; guessing gives a rank-1 of about one over this.
        gallery: number of gallery sequences.
        probes: number of probe sequences.
        distance: name of the distance.
        own_distance: whether it is the one that the network's signatures are made for, not one asked for.
        absent: what became of probes without a mate.
        side: which side was occluded.
        occlusion: the occlusion's configuration, None when nothing was occluded.
        seeds: of the occlusion, one for each run.
        views: how views counted.
        ties: who came first at equal distance.
        rule: the protocol's rule in full.
        draw: what entered the draws beside seed and key: the suite's name.
        enrolled: whose signatures the gallery holds: the network's "own", or the "teacher"'s.
    """

    protocol: str
    data: str
    fingerprint: str
    people: int
    gallery: int
    probes: int
    distance: str
    absent: Absent
    side: Side
    occlusion: Mapping[str, Any] | None
    seeds: tuple[int, ...]
    views: Views = "any"
    ties: Ties = "pessimistic"
    rule: Mapping[str, Any] = field(default_factory=dict)
    draw: str = ""
    enrolled: Literal["own", "teacher"] = "own"
    own_distance: bool = False

    def occluded(
        self, side: Side, occlusion: Mapping[str, Any], seeds: Sequence[int], draw: str = ""
    ) -> "Setting":
        """Return the same setting with one or both sides hidden."""
        return replace(self, side=side, occlusion=occlusion, seeds=tuple(seeds), draw=draw)

    def check_comparable(self, other: "Setting") -> None:
        """Refuse to set a score beside one of other data, another protocol or another distance.

        Distances may differ where both are those that the networks' signatures are made for.

        Raises:
            ProtocolError: naming the first thing that differs.
        """
        for name in ("protocol", "fingerprint", "gallery", "probes", "distance", "absent", "views"):
            mine, theirs = getattr(self, name), getattr(other, name)
            if name == "distance" and self.own_distance and other.own_distance:
                continue
            if mine != theirs:
                raise ProtocolError(
                    f"these scores cannot be compared: {name} is {mine!r} in one, {theirs!r} in the other. "
                    "Evaluate both on the same data with the same protocol and distance"
                )


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of one run, shares in [0, 1]; `tar` is the true accept rate at a false accept rate of 1 %.

    `cmc` is rank-1, rank-2, ... up to rank-50 or the gallery's size.
    """

    rank1: float
    rank5: float
    rank20: float
    mAP: float  # noqa: N815  (the field's own name)
    mINP: float  # noqa: N815
    tar: float
    cmc: tuple[float, ...]

    @classmethod
    def of(
        cls,
        distances: npt.NDArray[np.floating],
        probe_ids: list[str],
        gallery_ids: list[str],
        *,
        absent: Absent = "error",
    ) -> "Figures":
        """Work all figures out from distances `[q, g]`; the gallery is ranked once."""
        ranking = rank(distances, probe_ids, gallery_ids, absent=absent)
        return cls._of([ranking], ErrorRates.of(distances, probe_ids, gallery_ids))

    @classmethod
    def of_trials(cls, trials: Trials) -> "Figures":
        """Boil a run down: each figure is the mean over the cells, `tar` is over all pairs that count.

        `cmc` is cut at the smallest gallery among the cells.
        """
        return cls._of([cell.ranking for cell in trials.cells], trials.rates)

    @classmethod
    def _of(cls, cells: list[Ranking], rates: ErrorRates) -> "Figures":
        ranks = min(CMC_RANKS, *(cell.gallery for cell in cells))
        return cls(
            rank1=_mean([cell.rank_k(1) for cell in cells]),
            rank5=_mean([cell.rank_k(5) for cell in cells]),
            rank20=_mean([cell.rank_k(20) for cell in cells]),
            mAP=_mean([float(cell.average_precision().mean()) for cell in cells]),
            mINP=_mean([float(cell.inverse_negative_penalty().mean()) for cell in cells]),
            tar=1 - rates.fnmr_at_fmr(FAR),
            cmc=tuple(np.mean([cell.cmc(ranks) for cell in cells], axis=0).tolist()),
        )

    def get(self, name: str) -> float:
        """Return a figure by its name; `rank10` and its like come from the CMC.

        Raises:
            ProtocolError: if there is none, or the CMC does not reach that far.
        """
        check_figure(name)
        if name in FIGURES:
            return float(getattr(self, name))
        return self.cmc[min(int(name[4:]), len(self.cmc)) - 1]


def check_figure(name: str) -> None:
    """Refuse a figure that is never worked out.

    Raises:
        ProtocolError: if there is none of that name, or the CMC does not reach that far.
    """
    k = int(name[4:]) if name.startswith("rank") and name[4:].isdecimal() else 0
    if name not in FIGURES and not 1 <= k <= CMC_RANKS:
        raise ProtocolError(f"no figure {name!r}: {suggest(name, (*FIGURES, f'rank1 to rank{CMC_RANKS}'))}")


@dataclass(frozen=True, slots=True)
class Score:
    """The figures of every seed; `score.rank1` and its like are their means.

    Raises:
        ProtocolError: if there is no run.
    """

    setting: Setting
    runs: tuple[Figures, ...]

    def __post_init__(self) -> None:
        if not self.runs:
            raise ProtocolError("a score needs at least one run: give at least one seed")

    def values(self, figure: str = "rank1") -> npt.NDArray[np.float64]:
        """Return a figure of every run, float64 `[runs]`."""
        return np.array([run.get(figure) for run in self.runs], np.float64)

    def mean(self, figure: str = "rank1") -> float:
        """Return a figure's mean over the seeds."""
        return float(self.values(figure).mean())

    def std(self, figure: str = "rank1") -> float:
        """Return a figure's sample standard deviation over the seeds (n - 1); 0 for a single run."""
        return float(self.values(figure).std(ddof=1)) if len(self.runs) > 1 else 0.0

    @property
    def rank1(self) -> float:
        """Mean rank-1."""
        return self.mean("rank1")

    @property
    def rank5(self) -> float:
        """Mean rank-5."""
        return self.mean("rank5")

    @property
    def rank20(self) -> float:
        """Mean rank-20."""
        return self.mean("rank20")

    @property
    def mAP(self) -> float:  # noqa: N802  (the field's own name)
        """Mean over the seeds of the mean average precision."""
        return self.mean("mAP")

    @property
    def mINP(self) -> float:  # noqa: N802
        """Mean over the seeds of the mean inverse negative penalty."""
        return self.mean("mINP")

    @property
    def tar(self) -> float:
        """Mean true accept rate at a false accept rate of 1 %."""
        return self.mean("tar")

    @property
    def cmc(self) -> npt.NDArray[np.float64]:
        """Mean cumulative match characteristic, rank-1 first."""
        return np.asarray(np.mean([run.cmc for run in self.runs], axis=0))

    def as_json(self) -> dict[str, Any]:
        """Return setting, means, spreads and every run as JSON values, in full precision."""
        return {
            "setting": asdict(self.setting),
            "mean": {name: self.mean(name) for name in FIGURES},
            "std": {name: self.std(name) for name in FIGURES},
            "runs": [asdict(run) for run in self.runs],
        }


def _mean(values: list[float]) -> float:
    return float(np.mean(values))


def subjects(embeddings: Embeddings) -> list[str]:
    """Return who each signature belongs to."""
    return [key.subject for key in embeddings.keys]
