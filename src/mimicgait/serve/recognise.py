"""From walkers to answers: signatures, what is hidden, who it may be; enrolment and comparison."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mimicgait.errors import ConfigError, ProtocolError
from mimicgait.gallery import (
    Calibration,
    Candidate,
    Decision,
    Enrolled,
    Gallery,
    Observer,
    Signature,
    decide,
    decide_verification,
)
from mimicgait.serve.limits import Limits
from mimicgait.serve.people import timeline
from mimicgait.serve.refusals import RequestError
from mimicgait.serve.walkers import Walker, Watched, middle
from mimicgait.types import SequenceKey, Silhouettes
from mimicgait.video import VisibilityTimeline

MOST_CANDIDATES = 50


@dataclass(frozen=True, slots=True)
class Looked:
    """A walker, their signature with the silhouettes it was made from and, if there is a VEN, a timeline."""

    walker: Walker
    signature: Signature
    timeline: VisibilityTimeline | None


@dataclass(frozen=True, slots=True)
class Answered:
    """A walker with the decision on who it is; none, with the reason, if there is nobody to compare with."""

    looked: Looked
    decision: Decision | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Verified:
    """A walker compared with one person; the decision is missing without a calibration."""

    looked: Looked
    candidate: Candidate
    decision: Decision | None


class Recogniser:
    """The network, the gallery and the calibration of a service. Any number of threads may use it.

    Args:
        observer: turns walks into signatures.
        gallery: who is enrolled.
        calibration: what distances mean; without one nobody is named.
        limits: how much of a walk is looked at.

    Raises:
        ConfigError: if the calibration is of another network or distance, or needs a visibility network.
    """

    def __init__(
        self, observer: Observer, gallery: Gallery, calibration: Calibration | None, limits: Limits
    ) -> None:
        self.observer, self.gallery, self.calibration, self.limits = observer, gallery, calibration, limits
        if calibration is not None:
            calibration.refuse_other(observer.model, gallery.distance_for(observer).name)
            if calibration.by_visibility and observer.visibility is None:
                raise ConfigError(
                    "the calibration goes by how much is hidden, and no network estimates that: give a "
                    "visibility network too"
                )

    def look(self, watched: Watched, source: str) -> list[Looked]:
        """Make the signature and the timeline of every walker.

        Args:
            watched: the walkers.
            source: what the gallery is to know of where the walks came from.
        """
        if not watched.walkers:
            return []
        walks = [
            Silhouettes(
                SequenceKey("upload", "walk", f"{walker.number:03d}"), frames, f"{source} #{walker.number}"
            )
            for walker, frames in zip(
                watched.walkers, middle(watched.walkers, self.limits.walk_frames), strict=True
            )
        ]
        signatures = self.observer(walks, keep=True)
        ven = self.observer.visibility
        return [
            Looked(walker, signature, None if ven is None else timeline(walker, ven))
            for walker, signature in zip(watched.walkers, signatures, strict=True)
        ]

    def identify(self, looked: Sequence[Looked], candidates: int = 10) -> list[Answered]:
        """Say of each walker who it may be."""
        return [self._identify(one, candidates) for one in looked]

    def verify(self, name: str, looked: Looked) -> Verified:
        """Compare a walker with one person.

        Raises:
            RequestError: with status 404, if nobody of that name is enrolled.
            ProtocolError: if they have no template of this network.
        """
        self.refuse_unknown(name)
        candidate = self.gallery.verify(name, looked.signature)
        decision = None
        if self.calibration is not None:
            decision = decide_verification(
                candidate,
                looked.signature,
                self.calibration,
                distance=self.gallery.distance_for(looked.signature).name,
            )
        return Verified(looked, candidate, decision)

    def enrol(self, name: str, looked: Looked, consent: str | None, *, keep: bool) -> Enrolled:
        """Enrol a walker; they are on the disk when this returns.

        Args:
            name: of the person.
            looked: the walk.
            consent: on which consent somebody new is enrolled.
            keep: keep the silhouettes too, so that a later network can embed them again.
        """
        signature = looked.signature if keep else replace(looked.signature, silhouettes=None)
        return self.gallery.enroll(name, [signature], consent=consent)

    def refuse_unknown(self, name: str) -> None:
        """Refuse a name that nobody enrolled has.

        Raises:
            RequestError: with status 404.
        """
        with self.gallery.store.reading() as connection:  # `Gallery.person` would read their walks too
            known = connection.execute("SELECT 1 FROM person WHERE name = ?", (name.strip(),)).fetchone()
        if known is None:
            raise RequestError(f"nobody called {name.strip()[:100]!r} is enrolled", status=404)

    def _identify(self, looked: Looked, candidates: int) -> Answered:
        try:
            ranking = self.gallery.identify(looked.signature, limit=candidates)
        except ProtocolError as error:
            reason = "nobody is enrolled yet: there is nobody to compare with"
            return Answered(looked, None, str(error) if len(self.gallery) else reason)
        if not ranking.candidates:  # the last one was removed between search and description
            return Answered(looked, None, "nobody is enrolled any more")
        return Answered(looked, decide(ranking, looked.signature, self.calibration))
