"""`mimicgait calibrate`: what distances mean, learned from people who are known."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mimicgait.cli.console import complain, say, watched
from mimicgait.cli.networks import check_silhouettes, choose_network, trained_data
from mimicgait.cli.walks import Looker
from mimicgait.errors import ConfigError

if TYPE_CHECKING:
    from mimicgait.data import SequenceStore
    from mimicgait.gallery import Calibration


def calibrate(
    store: Path,
    out: Path,
    *,
    model: Path | None = None,
    fpir: float = 0.01,
    draws: int = 3,
    seed: int = 0,
    visibility: Path | None = None,
    device: str = "cpu",
    trust: tuple[str, ...] = (),
    overwrite: bool = False,
) -> None:
    """Set the thresholds of `identify` and `verify`, and what probabilities they state.

    Takes a store of people whom the network was not trained on, two walks or more of each. Every second walk
    is enrolled, the others are searched for: complete, and hidden in several ways. The more people, the
    larger the gallery that it can promise the wanted rate for.

    Examples:
        mimicgait calibrate people calibration.json     # with the best network that ships
        mimicgait calibrate walkers/val calibration.json --model runs/mimic
        mimicgait calibrate people calibration.json --model runs/mimic --fpir 0.001

    Args:
        store: a store (see `mimicgait data import`).
        out: the JSON file to write.
        model: run folder, model folder, .onnx file, or pretrained:NAME; by default the best that ships.
        fpir: share of strangers of whom anybody may be named: the false positive identification rate.
        draws: how often each walk is hidden anew; 0 for complete walks alone.
        seed: of what is hidden.
        visibility: run folder of a visibility network, if there is none in the model.
        device: where to run: cpu, cuda, mps.
        trust: packages of yours whose networks may be built from a checkpoint.
        overwrite: replace a file that is there.
    """
    if out.is_dir() or (out.exists() and not overwrite):
        raise ConfigError(f"{out}: exists already: choose another name, or say --overwrite")
    from mimicgait.data import SequenceStore

    people, model = SequenceStore(store), choose_network(model)
    looker = Looker(model, visibility, device, trust)
    check_silhouettes(looker.network, model, people)
    if trained_data(model) == people.fingerprint:
        complain(f"note: {model} was trained on {store}: distances of other people are larger than these")
    made = learn(people, looker, fpir=fpir, draws=draws, seed=seed)
    made.save(out)
    say(describe(made.check, fpir))
    searches = sum(level.searches for level in made.levels)
    say(f"{out}: learned from {searches} searches among {made.people + 1} people")


def learn(people: "SequenceStore", looker: Looker, *, fpir: float, draws: int, seed: int) -> "Calibration":
    """Return a calibration with what held-out people made of it.

    Raises:
        ConfigError, ProtocolError: as `rehearse` and `fit_calibration` do.
    """
    from dataclasses import replace

    from mimicgait.gallery import check_held_out, fit_calibration, rehearse

    enrolled, probes = rehearse(people, looker.observer, draws=draws, seed=seed, progress=watched())
    data = {"name": people.name, "licence": people.licence, "fingerprint": people.fingerprint}
    made = fit_calibration(enrolled, probes, fpir=fpir, data={**data, "draws": draws, "seed": seed})
    return replace(made, check=check_held_out(enrolled, probes, fpir=fpir))


def describe(check: Sequence[Mapping[str, Any]], fpir: float) -> str:
    """Write down what held-out people made of a calibration."""
    if not check:
        return "too few people to try it on: with 8 or more, half of them are held out"
    lines = [f"held-out people, with at most {fpir:.2g} of strangers to be named:", f"  {HEAD}"]
    for row in check:
        span = f"{row['low']:.0%} to {row['high']:.0%}"
        shares = "".join(f"{row[name]:>10.1%}" for name in ("strangers_named", "named_right", "named_wrong"))
        lines.append(f"  {span:<14}{row['walks']:>7}{shares}")
    return "\n".join(lines)


HEAD = f"{'seen':<14}{'walks':>7}{'strangers':>10}{'right':>10}{'wrong':>10}"
