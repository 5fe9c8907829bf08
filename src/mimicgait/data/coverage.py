"""Whether a store holds what a partition and a layout promise, and whether a network was made for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from mimicgait.data.layouts import Layout
from mimicgait.data.partition import Partition
from mimicgait.data.reading import changes, parse_size
from mimicgait.data.store import SequenceStore
from mimicgait.errors import ConfigError, DataError
from mimicgait.types import FRAME_SIZE


@dataclass(frozen=True, slots=True)
class Coverage:
    """A store beside its partition and its layout.

    Attributes:
        people: how many people the partition asks for, and how many of them are there.
        expected: how many people the field's own partition of the data set has; none if it has no such file.
        missing: people of the partition who are not in the store.
        missing_sequences: probes and gallery of the partition that are not in the store.
        unlisted: people in the store whom the partition does not name.
        strange: types and views that the data set does not know.
    """

    people: tuple[int, int] | None
    expected: int | None
    missing: tuple[str, ...]
    missing_sequences: tuple[str, ...]
    unlisted: tuple[str, ...]
    strange: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether everything is there that was promised, under names that are known."""
        return not (self.missing or self.missing_sequences or self.strange)


def cover(
    store: SequenceStore,
    partition: Partition | None,
    layout: Layout,
    subset: Literal["train", "test"] | None = None,
) -> Coverage:
    """Compare a store with its partition, or a subset of it, and with what is known of the data set."""
    there, names = set(store.subjects), set(map(str, store.keys))
    wanted: set[str] = set()
    sequences: set[str] = set()
    if partition is not None:
        wanted |= set() if subset == "test" else set(partition.train)
        wanted |= set() if subset == "train" else set(partition.test)
        if subset != "train":
            sequences = {*(partition.probe or ()), *(partition.gallery or ())}
    return Coverage(
        people=None if partition is None else (len(wanted), len(wanted & there)),
        expected=_expected(layout, subset),
        missing=tuple(sorted(wanted - there)),
        missing_sequences=tuple(sorted(sequences - names)),
        unlisted=() if partition is None else tuple(sorted(there - wanted)),
        strange=_strange(store, layout),
    )


def original_size(store: SequenceStore) -> str:
    """Return what the silhouettes of a store were on disk, as in `64x44` or `raw`.

    Walkers and people from videos never were files of another size: theirs are 64x64.
    """
    return str(store.origin.get("size", "64x64"))


def refuse_mismatch(
    store: SequenceStore,
    input_size: Sequence[int],
    *,
    trained_on: str | None = None,
    network: str = "the network",
) -> None:
    """Refuse a network that was made for, or trained on, silhouettes of another size than the store's.

    A store holds 64x64 and remembers what the files were. Networks for 64x44 cut the sides off themselves.

    Args:
        store: the silhouettes.
        input_size: height and width that the network takes.
        trained_on: the `original_size` of the store that it was trained on, if that is known.
        network: what the message calls it, such as its path.

    Raises:
        ConfigError: saying what the store holds, what the network needs, and what to do.
    """
    size = original_size(store)
    if tuple(input_size) not in ((FRAME_SIZE, FRAME_SIZE), (FRAME_SIZE, 44)):
        raise ConfigError(
            f"{store.path}: holds 64x64 silhouettes (the files were {size}), {network} takes "
            f"{input_size[0]}x{input_size[1]}: choose a network for 64x64 or 64x44"
        )
    if trained_on and "unknown" not in (trained_on, size) and _narrow(trained_on) != _narrow(size):
        raise ConfigError(
            f"{store.path}: its silhouettes were {size} ({changes(parse_size(size)) or 'kept'}), "
            f"{network} was trained on {trained_on}: the sides of arms and legs are cut in one of them. "
            "Import both from files of the same width"
        )


def _narrow(size: str) -> bool:
    """Tell whether the sides of silhouettes were cut off before the import."""
    h, w = parse_size(size)
    return w < h


def _expected(layout: Layout, subset: str | None) -> int | None:
    """Count the people in the field's own partition."""
    if layout.counts is None:
        return None
    train, test = layout.counts.train, layout.counts.test
    return train if subset == "train" else test if subset == "test" else train + test


def _strange(store: SequenceStore, layout: Layout) -> tuple[str, ...]:
    """List the types and views that a data set does not know."""
    levels = (
        (layout.types, {key.type for key in store.keys}),
        (layout.views, {key.view for key in store.keys}),
    )
    strange = []
    for names, found in levels:
        for name in sorted(found):
            try:
                names.correct(name)
            except DataError:
                strange.append(name)
    return tuple(strange)
