"""Segmenters by name, for the border: the command line, a service."""

import os
from collections.abc import Callable
from pathlib import Path

from mimicgait.errors import ConfigError, suggest
from mimicgait.video.masks import MaskFolder
from mimicgait.video.segment import BackgroundSubtraction, Segmenter

NAMES = ("background", "maskrcnn")


def open_segmenter(
    name: str | os.PathLike[str] = "background", *, warn: Callable[[str], None] | None = None
) -> Segmenter:
    """Open a segmenter by its name, or by the path of an ONNX file or of a folder of masks.

    Args:
        name: `background` (static cameras), `maskrcnn` (torchvision), FILE.onnx, or a folder with a mask a
            frame.
        warn: is told why Mask R-CNN cannot be had, and background subtraction is taken instead; None raises
            the error.

    Raises:
        ConfigError: if there is no such segmenter, or Mask R-CNN cannot be had and nobody is to be warned.
        ExportError: if an ONNX file cannot be used.
        VideoError: if a folder holds no masks.
    """
    path = Path(name)
    if name == "background":
        return BackgroundSubtraction()
    if name == "maskrcnn":
        from mimicgait.video.networks import MaskRCNN

        try:
            return MaskRCNN()
        except ConfigError as error:
            if warn is None:
                raise
            warn(f"{error}. Going on with background subtraction, for which the camera must stand still")
            return BackgroundSubtraction()
    if path.suffix.lower() == ".onnx":
        from mimicgait.video.networks import OnnxSegmenter

        return OnnxSegmenter(path)
    if path.is_dir():
        return MaskFolder(path)
    raise ConfigError(
        f"no segmenter {str(name)!r}: {suggest(str(name), NAMES)}; or the path of an .onnx file, "
        "or of a folder of masks"
    )
