"""`mimicgait hub card|push|pull`: networks on the Hugging Face Hub."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mimicgait.cli.console import say
from mimicgait.errors import ConfigError, DataError, suggest

if TYPE_CHECKING:
    from mimicgait.models.card import CardResult

REPORT = "report.json"
MEASURES = {"rank1": "rank-1", "rank5": "rank-5", "mAP": "mAP"}
"""What a card takes over from a report, and what it is called there."""


def card(
    model: Path, *, licence: str | None = None, report: Path | None = None, method: str | None = None
) -> None:
    """Write the model card of a network, README.md: data, licence, numbers, hash, how to use it, limits.

    Training writes a first card beside the weights. This one adds the licence of the weights, which only you
    can choose, and the numbers of a report.

    Examples:
        mimicgait hub card runs/mimic --licence apache-2.0 --report report
        mimicgait hub card runs/teacher --licence cc-by-nc-4.0 --report report --method Baseline-1

    Args:
        model: run folder or model folder of the network.
        licence: of the weights, by its short name on the Hub, such as apache-2.0.
        report: folder of `mimicgait evaluate`, or its report.json.
        method: which network of the report it is; the one that the report is about if not given.
    """
    from mimicgait.models.hub import write_card
    from mimicgait.pretrained import shipped_name
    from mimicgait.training.run import model_folder

    if method and report is None:
        raise ConfigError("method: it names a network of a report: say --report too")
    if shipped_name(model) is not None:
        raise ConfigError(f"{model}: ships with its card, which is not rewritten: {model_folder(model)}")
    folder = model_folder(model)
    write_card(folder, licence=licence, results=read_results(report, method) if report else ())
    say(f"{folder / 'README.md'}: the model card")


def push(model: Path, repository: str, *, private: bool = False, message: str = "") -> None:
    """Publish a network as a repository of the Hugging Face Hub: weights, settings and model card.

    Log in with `hf auth login`, or set HF_TOKEN. The settings that go with the weights are those of its
    training, with the paths of its data.

    Examples:
        mimicgait hub push runs/mimic USER/mimicgait-casia-b
        mimicgait hub push runs/mimic USER/mimicgait-casia-b --private true --message "600 steps more"

    Args:
        model: run folder or model folder of the network; its card must state a licence.
        repository: USER/NAME; made if it is not there.
        private: whether a new repository is private.
        message: of the commit.
    """
    from mimicgait.models.hub import push_to_hub
    from mimicgait.training.run import model_folder

    say(push_to_hub(model_folder(model), repository, private=private, message=message))


def pull(repository: str, out: Path, *, revision: str | None = None, trust: tuple[str, ...] = ()) -> None:
    """Fetch a network from the Hugging Face Hub into a folder that every command takes as --model.

    No code of the repository is run: weights are safetensors, settings JSON, and only networks of this
    package and of those you trust are built.

    Examples:
        mimicgait hub pull USER/mimicgait-casia-b mimic
        mimicgait hub pull USER/mimicgait-casia-b mimic --revision 1f2e3d4

    Args:
        repository: USER/NAME.
        out: the folder to write; it must not exist.
        revision: branch, tag or commit.
        trust: packages of yours whose networks may be built.
    """
    from mimicgait.models.hub import pull_from_hub

    pull_from_hub(repository, out, revision=revision, trust=trust)
    say(f"{out}: the network")


def read_results(report: Path, method: str | None = None) -> "list[CardResult]":
    """Take the numbers of one network out of a report, complete and occluded.

    Raises:
        DataError: if it is no report.
        ConfigError: if it has no network of that name.
    """
    file = report / REPORT if report.is_dir() else report
    try:
        headline = json.loads(file.read_text())["headline"]
        entries = {str(entry["method"]): entry for entry in headline}
        chosen = method or list(entries)[-1]
        if chosen not in entries:
            raise ConfigError(f"{file} has no network {chosen!r}: {suggest(chosen, entries)}")
        return _results(entries[chosen])
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        if isinstance(error, ConfigError):
            raise
        raise DataError(f"{file} is no report of `mimicgait evaluate`: {error}") from error


def _results(entry: Mapping[str, Any]) -> "list[CardResult]":
    from mimicgait.models.card import CardResult

    results = []
    for name, words in (("clean", "complete"), ("occluded", "occluded")):
        score = entry.get(name)
        if score is None:
            continue
        setting, mean = score["setting"], score["mean"]
        people = (
            f"{words}; {setting['people']} people, {setting['probes']} probes, protocol {setting['protocol']}"
        )
        results += [
            CardResult(title, round(float(mean[key]), 6), str(setting["data"]), people)
            for key, title in MEASURES.items()
        ]
    data = str(entry["holistic"]["setting"]["data"])
    about = {
        "rp": ("RP", "occluded over the teacher's complete"),
        "hpr": ("HPR", "complete over the teacher's"),
    }
    results += [
        CardResult(title, round(float(entry[key]), 6), data, words)
        for key, (title, words) in about.items()
        if entry.get(key) is not None
    ]
    return results
