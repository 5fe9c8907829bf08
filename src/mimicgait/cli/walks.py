"""Walks that commands are given: opened, looked at by a network, and told apart where several people walk."""

from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from mimicgait.cli.console import complain
from mimicgait.cli.networks import check_device, check_silhouettes, load_backbone
from mimicgait.cli.sources import open_source
from mimicgait.errors import ConfigError, DataError

if TYPE_CHECKING:
    from torch import nn

    from mimicgait.gallery import Signature
    from mimicgait.models import VisibilityNetwork

Choice = Callable[[Sequence[str]], Sequence[int]]
"""Chooses positions among the subjects of a source's walks."""

MUCH_HIDDEN = 0.25
"""Hidden share above which an enrolment gets a note: a gallery should hold complete walks."""


class Looked(NamedTuple):
    """A walk, its subject in the source, and its signature."""

    subject: str
    signature: "Signature"


class Looker:
    """Opens whatever a user has and looks at it with one network.

    Args:
        model: run folder, model folder, exported .onnx file, or `pretrained:NAME`.
        visibility: run folder of a visibility network; without it, the one inside a mimic, if any; beside a
            shipped network without one, the shipped one.
        device: where to run.
        trust: packages whose networks may be built.

    Raises:
        CheckpointError: if there is no such network, or it is of another kind.
        ConfigError: if the device is none.
    """

    def __init__(self, model: Path, visibility: Path | None, device: str, trust: tuple[str, ...]) -> None:
        from mimicgait.export import signature_hash
        from mimicgait.gallery import Observer

        check_device(device)
        self._path, self._network = model, load_backbone(model, trust)
        chosen = visibility or shipped_visibility(model, self._network)
        ven = load_visibility(chosen, trust) if chosen is not None else None
        self.observer: Observer = Observer(
            self._network, model=signature_hash(self._network), visibility=ven, device=device
        )

    @property
    def network(self) -> "nn.Module":
        """The network that makes the signatures."""
        return self._network

    def look(self, src: Path, choose: Choice | None = None, *, keep: bool = False) -> list[Looked]:
        """Return every walk of a video, a store, a folder in the field's layout, or a folder of masks.

        Args:
            src: what the user has.
            choose: which walks; all if not given.
            keep: put the silhouettes into the signatures.

        Raises:
            DataError: if nothing in it can be read, or something cannot.
            VideoError: if nobody was found in a video.
            ConfigError: if the silhouettes are of another kind than the network's, or as `choose` does.
        """
        from dataclasses import replace

        with TemporaryDirectory(prefix="mimicgait-") as folder:
            store, bad = open_source(src, Path(folder) / "store")
            for path, reason in bad:
                complain(f"note: {path} was left out: {reason}")
            check_silhouettes(self._network, self._path, store)
            positions = range(len(store)) if choose is None else choose(store.subjects)
            walks = [replace(store[i], source=store[i].source or str(src)) for i in positions]
            signatures = self.observer(walks, keep=keep)
        return [Looked(walk.key.subject, found) for walk, found in zip(walks, signatures, strict=True)]


def shipped_visibility(model: Path, network: "nn.Module") -> Path | None:
    """Return the shipped visibility network, for a shipped network that has none inside; None otherwise."""
    from mimicgait.gallery.observe import visibility_inside
    from mimicgait.pretrained import names, path_of, shipped_name

    if shipped_name(model) is None or visibility_inside(network) is not None:
        return None
    return path_of("visibility") if "visibility" in names() else None


def load_visibility(path: Path, trust: tuple[str, ...]) -> "VisibilityNetwork":
    """Load a visibility network.

    Raises:
        ConfigError: if it is a network of another kind.
        CheckpointError: if there is none.
    """
    from mimicgait.models import VisibilityNetwork
    from mimicgait.training.run import load_network

    network = load_network(path, trust)
    if not isinstance(network, VisibilityNetwork):
        raise ConfigError(f"visibility: {path} holds a {type(network).__name__}, give a visibility network")
    return network


def one_person(src: Path, person: int | None) -> Choice:
    """Choose the walks of one person of a source.

    Args:
        src: its path, for messages.
        person: number from 1 in the order of the source; None if there is but one.

    Returns:
        A choice that raises a ConfigError if there are several people and none was chosen, or not that many.
    """

    def choose(subjects: Sequence[str]) -> list[int]:
        people = list(dict.fromkeys(subjects))
        if person is None and len(people) > 1:
            shown = ", ".join(f"{i} ({name})" for i, name in enumerate(people[:5], 1))
            more = " ..." if len(people) > 5 else ""
            raise ConfigError(f"{src}: {len(people)} people walk there: say --person N: {shown}{more}")
        if person is not None and not 1 <= person <= len(people):
            raise ConfigError(f"person: {src} has {len(people)} people, got {person}")
        return [i for i, name in enumerate(subjects) if name == people[(person or 1) - 1]]

    return choose


def known_people(folder: Path) -> dict[str, list[Path]]:
    """List the sources in people/NAME/: videos, stores and folders of masks, by name.

    A folder NAME that is a store or holds masks itself is one source.

    Raises:
        DataError: if there is no such folder, or nobody in it.
    """
    from mimicgait.data.folders import is_image

    if not folder.is_dir():
        raise DataError(f"{folder}: is no folder; expected {folder}/NAME/ with videos or silhouettes of each")
    people: dict[str, list[Path]] = {}
    for home in sorted(path for path in folder.iterdir() if path.is_dir() and path.name[0] != "."):
        inside = sorted(path for path in home.iterdir() if path.name[0] != ".")
        whole = (home / "store.json").exists() or any(is_image(path.name) for path in inside)
        if sources := [home] if whole else inside:
            people[home.name] = sources
    if not people:
        raise DataError(
            f"{folder}: nobody is in it; expected {folder}/NAME/ with videos or silhouettes of each"
        )
    return people


def seen(signature: "Signature") -> str:
    """Say how much of a walk there is."""
    frames = f"{signature.frames} frames"
    return frames if signature.hidden is None else f"{frames}, {signature.hidden:.0%} hidden"
