"""From a network to a graph that takes any number of sequences and frames."""

import copy
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.onnx import OnnxExporterError

from mimicgait.errors import ExportError
from mimicgait.models.base import padding_kept

OPSET = 18
"""Version of the ONNX operators: the one that the exporter itself writes; ONNX Runtime has it since 1.14."""

SHORTEST = (1, 2, 3, 4, 6, 8, 12, 16, 32)
"""Numbers of frames that are tried to find the shortest sequence that a network takes."""

EXTRA_FRAMES = 6
"""The network is traced with so many frames more than it needs."""


class _Padded(nn.Module):
    """The graph with two inputs: frames `[n, t, h, w]` and lengths `[n]`."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, frames: Tensor, lengths: Tensor) -> Tensor:
        signatures: Tensor = self.model(frames, lengths)
        return signatures.float()


class _Whole(_Padded):
    """The graph with one input, frames `[n, t, h, w]`, all of them real."""

    def forward(self, frames: Tensor) -> Tensor:  # type: ignore[override]
        signatures: Tensor = self.model(frames, None)
        return signatures.float()


def trace(model: nn.Module, least: int) -> tuple[Any, bool]:
    """Turn a network into an ONNX graph whose numbers of sequences and of frames are free.

    Args:
        model: a backbone or a mimic network; it is left as it is.
        least: the shortest sequence that it takes.

    Returns:
        The graph (`onnx.ModelProto`) with the input `frames`, float32 `[n, t, h, w]`, the output `embeddings`
        and, where the network can be written so, the input `lengths`, int64 `[n]`; and whether it has that.

    Raises:
        ExportError: if the network cannot be written as one graph for all sizes.
    """
    frames = torch.rand(2, least + EXTRA_FRAMES, *image_size(model)).round()
    lengths = torch.tensor([frames.shape[1], least + 1])
    free = torch.export.Dim.DYNAMIC
    copied = copy.deepcopy(model).eval().float().cpu()
    with quiet(), torch.no_grad(), padding_kept():
        try:
            shapes = ({0: free, 1: free}, {0: free})
            return _export(_Padded(copied), (frames, lengths), shapes), True
        except OnnxExporterError as error:
            # It looks at the values of the lengths, perhaps: without them it may still be one graph.
            with_lengths = _reason(error)
        try:
            return _export(_Whole(copied), (frames,), ({0: free, 1: free},)), False
        except OnnxExporterError as error:
            raise ExportError(
                f"{type(model).__name__} cannot be written as one graph for all sizes: {_reason(error)} "
                f"(with the lengths as an input: {with_lengths})"
            ) from error


def shortest(model: nn.Module) -> int:
    """Find the smallest number of frames that a network takes.

    Raises:
        ExportError: if it takes none of those that are tried.
    """
    size = image_size(model)
    reason = ""
    for t in SHORTEST:
        try:
            with torch.no_grad():
                model(torch.zeros(1, t, *size))
        except (RuntimeError, ValueError) as error:
            reason = str(error)
        else:
            return t
    raise ExportError(f"{type(model).__name__} takes no sequence of {SHORTEST[-1]} frames or fewer: {reason}")


def image_size(model: nn.Module) -> tuple[int, int]:
    """Return the height and width of the frames that a network takes."""
    height, width = cast(tuple[int, int], model.input_size)
    return int(height), int(width)


def _export(module: nn.Module, inputs: tuple[Tensor, ...], shapes: tuple[dict[int, Any], ...]) -> Any:
    program = torch.onnx.export(
        module,
        inputs,
        dynamo=True,
        dynamic_shapes=shapes,
        input_names=["frames", "lengths"][: len(inputs)],
        output_names=["embeddings"],
        opset_version=OPSET,
        verbose=False,
    )
    if program is None:
        raise OnnxExporterError("the exporter gave nothing")
    graph = program.model_proto
    _name_axes(graph.graph)
    return graph


def _name_axes(graph: Any) -> None:
    """Call the free axes n and t instead of by the exporter's numbers."""
    n, t = (graph.input[0].type.tensor_type.shape.dim[axis].dim_param for axis in (0, 1))
    names = {n: "n", t: "t"}
    for value in (*graph.input, *graph.output, *graph.value_info):
        for dim in value.type.tensor_type.shape.dim:
            if dim.dim_param in names:
                dim.dim_param = names[dim.dim_param]


@contextmanager
def quiet() -> Iterator[None]:
    """Keep the exporter's remarks, about packages and operators that are not needed, off the screen."""
    logger = logging.getLogger("torch.onnx")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)


def _reason(error: BaseException) -> str:
    """Take the line that says what is wrong out of the exporter's long report."""
    cause = error.__cause__ or error
    lines = [line.strip() for line in str(cause).splitlines() if line.strip()]
    return lines[0] if lines else type(cause).__name__
