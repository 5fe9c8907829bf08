"""What a running service is made of, and how a request finds it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPBearer

from mimicgait.serve.explorer import Explorer
from mimicgait.serve.http.metrics import Metrics
from mimicgait.serve.jobs import Job, Jobs
from mimicgait.serve.keys import LOCAL, ApiKey, Keyring, Role
from mimicgait.serve.limits import Limits
from mimicgait.serve.rates import RateLimiter
from mimicgait.serve.recognise import Recogniser
from mimicgait.serve.refusals import RequestError
from mimicgait.serve.tasks import Outcome, Tasks
from mimicgait.serve.uploads import Scratch


@dataclass(frozen=True)
class Service:
    """Everything that requests share.

    explorer: None if there is no teacher; hosts: the names under which the service may be asked for, none
    for any.
    """

    recogniser: Recogniser
    tasks: Tasks
    jobs: Jobs[Outcome]
    scratch: Scratch
    keyring: Keyring
    limiter: RateLimiter
    limits: Limits
    metrics: Metrics
    explorer: Explorer | None = None
    hosts: frozenset[str] = frozenset()

    @classmethod
    def start(
        cls,
        recogniser: Recogniser,
        scratch: Scratch,
        limits: Limits,
        *,
        keyring: Keyring | None = None,
        explorer: Explorer | None = None,
        hosts: frozenset[str] = frozenset(),
    ) -> "Service":
        """Start the workers and put everything together."""
        metrics = Metrics()

        def ended(job: Job[Outcome]) -> None:
            metrics.job_ended(job.state)
            if job.result is not None and job.result.enrolled is not None:
                metrics.enrolled(len(job.result.enrolled.walks))

        jobs = Jobs(limits, ended=ended)
        metrics.watch_queue(lambda: jobs.waiting)
        metrics.watch_people(lambda: len(recogniser.gallery))
        return cls(
            recogniser=recogniser,
            tasks=Tasks(recogniser, limits),
            jobs=jobs,
            scratch=scratch,
            keyring=keyring or Keyring(),
            limiter=RateLimiter(limits.rate, limits.burst),
            limits=limits,
            metrics=metrics,
            explorer=explorer,
            hosts=hosts,
        )

    def close(self) -> None:
        """Stop the workers, delete uploads, close the gallery."""
        self.jobs.close()
        self.scratch.close()
        self.recogniser.gallery.close()


def service_of(request: Request) -> Service:
    """Find the service that a request was sent to."""
    service: Service = request.app.state.service
    return service


ServiceDep = Annotated[Service, Depends(service_of)]
_BEARER = HTTPBearer(auto_error=False, description="An API key, as `mimicgait api-key` makes it.")


def allowed(role: Role) -> Callable[..., ApiKey]:
    """Make a dependency that lets only holders of a role in, and says who it is.

    Who the caller is has been found out before the body was read (see `guard`).
    """

    def caller(request: Request) -> ApiKey:
        key: ApiKey = getattr(request.state, "caller", LOCAL)
        if not key.allows(role):
            raise RequestError(
                f"the key of {key.name} does not allow this: it takes the role {role}", status=403
            )
        return key

    return caller


BEARER = Depends(_BEARER)
Asking = Annotated[ApiKey, Depends(allowed(Role.IDENTIFY))]
Enrolling = Annotated[ApiKey, Depends(allowed(Role.ENROL))]
Administering = Annotated[ApiKey, Depends(allowed(Role.ADMIN))]
