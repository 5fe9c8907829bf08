"""`mimicgait export`: a trained network as an ONNX file that gives the same signatures."""

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from mimicgait.cli.console import say
from mimicgait.cli.networks import load_backbone
from mimicgait.errors import ConfigError

if TYPE_CHECKING:
    from mimicgait.export.write import Exported


def export(
    model: Path,
    out: Path,
    *,
    numbers: Literal["float32", "int8"] = "float32",
    store: Path | None = None,
    calibration: int = 64,
    trust: tuple[str, ...] = (),
    overwrite: bool = False,
) -> None:
    """Write a teacher, a baseline or a mimic as one ONNX graph for any number of sequences and frames.

    A mimic's VEN and mixing are in the graph. Before the file appears, its signatures are compared with
    PyTorch's, for sequences of one frame, of a few and of many, alone and in padded batches; a difference
    above 1e-4 of the largest value is an error, and no file is left. int8 quantises the convolutions, with
    ranges that are measured on sequences of the store.

    Examples:
        mimicgait export runs/mimic mimic.onnx
        mimicgait export runs/mimic mimic-int8.onnx --numbers int8 --store walkers/train
        mimicgait embed walkers/test test.npz --model mimic.onnx
        mimicgait evaluate --model mimic.onnx --store walkers/test --out report

    Args:
        model: run folder or model folder of the network.
        out: the file to write, .onnx.
        numbers: what the convolutions compute in.
        store: sequences to check with, and to calibrate int8 on; walkers are made for the check if not given.
        calibration: how many sequences int8 is calibrated on.
        trust: packages of yours whose networks may be built from a checkpoint.
        overwrite: replace it.
    """
    if numbers == "int8" and store is None:
        raise ConfigError("int8 is calibrated on sequences like those that will be seen: say --store")
    network = load_backbone(model, trust)
    from mimicgait.data import SequenceStore
    from mimicgait.export import Calibration, OnnxEncoder, export_onnx
    from mimicgait.training.run import network_info

    if isinstance(network, OnnxEncoder):
        raise ConfigError(f"{model}: is exported already: give the run folder that it came from")
    walks = SequenceStore(store) if store else None
    int8 = Calibration(walks, calibration) if walks is not None and numbers == "int8" else None
    known = network_info(model).metadata
    exported = export_onnx(network, out, store=walks, int8=int8, metadata=known, overwrite=overwrite)
    say(f"{out}: {describe(exported)}")


def describe(exported: "Exported") -> str:
    """Say what was written and how near it is to PyTorch's."""
    facts = exported.facts
    inputs = "frames and lengths" if facts.mixed_lengths else "frames (batches of one length only)"
    checked = (
        f"signatures differ from PyTorch's by at most {facts.difference:.1e} of their largest value"
        if facts.numbers == "float32"
        else f"signatures move by {facts.difference:.1%} of the distance between sequences"
    )
    return f"{exported.size / 2**20:.1f} MiB, {facts.numbers}, from {inputs}\n{checked}"
