"""One side of a comparison: which sequences are the gallery, or which are the probes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

import numpy as np
import numpy.typing as npt

from mimicgait.errors import ProtocolError
from mimicgait.types import SequenceKey

Chosen = npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Side:
    """Sequences described by patterns, as a shell matches them, or listed one by one.

    A sequence is chosen when its type, its subject and its view each match one of the patterns given for
    them, and its key is listed if keys are given. A side that says nothing takes what the other side leaves.

    Args:
        types: patterns on the type, such as `nm-*`.
        subjects: patterns on the subject, such as `probe`.
        views: patterns on the view.
        keys: names `subject-type-view`, as in the field's PROBE_SET and GALLERY_SET.
    """

    types: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    views: tuple[str, ...] = ()
    keys: Collection[str] | None = None

    @property
    def stated(self) -> bool:
        """Tell whether this side describes anything."""
        return bool(self.types or self.subjects or self.views) or self.keys is not None

    @property
    def rule(self) -> str:
        """Say in words what is chosen; listed keys are given by their number."""
        parts = [", ".join(self.types)] if self.types else []
        parts += [f"subjects {', '.join(self.subjects)}"] if self.subjects else []
        parts += [f"views {', '.join(self.views)}"] if self.views else []
        parts += [f"{len(self.keys)} listed sequences"] if self.keys is not None else []
        return "; ".join(parts) or "everything else"

    def choose(self, keys: Sequence[SequenceKey], protocol: str, name: str) -> Chosen:
        """Mark the keys that this side describes, bool `[s]`.

        Raises:
            ProtocolError: if a listed key is missing; the message names the protocol and the side.
        """
        chosen = np.array([self._describes(key) for key in keys], bool)
        if self.keys is None:
            return chosen
        wanted, names = set(self.keys), [str(key) for key in keys]
        missing = sorted(wanted.difference(names))
        if missing:
            raise ProtocolError(
                f"protocol {protocol!r}: {len(missing)} of {len(wanted)} listed {name} sequences are not in "
                f"the data: {', '.join(missing[:5])}{', ...' if len(missing) > 5 else ''}. "
                "Import them, or take them off the list and say so beside the numbers"
            )
        return np.asarray(chosen & np.array([name in wanted for name in names], bool))

    def _describes(self, key: SequenceKey) -> bool:
        pairs = ((key.type, self.types), (key.subject, self.subjects), (key.view, self.views))
        return all(not patterns or matches(value, patterns) for value, patterns in pairs)


def matches(value: str, patterns: Collection[str]) -> bool:
    """Tell whether a name matches one of some patterns; upper and lower case differ.

    >>> matches("nm-05", ["nm-0[56]", "cl-*"])
    True
    """
    return any(fnmatchcase(value, pattern) for pattern in patterns)


def deal(keys: Sequence[SequenceKey], taking_part: Chosen) -> tuple[Chosen, Chosen]:
    """Deal each person's sequences to gallery and probes by turns, sorted by view and then by type.

    What numbers the sequences on a disk may be the order in which that disk lists its files; the view of such
    data (the sequence's code) is part of the data and the same everywhere.

    >>> keys = [SequenceKey("ann", "01", "zebra"), SequenceKey("ann", "02", "apple")]
    >>> [side.tolist() for side in deal(keys, np.array([True, True]))]
    [[False, True], [True, False]]
    """
    gallery, probe = np.zeros(len(keys), bool), np.zeros(len(keys), bool)
    turns: dict[str, int] = {}
    for i in sorted(np.flatnonzero(taking_part).tolist(), key=lambda i: (keys[i].view, keys[i].type)):
        turn = turns[keys[i].subject] = turns.get(keys[i].subject, -1) + 1
        (probe if turn % 2 else gallery)[i] = True
    return gallery, probe
