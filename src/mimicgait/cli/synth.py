"""`mimicgait synth`: synthetic walkers, as stores or in the field's layout."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Literal

from mimicgait.cli.console import say, watched
from mimicgait.errors import ConfigError, suggest

if TYPE_CHECKING:
    from mimicgait.synth import SynthConfig


def synth(
    out: Path,
    size: Literal["tiny", "small", "medium", "wide"] = "small",
    people: int | None = None,
    sequences: int | None = None,
    frames: int | None = None,
    seed: int = 0,
    start: int = 0,
    faults: float | None = None,
    variety: float | None = None,
    breadth: dict[str, float] | None = None,
    layout: Literal["store", "opengait"] = "store",
    workers: int = 2,
    overwrite: bool = False,
) -> None:
    """Make walkers: parametric people whose gait is rendered to silhouettes, the same for the same seed.

    A size writes three stores whose people are all different: OUT/train, OUT/val and OUT/test. A number of
    people writes one store, OUT.

    Examples:
        mimicgait synth walkers                           # 400 + 40 + 150 people, 8 sequences each
        mimicgait synth crowd --people 5000 --start 1000  # one store, nobody of the first 1000
        mimicgait synth wide --size wide                  # for networks that shall know real people
        mimicgait synth walkers --layout opengait         # id/type/view/*.pkl, for other toolkits

    Args:
        out: the folder to write.
        size: tiny, small, medium, or wide, whose walkers vary as people in real videos do.
        people: write one store of this many people instead.
        sequences: walks of each person, of which a quarter carry a bag and a quarter wear a coat.
        frames: video frames of each walk.
        seed: another seed, other people.
        start: number of the first person; people of other numbers are other people.
        faults: how often segmentation faults come, 0 to 2; the size's own, 1 for a number of people.
        variety: how much people's gaits differ, 0 to 2, 1 as published; the size's own, 1 for a number.
        breadth: how much wider bodies, gaits, cameras and segmentation vary, 0 to 1 by these names.
        layout: stores, or the field's folders of pickles with a partition file (no validation people).
        workers: processes that render.
        overwrite: replace a store that is there.
    """
    from mimicgait.synth import SIZES, SynthConfig

    numbers = {"sequences": sequences, "frames": frames, "faults": faults, "variety": variety}
    changes: dict[str, Any] = {name: number for name, number in numbers.items() if number is not None}
    changes |= {"seed": seed} | checked_breadth(breadth or {})
    ready = SIZES[size].items() if people is None else [("", SynthConfig(people=people))]
    configs = {name: replace(config, start=config.start + start, **changes) for name, config in ready}
    write = write_pickles if layout == "opengait" else write_stores
    write(out, configs, workers, overwrite)


def checked_breadth(breadth: Mapping[str, float]) -> dict[str, float]:
    """Return the settings that widen the walkers.

    Raises:
        ConfigError: if there is none of a name.
    """
    from mimicgait.synth.walkers import WIDER

    unknown = [name for name in breadth if name not in WIDER]
    if unknown:
        raise ConfigError(f"breadth: nothing is called {unknown[0]!r}; {suggest(unknown[0], WIDER)}")
    return dict(breadth)


def write_stores(out: Path, configs: Mapping[str, "SynthConfig"], workers: int, overwrite: bool) -> None:
    """Write one store for each configuration: `out/train` and so on, or `out` itself for the name ""."""
    from mimicgait.synth import write_walkers

    for name, config in configs.items():
        store = write_walkers(out / name, config, workers=workers, overwrite=overwrite, progress=watched())
        say(f"{out / name}: {len(set(store.subjects))} people, {len(store)} sequences")


def write_pickles(out: Path, configs: Mapping[str, "SynthConfig"], workers: int, overwrite: bool) -> None:
    """Write training and test people in the field's layout; it knows no validation people.

    Raises:
        ConfigError: if a folder shall be replaced: only stores are.
    """
    from mimicgait.data import write_opengait
    from mimicgait.data.staging import check_target
    from mimicgait.synth import write_walkers

    if overwrite:
        raise ConfigError("--overwrite replaces stores only: remove the folder of pickles yourself")
    check_target(out, None)
    with TemporaryDirectory(prefix="mimicgait-") as folder:
        stores = {
            name: write_walkers(Path(folder) / (name or "all"), config, workers=workers, progress=watched())
            for name, config in configs.items()
            if name != "val"
        }
        train = stores.get("train") or stores[""]
        partition = write_opengait(train, out, stores.get("test"))
    say(f"{out}: {len(partition.train)} people for training, {len(partition.test)} for the test")
