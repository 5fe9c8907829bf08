"""The part of `mimicgait evaluate` that follows a data set's protocol: its numbers, with their doubt."""

import json
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mimicgait.errors import DataError, ProtocolError

if TYPE_CHECKING:
    from torch import nn

    from mimicgait.data import Partition, SequenceStore
    from mimicgait.evaluation import DatasetProtocol, Verdict
    from mimicgait.occlusion import Occlusion

Verdicts = Mapping[str, "Verdict"]
RESULT = "protocol.json"
NAMED = 5
"""How many people are named before the rest is left out."""

UNKNOWN = "probe"
"""The id under which GREW and HID keep the sequences of people whom they do not name."""


def open_protocol(
    name: str, store: "SequenceStore", partition: "Partition | None"
) -> tuple["DatasetProtocol", "SequenceStore"]:
    """Load a protocol, and return it with the store's test sequences, whose types it knows.

    Raises:
        ProtocolError: if there is none of that name, or it does not fit the data.
        DataError: if none of the partition's test people is in the store.
    """
    from mimicgait.evaluation.protocols import load_protocol
    from mimicgait.evaluation.protocols.reading import known_types

    protocol = load_protocol(name, partition)
    tested = store if partition is None or not partition.test else _test_part(store, set(partition.test))
    protocol.check_types(tested.keys, known_types())
    return protocol, tested


def warn_of_others(store: "SequenceStore", tested: "SequenceStore") -> Iterator[str]:
    """Say when other people are tested than the literature tests: such numbers cannot be compared.

    Args:
        store: as it was given; its import noted which data set it is.
        tested: the sequences of the test people.
    """
    from mimicgait.data import find_layout

    layout, people = find_layout(store.origin.get("layout", "generic")), len(set(tested.subjects))
    if layout.counts is not None and people != layout.counts.test:
        yield (
            f"note: {people} people are tested, the literature on {layout.title} tests {layout.counts.test}: "
            "give the partition, or compare results only with those on the same people"
        )


def judge_networks(
    networks: Mapping[str, "nn.Module"],
    store: "SequenceStore",
    protocol: "DatasetProtocol",
    *,
    occlusion: "Occlusion",
    seeds: tuple[int, ...],
    expected: Collection[str] = (),
    options: Mapping[str, Any],
) -> dict[str, Any]:
    """Judge networks in every condition, complete and occluded, and test the last against each of the others.

    Args:
        networks: by name, the teacher first, the one that the report is about last.
        store: the test sequences.
        protocol: the data set's.
        occlusion: what hides gallery and probes.
        seeds: of the occlusion.
        expected: the people of the partition's test set, if there is one.
        options: batch_frames, device, precision, progress, cache.

    Returns:
        JSON values: `protocol`, `networks`, `tests`, and `failure_to_enrol` where people were expected.
    """
    from mimicgait.evaluation.published import compare_networks, judge_conditions

    complete = {name: judge_conditions(net, store, protocol, **options) for name, net in networks.items()}
    hidden = {
        name: judge_conditions(net, store, protocol, occlusion=occlusion, seeds=seeds, **options)
        for name, net in networks.items()
    }
    last, teacher = list(networks)[-1], next(iter(networks))
    tests = {
        rival: {
            "complete": _tests(compare_networks(complete[last], complete[rival])),
            "occluded": _tests(compare_networks(hidden[last], hidden[rival], complete[teacher])),
        }
        for rival in list(networks)[:-1]
    }
    return {
        "protocol": protocol.as_json(),
        "networks": {
            name: {"complete": _plain(complete[name]), "occluded": _plain(hidden[name])} for name in networks
        },
        "tests": {"network": last, "against": tests},
        **_enrolment(store, protocol, expected),
    }


def write_result(result: Mapping[str, Any], folder: Path) -> Path:
    """Write `protocol.json` into a folder and return its path; the file appears when it is whole.

    Raises:
        DataError: if it cannot be written.
    """
    path = folder / RESULT
    scratch = folder / f".{RESULT}.tmp"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        scratch.write_text(json.dumps(result, indent=2, ensure_ascii=False, allow_nan=False) + "\n", "utf-8")
        scratch.replace(path)
    except OSError as error:
        raise DataError(f"{path}: cannot be written ({error.strerror}): choose another place") from error
    return path


