"""Scores for other tools: a file of genuine and one of impostor scores, as pyeer reads them.

One comparison a line: probe, gallery item, score, with blanks between; pyeer takes the last column. The score
is minus the distance, so that larger is more alike, as such tools expect:
`geteerinf -p FOLDER -g genuine.txt -i impostor.txt -e NAME`.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mimicgait.distance import EUCLIDEAN, Distance
from mimicgait.errors import DataError, ProtocolError
from mimicgait.evaluation.blocks import DistanceBlocks
from mimicgait.evaluation.protocol import Protocol
from mimicgait.types import Embeddings, SequenceKey

GENUINE, IMPOSTOR = "genuine.txt", "impostor.txt"


def write_scores(
    folder: str | os.PathLike[str],
    probe: Embeddings,
    gallery: Embeddings,
    protocol: Protocol,
    distance: Distance = EUCLIDEAN,
) -> tuple[int, int]:
    """Write the scores of all pairs that count, block by block; the files appear when they are whole.

    Args:
        folder: where `genuine.txt` and `impostor.txt` are written; made if it is not there.
        probe: signatures of the probes.
        gallery: signatures of the gallery.
        protocol: pairs of one person and one view are left out if it says so.
        distance: between signatures.

    Returns:
        The number of genuine and of impostor scores.

    Raises:
        ProtocolError: if the protocol re-ranks or does not know who the probes are: such scores have no use.
        DataError: if the files cannot be written.
    """
    if protocol.unknown_probes or protocol.rerank is not None:
        raise ProtocolError(f"protocol {protocol.name!r} gives no scores of genuine and impostor pairs")
    targets = [Path(folder) / name for name in (GENUINE, IMPOSTOR)]
    partial = [path.with_name(f".{path.name}.partial") for path in targets]
    counts = [0, 0]
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
        with ExitStack() as stack:
            files = [stack.enter_context(path.open("w", encoding="utf-8")) for path in partial]
            for found in _scores(probe, gallery, protocol, distance):
                for i, lines in enumerate(found):
                    files[i].writelines(lines)
                    counts[i] += len(lines)
        for path, target in zip(partial, targets, strict=True):
            path.replace(target)
    except OSError as error:
        raise DataError(f"{folder}: cannot be written ({error.strerror}): choose another place") from error
    finally:
        for path in partial:
            path.unlink(missing_ok=True)
    return counts[0], counts[1]


def _scores(
    probe: Embeddings, gallery: Embeddings, protocol: Protocol, distance: Distance
) -> Iterator[tuple[list[str], list[str]]]:
    """Yield for each probe the lines of its genuine and of its impostor scores."""
    names = [_name(key) for key in gallery.keys]
    who = np.array([key.subject for key in gallery.keys])
    views = np.array([protocol.view(key) for key in gallery.keys])
    for rows, block in DistanceBlocks(distance, probe.values, gallery.values):
        for key, line in zip(probe.keys[rows], (-block.double()).cpu().numpy(), strict=True):
            same = who == key.subject
            counted = _counted(protocol, same, views == protocol.view(key))
            yield (
                _lines(key, names, line, np.flatnonzero(same & counted)),
                _lines(key, names, line, np.flatnonzero(~same & counted)),
            )


def _counted(
    protocol: Protocol, same: npt.NDArray[np.bool_], same_view: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    if protocol.views == "not same":
        return ~(same & same_view)
    return ~same_view if protocol.views == "pairs" else np.ones_like(same)


def _lines(
    key: SequenceKey, names: Sequence[str], scores: npt.NDArray[np.float64], chosen: npt.NDArray[np.int64]
) -> list[str]:
    probe = _name(key)
    return [f"{probe} {names[i]} {float(scores[i])!r}\n" for i in chosen]


def _name(key: SequenceKey) -> str:
    return "_".join(str(key).split())
