"""The model card of a network that ships: what every card has, how to use this one, and how it was made."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from torch import nn

from mimicgait.models import VisibilityNetwork, model_hash
from mimicgait.models.card import CardResult, model_card
from mimicgait.models.checkpoint import CheckpointInfo

PURPOSE = {
    "teacher": "was trained on complete walks alone: the yardstick that the others are compared with",
    "visibility": "tells, frame by frame, what is hidden and how much of it",
    "mimic": "is MimicGait's mimic network (WACV 2025), distilled from `teacher`, guided by `visibility`",
    "plus": "is this package's own method for partly hidden walkers, and what commands use by default",
}

WORDS = {"visibility": "ven", "mimicplus": "plus"}
"""Stages that `mimicgait train` calls otherwise."""

PATHS = ("train", "validation", "teacher", "visibility", "initial")
"""Settings that are given beside the recipe, as far as they hold a path."""


def shipped_card(name: str, network: nn.Module, info: CheckpointInfo, results: Sequence[CardResult]) -> str:
    """Write the card of a network that ships.

    Args:
        name: such as `plus`.
        network: in float32, as users get it: its hash is what galleries know it by.
        info: of its folder.
        results: what was measured.
    """
    card = model_card(
        info.blueprint,
        info.metadata,
        sha256=info.sha256,
        network_hash=model_hash(network),
        results=results,
    )
    head, *sections = re.split(r"(?m)^(?=## )", card)
    changed = {title_of(section): section for section in sections}
    changed["How to use it"] = f"## How to use it\n\n{usage(name, network)}\n\n"
    changed["Training data"] += f"## How it was made\n\n{origin(name, info.metadata)}\n\n"
    head = re.sub(r"(?m)^# .*$", f"# mimicgait: {name}", head, count=1)
    if isinstance(network, VisibilityNetwork):
        front, title, _ = head.partition(f"# mimicgait: {name}\n")
        head = front + title + "\nA visibility network of the Python package `mimicgait`.\n\n"
    return f"{head.rstrip()}\n\n`{name}` {PURPOSE[name]}.\n\n" + "".join(changed.values())


def title_of(section: str) -> str:
    """Return the words of a section's first line."""
    return section.partition("\n")[0].removeprefix("## ")


def usage(name: str, network: nn.Module) -> str:
    """Say how to load it and what it takes."""
    if isinstance(network, VisibilityNetwork):
        call = "seen = network(frames, lengths)  # uint8 [n, t, 64, 64] of 0 and 1, and int [n]"
        after = (
            f"seen.logits, seen.amount  # [n, t, {len(network.kinds)}] of {', '.join(network.kinds)}; [n, t]"
        )
        words = "`mimicgait enroll ... --visibility pretrained:visibility`"
    else:
        call = "signatures = network(frames, lengths)  # uint8 [n, t, 64, 64] of 0 and 1, and int [n]"
        after = "signatures.shape  # [n, c, p]"
        words = f"`mimicgait embed video.mp4 out.npz --model pretrained:{name}`"
    return (
        "```python\nfrom mimicgait import pretrained\n\n"
        f'network = pretrained.load("{name}")\n{call}\n{after}\n```\n\n'
        f"On the command line: {words}. Silhouettes must be cropped, scaled and centred as "
        "`mimicgait.data.normalise` does."
    )


def origin(name: str, metadata: Mapping[str, Any]) -> str:
    """Say by which command, with which seed, for how long and on what it was trained."""
    settings, made = metadata.get("training", {}), metadata.get("made", {})
    loop, batch = settings.get("loop", {}), settings.get("batch", {})
    rows = {
        "command": f"`{command_of(name, metadata)}`",
        "seed": loop.get("seed"),
        "steps": loop.get("steps"),
        "batch": f"{batch.get('people')} people x {batch.get('sequences')} sequences x "
        f"{' to '.join(map(str, dict.fromkeys(batch.get('frames', []))))} frames",
        "training took": f"{made['seconds'] / 60:.0f} minutes" if "seconds" in made else None,
        "machine": plain(made.get("machine")),
        "versions": plain(made.get("versions")),
    }
    lines = [f"| {key} | {value} |" for key, value in rows.items() if value not in (None, "")]
    return "\n".join(
        [
            "By the recipe of that name in `recipes/pretrained/` of the repository, with the commands there.",
            "",
            "| | |",
            "|---|---|",
            *lines,
        ]
    )


def command_of(name: str, metadata: Mapping[str, Any]) -> str:
    """Write the command that trains it."""
    stage, settings = str(metadata.get("stage", name)), metadata.get("training", {})
    paths = [f"--{key} {settings[key]}" for key in PATHS if "/" in str(settings.get(key) or "")]
    words = ["mimicgait train", WORDS.get(stage, stage), f"--config recipes/pretrained/{name}.yaml", *paths]
    return " ".join([*words, f"--out {settings.get('out', '')}"])


def plain(facts: Any) -> str:
    """Write a mapping, or anything else, in one line of a table."""
    if isinstance(facts, Mapping):
        facts = ", ".join(f"{key} {value}" for key, value in facts.items())
    return str(facts or "").replace("|", "/")
