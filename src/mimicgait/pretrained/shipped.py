"""The networks that ship, by name: `pretrained:plus` stands wherever the path of a network may stand.

The colon keeps such a name apart from a folder (`plus`, `pretrained/plus`) and from a name on the Hugging
Face Hub (`USER/NAME`). Nothing is read before a network is asked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mimicgait.errors import CheckpointError, suggest

if TYPE_CHECKING:
    from torch import nn

SCHEME = "pretrained:"
"""What the name of a shipped network begins with, where a path could stand as well."""

NAMES = ("plus", "mimic", "teacher", "visibility")
"""The networks that may ship, the best signatures first; `visibility` gives none."""

WITHOUT_SIGNATURES = ("visibility",)

CONFIG, CARD = "config.json", "README.md"


@dataclass(frozen=True, slots=True)
class Shipped:
    """What is known of a network that ships.

    Attributes:
        name: such as `plus`.
        kind: its class, with the class inside of an adapter.
        licence: of the weights, by its short name.
        trained_on: name of the store it was trained on.
        size: bytes of its folder.
    """

    name: str
    kind: str
    licence: str
    trained_on: str
    size: int

    def __str__(self) -> str:
        """Say in one sentence what it is, and what it must not be taken for."""
        return (
            f"{SCHEME}{self.name} ({self.kind}, {self.licence}) ships with mimicgait; it was trained on "
            f"synthetic walkers ({self.trained_on}): how well it tells real people apart was not measured"
        )


def names() -> tuple[str, ...]:
    """List the networks that ship in this installation, the best first.

    >>> "teacher" in names()
    True
    """
    return tuple(name for name in NAMES if (_home() / name / CONFIG).is_file())


def encoders() -> tuple[str, ...]:
    """List those that give signatures, the best first."""
    return tuple(name for name in names() if name not in WITHOUT_SIGNATURES)


def best() -> str:
    """Name the network that commands use when none is given.

    Raises:
        CheckpointError: if this installation has none.
    """
    found = encoders()
    if not found:
        raise CheckpointError(f"no network ships in this installation ({_home()}): say which one to use")
    return found[0]


def folder(name: str) -> Path:
    """Return the folder of a shipped network: weights, settings and model card.

    Args:
        name: `plus`, or `pretrained:plus`.

    Raises:
        CheckpointError: if none of that name ships; the message suggests the nearest.
    """
    short = name.removeprefix(SCHEME)
    if short not in names():
        raise CheckpointError(
            f"{SCHEME}{short}: no network of that name ships with mimicgait: {suggest(short, names())}"
        )
    return _home() / short


def path_of(name: str) -> Path:
    """Write a name as commands and settings take it in the place of a path.

    >>> str(path_of("teacher"))
    'pretrained:teacher'
    """
    return Path(f"{SCHEME}{name}")


def shipped_name(path: str | Path) -> str | None:
    """Return the name that a path stands for, whether or not it ships; None for any other path.

    >>> shipped_name("pretrained:plus"), shipped_name("pretrained/plus")
    ('plus', None)
    """
    text = str(path)
    return text.removeprefix(SCHEME) if text.startswith(SCHEME) else None


def resolve(path: str | Path) -> Path:
    """Return the folder that a path stands for: of a shipped network, or the path itself.

    Raises:
        CheckpointError: if it names a network that does not ship, or a network that does, but as if it were a
            folder, and there is no such folder.
    """
    path = Path(path)
    name = shipped_name(path)
    if name is not None:
        return folder(name)
    if path.name in names() and path.parent.as_posix() in (".", "pretrained") and not path.exists():
        raise CheckpointError(
            f"{path}: there is no such folder; the network that ships with mimicgait is {SCHEME}{path.name}"
        )
    return path


def load(name: str) -> "nn.Module":
    """Load a network that ships, in float32, on the CPU and in eval mode.

    Args:
        name: one of `names()`: `plus`, `mimic` and `teacher` map `(frames [n, t, 64, 64], lengths [n])` to
            signatures `[n, c, p]`; `visibility` gives what is hidden of each frame, and how much.

    Raises:
        CheckpointError: if none of that name ships, or its files are damaged.

    >>> load("teacher").training
    False
    """
    from mimicgait.models.checkpoint import load_model

    return load_model(folder(name)).float()


def describe(name: str) -> Shipped:
    """Say what is known of a network that ships, without loading it.

    Raises:
        CheckpointError: as `load` does.
    """
    from mimicgait.models.card import licence_of
    from mimicgait.models.checkpoint import read_info

    place = folder(name)
    info = read_info(place)
    card = place / CARD
    return Shipped(
        name=place.name,
        kind=_kind(info.blueprint),
        licence=licence_of(card.read_text("utf-8") if card.is_file() else ""),
        trained_on=str(info.metadata.get("trained_on", "not noted")),
        size=sum(file.stat().st_size for file in place.iterdir() if file.is_file()),
    )


def _kind(blueprint: Mapping[str, Any]) -> str:
    """Name a network's class, and of an adapter the class inside."""
    own, inside = str(blueprint["class"]).rpartition(".")[2], blueprint["config"].get("network")
    return f"{own} of {_kind(inside)}" if isinstance(inside, Mapping) and "class" in inside else own


def _home() -> Path:
    """Return the folder in which the networks lie, each in one of its own."""
    return Path(__file__).parent
