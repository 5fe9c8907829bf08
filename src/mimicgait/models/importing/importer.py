"""From a `.pt` file of the field to a folder that `load_model` reads."""

import hashlib
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import nn

from mimicgait.errors import CheckpointError
from mimicgait.models.checkpoint import read_info, save_model
from mimicgait.models.importing.backbone import import_backbone
from mimicgait.models.importing.component import Component
from mimicgait.models.importing.mimic import import_mimic, is_mimic
from mimicgait.models.importing.reading import FieldCheckpoint, read_field_checkpoint
from mimicgait.models.importing.visibility import import_visibility, is_visibility


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What was imported, from where to where.

    Attributes:
        source: the `.pt` file.
        written: the checkpoint folders; a released mimic model gives the mimic network and its teacher.
        networks: the class of each of them.
        settings: the constructor's arguments of each; networks among them by their class.
        iteration: the training step that the file names, or None.
        dropped: the file's weights that no network here has a use for.
        messages: what the user should know, one sentence each.
    """

    source: Path
    written: tuple[Path, ...]
    networks: tuple[str, ...]
    settings: tuple[dict[str, Any], ...]
    iteration: int | None
    dropped: tuple[str, ...]
    messages: tuple[str, ...]

    def __str__(self) -> str:
        lines = [
            f"{path}: {name}({', '.join(f'{k}={v}' for k, v in settings.items())})"
            for path, name, settings in zip(self.written, self.networks, self.settings, strict=True)
        ]
        return "\n".join([*lines, *(f"- {message}" for message in self.messages)])


def import_checkpoint(
    src: str | Path,
    out: str | Path,
    *,
    cut: bool | None = None,
    expect: str | None = None,
    overwrite: bool = False,
) -> ImportReport:
    """Convert a checkpoint of the field to a folder with safetensors and JSON.

    Takes checkpoints of the six families, the released occlusion detector (VEN), and released mimic models;
    family and size are read off the names and shapes. The teacher of a mimic model goes to `<out>-teacher`.

    Args:
        src: a `.pt` file; it is read for weights alone, and no code in it is run.
        out: the folder to write.
        cut: whether 64-wide frames are cut to 44 columns. None: yes for a backbone, as the field trains it,
            and no for a mimic model, as it was released.
        expect: the class the file should hold, such as `GaitSet`; another one is then an error.
        overwrite: replace an older checkpoint that is there.

    Raises:
        CheckpointError: if the file is damaged, hostile, of an unknown family or not the expected one, if
            weights are missing, unexpected, wrongly shaped or not finite, or if there is something in the
            place of a folder. Nothing is written then.
    """
    src, out = Path(src), Path(out)
    checkpoint = read_field_checkpoint(src)
    try:
        components = _convert(checkpoint, cut)
    except CheckpointError as error:
        raise CheckpointError(f"{src}: {error}") from error
    first = type(components[0].network).__name__
    if expect is not None and first != expect:
        raise CheckpointError(f"{src}: expected weights of {expect}, got those of {first}")
    folders = (out, out.with_name(f"{out.name}-teacher"))[: len(components)]
    _check_places(folders, overwrite)
    contents = [(component.network, _metadata(src, checkpoint, component)) for component in components]
    _write(dict(zip(folders, contents, strict=True)))
    return ImportReport(
        source=src,
        written=folders,
        networks=tuple(type(component.network).__name__ for component in components),
        settings=tuple(_settings(component.network) for component in components),
        iteration=checkpoint.iteration,
        dropped=tuple(key for component in components for key in component.dropped),
        messages=tuple(dict.fromkeys(m for component in components for m in component.messages)),
    )


def _convert(checkpoint: FieldCheckpoint, cut: bool | None) -> list[Component[nn.Module]]:
    weights = checkpoint.weights
    if is_mimic(weights):
        released = import_mimic(weights, cut=cut)
        return [released.mimic, *([released.teacher] if released.teacher else [])]
    if is_visibility(weights):
        return [import_visibility(weights)]
    return [import_backbone(weights, cut=cut)]


def _check_places(folders: Sequence[Path], overwrite: bool) -> None:
    """Refuse to write over anything but a checkpoint that may be replaced."""
    for folder in folders:
        if not folder.exists():
            continue
        try:
            read_info(folder)
        except CheckpointError as error:
            raise CheckpointError(f"{folder} exists and is no checkpoint; choose another folder") from error
        if not overwrite:
            raise CheckpointError(f"{folder} exists; choose another folder, or --overwrite")


def _write(networks: Mapping[Path, tuple[nn.Module, dict[str, Any]]]) -> None:
    """Save networks to their folders: all of them or none."""
    written: list[Path] = []
    try:
        for folder, (network, metadata) in networks.items():
            save_model(network, folder, metadata)
            written.append(folder)
    except CheckpointError:
        for folder in written:
            shutil.rmtree(folder)
        raise


def _metadata(src: Path, checkpoint: FieldCheckpoint, component: Component[nn.Module]) -> dict[str, Any]:
    return {
        "imported": {
            "file": src.name,
            "sha256": hashlib.sha256(src.read_bytes()).hexdigest(),
            "iteration": checkpoint.iteration,
            "dropped": list(component.dropped),
            "messages": list(component.messages),
        }
    }


def _settings(network: Any) -> dict[str, Any]:
    return {
        key: type(value).__name__ if isinstance(value, nn.Module) else value
        for key, value in network.config.items()
    }
