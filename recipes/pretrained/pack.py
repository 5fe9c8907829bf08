"""Turn trained run folders into the networks that ship in the package: weights, settings, model cards.

    python recipes/pretrained/pack.py runs/pretrained

takes runs/pretrained/{teacher,visibility,mimic,plus}, leaves out what only training needs, writes
src/mimicgait/pretrained/NAME/ with its card, and refuses more than 10 MB in all. The cards have the numbers
of metrics.json, which measure.py writes.
"""

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from card import shipped_card  # beside this file
from torch import nn

from mimicgait.cli.console import complain, say
from mimicgait.errors import CheckpointError, MimicGaitError
from mimicgait.models import VisibilityNetwork, load_model, save_model
from mimicgait.models.card import CARD, CardResult
from mimicgait.models.checkpoint import read_info, write_checkpoint
from mimicgait.pretrained import NAMES

HERE = Path(__file__).resolve().parent
PACKAGE = HERE.parents[1] / "src" / "mimicgait" / "pretrained"
LIMIT = 10_000_000
"""Bytes of all networks together."""

LICENCE = "apache-2.0"
KEPT = ("trained_on", "silhouettes", "data_licence", "data_fingerprint", "stage", "training")
"""Of the metadata that training writes."""

Files = dict[str, bytes]


def main(words: list[str] | None = None) -> int:
    """Read the command line, pack, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("runs", type=Path, help="the folder with the run folders")
    parser.add_argument("--names", nargs="+", default=list(NAMES), choices=NAMES, help="only these networks")
    parser.add_argument("--metrics", type=Path, default=HERE / "metrics.json", help="numbers for the cards")
    parser.add_argument("--numbers", choices=("float32", "float16"), default="float32", help="of the weights")
    parser.add_argument("--out", type=Path, default=PACKAGE, help="where the model folders go")
    given = parser.parse_args(words)
    try:
        pack(given.runs, given.names, read_metrics(given.metrics, given.names), given.out, given.numbers)
    except MimicGaitError as error:
        complain(f"pack: {error}")
        return 2
    return 0


def pack(
    runs: Path, names: list[str], metrics: Mapping[str, list[CardResult]], out: Path, numbers: str
) -> None:
    """Write the model folders of all networks, or of none.

    Raises:
        CheckpointError: if a run is missing or has not ended, gives nothing finite, or all is too large.
    """
    made: dict[str, Files] = {}
    for name in names:
        made[name] = stripped(runs / name, name, metrics[name], numbers)
    others = sum(file.stat().st_size for file in out.glob("*/*") if file.parent.name in {*NAMES} - {*made})
    total = others + sum(len(data) for files in made.values() for data in files.values())
    if total >= LIMIT:
        raise CheckpointError(
            f"the networks take {total / 1e6:.2f} MB together, {LIMIT / 1e6:.0f} MB are allowed: "
            "say --numbers float16, or train narrower ones"
        )
    for name, files in made.items():
        write_checkpoint(out / name, files)
        say(f"{out / name}: {sum(map(len, files.values())) / 1e6:.2f} MB")
    say(f"{total / 1e6:.2f} MB together, of {LIMIT / 1e6:.0f}")


def stripped(run: Path, name: str, results: list[CardResult], numbers: str) -> Files:
    """Return the files of a model folder: the run's network with its card, without paths of the machine."""
    if not (run / "model").is_dir():
        raise CheckpointError(f"{run}: holds no network: has this training ended?")
    network, info = load_model(run / "model"), read_info(run / "model")
    kept = {key: relative(info.metadata[key]) for key in KEPT if key in info.metadata}
    metadata = {**kept, "licence": LICENCE, "made": made_with(run)}
    before = answers(network)
    with TemporaryDirectory(prefix="mimicgait-") as folder:
        place = Path(folder) / name
        save_model(network.half() if numbers == "float16" else network, place, metadata)
        files = {file.name: file.read_bytes() for file in place.iterdir()}
        packed = load_model(place).float()
        card = shipped_card(name, packed, read_info(place), results)
    moved = float((answers(packed) - before).abs().max() / before.abs().max())
    say(f"{name}: {type(packed).__name__}, {numbers}; its answers move by {moved:.1e} of their largest")
    return {**files, CARD: card.encode()}


def answers(network: nn.Module) -> torch.Tensor:
    """Return what a network says of two noisy sequences: signatures, or logits.

    Raises:
        CheckpointError: if that is not finite.
    """
    frames = (torch.rand(2, 6, 64, 64, generator=torch.Generator().manual_seed(0)) < 0.5).to(torch.uint8)
    with torch.inference_mode():
        if isinstance(network, VisibilityNetwork):
            found = network(frames).logits
        else:
            found = network(frames, torch.tensor([6, 4]))
    if not bool(found.isfinite().all()):
        raise CheckpointError(f"{type(network).__name__}: its answers are not finite")
    return torch.as_tensor(found).clone()


def made_with(run: Path) -> dict[str, Any]:
    """Return versions, machine, seed and training time, as far as the run folder tells."""
    noted = run / "environment.json"
    facts = json.loads(noted.read_text("utf-8")) if noted.is_file() else {}
    log = run / "log.jsonl"
    lines = log.read_text("utf-8").splitlines() if log.is_file() else []
    seconds = sum(json.loads(line).get("seconds", 0.0) for line in lines)
    kept = {key: facts[key] for key in ("versions", "machine", "seed") if key in facts}
    return {**kept, "seconds": round(seconds)} if seconds else kept


def relative(value: Any) -> Any:
    """Write absolute paths within settings relative to here, or by their last two parts."""
    if isinstance(value, Mapping):
        return {key: relative(item) for key, item in value.items()}
    if isinstance(value, list):
        return [relative(item) for item in value]
    if isinstance(value, str) and value.startswith("/"):
        path = Path(value)
        near = path.is_relative_to(Path.cwd())
        return str(path.relative_to(Path.cwd())) if near else "/".join(path.parts[-2:])
    return value


def read_metrics(file: Path, names: list[str]) -> dict[str, list[CardResult]]:
    """Read the numbers for the cards: of each network a list of metric, value, data and setting.

    Raises:
        CheckpointError: if the file is missing or damaged, or has no numbers of one of the networks.
    """
    try:
        rows = json.loads(file.read_text("utf-8"))
        found = {name: [CardResult(**row) for row in rows.get(name, [])] for name in names}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise CheckpointError(
            f"{file}: no metrics for the cards ({error}): measure.py writes them"
        ) from error
    bare = [name for name in names if not found[name]]
    if bare:
        raise CheckpointError(f"{file}: has no numbers of {', '.join(bare)}: see measure.py")
    return found


if __name__ == "__main__":
    sys.exit(main())
