"""`mimicgait submission write` and `check`: files for challenges whose probes have no labels."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from mimicgait.cli.console import say, watched
from mimicgait.cli.networks import check_device, load_fitting
from mimicgait.errors import ConfigError, DataError, ProtocolError

if TYPE_CHECKING:
    from mimicgait.data import SequenceStore
    from mimicgait.evaluation import Protocol

SHOWN = 20
"""Mistakes of a file that are shown before the rest is counted."""


def write(
    out: Path,
    *,
    model: Path,
    store: Path,
    protocol: str = "grew",
    device: str = "cpu",
    precision: Literal["float32", "bfloat16"] = "float32",
    batch_frames: int = 1024,
    cache: Path | None = None,
    trust: tuple[str, ...] = (),
    overwrite: bool = False,
) -> None:
    """Rank the gallery for probes whose people only the organisers know, and write the file to hand in.

    GREW takes the people of each probe's 20 nearest sequences, HID the nearest. The file is checked.

    Examples:
        mimicgait submission write submission.csv --model runs/mimic --store grew/test

    Args:
        out: the .csv file.
        model: run folder or model folder of a teacher, a baseline or a mimic.
        store: gallery and probes; the probes of GREW have the type 03, those of HID the subject probe.
        protocol: grew, hid or hid-reranked.
        device: where to run: cpu, cuda, mps.
        precision: bfloat16 is quicker where the hardware multiplies it natively.
        batch_frames: most frames in a batch; less needs less memory.
        cache: a folder where signatures are kept for the next time.
        trust: packages of yours whose networks may be built from a checkpoint.
        overwrite: replace a file that is there.
    """
    from mimicgait.data import SequenceStore
    from mimicgait.distance import distance_of
    from mimicgait.evaluation.cache import DiskCache
    from mimicgait.evaluation.extract import embed_store
    from mimicgait.evaluation.submission import HEADERS, nearest_people, write_submission

    if out.exists() and not overwrite:
        raise ConfigError(f"{out}: exists already: choose another name, or say --overwrite")
    check_device(device)
    data = SequenceStore(store)
    (kind, rule), network = _rule(protocol, data), load_fitting(model, data, trust)
    options: dict[str, Any] = {"device": device, "precision": precision, "batch_frames": batch_frames}
    options |= {"progress": watched(), "cache": DiskCache(cache) if cache else None}
    known, asked = (embed_store(network, data.select(side), **options) for side in rule.split(data.keys))
    ranks = len(HEADERS[kind]) - 1
    write_submission(out, kind, asked.keys, nearest_people(asked, known, rule, ranks, distance_of(network)))
    say(f"{out}: {len(asked)} probes against {len(known)} sequences; split {rule.split_hash(data.keys)}")
    _report(out, kind, data, rule)


def check(file: Path, *, protocol: str = "grew", store: Path | None = None) -> None:
    """Check a file before it is handed in; the exit code is 2 if something is wrong with it.

    Examples:
        mimicgait submission check submission.csv --store grew/test

    Args:
        file: the .csv file.
        protocol: grew, hid or hid-reranked.
        store: gallery and probes; with it, every probe must be there once, and only people of the gallery.
    """
    from mimicgait.data import SequenceStore

    data = SequenceStore(store) if store else None
    kind, rule = _rule(protocol, data)
    _report(file, kind, data, rule)


def _rule(name: str, store: "SequenceStore | None") -> tuple[str, "Protocol"]:
    from mimicgait.evaluation.protocols import load_protocol
    from mimicgait.evaluation.protocols.reading import known_types

    protocol = load_protocol(name)
    if not protocol.submission:
        raise ProtocolError(
            f"protocol {name!r} has no file to hand in (grew, hid and hid-reranked have): judge it with "
            f"`mimicgait evaluate --protocol {name}`"
        )
    if store is not None:
        protocol.check_types(store.keys, known_types())
    return protocol.submission, protocol.condition()


def _report(file: Path, kind: str, store: "SequenceStore | None", rule: "Protocol") -> None:
    from mimicgait.evaluation.submission import check_submission

    probes = people = None
    if store is not None:
        split = rule.split(store.keys)
        probes = [store.keys[i] for i in split.probe]
        people = sorted({store.subjects[i] for i in split.gallery})
    count, wrong = check_submission(file, kind, probes, people)
    if wrong:
        rest = f"\n... and {len(wrong) - SHOWN} more" if len(wrong) > SHOWN else ""
        raise DataError(f"{file}: {len(wrong)} mistakes:\n" + "\n".join(wrong[:SHOWN]) + rest)
    say(f"{file}: {count} probes, nothing wrong")
