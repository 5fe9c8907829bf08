"""The smallest of very many numbers, without keeping them all."""

import numpy as np
import numpy.typing as npt

from mimicgait.errors import ConfigError

Values = npt.NDArray[np.floating]


class Smallest:
    """Keeps the `count` smallest of the values that it is shown, block by block.

    Args:
        count: how many to keep, 1 or more.

    >>> tail = Smallest(2)
    >>> tail.show(np.array([3.0, 1.0, 2.0])), tail.show(np.array([0.0, 9.0]))
    (None, None)
    >>> tail.sorted().tolist(), tail.shown
    ([0.0, 1.0], 5)
    """

    def __init__(self, count: int) -> None:
        if count < 1:
            raise ConfigError(f"expected a count of 1 or more, got {count}")
        self.count, self.shown = count, 0
        self._kept: list[Values] = []
        self._waiting = 0
        self._bound = np.inf

    def show(self, values: Values) -> None:
        """Take a block of values, of any shape."""
        self.shown += values.size
        if self.shown > self.count and np.isfinite(self._bound):
            values = values[values < self._bound]
        self._kept.append(values.ravel())
        self._waiting += values.size
        if self._waiting > 2 * self.count + 1_000_000:
            self._cut()

    def sorted(self) -> Values:
        """Return the smallest values seen so far, ascending; fewer than `count` if fewer were shown."""
        self._cut()
        return np.sort(self._kept[0]) if self._kept else np.empty(0)

    def _cut(self) -> None:
        if not self._kept:
            return
        values = np.concatenate(self._kept)
        if len(values) > self.count:
            values = np.partition(values, self.count - 1)[: self.count]
            self._bound = float(values.max())
        self._kept, self._waiting = [values], len(values)
