"""Walkers on disk: one store, or a folder with one store for each split."""

import os
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

from tqdm import tqdm

from mimicgait.data import SequenceStore, StoreWriter
from mimicgait.errors import ConfigError, suggest
from mimicgait.synth.walkers import SIZES, SynthConfig, generate

LICENCE = "CC0-1.0 (made by mimicgait.synth)"


def write_walkers(
    path: str | os.PathLike[str],
    config: SynthConfig,
    *,
    workers: int = 2,
    progress: bool = True,
    overwrite: bool = False,
) -> SequenceStore:
    """Write the walkers of a configuration to a store and open it; nothing is left behind on an error.

    Args:
        path: folder of the store.
        config: which walkers.
        workers: processes that render; 1 renders in this one.
        progress: show a progress bar.
        overwrite: replace a store that is already there.

    Raises:
        DataError: if something is at `path` and may not be replaced.
    """
    name = f"walkers {config.start}-{config.start + config.people - 1}, seed {config.seed}"
    with (
        StoreWriter(path, name=name, licence=LICENCE, overwrite=overwrite) as writer,
        tqdm(
            generate(config, workers),
            desc=Path(path).name,
            total=config.people * config.sequences,
            unit="sequence",
            disable=not progress,
        ) as bar,
    ):
        for silhouettes in bar:
            writer.add(silhouettes)
    return SequenceStore(path)


def write_splits(
    folder: str | os.PathLike[str],
    size: str | Mapping[str, SynthConfig] = "small",
    *,
    workers: int = 2,
    progress: bool = True,
    overwrite: bool = False,
) -> dict[str, SequenceStore]:
    """Write one store for each split of a size: `folder/train`, `folder/val` and `folder/test`.

    Args:
        folder: where the stores go; made if it is not there.
        size: a name of `SIZES`, or split names with configurations of your own.
        workers, progress, overwrite: as for `write_walkers`.

    Raises:
        ConfigError: if the size is unknown or two splits share people.
        DataError: as `write_walkers` does.
    """
    if isinstance(size, str) and size not in SIZES:
        raise ConfigError(f"there is no size {size!r}: {suggest(size, SIZES)}")
    configs = SIZES[size] if isinstance(size, str) else size
    _check_disjoint(configs)
    Path(folder).mkdir(parents=True, exist_ok=True)
    return {
        name: write_walkers(
            Path(folder) / name, config, workers=workers, progress=progress, overwrite=overwrite
        )
        for name, config in configs.items()
    }


def _check_disjoint(configs: Mapping[str, SynthConfig]) -> None:
    """Refuse splits that have people in common."""
    ranges = sorted((c.seed, c.start, c.start + c.people, name) for name, c in configs.items())
    for (seed, _, end, first), (other, start, _, second) in pairwise(ranges):
        if seed == other and start < end:
            raise ConfigError(f"splits {first!r} and {second!r} share people: give {second!r} start={end}")
