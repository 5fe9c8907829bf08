"""Protocols from YAML: those of the package, and a user's own. Every word in a file is checked."""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from mimicgait.data import Partition
from mimicgait.errors import MimicGaitError, ProtocolError, suggest
from mimicgait.evaluation.protocol import Protocol
from mimicgait.evaluation.protocols.dataset import DatasetProtocol
from mimicgait.evaluation.rerank import KReciprocal
from mimicgait.evaluation.score import check_figure
from mimicgait.evaluation.side import Side

FOLDER = Path(__file__).parent
LISTED = "listed"
"""A side that the partition file lists, under PROBE_SET or GALLERY_SET."""

_SIDES = ("gallery", "probe")
_RULES = (
    "views",
    "average",
    "absent",
    "view_until",
    "without_views",
    "sort_sequences",
    "unknown_probes",
    "rerank",
)
_WORDS = ("title", "types", "conditions", "figures", "submission", *_SIDES, *_RULES)
_SUBMISSIONS = ("grew", "hid")


def load_protocol(name: str | Path, partition: Partition | None = None) -> DatasetProtocol:
    """Return a protocol by its name, or the one that a YAML file describes.

    Args:
        name: of a protocol (see `list_protocols`), or the path of a file that ends in .yaml or .yml.
        partition: lists of probes and gallery, for protocols that have them.

    Raises:
        ProtocolError: if there is none, a word in the file is unknown, or the lists are missing.

    >>> load_protocol("casia-b").condition("BG").probe.types
    ('bg-0[12]',)
    """
    if str(name).endswith((".yaml", ".yml")):
        found = _read(Path(name))
        if len(found) != 1:
            raise ProtocolError(
                f"{name}: expected one protocol in the file, got {', '.join(found) or 'none'}"
            )
        return _build(*next(iter(found.items())), partition, str(name))
    known = _package()
    if str(name) not in known:
        raise ProtocolError(f"no protocol {str(name)!r}: {suggest(str(name), known)}; or give a .yaml file")
    return _build(str(name), known[str(name)], partition, f"protocol {str(name)!r}")


def list_protocols() -> dict[str, str]:
    """Return the title of every protocol of the package, by its name."""
    return {name: rules["title"] for name, rules in _package().items()}


def show_protocol(name: str) -> str:
    """Return the rules of a protocol of the package as YAML, ready to be changed into one's own.

    Raises:
        ProtocolError: if there is none of that name.
    """
    known = _package()
    if name not in known:
        raise ProtocolError(f"no protocol {name!r}: {suggest(name, known)}")
    text: str = yaml.dump({name: known[name]}, Dumper=_Plain, sort_keys=False, width=100)
    return text.rstrip()


def known_types() -> dict[str, tuple[str, ...]]:
    """Return the types that each protocol of the package knows, by its name; none where it admits all."""
    return {name: tuple(rules.get("types", ())) for name, rules in _package().items()}


class _Plain(yaml.SafeDumper):
    """Writes everything out: no anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


@cache
def _package() -> dict[str, Any]:
    return {name: rules for path in sorted(FOLDER.glob("*.yaml")) for name, rules in _read(path).items()}


def _read(path: Path) -> dict[str, Any]:
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        raise ProtocolError(f"{path}: cannot be read as YAML ({error})") from error
    if not isinstance(values, dict) or not all(isinstance(rules, dict) for rules in values.values()):
        raise ProtocolError(f"{path}: expected a protocol's name and below it its rules: {', '.join(_WORDS)}")
    return {str(name): rules for name, rules in values.items()}


def _build(name: str, rules: Any, partition: Partition | None, where: str) -> DatasetProtocol:
    _check_words(rules, _WORDS, where)
    conditions = rules.get("conditions", {"all": {}})
    if not isinstance(conditions, dict) or not conditions:
        raise ProtocolError(f"{where}: expected conditions as names with rules, got {conditions!r}")
    built = {}
    for title, own in conditions.items():
        _check_words(own, (*_SIDES, *_RULES), f"{where}, condition {title}")
        every = {word: rules[word] for word in (*_SIDES, *_RULES) if word in rules}
        built[str(title)] = _protocol(f"{name}/{title}", {**every, **(own or {})}, partition, where)
    submission = rules.get("submission", "")
    if submission and submission not in _SUBMISSIONS:
        raise ProtocolError(
            f"{where}: no submission {submission!r}: {suggest(str(submission), _SUBMISSIONS)}"
        )
    return DatasetProtocol(
        name=name,
        title=str(rules.get("title", name)),
        conditions=built,
        figures=_figures(rules.get("figures", ["rank1", "rank5", "mAP"]), where),
        types=_names(rules.get("types", []), "types", where),
        submission=submission,
    )


def _protocol(name: str, rules: Mapping[str, Any], partition: Partition | None, where: str) -> Protocol:
    values: dict[str, Any] = {word: rules[word] for word in _RULES if word in rules}
    if "without_views" in values:
        values["without_views"] = _names(values["without_views"], "without_views", where)
    for word in ("sort_sequences", "unknown_probes"):
        if not isinstance(values.get(word, False), bool):
            raise ProtocolError(f"{where}: expected true or false for {word}, got {values[word]!r}")
    if "rerank" in values:
        values["rerank"] = _rerank(values["rerank"], where)
    values |= {side: _side(rules.get(side), side, partition, where) for side in _SIDES}
    try:
        return Protocol(name=name, **values)
    except (TypeError, MimicGaitError) as error:
        raise ProtocolError(f"{where}: {error}") from error


def _side(rule: Any, side: str, partition: Partition | None, where: str) -> Side:
    if rule is None:
        return Side()
    if rule == LISTED:
        return Side(keys=_listed(side, partition, where))
    words = ("types", "subjects", "views", "keys")
    _check_words(rule, words, f"{where}, {side}")
    values = {word: _names(names, word, f"{where}, {side}") for word, names in rule.items()}
    return Side(**values)


def _listed(side: str, partition: Partition | None, where: str) -> tuple[str, ...]:
    found = None if partition is None else getattr(partition, side)
    if found is None:
        raise ProtocolError(
            f"{where}: the {side} is what the partition file lists as {side.upper()}_SET: "
            f"{'give that file (--partition)' if partition is None else 'this file has no such list'}"
        )
    return tuple(found)


def _rerank(rule: Any, where: str) -> KReciprocal:
    _check_words(rule, ("k1", "k2", "lambda"), f"{where}, rerank")
    if not all(isinstance(value, int | float) for value in rule.values()):
        raise ProtocolError(f"{where}: expected numbers for rerank, got {rule}")
    return KReciprocal(**{"lam" if word == "lambda" else word: value for word, value in rule.items()})


def _figures(value: Any, where: str) -> tuple[str, ...]:
    figures = _names(value, "figures", where)
    for name in figures:
        try:
            check_figure(name)
        except ProtocolError as error:
            raise ProtocolError(f"{where}: {error}") from error
    return figures


def _names(value: Any, word: str, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ProtocolError(
            f"{where}: expected {word} as a list of texts, got {value!r}; write numbers in quotes: ['01']"
        )
    return tuple(value)


def _check_words(rules: Any, words: Iterable[str], where: str) -> None:
    if rules is not None and not isinstance(rules, dict):
        raise ProtocolError(f"{where}: expected rules ({', '.join(words)}), got {rules!r}")
    for word in rules or {}:
        if word not in words:
            raise ProtocolError(f"{where}: no rule {word!r}: {suggest(str(word), words)}")
