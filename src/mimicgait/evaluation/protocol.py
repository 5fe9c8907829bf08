"""Which sequences are the gallery, which are the probes, and which pairs of the two count."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, get_args

import numpy as np
import numpy.typing as npt

from mimicgait.errors import ProtocolError
from mimicgait.evaluation.pairs import Absent
from mimicgait.evaluation.rerank import KReciprocal
from mimicgait.evaluation.side import Chosen, Side, deal, matches
from mimicgait.types import SequenceKey

Views = Literal["any", "not same", "pairs", "all pairs"]
"""How views count. "any": not at all. "not same": a gallery item of the same person and the same view is left
out. "pairs": one gallery view at a time, averaged over all pairs of different views; "all pairs": over the
pairs of identical views too."""

Average = Literal["probes", "probe views"]
"""What a score is the mean over: all probes, or the views of the probes, each view's probes first."""


class Split(NamedTuple):
    """Positions of the gallery's and of the probes' sequences, each in the keys' order."""

    gallery: npt.NDArray[np.int64]
    probe: npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Protocol:
    """A rule that makes some sequences the gallery and some the probes, and says which pairs count.

    Either side is described by patterns on the type (`nm-*`, as a shell matches them), by a `Side`, or by a
    list of keys (`subject-type-view`, as in the field's PROBE_SET and GALLERY_SET). A side that has none of
    these takes every sequence that the other side does not take.

    Args:
        name: what stands beside the numbers.
        gallery: patterns on the type, or a `Side`.
        probe: patterns on the type, or a `Side`.
        gallery_keys: the gallery's sequences one by one, instead of patterns.
        probe_keys: the probes one by one, instead of patterns.
        absent: what becomes of probes whose person is not in what is left of the gallery.
        views: how views count; see `Views`.
        average: what the score is the mean over; see `Average`. Pairs of views are always averaged evenly.
        view_until: the view is the text before the first of these, such as `_` in `cam1_0042`; "" takes all.
        without_views: views that are left out on both sides.
        sort_sequences: the sides only say which sequences take part; each person's are then sorted by view
            and dealt to gallery and probes by turns.
        unknown_probes: nobody but an organiser knows who the probes are: they are ranked, never judged.
        rerank: k-reciprocal re-ranking of the gallery, None for none.

    Raises:
        ProtocolError: if a side has both patterns and keys, neither side has any, or a policy is unknown.

    >>> keys = [SequenceKey("ann", kind, "090") for kind in ("nm-01", "nm-02", "cl-01")]
    >>> Protocol(name="example", gallery=("nm-01",), probe=("nm-02", "cl-*")).split(keys).probe.tolist()
    [1, 2]
    """

    name: str
    gallery: tuple[str, ...] | Side = ()
    probe: tuple[str, ...] | Side = ()
    gallery_keys: Collection[str] | None = None
    probe_keys: Collection[str] | None = None
    absent: Absent = "error"
    views: Views = "any"
    average: Average = "probes"
    view_until: str = ""
    without_views: tuple[str, ...] = ()
    sort_sequences: bool = False
    unknown_probes: bool = False
    rerank: KReciprocal | None = None

    def __post_init__(self) -> None:
        policies = (("absent", Absent), ("views", Views), ("average", Average))
        for field, kind in policies:
            if getattr(self, field) not in get_args(kind):
                raise ProtocolError(
                    f"protocol {self.name!r}: expected {field} to be one of {', '.join(get_args(kind))}, got "
                    f"{getattr(self, field)!r}"
                )
        if self.rerank is not None and self.views != "any":
            raise ProtocolError(f"protocol {self.name!r}: re-ranking takes all views at once (views: any)")
        if not any(side.stated for side in self.sides()):
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
        first, second = self.sides()
        gallery = first.choose(keys, self.name, "gallery")
        probe = second.choose(keys, self.name, "probe")
        if not first.stated:
            gallery = ~probe
        if not second.stated:
            probe = ~gallery
        kept = np.array([not matches(key.view, self.without_views) for key in keys], bool)
        gallery, probe = gallery & kept, probe & kept
        if self.sort_sequences:
            gallery, probe = deal(keys, gallery | probe)
        problem = _problem(keys, gallery, probe, self.unknown_probes)
        if problem:
            types = sorted({key.type for key in keys})
            raise ProtocolError(
                f"protocol {self.name!r}: {problem}. Gallery: {first.rule}; probe: {second.rule}; "
                f"types in the data: {', '.join(types[:20]) or 'none'}{', ...' if len(types) > 20 else ''}"
            )
        return Split(np.flatnonzero(gallery), np.flatnonzero(probe))

    def view(self, key: SequenceKey) -> str:
        """Return the view that counts, such as the camera of `cam1_0042`."""
        return key.view.partition(self.view_until)[0] if self.view_until else key.view

    def split_hash(self, keys: Sequence[SequenceKey]) -> str:
        """Return a hash of who is on which side: equal hashes, the same split, in whatever order it lies.

        Types do not count where sequences are sorted: they are then what differs from machine to machine.
        """
        lines = []
        for side, positions in self.split(keys)._asdict().items():
            chosen = (keys[i] for i in positions)
            lines += [
                "\t".join([side, key.subject, "" if self.sort_sequences else key.type, key.view])
                for key in chosen
            ]
        return hashlib.blake2b("\n".join(sorted(lines)).encode(), digest_size=16).hexdigest()

    def as_json(self) -> dict[str, Any]:
        """Return the rule as JSON values; lists of keys are given by their length, defaults are left out."""
        gallery, probe = self.sides()
        rule = {"name": self.name, "gallery": gallery.rule, "probe": probe.rule, "absent": self.absent}
        further = ("views", "average", "view_until", "without_views", "sort_sequences", "unknown_probes")
        changed = {name: getattr(self, name) for name in further if getattr(self, name) != _default(name)}
        return {**rule, **changed, **({"rerank": self.rerank.as_json()} if self.rerank else {})}

    def sides(self) -> tuple[Side, Side]:
        """Return gallery and probe as sides.

        Raises:
            ProtocolError: if one has both patterns and keys.
        """
        return (
            self._side("gallery", self.gallery, self.gallery_keys),
            self._side("probe", self.probe, self.probe_keys),
        )

    def _side(self, name: str, rule: tuple[str, ...] | Side, keys: Collection[str] | None) -> Side:
        if keys is not None and rule:
            raise ProtocolError(f"protocol {self.name!r}: give the {name} patterns or keys, not both")
        return rule if isinstance(rule, Side) else Side(types=rule, keys=keys)


def _default(field: str) -> Any:
    return Protocol.__dataclass_fields__[field].default


def _problem(keys: Sequence[SequenceKey], gallery: Chosen, probe: Chosen, unknown: bool) -> str:
    """Say why the two sides cannot be compared; nothing when they can."""
    if not gallery.any() or not probe.any():
        return f"the {'probe side' if gallery.any() else 'gallery'} would be empty"
    both = [key for key, on_both in zip(keys, gallery & probe, strict=True) if on_both]
    if both:
        return f"{len(both)} sequences are gallery and probe at once, the first is {both[0]}"
    people = [
        {k.subject for k, chosen in zip(keys, side, strict=True) if chosen} for side in (gallery, probe)
    ]
    if not people[0] & people[1] and not unknown:
        return f"none of the {len(people[1])} people among the probes is in the gallery"
    return ""


WALKERS = Protocol(
    name="walkers",
    gallery=("nm-01", "nm-02", "bg-01", "cl-01"),
    probe=("nm-03", "nm-04", "bg-02", "cl-02"),
)
"""The synthetic walkers: normal, bag and coat on both sides, all views at once."""
