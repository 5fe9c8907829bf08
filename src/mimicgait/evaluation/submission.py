"""Files that are handed in where only the organisers know who the probes are: GREW's and HID's."""

import csv
import io
import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from mimicgait.distance import EUCLIDEAN, Distance
from mimicgait.errors import DataError, ProtocolError, suggest
from mimicgait.evaluation.protocol import Protocol
from mimicgait.evaluation.trials import distances_by_rows
from mimicgait.types import Embeddings, SequenceKey

GREW_RANKS = 20
HEADERS = {
    "grew": ("videoId", *(f"rank{k}" for k in range(1, GREW_RANKS + 1))),
    "hid": ("videoID", "label"),
}
"""First line of each format. GREW's file is to be called submission.csv and zipped."""

NO_VIEW = "default"
"""What the field's tools call the view of HID's sequences of 2022, which have none."""


def video_id(key: SequenceKey, kind: str) -> str:
    """Return what a probe is called in a submission: its view, which is the sequence's code.

    Where HID's folders have two levels, the view is the word default, and the sequence is the type.
    """
    return key.type if kind == "hid" and key.view == NO_VIEW else key.view


def nearest_people(
    probe: Embeddings, gallery: Embeddings, protocol: Protocol, ranks: int, distance: Distance = EUCLIDEAN
) -> list[list[str]]:
    """Return for each probe the people of its nearest gallery sequences, nearest first; people may repeat.

    Items at the same distance come in the gallery's order.

    Raises:
        ProtocolError: if the gallery has fewer sequences than ranks are asked for.
    """
    if len(gallery) < ranks:
        raise ProtocolError(f"{ranks} ranks need as many gallery sequences, there are {len(gallery)}")
    people = [key.subject for key in gallery.keys]
    rows = distances_by_rows(probe, gallery, protocol, distance)
    found = []
    for start in range(0, len(probe), 512):
        block = rows(slice(start, start + 512))
        order = np.argsort(block, axis=1, kind="stable")[:, :ranks]
        found += [[people[i] for i in row] for row in order]
    return found


def write_submission(
    path: str | os.PathLike[str], kind: str, probes: Sequence[SequenceKey], ranked: Sequence[Sequence[str]]
) -> None:
    """Write the file of a challenge, one line a probe; it appears when it is whole.

    GREW's identities are written as integers, HID's as their folders are called: `00042`.

    Args:
        path: the .csv file.
        kind: "grew" (the 20 nearest) or "hid" (the nearest).
        probes: the probes' keys.
        ranked: for each probe the identities, nearest first, at least as many as the format takes.

    Raises:
        ProtocolError: if an identity is no number, or a probe has too few.
        DataError: if the file cannot be written.
    """
    header = _header(kind)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    for key, people in zip(probes, ranked, strict=True):
        chosen = people[: len(header) - 1]
        wrong = [name for name in chosen if not name.isdecimal()]
        if wrong or len(chosen) < len(header) - 1:
            raise ProtocolError(
                f"{key}: expected {len(header) - 1} identities that are numbers, got {len(chosen)}"
                f"{f', among them {wrong[0]!r}' if wrong else ''}"
            )
        writer.writerow([video_id(key, kind), *(chosen if kind == "hid" else map(int, chosen))])
    path = Path(path)
    partial = path.with_name(f".{path.name}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(text.getvalue(), encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        raise DataError(f"{path}: cannot be written ({error.strerror}): choose another place") from error
    finally:
        partial.unlink(missing_ok=True)


def check_submission(
    path: str | os.PathLike[str],
    kind: str,
    probes: Sequence[SequenceKey] | None = None,
    people: Sequence[str] | None = None,
) -> tuple[int, list[str]]:
    """Check the file of a challenge before it is handed in.

    Args:
        path: the .csv file.
        kind: "grew" or "hid".
        probes: keys of all probes; with them, every probe must be there once and no other.
        people: identities in the gallery; with them, no other may be named.

    Returns:
        The number of probes in the file, and what is wrong with it, line by line; nothing when it is fine.

    Raises:
        DataError: if the file cannot be read.
    """
    header = _header(kind)
    try:
        rows = list(csv.reader(io.StringIO(Path(path).read_text(encoding="utf-8"), newline="")))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path}: cannot be read as CSV ({error})") from error
    if not rows or tuple(rows[0]) != header:
        return 0, [f"line 1: expected the header {','.join(header)}, got {','.join(rows[0] if rows else [])}"]
    known = None if people is None else {int(name) for name in people if name.isdecimal()}
    wrong = [
        f"line {i}: {problem}" for i, row in enumerate(rows[1:], 2) for problem in _row(row, header, known)
    ]
    names = [row[0] for row in rows[1:] if row]
    wrong += _names(names, None if probes is None else {video_id(key, kind) for key in probes})
    return len(names), wrong


def _header(kind: str) -> tuple[str, ...]:
    if kind not in HEADERS:
        raise ProtocolError(f"no submission {kind!r}: {suggest(kind, HEADERS)}")
    return HEADERS[kind]


def _row(row: Sequence[str], header: Sequence[str], known: set[int] | None) -> list[str]:
    if len(row) != len(header):
        return [f"expected {len(header)} fields, got {len(row)}"]
    strange = [value for value in row[1:] if not value.isdecimal()]
    if strange:
        return [f"expected identities as whole numbers, got {strange[0]!r}"]
    absent = [value for value in row[1:] if known is not None and int(value) not in known]
    return [f"identity {absent[0]} is not in the gallery"] if absent else []


def _names(names: Sequence[str], expected: set[str] | None) -> list[str]:
    twice = sorted(name for name, count in Counter(names).items() if count > 1)
    wrong = [f"{len(twice)} probes occur more than once, the first is {twice[0]}"] if twice else []
    if expected is not None:
        for word, left in (("missing", expected - set(names)), ("unknown", set(names) - expected)):
            wrong += [f"{len(left)} probes are {word}, the first is {min(left)}"] if left else []
    return wrong
