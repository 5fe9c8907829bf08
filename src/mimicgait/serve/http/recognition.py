"""Routes: who is this, is this so-and-so, enrol them; and the jobs that say so."""

import asyncio
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Form, Query, Response, UploadFile
from fastapi import Path as InPath
from starlette.concurrency import run_in_threadpool

from mimicgait.serve.http.schemas import EnrolledView, EnrolRequest, JobView, Problem
from mimicgait.serve.http.service import BEARER, Asking, Enrolling, Service, ServiceDep
from mimicgait.serve.http.views import job_view
from mimicgait.serve.jobs import State
from mimicgait.serve.keys import ApiKey
from mimicgait.serve.recognise import MOST_CANDIDATES
from mimicgait.serve.refusals import RequestError
from mimicgait.serve.tasks import Outcome, Work
from mimicgait.serve.uploads import Upload, UploadKind

Responses = dict[int | str, dict[str, Any]]
PROBLEMS: Responses = {
    status: {"model": Problem} for status in (400, 401, 403, 404, 409, 413, 415, 422, 429, 503)
}
LATER: Responses = {202: {"model": JobView, "description": "A video: ask for the job until it is done."}}

router = APIRouter(prefix="/v1", dependencies=[BEARER], responses=PROBLEMS)

File = Annotated[UploadFile, "A video, or silhouettes: a .zip of PNG masks, an .npz or an .npy."]
Name = Annotated[str, Form(min_length=1, max_length=200)]
Person = Annotated[int | None, Form(ge=1, le=10_000, description="Which of several people in a video.")]
JobId = Annotated[str, InPath(max_length=64)]


@router.post("/identify", responses=LATER, tags=["recognition"])
async def identify(
    service: ServiceDep,
    caller: Asking,
    file: File,
    response: Response,
    candidates: Annotated[int, Query(ge=1, le=MOST_CANDIDATES)] = 10,
) -> JobView:
    """Say who walks in a video, or in silhouettes.

    Silhouettes are answered at once (200); a video becomes a job (202).
    """
    upload = await _receive(service, file)
    return await _run(service, caller, upload, service.tasks.identify(upload, candidates), response)


@router.post("/verify", responses=LATER, tags=["recognition"])
async def verify(
    service: ServiceDep, caller: Asking, file: File, name: Name, response: Response, person: Person = None
) -> JobView:
    """Compare somebody with one enrolled person: is it they?"""
    await run_in_threadpool(service.recogniser.refuse_unknown, name)
    upload = await _receive(service, file)
    return await _run(service, caller, upload, service.tasks.verify(upload, name, person), response)


@router.post("/enrol", responses=LATER, tags=["recognition"])
async def enrol(
    service: ServiceDep,
    caller: Enrolling,
    file: File,
    name: Name,
    response: Response,
    consent: Annotated[str | None, Form(max_length=1000, description="Needed for somebody new.")] = None,
    person: Person = None,
    keep: Annotated[bool, Form(description="Keep the silhouettes too, for a later network.")] = False,
) -> JobView:
    """Enrol somebody; they are on the disk when the job is done."""
    upload = await _receive(service, file)
    work = service.tasks.enrol(upload, name, consent, person, keep)
    return await _run(service, caller, upload, work, response)


@router.get("/jobs/{job}", tags=["jobs"])
def job(service: ServiceDep, caller: Asking, job: JobId) -> JobView:
    """Tell how far a job is; its result stays for some minutes after its end."""
    return job_view(service.jobs.get(job, caller.name))


@router.delete("/jobs/{job}", status_code=204, tags=["jobs"])
def cancel(service: ServiceDep, caller: Asking, job: JobId) -> None:
    """Stop a job, or throw its result away."""
    service.jobs.cancel(job, caller.name)


@router.get(
    "/jobs/{job}/people/{number}/silhouettes",
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {}}}},
    tags=["jobs"],
)
def silhouettes(service: ServiceDep, caller: Asking, job: JobId, number: int) -> Response:
    """Return somebody's silhouettes: bits, row by row, 64 x 64 a frame, which makes 512 bytes each."""
    frames = _result(service, caller, job).walker(number).walker.frames
    return Response(np.packbits(frames).tobytes(), media_type="application/octet-stream")


@router.post("/jobs/{job}/people/{number}/enrol", status_code=201, tags=["jobs"])
def enrol_found(
    service: ServiceDep, caller: Enrolling, job: JobId, number: int, wanted: EnrolRequest
) -> EnrolledView:
    """Enrol somebody who was found in a job of yours."""
    looked = _result(service, caller, job).walker(number)
    done = service.recogniser.enrol(wanted.name, looked, wanted.consent, keep=wanted.keep)
    service.metrics.enrolled(len(done.walks))
    return EnrolledView(name=done.name, walks=list(done.walks))


def _result(service: Service, caller: ApiKey, job_id: str) -> Outcome:
    found = service.jobs.get(job_id, caller.name)
    if found.result is None:
        raise RequestError(f"the job has no result: it is {found.state}", status=409)
    return found.result


async def _receive(service: Service, file: UploadFile) -> Upload:
    """Put an upload into a file of our own."""
    return await run_in_threadpool(service.scratch.save, file.file, service.limits.upload_bytes)


async def _run(service: Service, caller: ApiKey, upload: Upload, work: Work, response: Response) -> JobView:
    """Put work into the queue; wait for it unless it is a video's."""
    try:
        job = service.jobs.submit(caller.name, work, after=lambda: service.scratch.discard(upload))
    except RequestError:
        service.scratch.discard(upload)
        raise
    response.headers["location"] = f"/v1/jobs/{job.id}"
    if upload.kind is UploadKind.VIDEO:
        response.status_code = 202
        return job_view(job)
    await asyncio.shield(asyncio.wrap_future(job.outcome))  # who stops waiting does not end the job
    if job.state is not State.DONE:
        raise RequestError(job.reason, status=job.status)
    return job_view(job)
