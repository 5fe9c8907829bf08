"""A graph in eight-bit integers: ranges measured on real walks, the convolutions quantised."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import numpy.typing as npt
from torch import Tensor

from mimicgait.export.trace import quiet

Inputs = Mapping[str, npt.NDArray[Any]]

QUANTISED = ("Conv", "Relu", "Add", "MaxPool")
"""Operators that compute in integers: convolutions, and what lies between two of them."""


def quantise(graph: Path, out: Path, walks: Iterable[Tensor], *, mixed_lengths: bool) -> None:
    """Write a graph whose convolutions, and what lies between them, compute in eight-bit integers.

    Static quantisation: the ranges of the activations are measured on the walks (minimum and maximum), so
    nothing is measured when the graph runs. Weights are signed, with a scale for each output channel;
    activations are unsigned.

    Args:
        graph: the file of a float32 graph.
        out: the file to write; metadata are not carried over.
        walks: uint8 `[t, 64, 64]`, complete sequences of the kind that will be seen.
        mixed_lengths: whether the graph has the input `lengths`.
    """
    from onnxruntime.quantization import QuantFormat, QuantType, quantize_static
    from onnxruntime.quantization.shape_inference import quant_pre_process

    with TemporaryDirectory(prefix="mimicgait-") as folder, quiet():
        prepared = Path(folder) / "prepared.onnx"
        # Folds each BatchNorm into the convolution before it, which is then quantised as one.
        quant_pre_process(str(graph), str(prepared), skip_symbolic_shape=True)
        quantize_static(
            str(prepared),
            str(out),
            _reader(walk_inputs(walks, mixed_lengths)),
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=list(QUANTISED),
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
        )


def walk_inputs(walks: Iterable[Tensor], mixed_lengths: bool) -> Iterator[Inputs]:
    """Give each walk as the inputs of a graph: a batch of one, without padding."""
    for walk in walks:
        inputs: dict[str, npt.NDArray[Any]] = {"frames": walk[None].float().numpy()}
        if mixed_lengths:
            inputs["lengths"] = np.array([len(walk)], np.int64)
        yield inputs


def _reader(inputs: Iterator[Inputs]) -> Any:
    """Wrap inputs as ONNX Runtime's calibration wants them; its base class is an optional package."""
    from onnxruntime.quantization import CalibrationDataReader

    class Reader(CalibrationDataReader):  # type: ignore[misc]
        def get_next(self) -> Inputs | None:
            return next(inputs, None)

    return Reader()
