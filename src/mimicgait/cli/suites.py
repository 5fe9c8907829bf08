"""`mimicgait suites`: the ready occlusion suites, and pictures of what they do."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from mimicgait.cli.console import say, watched
from mimicgait.errors import ConfigError, DataError

if TYPE_CHECKING:
    from mimicgait.data import SequenceStore
    from mimicgait.evaluation.suites import Suite

STREET = "street.png"
"""The picture of the things that the suite `objects` draws from."""


def suites(
    name: str = "",
    out: Path | None = None,
    store: Path | None = None,
    seed: int = 0,
    columns: int = 8,
    overwrite: bool = False,
) -> None:
    """List the occlusion suites with version and hash, or draw contact sheets of what they do.

    A suite hides the same pixels of the same sequence on every machine. Numbers can be compared where name,
    version and hash of the suite, the seeds, and the data agree.

    Examples:
        mimicgait suites
        mimicgait suites --name redetect --out pictures --store gait3d/test
        mimicgait suites --out pictures             # every suite, with walkers that are made for it

    Args:
        name: of one suite; all if not given.
        out: folder for the pictures, OUT/NAME.png; nothing is drawn if not given.
        store: whose sequences are shown; a few synthetic walkers if not given.
        seed: of the occlusions.
        columns: frames of each sequence.
        overwrite: replace pictures that are there.
    """
    from mimicgait.evaluation.suites import MATRIX, SUITES, find_suite

    chosen = [find_suite(name)] if name else [*SUITES.values(), MATRIX]
    if out is None:
        if store is not None:
            raise ConfigError("store: it is for the pictures: say --out too")
        titles = [f"{suite.name:<14}v{suite.version}  {suite.hash}  {suite.title}" for suite in chosen]
        say("\n".join(titles))
        return
    if columns < 1:
        raise ConfigError(f"columns must be 1 or more, got {columns}")
    names = [f"{suite.name}.png" for suite in chosen] + ([] if name else [STREET])
    there = [file for file in names if (out / file).exists()]
    if there and not overwrite:
        raise DataError(f"{out / there[0]}: is there already: choose another folder, or say --overwrite")
    with TemporaryDirectory(prefix="mimicgait-") as folder:
        shown = _walkers(Path(folder)) if store is None else _opened(store)
        _draw(out, chosen, shown, seed, columns, street=not name)
    say("\n".join(str(out / file) for file in names))


def _draw(
    out: Path, chosen: "list[Suite]", store: "SequenceStore", seed: int, columns: int, *, street: bool
) -> None:
    import cv2

    from mimicgait.evaluation.suites.sheet import street_sheet, suite_sheet

    out.mkdir(parents=True, exist_ok=True)
    pictures = {suite.name: suite_sheet(suite, store, seed=seed, columns=columns) for suite in chosen}
    if street:
        pictures[Path(STREET).stem] = street_sheet(seed=seed)
    for name, picture in pictures.items():
        encoded = cv2.imencode(".png", picture, [cv2.IMWRITE_PNG_COMPRESSION, 9])[1]
        (out / f"{name}.png").write_bytes(encoded.tobytes())


def _opened(store: Path) -> "SequenceStore":
    from mimicgait.data import SequenceStore

    return SequenceStore(store)


def _walkers(folder: Path) -> "SequenceStore":
    """Make walkers whom no other store has, some across the picture and some towards the camera."""
    from mimicgait.synth import SynthConfig, write_walkers

    config = SynthConfig(people=4, sequences=4, start=800_000, faults=0.5)
    return write_walkers(folder / "walkers", config, workers=1, progress=watched())
