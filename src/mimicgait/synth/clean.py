"""What programs do with the mask of a background subtraction before they use it."""

from dataclasses import dataclass

import cv2
import numpy as np

from mimicgait.types import Frames


@dataclass(frozen=True, slots=True)
class Cleaning:
    """The steps of a cleaning, in the order in which they are done; 0 and False leave a step out.

    median: side of the median filter in pixels, 3 or 5. opened, closed: sides of the squares of an
    opening, which takes away what is thin, and a closing, which merges what is near. filled: fill holes.
    largest: keep the largest piece only.
    """

    median: int = 0
    opened: int = 0
    closed: int = 0
    filled: bool = False
    largest: bool = False

    def apply(self, mask: Frames) -> None:
        """Clean a mask `[h, w]` of 0 and 1 in place; a step that would leave nothing is not done."""
        if self.median:
            # Of zeros and ones the median is the majority, which a box filter counts without threads.
            side = (self.median, self.median)
            count = cv2.boxFilter(mask, -1, side, normalize=False, borderType=cv2.BORDER_REPLICATE)
            _unless_empty(mask, (count > self.median**2 // 2).view(np.uint8))
        if self.opened:
            _unless_empty(mask, cv2.morphologyEx(mask, cv2.MORPH_OPEN, square(self.opened)))
        if self.closed:
            cv2.morphologyEx(mask, cv2.MORPH_CLOSE, square(self.closed), dst=mask)
        if self.filled:
            outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
            cv2.drawContours(mask, outlines, -1, 1, -1)
        if self.largest:
            count, pieces, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
            if count > 2:
                np.equal(pieces, 1 + stats[1:, cv2.CC_STAT_AREA].argmax(), out=mask.view(np.bool_))


def square(side: int) -> Frames:
    """A structuring element `[side, side]`."""
    return np.ones((side, side), np.uint8)


def _unless_empty(mask: Frames, cleaned: cv2.typing.MatLike) -> None:
    if cv2.countNonZero(cleaned):
        mask[:] = cleaned
