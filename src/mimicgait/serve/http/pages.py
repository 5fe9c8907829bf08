"""Routes: the web page, health, metrics, and what this service is."""

import hashlib
from importlib.resources import files

from fastapi import APIRouter, Request, Response

from mimicgait import __version__
from mimicgait.serve.http.recognition import PROBLEMS
from mimicgait.serve.http.schemas import About, Health
from mimicgait.serve.http.service import BEARER, Administering, Asking, ServiceDep
from mimicgait.serve.keys import Role
from mimicgait.serve.refusals import RequestError

router = APIRouter()

_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_PAGE = {
    file.name: file.read_bytes()
    for file in files("mimicgait.serve").joinpath("page").iterdir()
    if file.name.endswith(tuple(_TYPES))
}
"""The files of the page by name, in memory: what a client asks for is looked up, never opened."""


@router.get("/", include_in_schema=False)
def index(request: Request) -> Response:
    """Serve the page."""
    return _file(request, "index.html")


@router.get("/page/{name}", include_in_schema=False)
def asset(request: Request, name: str) -> Response:
    """Serve what the page is made of."""
    return _file(request, name)


@router.get("/health", tags=["service"])
def health(service: ServiceDep) -> Health:
    """Tell that the service works, its gallery included."""
    len(service.recogniser.gallery)
    return Health(status="ok", version=__version__)


@router.get("/v1/about", tags=["service"], dependencies=[BEARER], responses=PROBLEMS)
def about(service: ServiceDep, caller: Asking) -> About:
    """Tell what the service can do, and what the caller may do."""
    recogniser, limits = service.recogniser, service.limits
    return About(
        version=__version__,
        model=recogniser.observer.model,
        calibrated=recogniser.calibration is not None,
        visibility=recogniser.observer.visibility is not None,
        explorer=service.explorer is not None,
        keys=bool(service.keyring),
        caller=caller.name,
        roles=[role.value for role in Role if caller.allows(role)],
        upload_bytes=limits.upload_bytes,
        video_seconds=limits.video_seconds,
        results_seconds=limits.keep_seconds,
    )


@router.get(
    "/metrics",
    tags=["service"],
    dependencies=[BEARER],
    response_class=Response,
    responses={200: {"content": {"text/plain": {}}}, **PROBLEMS},
)
def metrics(service: ServiceDep, caller: Administering) -> Response:
    """Write the metrics down for Prometheus."""
    return Response(service.metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")


def _file(request: Request, name: str) -> Response:
    """Answer with a file of the page, or say that the browser's copy is good."""
    if name not in _PAGE:
        raise RequestError("there is no such file", status=404)
    content = _PAGE[name]
    tag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
    headers = {"etag": tag, "cache-control": "no-cache"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    kind = _TYPES[name[name.rindex(".") :]]
    return Response(content, media_type=f"{kind}; charset=utf-8", headers=headers)
