"""How often may somebody ask? A bucket of tokens for each, filled at a steady rate."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

MOST_BUCKETS = 10_000


class RateLimiter:
    """Token buckets, one for each name; memory is bounded, whoever was quiet longest is forgotten first.

    Args:
        rate: requests a minute in the long run.
        burst: requests at once after a pause.
        clock: seconds that never go back.
    """

    def __init__(self, rate: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_second, self._burst, self._clock = rate / 60, float(burst), clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, name: str) -> float:
        """Take a token of a name; return 0, or the seconds until there is one again.

        >>> limiter = RateLimiter(60, 2, clock=lambda: 0.0)
        >>> [limiter.wait("ann") for _ in range(3)], limiter.wait("bob")
        ([0.0, 0.0, 1.0], 0.0)
        """
        with self._lock:
            now = self._clock()
            tokens, before = self._buckets.pop(name, (self._burst, now))
            tokens = min(self._burst, tokens + (now - before) * self._per_second)
            short = max(0.0, 1 - tokens) / self._per_second
            self._buckets[name] = (tokens if short else tokens - 1, now)
            if len(self._buckets) > MOST_BUCKETS:
                self._buckets.popitem(last=False)
        return short
