"""What an evaluation found: figures of each seed, their mean and spread, and what was compared."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from mimicgait.errors import ProtocolError
from mimicgait.evaluation.pairs import Absent
from mimicgait.evaluation.ranking import rank
from mimicgait.evaluation.verification import tar_at_far
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
        absent: what became of probes without a mate.
        side: which side was occluded.
        occlusion: the occlusion's configuration, None when nothing was occluded.
        seeds: of the occlusion, one for each run.
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

    def check_comparable(self, other: "Setting") -> None:
        """Refuse to set a score beside one of other data, another protocol or another distance.

        Raises:
            ProtocolError: naming the first thing that differs.
        """
        for name in ("protocol", "fingerprint", "gallery", "probes", "distance", "absent"):
            mine, theirs = getattr(self, name), getattr(other, name)
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
        return cls(
            rank1=ranking.rank_k(1),
            rank5=ranking.rank_k(5),
            rank20=ranking.rank_k(20),
            mAP=float(ranking.average_precision().mean()),
            mINP=float(ranking.inverse_negative_penalty().mean()),
            tar=tar_at_far(distances, probe_ids, gallery_ids, FAR),
            cmc=tuple(ranking.cmc(CMC_RANKS).tolist()),
        )


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

    def values(self, figure: Figure = "rank1") -> npt.NDArray[np.float64]:
        """Return a figure of every run, float64 `[runs]`."""
        return np.array([getattr(run, figure) for run in self.runs], np.float64)

    def mean(self, figure: Figure = "rank1") -> float:
        """Return a figure's mean over the seeds."""
        return float(self.values(figure).mean())

    def std(self, figure: Figure = "rank1") -> float:
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


def subjects(embeddings: Embeddings) -> list[str]:
    """Return who each signature belongs to."""
    return [key.subject for key in embeddings.keys]
