"""Dividing the people of a store into training, validation and test: seeded, and the same everywhere."""

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from mimicgait.data.partition import Partition
from mimicgait.data.staging import staged_folder
from mimicgait.data.store import SequenceStore, StoreWriter
from mimicgait.errors import ConfigError

SPLIT_FILE = "split.json"
PARTITION_FILE = "partition.json"


def split_people(
    people: Iterable[str], shares: Mapping[str, float], *, seed: int = 0
) -> dict[str, tuple[str, ...]]:
    """Divide people into named parts, by a hash of the seed and each name.

    The order of the names has no influence, nor have the machine and its versions. Who stands where in the
    lottery does not change when others join.

    >>> split_people("abcdefgh", {"train": 0.75, "test": 0.25})
    {'train': ('b', 'c', 'd', 'e', 'f', 'g'), 'test': ('a', 'h')}

    Args:
        people: their names; repetitions do not count.
        shares: the share of people in each part; they sum up to 1. A share above 0 gets one person at least.
        seed: another seed, another lottery.

    Raises:
        ConfigError: if the shares do not sum up to 1, or there are too few people.
    """
    if any(share < 0 for share in shares.values()) or abs(sum(shares.values()) - 1) > 1e-6:
        raise ConfigError(f"shares must be 0 or more and sum up to 1, got {dict(shares)}")
    lottery = sorted(set(people), key=lambda name: hashlib.sha256(f"{seed}/{name}".encode()).digest())
    named = [part for part, share in shares.items() if share]
    if len(lottery) < len(named):
        raise ConfigError(f"{len(lottery)} people cannot be divided into {len(named)} parts: import more")
    counts = {part: max(1, round(shares[part] * len(lottery))) for part in named}
    largest = max(named, key=lambda part: counts[part])
    counts[largest] += len(lottery) - sum(counts.values())
    parts: dict[str, tuple[str, ...]] = {}
    for part in shares:
        count = counts.get(part, 0)
        parts[part], lottery = tuple(sorted(lottery[:count])), lottery[count:]
    return parts


def split_store(
    store: SequenceStore,
    out: str | os.PathLike[str],
    shares: Mapping[str, float],
    *,
    seed: int = 0,
    overwrite: bool = False,
) -> dict[str, SequenceStore]:
    """Write a store for each part, `partition.json` (the field's format) and `split.json`.

    `split.json` holds the seed, the fingerprints of source and parts, the number of people in each, and the
    hash of the partition file: whoever has the same numbers has the same split. The people of all parts but
    `test` are the training set of the partition file.

    Args:
        store: the sequences to be divided by their people.
        out: the folder to write; it appears when it is whole.
        shares: as in `split_people`, and so is `seed`.
        overwrite: replace an earlier split.

    Raises:
        ConfigError: as `split_people` does.
        DataError: if the folder exists, or cannot be written.
    """
    target = Path(out)
    parts = {
        part: people for part, people in split_people(store.subjects, shares, seed=seed).items() if people
    }
    with staged_folder(target, replaces=SPLIT_FILE if overwrite else None) as folder:
        written = {part: _write(store, folder / part, people) for part, people in parts.items()}
        train = tuple(sorted(name for part, people in parts.items() if part != "test" for name in people))
        Partition(train, parts.get("test", ())).save(folder / PARTITION_FILE)
        facts = {
            "format": 1,
            "seed": seed,
            "shares": dict(shares),
            "source": store.fingerprint,
            "people": {part: len(people) for part, people in parts.items()},
            "fingerprints": written,
            "partition_sha256": hashlib.sha256((folder / PARTITION_FILE).read_bytes()).hexdigest(),
        }
        (folder / SPLIT_FILE).write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
    return {part: SequenceStore(target / part) for part in parts}


def _write(store: SequenceStore, path: Path, people: tuple[str, ...]) -> str:
    """Write the sequences of some people as a store; return its fingerprint."""
    wanted = set(people)
    origin = {name: value for name, value in store.origin.items() if name in ("layout", "size")}
    with StoreWriter(path, name=store.name, licence=store.licence, origin=origin) as writer:
        for position, key in enumerate(store.keys):
            if key.subject in wanted:
                writer.add_packed(key, store.packed_sequence(position), store.sources[position])
    return SequenceStore(path).fingerprint
