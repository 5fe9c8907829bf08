"""Segmenters that are networks: Mask R-CNN of torchvision, and any other as an ONNX file.

Unlike background subtraction they need no static camera, and look at one frame at a time.
"""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import torch

from mimicgait.errors import ConfigError, ExportError, ShapeError
from mimicgait.video.decode import FrameSource, Image
from mimicgait.video.instances import regions_from_masks, regions_from_probability
from mimicgait.video.regions import Region, Segmented

_SMALLEST = 8
PERSON = 1
"""The label of a person in COCO's list, which torchvision uses."""

Tensor4 = npt.NDArray[np.float32]


class MaskRCNN:
    """Mask R-CNN of torchvision (extra `vision`), trained on COCO; its weights are fetched on first use.

    Args:
        model: another detector of the same kind: list of images `[3, h, w]` to dictionaries with `masks`
            `[k, 1, h, w]`, `scores` and `labels`; None for `maskrcnn_resnet50_fpn_v2`.
        working_height: larger frames are reduced to this height.
        min_score: people that are less certain are ignored.
        min_height: people less high than this share of the frame are ignored.
        device: where to run; None leaves the model where it is.

    Raises:
        ConfigError: if torchvision is not installed, or the weights cannot be had.
    """

    def __init__(
        self,
        model: torch.nn.Module | None = None,
        *,
        working_height: int = 720,
        min_score: float = 0.7,
        min_height: float = 0.06,
        device: str | None = None,
    ) -> None:
        self.model = (fetch_mask_rcnn() if model is None else model).eval()
        if device is not None:
            self.model.to(device)
        self.working_height = working_height
        self.min_score = min_score
        self.min_height = min_height

    def segment(self, source: FrameSource) -> Iterator[Segmented]:
        """Find the people of every frame."""
        place = next((parameter.device for parameter in self.model.parameters()), torch.device("cpu"))
        for frame in source:
            height = min(frame.image.shape[0], self.working_height)
            pixels = as_pixels(frame.image, _scaled(frame.image, height))
            with torch.inference_mode():
                found = self.model([torch.from_numpy(pixels[0]).to(place)])[0]
            people = found["labels"] == PERSON
            regions, ignored = regions_from_masks(
                found["masks"][people, 0].cpu().numpy(),
                found["scores"][people].cpu().numpy(),
                size=_size(frame.image),
                min_score=self.min_score,
                min_height=self.min_height,
            )
            yield Segmented(frame, regions, ignored)


def fetch_mask_rcnn() -> torch.nn.Module:
    """Build torchvision's Mask R-CNN with its COCO weights (BSD-3), from the cache or from the network.

    Raises:
        ConfigError: if torchvision is not installed, or the weights cannot be had.
    """
    try:
        from torchvision.models.detection import maskrcnn_resnet50_fpn_v2
    except (ImportError, RuntimeError) as error:  # a torchvision of another torch fails with RuntimeError
        raise ConfigError(
            "Mask R-CNN needs torchvision, which is not installed here: pip install 'mimicgait[vision]', "
            "or use background subtraction or an ONNX file"
        ) from error
    try:
        model: torch.nn.Module = maskrcnn_resnet50_fpn_v2(weights="DEFAULT")
    except (OSError, RuntimeError) as error:  # no network, no room, or a hash that does not fit
        raise ConfigError(
            f"the weights of Mask R-CNN cannot be had ({str(error) or type(error).__name__}): "
            f"connect once, or put "
            f"maskrcnn_resnet50_fpn_v2_coco-73cbd019.pth into {torch.hub.get_dir()}/checkpoints; background "
            "subtraction needs none"
        ) from error
    return model


