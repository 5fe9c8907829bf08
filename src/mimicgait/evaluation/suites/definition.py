"""What a suite is: occlusions by name, which side they hide, and a hash that tells when it changed."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from mimicgait.errors import ConfigError
from mimicgait.occlusion import Occlusion

Hides = Literal["both", "probe", "each"]
"""Which side a suite hides: gallery and probes alike, the probes alone, or each way with each (a table)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """Conditions under which every method is judged alike; nothing of it depends on a network or on data.

    What happens to a sequence follows from (suite's name, seed, sequence key): it is bit-identical for any
    batch size, order, device and number of processes. A suite that changes gets a new version.

    Args:
        name: enters every draw, so that suites draw independently.
        version: counted up whenever the same name comes to mean something else.
        title: what it is, in a line.
        cases: an occlusion for each label, None for complete sequences.
        side: what is hidden: "both" sides, each sequence by its own draw; the "probe" alone, so that the
            gallery is complete; or "each" case of the gallery with each of the probes, which makes a table.
        teacher: judge the complete gallery in the teacher's signatures too, for methods of its space.

    Raises:
        ConfigError: if there is no case, the version is below 1, or a teacher is to enrol what is hidden.
    """

    name: str
    version: int
    title: str
    cases: Mapping[str, Occlusion | None]
    side: Hides = "both"
    teacher: bool = False

    def __post_init__(self) -> None:
        if not self.name or self.version < 1 or not self.cases:
            raise ConfigError(
                "a suite needs a name, a version of 1 or more and at least one case, got "
                f"{self.name!r}, {self.version} and {list(self.cases)}"
            )
        if self.side not in ("both", "probe", "each") or (self.teacher and self.side == "both"):
            raise ConfigError(
                f"suite {self.name!r}: expected side 'both', 'probe' or 'each', and a teacher for one of the "
                f"last two only, got side {self.side!r} and teacher {self.teacher}"
            )
        object.__setattr__(self, "cases", MappingProxyType(dict(self.cases)))

    def as_json(self) -> dict[str, Any]:
        """Return everything that decides a number, as JSON values; the title is left out."""
        return {
            "name": self.name,
            "version": self.version,
            "side": self.side,
            "teacher": self.teacher,
            "cases": {label: None if case is None else case.config for label, case in self.cases.items()},
        }

    @property
    def hash(self) -> str:
        """The first 12 hexadecimal digits of the SHA-256 of `as_json`; where it agrees, numbers compare.

        The order of the cases does not matter.
        """
        text = json.dumps(self.as_json(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def __str__(self) -> str:
        return f"{self.name} v{self.version} ({self.hash})"