def table(result: Mapping[str, Any]) -> str:
    """Write a result as a table for people: in %, with 95 % confidence intervals of the first figure."""
    figures = result["protocol"]["figures"]
    head = f"{'in %':<24}{'condition':<14}{'':<10}" + "".join(f"{name:>9}" for name in figures)
    lines = [result["protocol"]["title"], *habits(result), f"{head}   95 % of {figures[0]}"]
    for network, sides in result["networks"].items():
        for side, verdicts in sides.items():
            for condition, verdict in verdicts.items():
                numbers = "".join(f"{100 * verdict['figures'][name]:>9.2f}" for name in figures)
                interval = verdict["intervals"].get(figures[0])
                doubt = f"   {100 * interval['low']:.2f} to {100 * interval['high']:.2f}" if interval else ""
                lines.append(f"{network:<24}{condition:<14}{side:<10}{numbers}{doubt}")
    absent = result.get("failure_to_enrol", {"people": []})
    if absent["people"]:
        few = ", ".join(absent["people"][:NAMED]) + (", ..." if len(absent["people"]) > NAMED else "")
        lines.append(f"failure to enrol: {100 * absent['rate']:.2f} % of the people, {few}")
    return "\n".join(lines)


def habits(result: Mapping[str, Any]) -> list[str]:
    """Name the choices behind a result in which the field's tools differ, on one line if they are few.

    Conditions that have choices of their own are named with them.
    """
    of: dict[str, list[str]] = {}
    for condition, verdict in next(iter(result["networks"].values()))["complete"].items():
        setting = verdict["score"]["setting"]
        choices = {name: setting[name] for name in ("absent", "views", "ties", "distance")}
        choices |= {name: value for name, value in setting["rule"].items() if name in ("average", "rerank")}
        words = "; ".join(f"{name}: {value}" for name, value in choices.items())
        of.setdefault(words, []).append(condition)
    return [words if len(of) == 1 else f"{', '.join(names)}: {words}" for words, names in of.items()]


def _test_part(store: "SequenceStore", people: set[str]) -> "SequenceStore":
    found = [i for i, subject in enumerate(store.subjects) if subject in people]
    if not found:
        raise DataError(
            f"{store.path}: none of the {len(people)} people of the partition's TEST_SET is in this store: "
            "check that partition and store are of the same data set"
        )
    return store.select(found)


def _enrolment(
    store: "SequenceStore", protocol: "DatasetProtocol", expected: Collection[str]
) -> dict[str, Any]:
    """Say which of the expected people have no sequence in any condition's gallery."""
    from mimicgait.evaluation.enrolment import failure_to_enrol, missing_people

    people = [person for person in expected if person != UNKNOWN]
    if not people:
        return {}
    enrolled = {
        store.subjects[i] for rule in protocol.conditions.values() for i in rule.split(store.keys).gallery
    }
    known = enrolled & set(people)
    missing = missing_people(people, known)
    return {"failure_to_enrol": {"rate": failure_to_enrol(people, known), "people": missing}}


def _plain(verdicts: Verdicts) -> dict[str, Any]:
    return {condition: verdict.as_json() for condition, verdict in verdicts.items()}


def _tests(found: Mapping[str, Any]) -> dict[str, Any]:
    return {condition: [test.as_json() for test in tests] for condition, tests in found.items()}


def export_scores(
    network: "nn.Module",
    store: "SequenceStore",
    protocol: "DatasetProtocol",
    folder: Path,
    options: Mapping[str, Any],
) -> list[str]:
    """Write a network's scores of complete sequences for every condition; return one line about each.

    Raises:
        ProtocolError: if the protocol gives none.
    """
    from mimicgait.distance import distance_of
    from mimicgait.evaluation.extract import embed_store
    from mimicgait.evaluation.scorefiles import write_scores

    lines = []
    distance, signatures = distance_of(network), embed_store(network, store, **options)
    for name, rule in protocol.conditions.items():
        split = rule.split(store.keys)
        gallery, probe = (signatures.select(side.tolist()) for side in split)
        genuine, impostor = write_scores(folder / name, probe, gallery, rule, distance)
        lines.append(f"{folder / name}: {genuine} genuine and {impostor} impostor scores")
    return lines


def refuse_submission(protocol: "DatasetProtocol") -> None:
    """Refuse to judge where only the organisers can.

    Raises:
        ProtocolError: naming the command that writes their file.
    """
    if protocol.submission:
        raise ProtocolError(
            f"protocol {protocol.name!r}: only the organisers know who the probes are: write the file to be "
            f"handed in with `mimicgait submission write OUT.csv --protocol {protocol.name} ...`"
        )
