"""From what the service found to what the API answers."""

from mimicgait.gallery import Person
from mimicgait.serve.http.schemas import (
    CandidateView,
    ClaimView,
    EnrolledPerson,
    EnrolledView,
    JobView,
    PersonView,
    ResultView,
    TimelineView,
    WalkView,
)
from mimicgait.serve.jobs import Job
from mimicgait.serve.recognise import Answered, Looked, Verified
from mimicgait.serve.tasks import Outcome
from mimicgait.video import VisibilityTimeline

NOT_ASKED = "not asked"
NOBODY_ENROLLED = "nobody enrolled"
NOT_CALIBRATED = "undecided"


def job_view(job: Job[Outcome]) -> JobView:
    """Describe a job."""
    return JobView(
        id=job.id,
        state=job.state.value,
        stage=job.stage,
        progress=round(job.progress, 3),
        reason=job.reason,
        result=None if job.result is None else result_view(job.result),
    )


def result_view(outcome: Outcome) -> ResultView:
    """Describe what came out of a job."""
    answered = {one.looked.walker.number: one for one in outcome.answered}
    return ResultView(
        people=[_person(looked, answered.get(looked.walker.number)) for looked in outcome.looked],
        video=None if outcome.watched.video is None else dict(outcome.watched.video),
        note=outcome.watched.note,
        claim=None if outcome.verified is None else _claim(outcome.verified),
        enrolled=None
        if outcome.enrolled is None
        else EnrolledView(name=outcome.enrolled.name, walks=list(outcome.enrolled.walks)),
    )


def enrolled_person(person: Person, model: str) -> EnrolledPerson:
    """Describe somebody who is enrolled; `model` is the hash of the network that runs."""
    walks = [
        WalkView(
            id=walk.id,
            source=walk.source,
            added=walk.added,
            frames=walk.frames,
            hidden=walk.hidden,
            kept=walk.kept,
            current=model in walk.models,
        )
        for walk in person.walks
    ]
    return EnrolledPerson(name=person.name, consent=person.consent, added=person.added, walks=walks)


def _person(looked: Looked, answered: Answered | None) -> PersonView:
    walker, signature = looked.walker, looked.signature
    decision = None if answered is None else answered.decision
    if decision is not None:
        answer, reason = decision.answer.value, decision.reason
    else:
        answer, reason = (NOT_ASKED, "") if answered is None else (NOBODY_ENROLLED, answered.reason)
    ranking = () if decision is None else decision.ranking
    return PersonView(
        number=walker.number,
        frames=len(walker.frames),
        looked_at=signature.frames,
        first_second=round(float(walker.times[0]), 3),
        last_second=round(float(walker.times[-1]), 3),
        dropped=dict(walker.dropped),
        hidden=signature.hidden,
        seen=None if decision is None else decision.seen,
        answer=answer,
        name=None if decision is None else decision.name,
        probability=None if decision is None else decision.probability,
        threshold=None if decision is None else decision.threshold,
        reason=reason,
        candidates=[
            CandidateView(
                name=one.candidate.name,
                distance=one.candidate.distance,
                same=one.same,
                walk=one.candidate.walk,
                frames=one.candidate.frames,
                hidden=one.candidate.hidden,
            )
            for one in ranking
        ],
        timeline=None if looked.timeline is None else _timeline(looked.timeline),
    )


def _timeline(timeline: VisibilityTimeline) -> TimelineView:
    return TimelineView(
        times=[round(time, 3) for time in timeline.times.tolist()],
        kinds=list(timeline.kinds),
        kind=timeline.kind.tolist(),
        amount=[round(amount, 3) for amount in timeline.amount.tolist()],
    )


def _claim(verified: Verified) -> ClaimView:
    candidate, decision = verified.candidate, verified.decision
    return ClaimView(
        name=candidate.name,
        distance=candidate.distance,
        same=None if decision is None else decision.ranking[0].same,
        answer=NOT_CALIBRATED if decision is None else decision.answer.value,
        reason="without a calibration nobody knows what a distance means: make one with `mimicgait calibrate`"
        if decision is None
        else decision.reason,
    )
