"""Read a video file frame by frame, within bounds."""

import math
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
import numpy.typing as npt

from mimicgait.errors import VideoError

Image = npt.NDArray[np.uint8]
"""A colour image `[h, w, 3]`, blue-green-red, as OpenCV has it."""

FORMATS = "avi,mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,mpegts,mpeg,mpegvideo,flv,asf,h264,hevc,ogg,gif,mxf"
# A playlist or a concat script would make the decoder open other files and addresses: only containers that
# hold their own frames are admitted, and nothing but the file itself is opened.
_CAPTURE_OPTIONS = f"protocol_whitelist;file|format_whitelist;{FORMATS}"
_FALLBACK_FPS = 25.0
# FFmpeg writes to standard error beside our one message. OpenCV reads this once, when it first opens a video.
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")


@dataclass(frozen=True, slots=True)
class VideoFrame:
    """One decoded frame: its number from 0, its time in seconds, and its image `[h, w, 3]` in BGR."""

    index: int
    time: float
    image: Image


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """What a video says about itself; `frames` is the number that its header promises, 0 when unknown."""

    source: str
    width: int
    height: int
    fps: float
    frames: int


class FrameSource(Protocol):
    """Anything that gives frames in order, and the same frames again when it is iterated again."""

    @property
    def info(self) -> VideoInfo:
        """Size, rate and length."""

    def __iter__(self) -> Iterator[VideoFrame]:
        """Start from the first frame."""


class VideoReader(Iterable[VideoFrame]):
    """The frames of a video file, decoded one at a time; may be iterated more than once.

    Args:
        path: a file; addresses and devices are refused.
        max_seconds: the longest video that is accepted.
        max_frames: the largest number of frames that is accepted.
        max_pixels: the largest frame that is accepted, width times height (4096 x 2304 by default).
        allow_partial: accept a file that holds fewer frames than its header promises.

    Raises:
        VideoError: if the file is missing, is no video, holds no frame, or exceeds a bound; while iterating,
            if it ends early or turns out to be longer than it says. The message has the path and the reason.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        max_seconds: float = 600.0,
        max_frames: int = 36_000,
        max_pixels: int = 4096 * 2304,
        allow_partial: bool = False,
    ) -> None:
        self.path = Path(path)
        self.max_seconds = max_seconds
        self.max_frames = max_frames
        self.max_pixels = max_pixels
        self.allow_partial = allow_partial
        self.info = self._inspect()

    def __iter__(self) -> Iterator[VideoFrame]:
        capture = self._open()
        try:
            yield from self._frames(capture)
        finally:
            capture.release()

    def _frames(self, capture: cv2.VideoCapture) -> Iterator[VideoFrame]:
        """Decode until the end, with times that never go backwards."""
        count, time = 0, -1.0
        while True:
            more, image = capture.read()
            if not more:
                break
            self._check_length(count + 1, (count + 1) / self.info.fps)
            if image.shape[:2] != (self.info.height, self.info.width):
                raise VideoError(
                    f"{self.path}: the size of the picture changes at frame {count}: cut it there"
                )
            stamp = capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
            time = stamp if count == 0 or stamp > time else count / self.info.fps
            yield VideoFrame(count, max(time, 0.0), image)
            count += 1
        if not self.allow_partial and count < 0.9 * self.info.frames:
            raise VideoError(
                f"{self.path}: is cut short: only {count} of the {self.info.frames} frames that it promises "
                "could be read. Copy it again, or ask for partial videos to be accepted"
            )

    def _inspect(self) -> VideoInfo:
        """Decode the first frame and check what the header says against the bounds."""
        if not self.path.exists():
            raise VideoError(f"{self.path}: does not exist")
        if not self.path.is_file():
            raise VideoError(f"{self.path}: is not a file: give the path of one video")
        if not self.path.stat().st_size:
            raise VideoError(f"{self.path}: is empty (0 bytes)")
        capture = self._open()
        try:
            self._check_size(
                int(capture.get(cv2.CAP_PROP_FRAME_WIDTH)), int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT))
            )
            fps = float(capture.get(cv2.CAP_PROP_FPS))
            fps = fps if math.isfinite(fps) and 0.5 <= fps <= 1000 else _FALLBACK_FPS
            promised = max(int(capture.get(cv2.CAP_PROP_FRAME_COUNT)), 0)
            self._check_length(promised, promised / fps)
            more, image = capture.read()
            if not more:
                raise VideoError(f"{self.path}: holds no frame that can be decoded; is it damaged?")
            height, width = image.shape[:2]
            return VideoInfo(str(self.path), width, height, fps, promised)
        finally:
            capture.release()

    def _open(self) -> cv2.VideoCapture:
        """Open the file with FFmpeg alone: the other backends of OpenCV guess from names and patterns."""
        with capture_options():
            capture = cv2.VideoCapture(str(self.path), cv2.CAP_FFMPEG)
        if not capture.isOpened():
            capture.release()
            raise VideoError(
                f"{self.path}: is not a video that can be read (damaged, cut short, or another format)"
            )
        return capture

    def _check_size(self, width: int, height: int) -> None:
        if width * height > self.max_pixels:
            raise VideoError(
                f"{self.path}: frames of {width} x {height} are larger than the {self.max_pixels} pixels "
                "allowed: make it smaller, or raise max_pixels"
            )

    def _check_length(self, frames: int, seconds: float) -> None:
        if frames > self.max_frames or seconds > self.max_seconds:
            raise VideoError(
                f"{self.path}: {frames} frames ({seconds:.0f} s) are more than the {self.max_frames} frames "
                f"and {self.max_seconds:.0f} s allowed: cut it into pieces, or raise max_frames and "
                "max_seconds"
            )


@contextmanager
def capture_options(options: str = _CAPTURE_OPTIONS) -> Iterator[None]:
    """Tell OpenCV what may be opened, and to keep its warnings to itself; undone afterwards."""
    name = "OPENCV_FFMPEG_CAPTURE_OPTIONS"
    before, level = os.environ.get(name), cv2.utils.logging.getLogLevel()
    os.environ[name] = options
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    try:
        yield
    finally:
        cv2.utils.logging.setLogLevel(level)
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before
