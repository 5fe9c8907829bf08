"""Closer looks as files: one npz beside the scores of its network, read without any pickle."""

import json
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mimicgait.bench.jobs import Candidate
from mimicgait.bench.judge import cost_file
from mimicgait.bench.plan import BenchConfig
from mimicgait.bench.report.scatter import Scatter
from mimicgait.bench.report.votes import Votes
from mimicgait.evaluation.specimens import Failure, Specimen
from mimicgait.types import SequenceKey

Arrays = dict[str, npt.NDArray[Any]]
_ROLES = ("probe", "wrong", "right")


@dataclass(frozen=True, slots=True)
class Look:
    """What is seen at a closer look at a network.

    Attributes:
        scatter: where its signatures lie.
        failures: its most confident mistakes.
        votes: which parts decided, beside the teacher's; empty for the teacher.
    """

    scatter: Scatter
    failures: tuple[Failure, ...]
    votes: tuple[Votes, ...]


def look_file(config: BenchConfig, candidate: Candidate) -> Path:
    """Say where the closer look at a network lies."""
    return cost_file(config, candidate).with_name("look.npz")


def write_look(path: Path, key: Mapping[str, Any], look: Look) -> None:
    """Write a look with what it was made from; the file appears when it is whole."""
    arrays: Arrays = {"places": look.scatter.places}
    scatter = {name: value for name, value in asdict(look.scatter).items() if name != "places"}
    known = {
        "key": key,
        "scatter": scatter,
        "failures": [
            {
                "specimens": [_put(arrays, getattr(failure, role)) for role in _ROLES],
                "distances": [failure.wrong_distance, failure.right_distance],
            }
            for failure in look.failures
        ],
        "votes": [
            {
                "specimens": [_put(arrays, getattr(vote, role)) for role in _ROLES],
                "teacher": vote.teacher.tolist(),
                "method": vote.method.tolist(),
            }
            for vote in look.votes
        ],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f".{path.stem}.tmp.npz")
    arrays["known"] = np.array(json.dumps(known))
    np.savez_compressed(scratch, **arrays)  # type: ignore[arg-type]  # the stubs take any name for a switch
    scratch.replace(path)


def read_look(path: Path, key: Mapping[str, Any] | None = None) -> Look | None:
    """Read a look; none if it is not there, is damaged, or is of other conditions than `key` says."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            arrays: Arrays = {name: stored[name] for name in stored.files}
        known = json.loads(str(arrays["known"]))
        if key is not None and known["key"] != json.loads(json.dumps(key)):
            return None
        return Look(
            Scatter(places=arrays["places"], **{n: _tuples(v) for n, v in known["scatter"].items()}),
            tuple(_failure(arrays, each) for each in known["failures"]),
            tuple(_vote(arrays, each) for each in known["votes"]),
        )
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
        return None


def _put(arrays: Arrays, specimen: Specimen) -> dict[str, Any]:
    """Lay a specimen's frames among the arrays, and return the rest."""
    name = f"specimen-{sum(key.endswith('/seen') for key in arrays)}"
    arrays |= {f"{name}/{part}": getattr(specimen, part) for part in ("complete", "visible", "seen")}
    return {"name": name, "key": asdict(specimen.key), "amount": specimen.amount}


def _take(arrays: Arrays, known: Mapping[str, Any]) -> Specimen:
    frames = {part: arrays[f"{known['name']}/{part}"] for part in ("complete", "visible", "seen")}
    return Specimen(SequenceKey(**known["key"]), **frames, amount=known["amount"])


def _failure(arrays: Arrays, known: Mapping[str, Any]) -> Failure:
    probe, wrong, right = (_take(arrays, each) for each in known["specimens"])
    return Failure(probe, wrong, right, *known["distances"])


def _vote(arrays: Arrays, known: Mapping[str, Any]) -> Votes:
    specimens = dict(zip(_ROLES, (_take(arrays, each) for each in known["specimens"]), strict=True))
    return Votes(**specimens, teacher=np.array(known["teacher"]), method=np.array(known["method"]))


def _tuples(values: list[Any]) -> tuple[Any, ...]:
    return tuple(values)
