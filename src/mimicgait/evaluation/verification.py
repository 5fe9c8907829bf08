"""Verification in ISO/IEC 19795 terms: is this the person they claim to be?

FMR, the false match rate, is the share of comparisons of two people that match; FNMR, the false non-match
rate, is the share of comparisons of one person that do not. A pair matches if its distance is at most the
threshold. What the field calls TAR at FAR is 1 - FNMR at a threshold set by FMR.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mimicgait.errors import ConfigError, ProtocolError
from mimicgait.evaluation.pairs import Ids, Mask, Matrix, Pairs

Values = npt.NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class ErrorRates:
    """Everything that FMR and FNMR follow from.

    Attributes:
        genuine: distances between sequences of one person, ascending `[m]`.
        impostor: distances between two people, ascending; all of them, or only the smallest (see `of_tail`).
        impostors: number of comparisons of two people, of which `impostor` may be the beginning.

    Raises:
        ProtocolError: if there is no comparison of one person or none of two people.

    >>> rates = ErrorRates.of([[0.1, 0.3], [0.2, 0.4]], ["ann", "bob"], ["ann", "bob"])
    >>> rates.fmr(0.25), rates.fnmr(0.25)
    (0.5, 0.5)
    """

    genuine: Values
    impostor: Values
    impostors: int

    def __post_init__(self) -> None:
        if not len(self.genuine) or not self.impostors:
            raise ProtocolError(
                "verification needs pairs of one person and pairs of two people, "
                f"got {len(self.genuine)} and {self.impostors}: take more people into the gallery"
            )

    @classmethod
    def of(
        cls, distances: Matrix, probe_ids: Ids, gallery_ids: Ids, *, excluded: Mask | None = None
    ) -> "ErrorRates":
        """Collect genuine and impostor distances from a matrix `[q, g]`; `excluded` pairs do not count."""
        pairs = Pairs.of(distances, probe_ids, gallery_ids, excluded)
        genuine = np.concatenate([pairs.distances[rows][pairs.mates(rows)] for rows in pairs.blocks()])
        impostor = np.concatenate([pairs.distances[rows][pairs.strangers(rows)] for rows in pairs.blocks()])
        return cls(np.sort(genuine), np.sort(impostor), len(impostor))

    @property
    def reach(self) -> float:
        """The largest FMR up to which rates are known; 1 when all impostor distances are there."""
        return len(self.impostor) / self.impostors

    def fmr(self, threshold: float) -> float:
        """Return the false match rate at a threshold.

        Raises:
            ProtocolError: if the threshold lies beyond the impostor distances that were kept.
        """
        count = int(np.searchsorted(self.impostor, threshold, side="right"))
        if count == len(self.impostor) < self.impostors:
            raise ProtocolError(
                f"rates are known up to an FMR of {self.reach:.2g}, the threshold lies beyond"
            )
        return count / self.impostors

    def fnmr(self, threshold: float) -> float:
        """Return the false non-match rate at a threshold."""
        return 1 - int(np.searchsorted(self.genuine, threshold, side="right")) / len(self.genuine)

    def fnmr_at_fmr(self, fmr: float) -> float:
        """Return the FNMR at the loosest threshold at which the FMR is at most `fmr`.

        Pairs at exactly the same distance match together or not at all.

        Raises:
            ConfigError: if `fmr` is not in [0, 1].
            ProtocolError: if it lies beyond the impostor distances that were kept.
        """
        if not 0 <= fmr <= 1:
            raise ConfigError(f"expected a false accept rate in [0, 1], got {fmr}")
        allowed = _allowed(fmr, self.impostors)
        if allowed == self.impostors:
            return 0.0
        if allowed >= len(self.impostor):
            raise ProtocolError(f"rates are known up to an FMR of {self.reach:.2g}, asked for {fmr}")
        matched = int(np.searchsorted(self.genuine, self.impostor[allowed], side="left"))
        return 1 - matched / len(self.genuine)

    def eer(self) -> float:
        """Return the equal error rate: where the DET curve, its steps joined by lines, has FMR = FNMR.

        Raises:
            ProtocolError: if the crossing lies beyond the impostor distances that were kept.
        """
        fmr, fnmr = self.det()
        after = int(np.argmax(fmr >= fnmr))
        if fmr[after] < fnmr[after]:
            raise ProtocolError(f"the EER is above {self.reach:.2g}, beyond the distances that were kept")
        if after == 0:
            return float(fmr[0])
        gap = (fnmr - fmr)[after - 1 : after + 1]
        share = gap[0] / (gap[0] - gap[1])
        return float(fmr[after - 1] + share * (fmr[after] - fmr[after - 1]))

    def as_json(self) -> dict[str, Any]:
        """Return the DET curve at up to 25 FMRs from 1 in a million to 1, and what it rests on, as JSON.

        FMRs beyond the impostor distances that were kept are left out.
        """
        steps = [10 ** (-6 + i / 4) for i in range(25)]
        known = [fmr for fmr in steps if fmr == 1 or _allowed(fmr, self.impostors) < len(self.impostor)]
        return {
            "genuine": len(self.genuine),
            "impostor": self.impostors,
            "fmr": known,
            "fnmr": [self.fnmr_at_fmr(fmr) for fmr in known],
        }

    def det(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Return the DET curve's corners: FMR ascending and FNMR descending, as two arrays.

        It begins where nothing matches (0, 1). Draw both axes by the normal quantile, as the curve is usually
        shown.
        """
        steps = np.unique(np.concatenate([self.genuine, self.impostor]))
        whole = len(self.impostor) == self.impostors
        if not whole:
            steps = steps[steps < self.impostor[-1]]
        fmr = np.searchsorted(self.impostor, steps, side="right") / self.impostors
        fnmr = 1 - np.searchsorted(self.genuine, steps, side="right") / len(self.genuine)
        return np.concatenate([[0.0], fmr]), np.concatenate([[1.0], fnmr])


def tar_at_far(
    distances: Matrix, probe_ids: Ids, gallery_ids: Ids, far: float = 0.01, *, excluded: Mask | None = None
) -> float:
    """Return the true accept rate, in [0, 1], at a false accept rate of at most `far`.

    Every pair of a probe and a gallery item is one trial, accepted below a threshold: the largest at which
    no more than the share `far` of the trials between different people is accepted. Trials at exactly the
    same distance are accepted or rejected together.

    Args:
        distances: `[q, g]`, smaller is closer (hand in minus the score where larger is closer).
        probe_ids: identities `[q]`.
        gallery_ids: identities `[g]`.
        far: allowed share of false accepts, in [0, 1].
        excluded: bool `[q, g]`, true for pairs that do not count.

    Raises:
        ProtocolError: if there is no trial of one person or none of two people.
        ConfigError: if `far` is not in [0, 1].

    >>> tar_at_far([[0.1, 0.3], [0.2, 0.4]], ["ann", "bob"], ["ann", "bob"], far=0.0)
    0.5
    """
    return 1 - ErrorRates.of(distances, probe_ids, gallery_ids, excluded=excluded).fnmr_at_fmr(far)


def _allowed(far: float, trials: int) -> int:
    """Largest count whose share of the trials is at most `far` (0.29 * 100 gives 28.999...)."""
    count = round(far * trials)
    return count if count / trials <= far else count - 1
