"""Frames from wherever they are: a file, a folder of pictures, a webcam, an address."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import cv2

from mimicgait.errors import ConfigError, VideoError
from mimicgait.video.decode import FrameSource, Image, VideoFrame, VideoInfo, VideoReader
from mimicgait.video.live import SCHEMES, Camera
from mimicgait.video.masks import list_pictures


class ImageFolder(Iterable[VideoFrame]):
    """The pictures of a folder as frames, in the order of their names; may be iterated more than once.

    Args:
        folder: PNG, JPEG, BMP, WebP or TIFF, all of one size; `2.png` comes before `10.png`.
        fps: frames a second.
        max_frames: the largest number of pictures that is accepted.
        max_pixels: the largest picture that is accepted, width times height.

    Raises:
        VideoError: if there is none, there are too many, or one is damaged, too large or of another size.
        ConfigError: if fps is not positive.
    """

    def __init__(
        self,
        folder: str | os.PathLike[str],
        *,
        fps: float = 25.0,
        max_frames: int = 36_000,
        max_pixels: int = 4096 * 2304,
    ) -> None:
        if not fps > 0:
            raise ConfigError(f"fps must be positive, got {fps}")
        self.files = list_pictures(Path(folder))
        if len(self.files) > max_frames:
            raise VideoError(
                f"{folder}: {len(self.files)} pictures are more than the {max_frames} allowed: "
                "raise max_frames"
            )
        self.max_pixels = max_pixels
        height, width = self._read(self.files[0]).shape[:2]
        self.info = VideoInfo(str(folder), width, height, fps, len(self.files))

    def __iter__(self) -> Iterator[VideoFrame]:
        for index, path in enumerate(self.files):
            image = self._read(path)
            if image.shape[:2] != (self.info.height, self.info.width):
                raise VideoError(
                    f"{path}: is {image.shape[1]} x {image.shape[0]}, the pictures before it "
                    f"{self.info.width} x {self.info.height}"
                )
            yield VideoFrame(index, index / self.info.fps, image)

    def _read(self, path: Path) -> Image:
        picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
        if picture is None:
            raise VideoError(f"{path}: cannot be read as a picture: is it damaged?")
        if picture.shape[0] * picture.shape[1] > self.max_pixels:
            raise VideoError(f"{path}: {picture.shape[1]} x {picture.shape[0]} is too large")
        image: Image = picture
        return image


def open_source(source: int | str | os.PathLike[str], *, fps: float = 25.0) -> FrameSource:
    """Open a video file, a folder of pictures (at a rate), a webcam (by its number) or an address.

    Raises:
        VideoError: if it cannot be opened.
    """
    name = str(source)
    if isinstance(source, int) or (name.isdecimal() and not Path(name).exists()):
        return Camera(int(name))
    if name.lower().startswith(SCHEMES):
        return Camera(name)
    if Path(name).is_dir():
        return ImageFolder(name, fps=fps)
    return VideoReader(name)
