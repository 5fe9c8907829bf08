"""What Prometheus is told: requests, jobs, enrolments, memory."""

from collections.abc import Callable

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)

_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """The counters of one service; they hold no name of a person or of a key."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._requests = Counter(
            "mimicgait_requests",
            "Requests by route and status",
            ["method", "route", "status"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "mimicgait_request_seconds",
            "Seconds until the answer was sent",
            ["method", "route"],
            registry=self._registry,
            buckets=_SECONDS,
        )
        self._jobs = Counter(
            "mimicgait_jobs", "Jobs that have ended, by state", ["state"], registry=self._registry
        )
        self._enrolled = Counter(
            "mimicgait_enrolled_walks", "Walks that were enrolled", registry=self._registry
        )
        self._queue = Gauge(
            "mimicgait_jobs_waiting", "Jobs that nobody works on yet", registry=self._registry
        )
        self._people = Gauge("mimicgait_people", "People who are enrolled", registry=self._registry)

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)

    def job_ended(self, state: str) -> None:
        """Count a job."""
        self._jobs.labels(str(state)).inc()

    def enrolled(self, walks: int) -> None:
        """Count walks that were enrolled."""
        self._enrolled.inc(walks)

    def watch_queue(self, length: Callable[[], int]) -> None:
        """Ask for the length of the queue whenever somebody asks for it here."""
        self._queue.set_function(length)

    def watch_people(self, count: Callable[[], int]) -> None:
        """Ask for the number of people whenever somebody asks for it here."""
        self._people.set_function(count)

    def text(self) -> bytes:
        """Write everything down in Prometheus' format."""
        return generate_latest(self._registry)
