"""What is left of a score: relative performance under occlusion, and holistic retention."""

import math

from mimicgait.errors import ProtocolError


def relative_performance(occluded: float, holistic: float) -> float:
    """Return RP = OP / HP (METHOD: occluded over holistic performance of the same backbone and pipeline).

    Args:
        occluded: score on occluded sequences.
        holistic: the teacher's score on complete sequences, in the same unit and from the same run; never
            from a published table.

    Raises:
        ProtocolError: if the holistic score is 0, or a score is negative or not finite.

    >>> round(relative_performance(0.2838, 0.553), 2)
    0.51
    """
    if not all(math.isfinite(score) and score >= 0 for score in (occluded, holistic)):
        raise ProtocolError(f"expected two scores of 0 or more, got {occluded} and {holistic}")
    if holistic == 0:
        raise ProtocolError(
            "relative performance is undefined: the holistic score is 0, so the teacher finds nobody even on "
            "complete sequences. Check that the teacher is trained and that gallery and probe fit together"
        )
    return occluded / holistic
