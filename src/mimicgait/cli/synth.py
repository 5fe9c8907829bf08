"""`mimicgait synth`: synthetic walkers, as stores or in the field's layout."""

from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from mimicgait.cli.console import say


def synth(
    out: Path,
    size: Literal["tiny", "small", "medium"] = "small",
    people: int | None = None,
    sequences: int | None = None,
    frames: int | None = None,
    seed: int = 0,
    start: int = 0,
    layout: Literal["store", "opengait"] = "store",
    workers: int = 2,
    overwrite: bool = False,
) -> None:
    """Make walkers: parametric people whose gait is rendered to silhouettes, the same for the same seed.

    A size writes three stores whose people are all different: OUT/train, OUT/val and OUT/test. A number of
    people writes one store, OUT.

    Examples:
        mimicgait synth walkers                           # 400 + 40 + 150 people, 8 sequences each
        mimicgait synth few --size tiny                   # seconds: to try things out
        mimicgait synth crowd --people 5000 --start 1000  # one store, nobody of the first 1000
        mimicgait synth walkers --layout opengait         # id/type/view/*.pkl, for other toolkits

    Args:
        out: the folder to write.
        size: tiny (8 + 4 + 6 people), small (400 + 40 + 150) or medium (1000 + 100 + 300).
        people: write one store of this many people instead.
        sequences: walks of each person, of which a quarter carry a bag and a quarter wear a coat.
        frames: video frames of each walk.
        seed: another seed, other people.
        start: number of the first person; people of other numbers are other people.
        layout: a store, or the field's folders of pickles with a partition file.
        workers: processes that render.
        overwrite: replace what is there.
    """
    from mimicgait.synth import SIZES, SynthConfig, write_splits, write_walkers

    wanted = {"sequences": sequences, "frames": frames}
    changes: dict[str, Any] = {name: value for name, value in wanted.items() if value is not None}
    if people is not None:
        config = SynthConfig(people=people, seed=seed, start=start, **changes)
        stores = {"": write_walkers(out, config, workers=workers, overwrite=overwrite)}
    else:
        splits = {
            name: replace(config, seed=seed, start=config.start + start, **changes)
            for name, config in SIZES[size].items()
        }
        stores = write_splits(out, splits, workers=workers, overwrite=overwrite)
    for name, store in stores.items():
        say(f"{out / name}: {len(set(store.subjects))} people, {len(store)} sequences")
