"""What an evaluation rests on: the result of every probe in every run."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mimicgait.errors import ProtocolError, suggest
from mimicgait.evaluation.ranking import Ranking
from mimicgait.evaluation.score import Figures, Score, Setting
from mimicgait.evaluation.statistics import Outcomes
from mimicgait.evaluation.trials import Trials


@dataclass(frozen=True, slots=True)
class Evidence:
    """The trials of every seed under one setting.

    Attributes:
        setting: what was compared with what.
        runs: one a seed.
        subjects: who each probe is, `[q]`.
    """

    setting: Setting
    runs: tuple[Trials, ...]
    subjects: tuple[str, ...]

    def score(self) -> Score:
        """Return the figures of every run."""
        return Score(self.setting, tuple(Figures.of_trials(run) for run in self.runs))

    def outcomes(self, figure: str = "rank1") -> Outcomes:
        """Return a figure's value of every probe: 0 or 1 for `rank1`, `rank5`, ...; shares for mAP and mINP.

        Raises:
            ProtocolError: for a figure that is not a mean over probes.
        """
        names = np.array(self.subjects)
        rankings = [cell.ranking for run in self.runs for cell in run.cells]
        return Outcomes(
            values=np.concatenate([per_probe(ranking, figure) for ranking in rankings]),
            cells=np.repeat(np.arange(len(rankings)), [len(ranking.probes) for ranking in rankings]),
            subjects=np.concatenate([names[ranking.probes] for ranking in rankings]),
        )


def per_probe(ranking: Ranking, figure: str) -> npt.NDArray[np.float64]:
    """Return a figure's value for each probe of a ranking, float64 `[q]`.

    Raises:
        ProtocolError: for a figure that is not a mean over probes.
    """
    if figure == "mAP":
        return ranking.average_precision()
    if figure == "mINP":
        return ranking.inverse_negative_penalty()
    if figure.startswith("rank") and figure[4:].isdecimal():
        return ranking.found_within(int(figure[4:])).astype(np.float64)
    raise ProtocolError(
        f"{figure!r} is not a mean over probes: {suggest(figure, ('rank1', 'rank5', 'mAP', 'mINP'))}"
    )
