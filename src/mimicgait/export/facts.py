"""What an exported file says of itself: enough to run it, and to know what it was made from."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal

from mimicgait.distance import EUCLIDEAN, NAMED
from mimicgait.errors import ExportError

FORMAT = 1
PREFIX = "mimicgait."

SILHOUETTES = (
    "binary masks, 1 where the person is, cropped to the person's height, stretched to 64 rows and centred "
    "in 64 columns, as mimicgait.data.normalise does"
)
"""How frames must look before they enter a graph."""

Numbers = Literal["float32", "int8"]


@dataclass(frozen=True, kw_only=True)
class GraphFacts:
    """The facts of an exported graph; each is kept in the file under `mimicgait.<name>` as JSON.

    Attributes:
        network: class of the network.
        source: hash of the network (see `model_hash`); empty if it cannot be described.
        channels: c of the embeddings `[n, c, p]`.
        parts: p of them.
        input_size: height and width of a frame.
        least_frames: the shortest sequence that the network takes.
        mixed_lengths: whether the graph has the input `lengths`; else a batch has sequences of one length.
        distance: name of what embeddings are compared with; empty if it is none of this package's.
        numbers: what the convolutions compute in.
        silhouettes: how frames must look.
        difference: of signatures from the network's, at most; see `compare_signatures` and `drift`.
        trained: what is known of the training: data, licence, stage.
        calibration: of int8: the data whose ranges were measured.
        versions: of the packages that wrote the file.
        format: of these facts.

    Raises:
        ExportError: if the format is another one or a number makes no sense.
    """

    network: str
    source: str
    channels: int
    parts: int
    input_size: tuple[int, int]
    least_frames: int
    mixed_lengths: bool
    distance: str = EUCLIDEAN.name
    numbers: Numbers = "float32"
    silhouettes: str = SILHOUETTES
    difference: float = 0.0
    trained: Mapping[str, Any] = field(default_factory=dict)
    calibration: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    format: int = FORMAT

    def __post_init__(self) -> None:
        if self.format != FORMAT:
            raise ExportError(
                f"expected format {FORMAT}, got {self.format}: was it written by a newer version?"
            )
        if self.distance and self.distance not in NAMED:
            raise ExportError(f"no distance {self.distance!r} is known: was it written by a newer version?")
        counts = (self.channels, self.parts, *self.input_size, self.least_frames)
        if len(self.input_size) != 2 or not all(isinstance(x, int) and x > 0 for x in counts):
            raise ExportError(f"channels, parts, input size and least frames must be positive, got {counts}")

    def properties(self) -> dict[str, str]:
        """Return the facts as the file keeps them."""
        return {f"{PREFIX}{name}": json.dumps(value) for name, value in asdict(self).items()}

    @classmethod
    def of_properties(cls, properties: Mapping[str, str]) -> "GraphFacts":
        """Read the facts of a file; whatever else is in it is left alone.

        Raises:
            ExportError: if there are none, or they are damaged.
        """
        keys = {f.name: PREFIX + f.name for f in fields(cls)}
        try:
            found = {name: json.loads(properties[key]) for name, key in keys.items() if key in properties}
            if "input_size" in found:
                found["input_size"] = tuple(found["input_size"])
            return cls(**found)
        except (TypeError, ValueError) as error:
            raise ExportError(f"its metadata are not those of `mimicgait export`: {error}") from error
