"""What goes into a gallery and what comes out of it, as small frozen records."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from mimicgait.distance import EUCLIDEAN, Distance
from mimicgait.errors import ConfigError, ShapeError
from mimicgait.types import Frames

Template = npt.NDArray[np.float16]
"""Signature of one walk `[c, p]`, as a gallery keeps it: 11 bits of precision, half the bytes."""

LONGEST_NAME = 200
"""Characters in a name, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """What one walk looks like to one network, and how much of the walker it was made from.

    Attributes:
        values: `[c, p]`; any float type comes in, float16 is kept.
        model: hash of the network that made it (see `mimicgait.models.model_hash`); signatures of different
            networks are never compared.
        frames: number of frames that it was made from.
        hidden: hidden share of the walker, mean over the frames, in [0, 1]; None if nobody judged it.
        source: where the walk came from, such as a file's name.
        silhouettes: uint8 `[t, 64, 64]` of 0 and 1, to be kept for a later network; None keeps none.
        distance: what the network's signatures are compared with; a gallery goes by that of the probe.

    Raises:
        ShapeError: if the values are not `[c, p]`, or not finite in float16.
        ConfigError: if the model is not named, or a number is out of range.
    """

    values: Template
    model: str
    frames: int
    hidden: float | None = None
    source: str = ""
    silhouettes: Frames | None = field(default=None, repr=False)
    distance: Distance = EUCLIDEAN

    def __post_init__(self) -> None:
        values = np.asarray(self.values)
        if values.ndim != 2 or 0 in values.shape or not np.issubdtype(values.dtype, np.floating):
            raise ShapeError(f"expected a signature [c, p] of floats, got {values.shape} of {values.dtype}")
        with np.errstate(over="ignore"):
            halved = np.ascontiguousarray(values, dtype=np.float16)
        if not np.isfinite(halved).all():
            raise ShapeError("expected finite values below 65504: did the network's training diverge?")
        object.__setattr__(self, "values", halved)
        if not self.model:
            raise ConfigError("a signature needs the hash of the network that made it (see model_hash)")
        if self.frames < 1 or not (self.hidden is None or 0 <= self.hidden <= 1):
            raise ConfigError(
                f"expected a frame or more and a hidden share in [0, 1], got {self.frames} and {self.hidden}"
            )


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What an enrolment was acknowledged with: it is on the disk by then.

    name: of the person; walks: the ids of the walks, by which they can be removed one by one.
    """

    name: str
    walks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Walk:
    """One walk of an enrolled person, without the signature.

    id: its name in this gallery and in exports; models: of which networks there is a template; hidden: hidden
    share, None if unknown; kept: whether the silhouettes are kept, so that it can be embedded again.
    """

    id: str
    source: str
    added: str
    frames: int
    hidden: float | None
    models: tuple[str, ...]
    kept: bool


@dataclass(frozen=True, slots=True)
class Person:
    """One enrolled person: name, the note on their consent, since when (UTC), and their walks."""

    name: str
    consent: str
    added: str
    walks: tuple[Walk, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person whom a search found.

    Attributes:
        name: of the person.
        distance: from the probe to the nearest of their walks, by the gallery's distance.
        walk: id of that walk.
        frames: its number of frames.
        hidden: its hidden share; None if unknown.
    """

    name: str
    distance: float
    walk: str
    frames: int
    hidden: float | None


@dataclass(frozen=True, slots=True)
class Ranking:
    """The answer of a search: who is nearest, in order, and what was searched.

    Attributes:
        candidates: nearest first, each person once.
        searched: number of people who could be found: those with a template of the probe's network.
        stale: number of people who could not, because their templates are of other networks.
        exact: whether everybody was compared, or only those whom an approximate index proposed.
        model: hash of the network.
        distance: name of the distance.
    """

    candidates: tuple[Candidate, ...]
    searched: int
    stale: int
    exact: bool
    model: str
    distance: str


@dataclass(frozen=True, slots=True)
class Event:
    """A line of the audit log: when (UTC), what was done, and its particulars, never a signature."""

    at: str
    action: str
    detail: dict[str, object]


def checked_name(name: str) -> str:
    """Return a person's name without the blanks around it.

    Raises:
        ConfigError: if it is empty, too long or not printable.
    """
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise ConfigError(f"a name has 1 to {LONGEST_NAME} printable characters, got {name[:50]!r}")
    return name


def same_model(signatures: Sequence[Signature]) -> str:
    """Return the one network that made some signatures.

    Raises:
        ConfigError: if there are none, or they are of several networks.
    """
    models = {signature.model for signature in signatures}
    if len(models) != 1:
        raise ConfigError(f"expected signatures of one network, got those of {len(models)}")
    return models.pop()


def same_distance(signatures: Sequence[Signature]) -> Distance:
    """Return the one distance that some signatures are made for.

    Raises:
        ConfigError: if there are none, or they are made for several.
    """
    distances = {signature.distance for signature in signatures}
    if len(distances) != 1:
        raise ConfigError(f"expected signatures made for one distance, got those for {len(distances)}")
    return distances.pop()
