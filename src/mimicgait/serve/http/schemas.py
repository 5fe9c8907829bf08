"""What the API answers, as OpenAPI describes it."""

from typing import Literal

from pydantic import BaseModel, Field


class Problem(BaseModel):
    """Why a request was refused, and what to do."""

    detail: str


class Health(BaseModel):
    """Whether the service works."""

    status: Literal["ok"]
    version: str


class About(BaseModel):
    """What this service can do, what the caller may do, and what is bounded."""

    version: str
    model: str = Field(description="Hash of the network; signatures of other networks are not compared.")
    calibrated: bool = Field(description="Without a calibration nobody is named.")
    visibility: bool = Field(description="Whether a network estimates what is hidden.")
    explorer: bool
    keys: bool = Field(description="Whether API keys are needed.")
    caller: str
    roles: list[str]
    upload_bytes: int
    video_seconds: float
    results_seconds: float


class CandidateView(BaseModel):
    """Somebody who is enrolled, and how far away their nearest walk is."""

    name: str
    distance: float
    same: float | None = Field(description="Probability that it is one person, at even odds beforehand.")
    walk: str
    frames: int
    hidden: float | None


class TimelineView(BaseModel):
    """What the visibility network estimates for every frame."""

    times: list[float]
    kinds: list[str]
    kind: list[int] = Field(description="Position in `kinds` of the most probable kind.")
    amount: list[float] = Field(description="Hidden share of the person, estimated.")


class ClaimView(BaseModel):
    """A comparison with one person."""

    name: str
    distance: float
    same: float | None
    answer: str
    reason: str


class PersonView(BaseModel):
    """Somebody who was found in an upload."""

    number: int
    frames: int
    looked_at: int = Field(description="Frames that the signature was made from.")
    first_second: float
    last_second: float
    dropped: dict[str, int] = Field(description="Frames that were left out, by reason.")
    hidden: float | None
    seen: float | None = Field(description="Share of a whole walk that was seen.")
    answer: str
    name: str | None
    probability: float | None
    threshold: float | None
    reason: str
    candidates: list[CandidateView]
    timeline: TimelineView | None


class EnrolledView(BaseModel):
    """An enrolment that is on the disk: whose, and the ids of the walks."""

    name: str
    walks: list[str]


class ResultView(BaseModel):
    """What came out of a job."""

    people: list[PersonView]
    video: dict[str, float] | None
    note: str
    claim: ClaimView | None
    enrolled: EnrolledView | None


class JobView(BaseModel):
    """A job: where it is, and its result when it is done."""

    id: str
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    stage: str
    progress: float
    reason: str
    result: ResultView | None


class EnrolRequest(BaseModel):
    """Whom to enrol, and on which ground."""

    name: str = Field(min_length=1, max_length=200)
    consent: str | None = Field(default=None, max_length=1000, description="Needed for somebody new.")
    keep: bool = Field(default=False, description="Keep the silhouettes too, for a later network.")


class WalkView(BaseModel):
    """One enrolled walk."""

    id: str
    source: str
    added: str
    frames: int
    hidden: float | None
    kept: bool
    current: bool = Field(description="Whether there is a template of the network that runs now.")


class EnrolledPerson(BaseModel):
    """Somebody who is enrolled."""

    name: str
    consent: str
    added: str
    walks: list[WalkView]


class PeoplePage(BaseModel):
    """Some of those who are enrolled, by name."""

    total: int
    people: list[EnrolledPerson]


class Removed(BaseModel):
    """What was removed; `wiped`: whether no byte of it is left in the gallery's files."""

    walks: int
    wiped: bool


class ExplorerView(BaseModel):
    """What the explorer can show."""

    kinds: list[str]
    most_amount: float
    walkers: list[str]
    people: int
    synthetic: bool


class ExplorerRequest(BaseModel):
    """What to hide of whose walk."""

    walker: int = Field(ge=0, le=10_000)
    kind: str = Field(max_length=20)
    amount: float = Field(ge=0, le=0.8)
    seed: int = Field(default=0, ge=0, le=2**31 - 1)


class StandingView(BaseModel):
    """One person in a ranking."""

    name: str
    distance: float


class ShownView(BaseModel):
    """A walk with a part hidden; frames are bits, row by row, 512 bytes each, in base64."""

    name: str
    frames: int
    hidden: float
    complete: str
    visible: str
    occluded: str
    teacher: list[StandingView]
    mimic: list[StandingView]
    teacher_place: int
    mimic_place: int
    people: int
