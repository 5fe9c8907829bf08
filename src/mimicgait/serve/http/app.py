"""The application: routes, and what becomes of errors."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.responses import JSONResponse

from mimicgait import __version__
from mimicgait.errors import MimicGaitError, ProtocolError
from mimicgait.serve.http import administration, exploration, pages, recognition
from mimicgait.serve.http.guard import Guard, refused
from mimicgait.serve.http.service import Service
from mimicgait.serve.isolation import warm_up
from mimicgait.serve.refusals import RequestError

_FIELD_BYTES = 1 << 16


def create_app(service: Service) -> FastAPI:
    """Put a service on the web; it is closed when the application shuts down."""

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        warm_up()
        yield
        service.close()

    app = FastAPI(
        title="mimicgait",
        summary="Who walks in this video, how sure is that, and how much of them was seen?",
        version=__version__,
        lifespan=life,
        docs_url=None,  # the usual pages load scripts from elsewhere
        redoc_url=None,
        form_limits={"max_files": 1, "max_fields": 10, "max_part_size": _FIELD_BYTES},
        telemetry={"tracing": False, "metrics": False},
    )
    app.state.service = service
    app.add_middleware(Guard, service=service)
    for module in (pages, recognition, administration, exploration):
        app.include_router(module.router)

    @app.exception_handler(MimicGaitError)
    async def mistaken(_: Request, error: MimicGaitError) -> JSONResponse:
        return refused(_as_refusal(error, str(service.recogniser.gallery.path)))

    @app.exception_handler(RequestValidationError)
    async def malformed(_: Request, error: RequestValidationError) -> JSONResponse:
        return refused(RequestError("; ".join(_sentence(one) for one in error.errors())))

    return app


def _as_refusal(error: MimicGaitError, path: str) -> RequestError:
    """Give an error its status, and take the path of a file of ours out of it."""
    if isinstance(error, RequestError):
        return error
    reason = str(error).replace(f"{path}: ", "").replace(path, "the gallery")
    return RequestError(reason, status=409 if isinstance(error, ProtocolError) else 422)


def _sentence(error: dict[str, object]) -> str:
    """Say in words what is wrong with a field, without repeating what was sent."""
    place = error.get("loc", ())
    words = [str(word) for word in place if word != "body"] if isinstance(place, tuple) else []
    return f"{'.'.join(words) or 'the request'}: {error.get('msg', 'is not valid')}"
