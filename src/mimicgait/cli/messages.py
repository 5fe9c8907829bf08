"""Turns what the argument parser complains about into what a user can act on."""

import difflib
import re
from collections.abc import Sequence

ALIKE = 0.7
"""How much of two names must agree before one is taken for a misspelling of the other."""


def explain(message: str, names: Sequence[str]) -> str:
    """Say which setting is wrong, what is allowed, and which name was probably meant.

    Args:
        message: the parser's own complaint; what is not recognised is passed on in one line.
        names: the settings that exist, as in YAML: `size`, `optimizer.lr`.

    >>> explain("unrecognized arguments: --optimizer.lrr 0.1", ["out", "optimizer.lr"])
    'no setting --optimizer.lrr: did you mean --optimizer.lr?'
    >>> explain("unrecognized arguments: --out x", ["out", "optimizer.lr"])
    'no setting --out: OUT is a word in its own place, without a name'
    >>> explain("Group 'optimizer' does not accept option 'name'", ["out", "optimizer.lr"])
    "no setting 'optimizer.name'"
    """
    if match := re.match(r"unrecognized arguments: (.*)", message):
        return _unknown_words(match[1].split(), names)
    if match := re.search(r"(?:Group '([^']+)' does not accept o|O)ption '([^']+)'", message):
        name = ".".join(filter(None, match.groups()))
        return f"no setting {name!r}{_meant(name, names)}"
    if message.startswith("Unexpected config"):
        return f"holds no settings; write one a line, such as `{names[0]}: VALUE`"
    if match := re.search(r"arguments are required: (.+)", message):
        return f"missing: {match[1]}; give it on the command line or in a file with --config"
    if match := re.match(r'Parser key "([^"]+)":\s*(.*)', message, re.DOTALL):
        return f"{match[1]}: {_plain(match[2])}"
    return _plain(message)


def plain_types(text: str) -> str:
    """Write Python's types the way people do.

    >>> plain_types("<class 'int'>, typing.Literal['a', 'b'], Optional[Path], tuple[int, int] | null")
    "int, one of 'a', 'b', Path, [int, int]"
    """
    text = re.sub(r"<class '(?:[\w.]+\.)?(\w+)'>", r"\1", text).replace("typing.", "")
    text = re.sub(r"Literal\[([^\]]*)\]", r"one of \1", text)
    text = re.sub(r"Optional\[([^\[\]]*(?:\[[^\]]*\])?)\]", r"\1", text)
    text = re.sub(r"Union\[((?:[^\[\]]|\[[^\]]*\])*)\]", r"\1", text)
    text = re.sub(r"\btuple\[([^\]]*)\]", r"[\1]", text)
    return text.replace("default: null", "default: none").replace(" | null", "").replace(" | None", "")


def nearest(name: str, names: Sequence[str]) -> str | None:
    """Return the setting that a misspelt or shortened name means: `lr` finds `optimizer.lr`.

    >>> nearest("stpes", ["out", "loop.steps"])
    'loop.steps'
    """
    close = [full for full in names if _alike(name, full)]
    return max(close, key=lambda full: _ratio(name, full)) if close else None


def _alike(name: str, full: str) -> bool:
    ends = _ratio(name.rpartition(".")[2], full.rpartition(".")[2])
    return ends >= ALIKE or ("." not in name and _ratio(name, full) >= ALIKE)


def _ratio(a: str, b: str) -> float:
    return difflib.SequenceMatcher(None, a, b).ratio()


def _unknown_words(words: Sequence[str], names: Sequence[str]) -> str:
    option = next((word.partition("=")[0] for word in words if word.startswith("--")), None)
    if option is None:
        return f"too many words: {' '.join(words)}"
    name = option.lstrip("-")
    if name in names:  # it exists, but not as an option
        return f"no setting {option}: {name.upper()} is a word in its own place, without a name"
    return f"no setting {option}{_meant(name, names, '--')}"


def _meant(name: str, names: Sequence[str], dashes: str = "") -> str:
    near = nearest(name.replace("-", "_") if dashes else name, names)
    return f": did you mean {dashes}{near}?" if near else ""


def _plain(text: str) -> str:
    text = plain_types(text)
    if match := re.search(r"Subtypes: \[(.*?)\]\n.*Given value: (.*)", text, re.DOTALL):
        kinds = match[1].replace(", NoneType", "")
        return f"expected {kinds}, got {match[2].strip()}"
    text = re.sub(r"Expected an? (.+?)\. Got value: ", r"expected \1, got ", text)
    text = text.replace("expected tuple,", "expected a list such as [a, b],")
    return " ".join(text.replace('in "<unicode string>", ', "at ").split())
