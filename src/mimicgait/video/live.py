"""Cameras and addresses that never end, and a background that is learned while they run."""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator

import cv2

from mimicgait.errors import ConfigError, VideoError
from mimicgait.video.background import Background, estimate_background
from mimicgait.video.decode import FORMATS, FrameSource, Image, VideoFrame, VideoInfo, capture_options
from mimicgait.video.regions import Segmented
from mimicgait.video.segment import BackgroundSubtraction

SCHEMES = ("rtsp://", "rtsps://", "http://", "https://")

# An address may make the decoder speak these protocols, but neither open local files nor follow playlists.
_LIVE_OPTIONS = (
    "protocol_whitelist;rtsp,rtp,srtp,udp,tcp,tls,http,https,crypto|"
    f"format_whitelist;rtsp,sdp,rtp,mpjpeg,mjpeg,{FORMATS}|rtsp_transport;tcp"
)


class Camera(Iterable[VideoFrame]):
    """A webcam by its number, or a stream by its address; frames come once, at the pace of the camera.

    Args:
        address: number of a webcam, or an address: rtsp, rtsps, http, https.
        timeout: seconds after which a stream that says nothing counts as lost.
        retries: how often in a row a lost stream is opened again.
        max_pixels: the largest frame that is accepted, width times height.
        clock: seconds that grow; frames are stamped with it.

    Raises:
        VideoError: if it cannot be opened; while reading, if it stays lost.
    """

    def __init__(
        self,
        address: int | str,
        *,
        timeout: float = 10.0,
        retries: int = 5,
        max_pixels: int = 4096 * 2304,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if isinstance(address, str) and not address.lower().startswith(SCHEMES):
            raise VideoError(f"{address}: is no address of a stream: expected {', '.join(SCHEMES)}")
        self.address = address
        self.timeout = timeout
        self.retries = retries
        self.max_pixels = max_pixels
        self._clock = clock
        self._capture: cv2.VideoCapture | None = self._open()
        self.info = self._inspect(self._capture)

    def __iter__(self) -> Iterator[VideoFrame]:
        capture = self._capture or self._open()
        self._capture = None
        # An address may also be that of a file: it has an end, and its frames have times of their own.
        finite = capture.get(cv2.CAP_PROP_FRAME_COUNT) > 0
        start, count, lost = self._clock(), 0, 0
        try:
            while True:
                more, image = capture.read()
                if more:
                    lost = 0
                    now = count / self.info.fps if finite else self._clock() - start
                    yield VideoFrame(count, now, self._checked(image))
                    count += 1
                    continue
                lost += 1
                if finite or lost > self.retries:
                    return
                capture.release()
                time.sleep(min(0.2 * 2**lost, self.timeout))
                try:
                    capture = self._open()
                except VideoError:
                    if lost == self.retries:
                        raise
        finally:
            capture.release()

    def _open(self) -> cv2.VideoCapture:
        with capture_options(_LIVE_OPTIONS):
            if isinstance(self.address, int):
                capture = cv2.VideoCapture(self.address)
            else:
                wait = round(1000 * self.timeout)
                settings = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, wait, cv2.CAP_PROP_READ_TIMEOUT_MSEC, wait]
                capture = cv2.VideoCapture(self.address, cv2.CAP_FFMPEG, settings)
        if not capture.isOpened():
            capture.release()
            name = (
                f"webcam {self.address}" if isinstance(self.address, int) else without_password(self.address)
            )
            raise VideoError(f"{name}: cannot be opened: is it there, switched on, and not in use by others?")
        return capture

    def _inspect(self, capture: cv2.VideoCapture) -> VideoInfo:
        width, height = (
            int(capture.get(name)) for name in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT)
        )
        rate = float(capture.get(cv2.CAP_PROP_FPS))
        source = f"webcam {self.address}" if isinstance(self.address, int) else without_password(self.address)
        return VideoInfo(source, width, height, rate if 0.5 <= rate <= 1000 else 25.0, 0)

    def _checked(self, image: Image) -> Image:
        if image.shape[0] * image.shape[1] > self.max_pixels:
            raise VideoError(
                f"{self.info.source}: frames of {image.shape[1]} x {image.shape[0]} are too large"
            )
        return image


class RollingBackground:
    """Background subtraction for a stream that cannot be read twice: the background is what was before.

    Frames of the warm-up give no regions. Afterwards the background is the median of samples of the last
    minutes, taken anew at intervals, so that light may change; somebody who stands still for half of that
    time becomes background. At most `samples` reduced frames are held.

    Args:
        subtraction: how frames are compared and cleaned, and how many samples are held.
        warm_up: seconds that are looked at before the first regions are given.
        refresh: seconds between two estimates.
        memory: seconds that the samples stand for.

    Raises:
        ConfigError: if a setting is out of range.
    """

    def __init__(
        self,
        subtraction: BackgroundSubtraction | None = None,
        *,
        warm_up: float = 5.0,
        refresh: float = 20.0,
        memory: float = 90.0,
    ) -> None:
        if not 0 < warm_up <= memory or refresh <= 0:
            raise ConfigError(
                f"expected 0 < warm_up <= memory and refresh > 0, got {warm_up}, {memory} and {refresh}"
            )
        self.subtraction = subtraction or BackgroundSubtraction()
        self.warm_up = warm_up
        self.refresh = refresh
        self.memory = memory

    def segment(self, source: FrameSource) -> Iterator[Segmented]:
        """Give every frame as it comes.

        Raises:
            VideoError: if a background cannot be made.
        """
        count = self.subtraction.samples
        kept: deque[Image] = deque(maxlen=count)
        background: Background | None = None
        due = estimated = start = -1.0
        for frame in source:
            now = frame.time
            start = now if start < 0 else start
            warm = now - start >= self.warm_up and len(kept) >= 3
            if now >= due:
                kept.append(self.subtraction.prepare(frame.image))
                due = now + (self.memory if warm else self.warm_up) / count
            if warm and (background is None or now - estimated >= self.refresh):
                background, estimated = estimate_background(list(kept)), now
            yield Segmented(frame, ()) if background is None else self.subtraction.compare(frame, background)


def without_password(address: str) -> str:
    """An address that may be shown: `rtsp://user:secret@host/1` becomes `rtsp://host/1`."""
    scheme, _, rest = address.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host.rpartition('@')[2]}{slash}{path.partition('?')[0]}"
