"""Who is this, how sure, and how much was seen? What may be said of a ranking, and what not, and why."""

from dataclasses import dataclass
from enum import StrEnum

from mimicgait.errors import ProtocolError
from mimicgait.gallery.calibration import LEAST_POWER, Calibration, Level, logistic, seen_share
from mimicgait.gallery.records import Candidate, Ranking, Signature


class Answer(StrEnum):
    """What a search, or a comparison, ends with."""

    NAMED = "named"
    UNKNOWN = "unknown"
    TOO_LITTLE_SEEN = "too little seen to say"
    UNDECIDED = "undecided"
    """There is no calibration, or it is too small for a gallery of this size."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate and what is to be made of the distance.

    same: probability that both walks are of one person, if that was as likely as not before they were
    compared; None without a calibration.
    """

    candidate: Candidate
    same: float | None


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer of an identification. The ranking is there whatever the answer is.

    Attributes:
        answer: what may be said.
        name: who it is; None unless somebody is named.
        reason: why, in words.
        probability: that the first of the ranking is right, if every second who asks is enrolled; None
            without a calibration.
        threshold: distance below which somebody is named; None if there is none.
        seen: share of a whole walk that was seen.
        hidden: hidden share of the walker; None if nobody judged it.
        ranking: everybody who was found, nearest first.
    """

    answer: Answer
    name: str | None
    reason: str
    probability: float | None
    threshold: float | None
    seen: float
    hidden: float | None
    ranking: tuple[Ranked, ...]


def decide(ranking: Ranking, probe: Signature, calibration: Calibration | None) -> Decision:
    """Say who a walk is of, if that may be said.

    Somebody is named whose distance lies below the threshold that keeps the wanted false positive rate, for
    this many enrolled people and this little seen. Otherwise it is somebody unknown; unless of the enrolled
    people, seen as little, hardly one would have been named either.

    Args:
        ranking: of the gallery.
        probe: the walk that was searched for.
        calibration: of the same network and distance; without one, nobody is named.

    Raises:
        ConfigError: if the calibration is of another network or distance, or goes by a visible share that
            nobody judged.
        ProtocolError: if the ranking is empty.
    """
    if not ranking.candidates:
        raise ProtocolError("the ranking is empty: enrol somebody first")
    first = ranking.candidates[0]
    if calibration is None:
        seen = seen_share(probe, by_visibility=probe.hidden is not None)
        listed = tuple(Ranked(candidate, None) for candidate in ranking.candidates)
        reason = (
            f"{first.name} is nearest, but without a calibration nobody knows what a distance of "
            f"{first.distance:.3f} means: make one with `mimicgait calibrate`"
        )
        return Decision(Answer.UNDECIDED, None, reason, None, None, seen, probe.hidden, listed)
    calibration.refuse_other(ranking.model, ranking.distance)
    seen = seen_share(probe, by_visibility=calibration.by_visibility)
    place = calibration.level(seen)
    level = calibration.levels[place]
    threshold = calibration.threshold(place, ranking.searched)
    answer, reason = _judge(first, level, threshold, calibration, ranking.searched, seen)
    return Decision(
        answer=answer,
        name=first.name if answer is Answer.NAMED else None,
        reason=reason,
        probability=calibration.probability(place, ranking),
        threshold=threshold,
        seen=seen,
        hidden=probe.hidden,
        ranking=tuple(Ranked(c, logistic(level.evidence(c.distance))) for c in ranking.candidates),
    )


def decide_verification(
    candidate: Candidate, probe: Signature, calibration: Calibration, *, distance: str
) -> Decision:
    """Say whether a walk is of the person it is claimed to be of: `decide`, with one person to choose from.

    Args:
        candidate: what `Gallery.verify` found.
        probe: the walk.
        calibration: its wanted rate is the false match rate here.
        distance: name of the gallery's distance.

    Raises:
        ConfigError: as `decide` does.
    """
    ranking = Ranking((candidate,), 1, 0, True, probe.model, distance)
    return decide(ranking, probe, calibration)


def _judge(
    first: Candidate,
    level: Level,
    threshold: float | None,
    calibration: Calibration,
    searched: int,
    seen: float,
) -> tuple[Answer, str]:
    """Compare a distance with its threshold, and say in words what follows."""
    much = f"{seen:.0%} of a whole walk was seen"
    promise = f"at most {calibration.fpir:.2g} of strangers may be named among {_people(searched)}"
    if threshold is None:
        if not level.nearest.count:
            return Answer.TOO_LITTLE_SEEN, f"{much}; nothing in the calibration set was seen so little"
        return Answer.UNDECIDED, (
            f"{promise}, and the calibration set ({level.nearest.count} walks seen as much, among "
            f"{_people(calibration.people)}) is too small to promise that: calibrate with more "
            "people, or allow more"
        )
    if first.distance < threshold:
        return Answer.NAMED, (
            f"{first.name} is at a distance of {first.distance:.3f}, below {threshold:.3f}: {promise}; {much}"
        )
    power = level.power(threshold)
    far = f"{first.name} is nearest, at {first.distance:.3f}, not below {threshold:.3f}"
    if power < LEAST_POWER:
        return Answer.TOO_LITTLE_SEEN, (
            f"{much}: of enrolled people seen so little only {power:.0%} would be named, so that it says "
            f"nothing that nobody is; {far}"
        )
    return Answer.UNKNOWN, (
        f"{far}: {promise}; of enrolled people seen as much, {power:.0%} would be named; {much}"
    )


def _people(count: int) -> str:
    return "one person" if count == 1 else f"{count:,} people"
