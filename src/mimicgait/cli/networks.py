"""Networks that commands are given: loaded, and refused with a reason where another kind is needed."""

from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from mimicgait.cli.console import complain
from mimicgait.errors import CheckpointError, ConfigError

if TYPE_CHECKING:
    from torch import nn

    from mimicgait.data import SequenceStore


Runtime = Literal["auto", "torch", "onnx"]
"""What a network runs with; `auto` is ONNX Runtime for exported files and PyTorch for everything else."""


def load_backbone(path: Path, trust: tuple[str, ...] = ()) -> "nn.Module":
    """Load a network that gives signatures: from a run or model folder, an exported .onnx file, or by name.

    Of one that ships (`pretrained:NAME`) it is said what it is, and what it was trained on.

    Raises:
        CheckpointError: if there is none, or it is a network of another kind.
        ExportError: if an exported file is damaged, or ONNX Runtime is missing.
    """
    if path.suffix == ".onnx":
        from mimicgait.export import OnnxEncoder

        return OnnxEncoder(path)
    from mimicgait.models.base import GaitEncoder
    from mimicgait.pretrained import describe, shipped_name
    from mimicgait.training.run import load_network

    network = load_network(path, trust)
    if (name := shipped_name(path)) is not None:
        complain(f"note: {describe(name)}")
    if not isinstance(network, GaitEncoder):
        raise CheckpointError(
            f"{path} holds a {type(network).__name__}, which gives no signatures: "
            "give a teacher, a baseline or a mimic"
        )
    return network


def choose_network(model: Path | None, gallery: Path | None = None, calibration: Path | None = None) -> Path:
    """Return the network to use: the one that was named, else one that ships.

    Args:
        model: what the user named.
        gallery: whose people are to be found: the network that they were enrolled with counts.
        calibration: file of `mimicgait calibrate`, which is of one network; it counts if nobody is enrolled.

    Returns:
        A path, or `pretrained:NAME`: the best one if neither gallery nor calibration speaks of another.

    Raises:
        ConfigError: if gallery or calibration are of a network that does not ship.
        CheckpointError: if none ships.
    """
    from mimicgait import pretrained

    if model is not None:
        return model
    enrolled = _networks_of(gallery) if gallery is not None and gallery.exists() else []
    asked, wanted = (gallery, enrolled) if enrolled else (calibration, _network_of(calibration))
    if not wanted:
        return pretrained.path_of(pretrained.best())
    from mimicgait.models import model_hash

    known = {model_hash(pretrained.load(name)): name for name in pretrained.encoders()}
    for found in wanted:
        if found in known:
            return pretrained.path_of(known[found])
    ships = ", ".join(map(str, map(pretrained.path_of, pretrained.encoders())))
    raise ConfigError(
        f"{asked} was made with the network {wanted[0][:12]}, which is none of those that ship ({ships}): "
        "say which one it is, with --model"
    )


def _networks_of(gallery: Path) -> list[str]:
    """Return the hashes of the networks that a gallery has templates of, most templates first."""
    from mimicgait.gallery import Gallery

    with Gallery(gallery, create=False) as opened:
        return [found.hash for found in opened.models()]


def _network_of(calibration: Path | None) -> list[str]:
    from mimicgait.gallery import Calibration

    return [] if calibration is None else [Calibration.load(calibration).model]


def with_runtime(network: "nn.Module", path: Path, runtime: Runtime) -> "nn.Module":
    """Put a network on the runtime that was asked for; ONNX Runtime gets a graph that is made and checked.

    Raises:
        ConfigError: if PyTorch was asked for and there is only an exported file.
        ExportError: if the network cannot be exported.
    """
    exported = path.suffix == ".onnx"
    if runtime == "torch" and exported:
        raise ConfigError(f"runtime: {path} runs with ONNX Runtime only; give the run folder it came from")
    if runtime != "onnx" or exported:
        return network
    from tempfile import TemporaryDirectory

    from mimicgait.export import OnnxEncoder, export_onnx
    from mimicgait.training.run import network_info

    with TemporaryDirectory(prefix="mimicgait-") as folder:
        graph = Path(folder) / "network.onnx"
        export_onnx(network, graph, metadata=network_info(path).metadata)
        return OnnxEncoder(graph)


def load_fitting(path: Path, store: "SequenceStore", trust: tuple[str, ...] = ()) -> "nn.Module":
    """Load a network that gives signatures of a store's sequences.

    Raises:
        CheckpointError: as `load_backbone` does.
        ConfigError: as `check_silhouettes` does.
    """
    network = load_backbone(path, trust)
    check_silhouettes(network, path, store)
    if trained_data(path) == store.fingerprint:
        complain(f"note: {path} was trained on {store.path}: it has seen these people, the result is no test")
    return network


def trained_data(path: Path) -> str | None:
    """Return the fingerprint of the store that a network was trained on; none if nobody noted it."""
    from mimicgait.export import OnnxEncoder
    from mimicgait.training.run import network_info

    noted = OnnxEncoder(path).facts.trained if path.suffix == ".onnx" else network_info(path).metadata
    return cast("str | None", noted.get("data_fingerprint"))


def check_silhouettes(network: "nn.Module", path: Path, store: "SequenceStore") -> None:
    """Refuse a network that was made for, or trained on, silhouettes of another kind than those of a store.

    Args:
        network: the network.
        path: where it was loaded from; what is noted there about its training counts.
        store: the silhouettes that it shall see.

    Raises:
        ConfigError: saying what the store holds, what the network needs, and what to do.
    """
    from mimicgait.data import refuse_mismatch
    from mimicgait.export import OnnxEncoder
    from mimicgait.training.run import trained_size

    size = cast(tuple[int, int], network.input_size)
    seen = network.trained_size if isinstance(network, OnnxEncoder) else trained_size(path)
    refuse_mismatch(store, size, trained_on=seen, network=str(path))


def check_device(name: str) -> None:
    """Refuse a device that this machine does not have.

    Raises:
        ConfigError: if it is unknown, absent, or this build of PyTorch does not know it.
    """
    import torch

    try:
        torch.zeros(1, device=name).cpu()
    except (AssertionError, NotImplementedError, RuntimeError) as error:
        reason = str(error).splitlines()[0]
        raise ConfigError(f"device: {name!r} cannot be used here ({reason}); cpu always can") from error
