"""Routes: who is enrolled, what is kept of them, and their removal."""

import secrets
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi import Path as InPath
from starlette.background import BackgroundTask
from starlette.responses import FileResponse

from mimicgait.errors import DataError
from mimicgait.gallery import export_gallery
from mimicgait.serve.http.recognition import PROBLEMS
from mimicgait.serve.http.schemas import EnrolledPerson, PeoplePage, Removed
from mimicgait.serve.http.service import BEARER, Administering, ServiceDep
from mimicgait.serve.http.views import enrolled_person
from mimicgait.serve.refusals import RequestError

router = APIRouter(prefix="/v1/gallery", dependencies=[BEARER], responses=PROBLEMS, tags=["gallery"])

Name = Annotated[str, InPath(min_length=1, max_length=200)]
Why = Annotated[str, Query(max_length=1000, description="Kept in the audit log; leave names out of it.")]


@router.get("")
def people(
    service: ServiceDep,
    caller: Administering,
    after: Annotated[str, Query(max_length=200, description="The last name of the page before.")] = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> PeoplePage:
    """List who is enrolled, by name, a page at a time."""
    everybody = service.recogniser.gallery.people()
    model = service.recogniser.observer.model
    page = [person for person in everybody if person.name > after][:limit]
    return PeoplePage(total=len(everybody), people=[enrolled_person(person, model) for person in page])


@router.get(
    "/export",
    response_class=FileResponse,
    responses={200: {"content": {"application/vnd.apache.parquet": {}}}},
)
def export(
    service: ServiceDep,
    caller: Administering,
    person: Annotated[
        list[str] | None, Query(max_length=1000, description="Names; everybody if none.")
    ] = None,
) -> FileResponse:
    """Hand out what is kept of everybody, or of some: a Parquet file, encrypted if the gallery is."""
    path = service.scratch.folder / f"{secrets.token_hex(16)}.parquet"
    for name in person or ():
        service.recogniser.refuse_unknown(name)
    try:
        export_gallery(service.recogniser.gallery, path, people=person)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return FileResponse(
        path,
        media_type="application/vnd.apache.parquet",
        filename="gallery.parquet",
        background=BackgroundTask(path.unlink, missing_ok=True),
    )


@router.get("/people/{name:path}")
def person(service: ServiceDep, caller: Administering, name: Name) -> EnrolledPerson:
    """Say what is kept of one person."""
    found = service.recogniser.gallery.person(name)
    if found is None:
        raise _nobody(name)
    return enrolled_person(found, service.recogniser.observer.model)


@router.delete("/people/{name:path}")
def remove(service: ServiceDep, caller: Administering, name: Name, reason: Why = "") -> Removed:
    """Remove a person, every walk of theirs, and every byte of it."""
    service.recogniser.refuse_unknown(name)
    removal = service.recogniser.gallery.remove(name, reason=reason)
    return Removed(walks=removal.walks, wiped=removal.wiped)


@router.delete("/walks/{walk}")
def remove_walk(
    service: ServiceDep, caller: Administering, walk: Annotated[str, InPath(max_length=64)], reason: Why = ""
) -> Removed:
    """Remove one walk; its person stays enrolled."""
    try:
        removal = service.recogniser.gallery.remove_walk(walk, reason=reason)
    except DataError as error:
        raise RequestError("there is no walk of that id", status=404) from error
    return Removed(walks=removal.walks, wiped=removal.wiped)


def _nobody(name: str) -> RequestError:
    return RequestError(f"nobody called {name.strip()[:100]!r} is enrolled", status=404)
