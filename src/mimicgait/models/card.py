"""The model card: a page beside the weights that says what a network is, and what it is not for."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

CARD = "README.md"
LIBRARY = "library_name: mimicgait"
"""The line by which a generated card is known; a page without it is somebody's own and is left alone."""

UNSTATED = "unknown"
"""What the Hub calls a licence that nobody stated."""

TAGS = ("gait-recognition", "biometrics", "silhouettes", "occlusion", "person-identification")

LIMITS = """\
- It compares silhouettes of walking people; it was judged on the data named above and on nothing else. Other
  cameras, clothes, surfaces and groups of people can be much harder, and were not measured.
- Two signatures may only be compared if they come from the same network: compare the hash.
- Gait is a biometric. In many places recognising people by it needs a legal basis or their consent, and a
  wrong match can harm someone: let no decision about a person rest on a match alone.
"""

SYNTHETIC = """\
- It was trained on walkers, parametric people who do not exist: its numbers say how methods compare, and
  nothing about real people.
"""


@dataclass(frozen=True, slots=True)
class CardResult:
    """One number of a card: `metric` is `value` on `data`, under the conditions of `setting`."""

    metric: str
    value: float
    data: str
    setting: str = ""


def model_card(
    blueprint: Mapping[str, Any],
    metadata: Mapping[str, Any],
    *,
    sha256: str,
    network_hash: str,
    licence: str | None = None,
    results: Sequence[CardResult] = (),
) -> str:
    """Write the card of a checkpoint: YAML that the Hugging Face Hub reads, then Markdown for people.

    Args:
        blueprint: class and settings of the network.
        metadata: of the checkpoint: what is known of training data, their licence and the stage.
        sha256: of the weights.
        network_hash: see `model_hash`.
        licence: of the weights, by its short name such as `apache-2.0`; else `metadata["licence"]`.
        results: what was measured.
    """
    licence = licence or str(metadata.get("licence") or UNSTATED)
    name = str(blueprint["class"]).rpartition(".")[2]
    front = yaml.safe_dump(_front(name, metadata, licence, results), sort_keys=False, allow_unicode=True)
    sections = [
        f"# {name}\n\n{_introduction(blueprint, metadata)}",
        f"## How to use it\n\n{_usage()}",
        f"## Training data\n\n{_data(metadata, licence)}",
        f"## Results\n\n{_results(results)}",
        "## Limits\n\n"
        + LIMITS
        + (SYNTHETIC if "mimicgait.synth" in str(metadata.get("data_licence")) else ""),
        f"## Identity\n\n{_table(_identity(blueprint, sha256, network_hash))}",
    ]
    return f"---\n{front}---\n\n" + "\n\n".join(section.rstrip() for section in sections) + "\n"


def licence_of(card: str) -> str:
    """Return the licence that a card states, `unknown` if none."""
    found = re.search(r"^license: *(\S+) *$", card.partition("\n---")[0], re.MULTILINE)
    return found[1] if found else UNSTATED


def _front(
    name: str, metadata: Mapping[str, Any], licence: str, results: Sequence[CardResult]
) -> dict[str, Any]:
    """Return what the Hub reads."""
    front: dict[str, Any] = {
        "library_name": LIBRARY.partition(": ")[2],
        "license": licence,
        "pipeline_tag": "image-feature-extraction",
        "tags": [*TAGS, name.lower()],
    }
    if metadata.get("trained_on"):
        front["datasets"] = [_slug(str(metadata["trained_on"]))]
    if results:
        front["metrics"] = sorted({_slug(result.metric) for result in results})
        front["model-index"] = [{"name": name, "results": [_entry(result) for result in results]}]
    return front


def _entry(result: CardResult) -> dict[str, Any]:
    return {
        "task": {"type": "image-feature-extraction", "name": "Gait recognition"},
        "dataset": {"name": result.data, "type": _slug(result.data)},
        "metrics": [
            {
                "type": _slug(result.metric),
                "name": f"{result.metric} {result.setting}".strip(),
                "value": result.value,
            }
        ],
    }


def _introduction(blueprint: Mapping[str, Any], metadata: Mapping[str, Any]) -> str:
    stage = f", trained as {metadata['stage']}" if metadata.get("stage") else ""
    return (
        "A network of the Python package `mimicgait` for recognising people by their gait, also when they "
        f"are partly hidden{stage}. It turns silhouettes `[n, t, 64, 64]` of walking people into "
        "signatures `[n, c, p]`; the smaller the distance, the likelier the same person."
    )


def _usage() -> str:
    return (
        "```python\n"
        "from mimicgait.models import from_pretrained\n\n"
        'network = from_pretrained("USER/NAME")  # this repository, or a folder with its files\n'
        "signatures = network(frames, lengths)   # uint8 [n, t, 64, 64] of 0 and 1, and int [n]\n"
        "```\n\n"
        "On the command line: `mimicgait hub pull USER/NAME model`, then `mimicgait embed video.mp4 out.npz "
        "--model model`. Silhouettes must be cropped, scaled and centred as `mimicgait.data.normalise` does."
    )


def _data(metadata: Mapping[str, Any], licence: str) -> str:
    training = metadata.get("training")
    settings = training if isinstance(training, Mapping) else {}
    rows = {
        "trained on": metadata.get("trained_on"),
        "kept back to watch the training": Path(str(settings.get("validation") or "")).name,
        "licence of the data": metadata.get("data_licence"),
        "silhouettes on disk": metadata.get("silhouettes"),
        "fingerprint of the data": metadata.get("data_fingerprint"),
        "occlusion in training": _json(settings.get("occlusion")),
        "imported from": _json(metadata.get("imported")),
        "licence of these weights": "not stated" if licence == UNSTATED else licence,
    }
    known = {key: str(value) for key, value in rows.items() if value}
    return _table(known) + ("" if metadata.get("trained_on") else "\n\nThe training data were not noted.")


def _results(results: Sequence[CardResult]) -> str:
    if not results:
        return "None yet: `mimicgait evaluate` makes a report, and `mimicgait hub card` takes it over."
    lines = [f"| {r.metric} | {r.value:g} | {r.data} | {r.setting} |" for r in results]
    return "\n".join(["| measure | value | on | setting |", "|---|---|---|---|", *lines])


def _identity(blueprint: Mapping[str, Any], sha256: str, network_hash: str) -> dict[str, str]:
    return {
        "class": f"`{blueprint['class']}`",
        "settings": f"`{json.dumps(blueprint['config'])}`",
        "hash of class, settings and weights": f"`{network_hash}`",
        "SHA-256 of `model.safetensors`": f"`{sha256}`",
    }


def _table(rows: Mapping[str, str]) -> str:
    lines = [f"| {key} | {value.replace('|', '/')} |" for key, value in rows.items()]
    return "\n".join(["| | |", "|---|---|", *lines])


def _json(value: Any) -> str:
    return f"`{json.dumps(value)}`" if value else ""


def _slug(text: str) -> str:
    """Write a name as the Hub wants identifiers.

    >>> _slug("walkers 0-399, seed 0")
    'walkers-0-399-seed-0'
    """
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
