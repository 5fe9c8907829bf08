"""A data set's protocol: one comparison for each condition that is reported, and what is reported of it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mimicgait.errors import ProtocolError, suggest
from mimicgait.evaluation.protocol import Protocol
from mimicgait.evaluation.side import matches
from mimicgait.types import SequenceKey


@dataclass(frozen=True, kw_only=True)
class DatasetProtocol:
    """What a data set's papers mean by their numbers.

    Args:
        name: what the command line calls it.
        title: one line for people.
        conditions: the comparisons by name, such as NM, BG and CL.
        figures: what is reported of each, first the one that counts most.
        types: patterns of all types that the data may have, used or not; none admits every type.
        submission: the format of the file that is handed in, where only the organisers can judge; else "".

    Raises:
        ProtocolError: if there is no condition or no figure.
    """

    name: str
    title: str
    conditions: Mapping[str, Protocol]
    figures: tuple[str, ...]
    types: tuple[str, ...] = ()
    submission: str = ""

    def __post_init__(self) -> None:
        if not self.conditions or not self.figures:
            raise ProtocolError(f"protocol {self.name!r} needs at least one condition and one figure")

    def condition(self, name: str = "") -> Protocol:
        """Return one comparison, the first if none is named.

        Raises:
            ProtocolError: if there is no such condition.
        """
        if not name:
            return next(iter(self.conditions.values()))
        if name not in self.conditions:
            raise ProtocolError(
                f"protocol {self.name!r} has no condition {name!r}: {suggest(name, self.conditions)}"
            )
        return self.conditions[name]

    def check_types(
        self, keys: Sequence[SequenceKey], others: Mapping[str, Collection[str]] | None = None
    ) -> None:
        """Refuse data with types that this protocol does not know: they would be left out without a word.

        Args:
            keys: of the data.
            others: types of other protocols by name, to say which of them would know the data.

        Raises:
            ProtocolError: naming the types.
        """
        if not self.types:
            return
        unknown = sorted({key.type for key in keys if not matches(key.type, self.types)})
        if not unknown:
            return
        knowing = [
            name
            for name, patterns in (others or {}).items()
            if patterns and all(matches(kind, patterns) for kind in unknown)
        ]
        raise ProtocolError(
            f"protocol {self.name!r} does not know {len(unknown)} of the types in the data: "
            f"{', '.join(unknown[:8])}{', ...' if len(unknown) > 8 else ''}. It knows: "
            f"{', '.join(self.types)}. "
            + (
                f"Did you mean the protocol {' or '.join(knowing)}?"
                if knowing
                else "Rename them, or write a protocol file of your own"
            )
        )

    def as_json(self) -> dict[str, Any]:
        """Return the rules as JSON values."""
        return {
            "name": self.name,
            "title": self.title,
            "figures": list(self.figures),
            "conditions": {name: rule.as_json() for name, rule in self.conditions.items()},
        }
