"""Verification: is this the person they claim to be? True accepts at a fixed rate of false accepts."""

import numpy as np

from mimicgait.errors import ConfigError, ProtocolError
from mimicgait.evaluation.pairs import Ids, Mask, Matrix, Pairs


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
    if not 0 <= far <= 1:
        raise ConfigError(f"expected a false accept rate in [0, 1], got {far}")
    pairs = Pairs.of(distances, probe_ids, gallery_ids, excluded)
    genuine = np.concatenate([pairs.distances[rows][pairs.mates(rows)] for rows in pairs.blocks()])
    impostor = np.concatenate([pairs.distances[rows][pairs.strangers(rows)] for rows in pairs.blocks()])
    if not len(genuine) or not len(impostor):
        raise ProtocolError(
            f"verification needs pairs of one person and pairs of two people, got {len(genuine)} and "
            f"{len(impostor)}"
        )
    accepted = _allowed(far, len(impostor))
    if accepted == len(impostor):
        return 1.0
    threshold = np.partition(impostor, accepted)[accepted]
    return float((genuine < threshold).mean())


def _allowed(far: float, trials: int) -> int:
    """Largest count whose share of the trials is at most `far` (0.29 * 100 gives 28.999...)."""
    count = round(far * trials)
    return count if count / trials <= far else count - 1
