"""Which sequences are the gallery and which are the probes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mimicgait.errors import ProtocolError
from mimicgait.evaluation.pairs import Absent
from mimicgait.types import SequenceKey

Chosen = npt.NDArray[np.bool_]


class Split(NamedTuple):
    """Positions of the gallery's and of the probes' sequences, each in the keys' order."""

    gallery: npt.NDArray[np.int64]
    probe: npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Protocol:
    """A rule that makes some sequences the gallery and some the probes.

    Either side is described by patterns on the type (`nm-*`, as a shell matches them) or by a list of keys
    (`subject-type-view`, as in the field's PROBE_SET and GALLERY_SET). A side that has neither takes every
    sequence that the other side does not take.

    Args:
        name: what stands beside the numbers.
        gallery: patterns on the type.
        probe: patterns on the type.
        gallery_keys: the gallery's sequences one by one, instead of patterns.
        probe_keys: the probes one by one, instead of patterns.
        absent: what becomes of probes whose person is not in the gallery.

    Raises:
        ProtocolError: if a side has both patterns and keys, or neither side has any.

    >>> keys = [SequenceKey("ann", kind, "090") for kind in ("nm-01", "nm-02", "cl-01")]
    >>> Protocol(name="example", gallery=("nm-01",), probe=("nm-02", "cl-*")).split(keys).probe.tolist()
    [1, 2]
    """

    name: str
    gallery: tuple[str, ...] = ()
    probe: tuple[str, ...] = ()
    gallery_keys: Collection[str] | None = None
    probe_keys: Collection[str] | None = None
    absent: Absent = "error"

    def __post_init__(self) -> None:
        sides = self._sides()
        for side in sides:
            if side.patterns and side.keys is not None:
                raise ProtocolError(
                    f"protocol {self.name!r}: give the {side.name} patterns or keys, not both"
                )
        if not any(side.stated for side in sides):
            raise ProtocolError(
                f"protocol {self.name!r} describes neither side: give patterns on the type (such as 'nm-*') "
                "or a list of keys for gallery or probe"
            )

    def split(self, keys: Sequence[SequenceKey]) -> Split:
        """Return the positions of gallery and probes among the keys.

        Raises:
            ProtocolError: if a side is empty, nobody is on both sides, a sequence is on both sides, or a
                listed key is missing. The message names the rule and the types that were there.
        """
        first, second = self._sides()
        gallery, probe = first.choose(keys, self.name), second.choose(keys, self.name)
        if not first.stated:
            gallery = ~probe
        if not second.stated:
            probe = ~gallery
        problem = _problem(keys, gallery, probe)
        if problem:
            types = sorted({key.type for key in keys})
            raise ProtocolError(
                f"protocol {self.name!r}: {problem}. Gallery: {first.rule}; probe: {second.rule}; "
                f"types in the data: {', '.join(types[:20]) or 'none'}{', ...' if len(types) > 20 else ''}"
            )
        return Split(np.flatnonzero(gallery), np.flatnonzero(probe))

    def as_json(self) -> dict[str, Any]:
        """Return the rule as JSON values; lists of keys are given by their length."""
        gallery, probe = self._sides()
        return {"name": self.name, "gallery": gallery.rule, "probe": probe.rule, "absent": self.absent}

    def _sides(self) -> tuple["_Side", "_Side"]:
        return (
            _Side("gallery", self.gallery, self.gallery_keys),
            _Side("probe", self.probe, self.probe_keys),
        )


@dataclass(frozen=True)
class _Side:
    """One side of a protocol: patterns on the type, or listed keys, or neither."""

    name: str
    patterns: tuple[str, ...]
    keys: Collection[str] | None

    @property
    def stated(self) -> bool:
        return bool(self.patterns) or self.keys is not None

    @property
    def rule(self) -> str:
        if self.keys is not None:
            return f"{len(self.keys)} listed sequences"
        return ", ".join(self.patterns) or "everything else"

    def choose(self, keys: Sequence[SequenceKey], protocol: str) -> Chosen:
        """Mark the keys that this side describes, bool `[s]`."""
        if self.keys is None:
            return np.array([any(fnmatchcase(key.type, p) for p in self.patterns) for key in keys], bool)
        wanted, names = set(self.keys), [str(key) for key in keys]
        missing = sorted(wanted.difference(names))
        if missing:
            raise ProtocolError(
                f"protocol {protocol!r}: {len(missing)} of {len(wanted)} listed {self.name} sequences are "
                f"not in the data: {', '.join(missing[:5])}{', ...' if len(missing) > 5 else ''}"
            )
        return np.array([name in wanted for name in names], bool)


def _problem(keys: Sequence[SequenceKey], gallery: Chosen, probe: Chosen) -> str:
    """Say why the two sides cannot be compared; nothing when they can."""
    if not gallery.any() or not probe.any():
        return f"the {'probe side' if gallery.any() else 'gallery'} would be empty"
    both = [key for key, on_both in zip(keys, gallery & probe, strict=True) if on_both]
    if both:
        return f"{len(both)} sequences are gallery and probe at once, the first is {both[0]}"
    people = [
        {k.subject for k, chosen in zip(keys, side, strict=True) if chosen} for side in (gallery, probe)
    ]
    if not people[0] & people[1]:
        return f"none of the {len(people[1])} people among the probes is in the gallery"
    return ""


WALKERS = Protocol(
    name="walkers",
    gallery=("nm-01", "nm-02", "bg-01", "cl-01"),
    probe=("nm-03", "nm-04", "bg-02", "cl-02"),
)
"""The synthetic walkers: normal, bag and coat on both sides, all views at once."""
