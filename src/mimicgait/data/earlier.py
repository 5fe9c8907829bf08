"""What an import finds when an earlier one of the same data has ended: most work is done."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from mimicgait.data.index import HEADER_FILE
from mimicgait.data.manifest import Manifest
from mimicgait.data.opengait import OpenGaitEntry
from mimicgait.data.readers import Reader
from mimicgait.data.reading import Size, parse_size
from mimicgait.data.store import SequenceStore, StoreWriter
from mimicgait.types import SequenceKey


class Earlier(NamedTuple):
    """The store of an earlier import, where each sequence is in it, and whose files did not change since."""

    store: SequenceStore
    positions: dict[SequenceKey, int]
    unchanged: frozenset[SequenceKey]

    def give(self, key: SequenceKey, writer: StoreWriter) -> None:
        """Copy one sequence."""
        position = self.positions[key]
        writer.add_packed(key, self.store.packed_sequence(position), self.store.sources[position])


def find_earlier(out: Path, token: str, manifest: Manifest) -> Earlier | None:
    """Open the store of an earlier import of the same work, if there is one.

    Raises:
        DataError: if the store is damaged; other stores and folders are the writer's to refuse.
    """
    if not (out / HEADER_FILE).is_file():
        return None
    store = SequenceStore(out)
    if store.origin.get("import") != token:
        return None
    before = Manifest.load(out).origins
    positions = {key: position for position, key in enumerate(store.keys) if key in before}
    unchanged = frozenset(key for key in positions if manifest.origins.get(key) == before[key])
    return Earlier(store, positions, unchanged)


def earlier_size(earlier: Earlier | None) -> Size | None:
    """Return the size that an earlier import found."""
    name = earlier.store.origin.get("size") if earlier else None
    return parse_size(name) if name and name != "unknown" else None


def nothing_new(
    entries: Sequence[OpenGaitEntry], earlier: Earlier, read: Reader
) -> list[tuple[Path, str]] | None:
    """Return why the files that are not in the store cannot be read; none as soon as one can."""
    bad: list[tuple[Path, str]] = []
    new = [entry for entry in entries if entry.key not in earlier.unchanged]
    with closing(read.each(new)) as found:
        for entry, outcome in found:
            if outcome.packed is not None:
                return None
            bad.append((entry.path, outcome.reason))
    return bad
