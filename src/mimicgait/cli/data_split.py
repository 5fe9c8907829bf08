"""`mimicgait data split`: people for training, validation and test."""

from pathlib import Path

from mimicgait.cli.console import say


def data_split(
    store: Path,
    out: Path,
    test: float = 0.3,
    validation: float = 0.0,
    seed: int = 0,
    overwrite: bool = False,
) -> None:
    """Divide a store by its people: OUT/train, OUT/test and, if asked for, OUT/val. Nobody is in two of them.

    Who goes where is a lottery by a hash of seed and name: the same on every machine, whatever the order of
    the data. OUT/partition.json names the people in the field's format, OUT/split.json holds the seed and the
    fingerprints of the parts.

    Examples:
        mimicgait data split occgait occgait-split --test 0.5
        mimicgait data split mine mine-split --test 0.2 --validation 0.1 --seed 7

    Args:
        store: folder of the store.
        out: the folder to write.
        test: share of the people who are tested.
        validation: share of the people who are watched during training.
        seed: another seed, another lottery.
        overwrite: replace a split that is there.
    """
    from mimicgait.data import SequenceStore, split_store

    shares = {"train": round(1 - test - validation, 9), "val": validation, "test": test}
    parts = split_store(SequenceStore(store), out, shares, seed=seed, overwrite=overwrite)
    for name, part in parts.items():
        say(f"{out / name}: {len(set(part.subjects))} people, {len(part)} sequences, {part.fingerprint}")
