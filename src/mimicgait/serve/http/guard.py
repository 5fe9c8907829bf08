"""What every request passes before its body is read: who asks, from where, how often, how much."""

import asyncio
import time
from collections.abc import Iterable
from contextlib import ExitStack
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mimicgait.serve.http.service import Service
from mimicgait.serve.keys import LOCAL, ApiKey
from mimicgait.serve.refusals import BusyError, RequestError
from mimicgait.serve.uploads import too_large

GUARDED = ("/v1/", "/metrics")
"""What needs a key, if there are keys; the page itself and the state of health do not."""

_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob: data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
_FORM_BYTES = 1 << 16
"""What a form may add to the file in it."""


class Guard:
    """Middleware in front of everything: headers, metrics, keys, rates, room for uploads."""

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self._app, self._service = app, service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it before its body has been read."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 500

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("cache-control", "no-store")
            await send(message)

        try:
            with ExitStack() as stack:
                try:
                    self._admit(scope, stack)
                except RequestError as refusal:
                    await refused(refusal)(scope, receive, answer)
                    return
                await self._app(scope, self._patient(receive), answer)
        finally:
            route = getattr(scope.get("route"), "path", "other")
            self._service.metrics.request(scope["method"], route, status, time.perf_counter() - began)

    def _admit(self, scope: Scope, stack: ExitStack) -> None:
        """Let a request in, and hold room for what it brings.

        Raises:
            RequestError: saying why not.
        """
        headers = Headers(scope=scope)
        self._check_site(headers)
        if not scope["path"].startswith(GUARDED):
            return
        scope.setdefault("state", {})["caller"] = self._caller(scope, headers)
        length = headers.get("content-length", "")
        most = self._service.limits.upload_bytes + _FORM_BYTES
        if length.isdigit() and int(length) > most:
            raise too_large(self._service.limits.upload_bytes)
        if scope["method"] in ("POST", "PUT", "PATCH"):
            stack.enter_context(self._service.scratch.reserved(int(length) if length.isdigit() else most))

    def _check_site(self, headers: Headers) -> None:
        """Refuse what another web site makes a visitor's browser ask, whatever name it calls us by."""
        host = _host(headers.get("host", ""))
        if self._service.hosts and host not in self._service.hosts:
            raise RequestError("the service does not go by the name that it was asked for under", status=403)
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        foreign = site is not None and site not in ("same-origin", "none")
        if foreign or (
            site is None and origin is not None and urlsplit(origin).netloc != headers.get("host", "")
        ):
            raise RequestError("requests of other web sites are not answered", status=403)

    def _caller(self, scope: Scope, headers: Headers) -> ApiKey:
        """Say who asks.

        Raises:
            RequestError: if there are keys and none of them was presented.
            BusyError: with status 429, if they ask too often.
        """
        service = self._service
        scheme, _, presented = headers.get("authorization", "").partition(" ")
        key = LOCAL
        if service.keyring:
            known = service.keyring.find(presented.strip()) if scheme.lower() == "bearer" else None
            key = known or ApiKey("", frozenset(), "")
        address = (scope.get("client") or ("unknown",))[0]
        wait = service.limiter.wait(f"key {key.name}" if key.digest else f"address {address}")
        if wait:
            raise BusyError("too many requests: wait a little", status=429, retry_after=wait)
        if service.keyring and not key.name:
            raise RequestError("an API key is needed: Authorization: Bearer KEY", status=401)
        return key

    def _patient(self, receive: Receive) -> Receive:
        """Wait for the next part of a body, but not for ever, and not for more than is allowed."""
        complete, count, limits = False, 0, self._service.limits

        async def timed() -> Message:
            nonlocal complete, count
            if complete:
                return await receive()  # somebody waits for the client to go away
            try:
                message = await asyncio.wait_for(receive(), limits.stall_seconds)
            except TimeoutError:
                return {"type": "http.disconnect"}
            complete = not message.get("more_body", False)
            count += len(message.get("body", b""))
            if count > limits.upload_bytes + _FORM_BYTES:
                raise HTTPException(413, str(too_large(limits.upload_bytes)))
            return message

        return timed


def refused(refusal: RequestError) -> JSONResponse:
    """Make the answer to what is refused."""
    headers = {"retry-after": str(refusal.retry_after)} if isinstance(refusal, BusyError) else {}
    if refusal.status == 401:
        headers["www-authenticate"] = "Bearer"
    return JSONResponse({"detail": str(refusal)}, refusal.status, headers)


def local_hosts(names: Iterable[str] = ()) -> frozenset[str]:
    """Return the names of this machine for itself, and others that the operator gives."""
    return frozenset({"localhost", "127.0.0.1", "[::1]", *names})


def _host(value: str) -> str:
    """Cut the port off: `[::1]:8000` is `[::1]`."""
    return value if value.endswith("]") else value.rpartition(":")[0] or value
