"""`mimicgait identify`: who walks there, how sure, and how much was seen."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from mimicgait.cli.console import complain, say
from mimicgait.cli.networks import choose_network
from mimicgait.cli.walks import Looked, Looker, known_people, one_person, seen
from mimicgait.errors import ConfigError, DataError

if TYPE_CHECKING:
    from mimicgait.gallery import Calibration, Decision, Gallery


def identify(
    probe: Path,
    *,
    model: Path | None = None,
    gallery: Path | None = None,
    known: Path | None = None,
    calibration: Path | None = None,
    limit: int = 10,
    out: Path | None = None,
    visibility: Path | None = None,
    device: str = "cpu",
    trust: tuple[str, ...] = (),
) -> None:
    """Say of everybody who walks in a video, or in silhouettes, who they are, if that can be said.

    The nearest people are always listed. With a calibration (`mimicgait calibrate`) the answer is a name,
    "unknown", or "too little seen to say", with its reason; without one there are distances alone.

    Examples:
        mimicgait identify unknown.mp4 --gallery people.db --model runs/mimic --calibration c.json
        mimicgait identify unknown.mp4 --known people     # people/NAME/*.mp4, the best network that ships

    Args:
        probe: a store, a folder of id/type/view/*.pkl, a folder of masks, or a video file.
        model: run folder, model folder or exported .onnx file, or pretrained:NAME of a network that ships; by
            default the shipped one that gallery or calibration were made with, else the best of them.
        gallery: the gallery's file.
        known: in its place a folder with a folder of videos or silhouettes for each person; nothing is kept.
        calibration: file of `mimicgait calibrate`.
        limit: how many people to list.
        out: also write the answers to this JSON file.
        visibility: run folder of a visibility network, if there is none in the model.
        device: where to run: cpu, cuda, mps.
        trust: packages of yours whose networks may be built from a checkpoint.
    """
    if (gallery is None) == (known is None):
        raise ConfigError("say where the known people are: either --gallery FILE or --known FOLDER")
    if limit < 1:
        raise ConfigError(f"limit: expected 1 or more, got {limit}")
    from mimicgait.gallery import Calibration, Gallery

    rules = Calibration.load(calibration) if calibration is not None else None
    people = known_people(known) if known is not None else {}
    with ExitStack() as stack:
        opened = stack.enter_context(Gallery(gallery, create=False)) if gallery is not None else None
        looker = Looker(choose_network(model, gallery, calibration), visibility, device, trust)
        opened = opened or stack.enter_context(folder_gallery(looker, people))
        answers = list(answer(opened, looker.look(probe), rules, limit))
    if out is not None:
        write_answers(out, answers)


def answer(
    gallery: "Gallery", walks: list[Looked], rules: "Calibration | None", limit: int
) -> "Iterator[tuple[Looked, Decision]]":
    """Decide on each walk, say so, and yield it with its decision."""
    from mimicgait.gallery import decide

    for walk in walks:
        ranking = gallery.identify(walk.signature, limit=limit)
        decision = decide(ranking, walk.signature, rules)
        say(describe(walk, decision))
        if ranking.stale:
            complain(f"note: {ranking.stale} people have no template of this network: embed them again")
        yield walk, decision


@contextmanager
def folder_gallery(looker: Looker, people: dict[str, list[Path]]) -> Iterator["Gallery"]:
    """Enrol the people of a folder in a gallery that is gone afterwards.

    Raises:
        DataError, VideoError, ConfigError: if something in the folder cannot be used, or several people walk
            in it.
    """
    from mimicgait.gallery import Gallery

    with (
        TemporaryDirectory(prefix="mimicgait-") as folder,
        Gallery(Path(folder) / "known.db", key="") as gallery,
    ):
        for name, sources in people.items():
            walks = [walk for src in sources for walk in looker.look(src, one_person(src, None))]
            gallery.enroll(name, [walk.signature for walk in walks], consent="for one question only")
        yield gallery


def describe(walk: Looked, decision: "Decision") -> str:
    """Write an answer down: the walk, what may be said of it and why, and the list."""
    head = f"{walk.subject} ({seen(walk.signature)}): {decision.name or decision.answer}"
    if decision.probability is not None:
        head += f"; the first of the list is right with a probability of {decision.probability:.0%}"
    lines = [head, f"  {decision.reason}"]
    width = max(len(ranked.candidate.name) for ranked in decision.ranking)
    for place, ranked in enumerate(decision.ranking, 1):
        same = "" if ranked.same is None else f"  {ranked.same:4.0%} alike"
        lines.append(f"  {place:3d}. {ranked.candidate.name:<{width}}  {ranked.candidate.distance:.3f}{same}")
    return "\n".join(lines)


def write_answers(out: Path, answers: "list[tuple[Looked, Decision]]") -> None:
    """Write answers as JSON: of each walk its subject, source and decision.

    Raises:
        DataError: if the file cannot be written.
    """
    rows = [
        {"subject": walk.subject, "source": walk.signature.source, **asdict(decision)}
        for walk, decision in answers
    ]
    try:
        out.write_text(json.dumps(rows, indent=2) + "\n")
    except OSError as error:
        raise DataError(f"{out}: cannot be written ({error.strerror}): choose another place") from error