class OnnxSegmenter:
    """A segmenter of your own as an ONNX file, run by ONNX Runtime (extra `onnx`).

    In: one input, float32 `[1, 3, h, w]`, RGB in [0, 1]; the frame is resized to h x w, or to
    `working_height` where the file leaves them open. Out, either of

    - one output `[1, 1, h, w]`, `[1, h, w]` or `[h, w]`: the probability that a pixel is a person's;
    - outputs named `masks` (`[k, h, w]`, `[k, 1, h, w]` or `[1, k, h, w]`, of the whole picture) and `scores`
      `[k]`, and if there are other things than people, `labels` `[k]` (1 is a person). `boxes` `[k, 4]`, if
      there, are not needed: they follow from the masks.

    Args:
        path: the file.
        working_height: height of the input where the file leaves it open; its width follows, both multiples
            of 32.
        threshold: probability from which a pixel is a person's.
        min_score: masks that are less certain are ignored.
        min_height: people less high than this share of the frame are ignored.

    Raises:
        ExportError: if ONNX Runtime is missing, the file cannot be run, or does not keep to this.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        working_height: int = 512,
        threshold: float = 0.5,
        min_score: float = 0.5,
        min_height: float = 0.06,
    ) -> None:
        self.path = Path(path)
        self.working_height = working_height
        self.threshold = threshold
        self.min_score = min_score
        self.min_height = min_height
        self._session = _open_session(self.path)
        inputs = self._session.get_inputs()
        if len(inputs) != 1 or inputs[0].type != "tensor(float)" or len(inputs[0].shape) != 4:
            got = ", ".join(f"{x.name}: {x.type} {x.shape}" for x in inputs)
            raise ExportError(f"{self.path}: expected one input, float32 [1, 3, h, w], got {got}")
        self._input = inputs[0].name
        self._fixed = tuple(n if isinstance(n, int) else 0 for n in inputs[0].shape[2:])
        self._outputs = [output.name for output in self._session.get_outputs()]
        if len(self._outputs) > 1 and not {"masks", "scores"} <= set(self._outputs):
            raise ExportError(
                f"{self.path}: expected one output, or outputs named masks and scores, got {self._outputs}"
            )

    def segment(self, source: FrameSource) -> Iterator[Segmented]:
        """Find the people of every frame."""
        for frame in source:
            height, width = _scaled(frame.image, self.working_height, 32)
            pixels = as_pixels(frame.image, (self._fixed[0] or height, self._fixed[1] or width))
            values = self._session.run(None, {self._input: pixels})
            regions, ignored = self._read(dict(zip(self._outputs, values, strict=True)), _size(frame.image))
            yield Segmented(frame, regions, ignored)

    def _read(
        self, outputs: Mapping[str, npt.NDArray[Any]], size: tuple[int, int]
    ) -> tuple[tuple[Region, ...], int]:
        """Turn what the network gives into regions."""
        try:
            if len(outputs) == 1:
                [probability] = outputs.values()
                flat = probability.reshape(probability.shape[-2:])
                if min(flat.shape) < _SMALLEST:
                    raise ValueError(f"a picture has at least {_SMALLEST} rows and columns")
                return regions_from_probability(
                    flat, size=size, threshold=self.threshold, min_height=self.min_height
                )
            scores = outputs["scores"].reshape(-1)
            masks = outputs["masks"].reshape(len(scores), *outputs["masks"].shape[-2:])
            people = outputs["labels"].reshape(-1) == PERSON if "labels" in outputs else slice(None)
            return regions_from_masks(
                masks[people],
                scores[people],
                size=size,
                threshold=self.threshold,
                min_score=self.min_score,
                min_height=self.min_height,
            )
        except (ValueError, IndexError, ShapeError) as error:
            shapes = {name: list(value.shape) for name, value in outputs.items()}
            raise ExportError(
                f"{self.path}: gives {shapes}, which are no masks of people ({error})"
            ) from error


def as_pixels(image: Image, size: tuple[int, int]) -> Tensor4:
    """A BGR frame as float32 `[1, 3, h, w]`, RGB in [0, 1], at the height and width asked for."""
    resized = cv2.resize(image, (size[1], size[0]), interpolation=cv2.INTER_LINEAR)
    return np.ascontiguousarray(resized[..., ::-1].transpose(2, 0, 1)[None].astype(np.float32) / 255)


def _scaled(image: Image, height: int, multiple: int = 1) -> tuple[int, int]:
    """Height and width of a frame at about a height, as multiples of a number."""
    width = image.shape[1] * height / image.shape[0]
    return tuple(max(round(n / multiple), 1) * multiple for n in (height, width))  # type: ignore[return-value]


def _size(image: Image) -> tuple[int, int]:
    return image.shape[0], image.shape[1]


def _open_session(path: Path) -> Any:
    """Open an ONNX file on the CPU."""
    try:
        import onnxruntime
    except ImportError as error:
        raise ExportError("ONNX segmenters need ONNX Runtime: pip install 'mimicgait[onnx]'") from error
    if not path.is_file():
        raise ExportError(f"{path}: there is no such file")
    try:
        return onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime has an exception class of its own for every failure
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise ExportError(f"{path}: cannot be run by ONNX Runtime ({reason})") from error
