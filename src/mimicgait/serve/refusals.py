"""What the service refuses, and with which status of HTTP."""

from mimicgait.errors import MimicGaitError


class RequestError(MimicGaitError, ValueError):
    """A request that cannot be answered as it is; `status` is that of HTTP, the message says what to do."""

    def __init__(self, reason: str, *, status: int = 422) -> None:
        super().__init__(reason)
        self.status = status


class BusyError(RequestError):
    """There is no room for a request now; `retry_after` is in seconds."""

    def __init__(self, reason: str, *, status: int = 503, retry_after: float = 2.0) -> None:
        super().__init__(reason, status=status)
        self.retry_after = max(1, round(retry_after))
