"""What jobs do: read an upload, find the walkers, and identify, compare or enrol them."""

from collections.abc import Callable
from dataclasses import dataclass

from mimicgait.gallery import Enrolled
from mimicgait.serve.isolation import watch_isolated
from mimicgait.serve.jobs import Job
from mimicgait.serve.limits import Limits
from mimicgait.serve.recognise import Answered, Looked, Recogniser, Verified
from mimicgait.serve.refusals import RequestError
from mimicgait.serve.silhouettes import read_silhouettes
from mimicgait.serve.uploads import Upload, UploadKind
from mimicgait.serve.walkers import Watched, silhouettes_only

READING, RECOGNISING = "looking for people", "recognising"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came out of a job: who was found, and what was asked about them.

    answered: for an identification; verified: for a comparison; enrolled: for an enrolment.
    """

    watched: Watched
    looked: tuple[Looked, ...]
    answered: tuple[Answered, ...] = ()
    verified: Verified | None = None
    enrolled: Enrolled | None = None

    @property
    def size(self) -> int:
        """Bytes that are held, roughly: the silhouettes twice, as found and as looked at."""
        return sum(2 * one.walker.frames.nbytes + 65_536 for one in self.looked)

    def walker(self, number: int) -> Looked:
        """Return a walker by number.

        Raises:
            RequestError: with status 404, if there is none.
        """
        for one in self.looked:
            if one.walker.number == number:
                return one
        raise RequestError(f"there is no person {number} in this result", status=404)


Work = Callable[[Job[Outcome]], Outcome]


@dataclass(frozen=True, slots=True)
class Tasks:
    """Makes the work of jobs."""

    recogniser: Recogniser
    limits: Limits

    def identify(self, upload: Upload, candidates: int) -> Work:
        """Say of everybody in an upload who it may be."""

        def work(job: Job[Outcome]) -> Outcome:
            watched, looked = self._look(upload, job)
            return Outcome(watched, looked, tuple(self.recogniser.identify(looked, candidates)))

        return work

    def verify(self, upload: Upload, name: str, person: int | None) -> Work:
        """Compare somebody in an upload with an enrolled person."""

        def work(job: Job[Outcome]) -> Outcome:
            watched, looked = self._look(upload, job)
            return Outcome(
                watched, looked, verified=self.recogniser.verify(name, _choose(watched, looked, person))
            )

        return work

    def enrol(self, upload: Upload, name: str, consent: str | None, person: int | None, keep: bool) -> Work:
        """Enrol somebody in an upload."""

        def work(job: Job[Outcome]) -> Outcome:
            watched, looked = self._look(upload, job)
            chosen = _choose(watched, looked, person)
            enrolled = self.recogniser.enrol(name, chosen, consent, keep=keep)
            return Outcome(watched, looked, enrolled=enrolled)

        return work

    def _look(self, upload: Upload, job: Job[Outcome]) -> tuple[Watched, tuple[Looked, ...]]:
        job.tell(READING, 0.0)
        if upload.kind is UploadKind.VIDEO:
            watched = watch_isolated(
                upload.path, self.limits, lambda share: job.tell(READING, share), job.cancelled
            )
        else:
            watched = silhouettes_only(read_silhouettes(upload.path, upload.kind, self.limits))
        job.tell(RECOGNISING, 0.0)
        return watched, tuple(self.recogniser.look(watched, f"upload {upload.digest[:12]}"))


def _choose(watched: Watched, looked: tuple[Looked, ...], person: int | None) -> Looked:
    """Return the one walker who is meant.

    Raises:
        RequestError: if nobody was found, or several people and it was not said which.
    """
    if not looked:
        raise RequestError(watched.note)
    if person is None and len(looked) > 1:
        raise RequestError(
            f"{len(looked)} people walk here: say which one is meant by person, from 1 for who appears first"
        )
    return Outcome(watched, looked).walker(looked[0].walker.number if person is None else person)
