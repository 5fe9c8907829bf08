"""`mimicgait enroll`: people into a gallery."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from mimicgait.cli.console import complain, say
from mimicgait.cli.networks import choose_network
from mimicgait.cli.walks import MUCH_HIDDEN, Looker, one_person, seen
from mimicgait.errors import ConfigError

if TYPE_CHECKING:
    from mimicgait.gallery import Signature


def enroll(
    src: Path,
    *,
    gallery: Path,
    model: Path | None = None,
    name: str | None = None,
    consent: str | None = None,
    person: int | None = None,
    keep_silhouettes: bool = False,
    visibility: Path | None = None,
    device: str = "cpu",
    trust: tuple[str, ...] = (),
) -> None:
    """Enrol people from a video, a store, a folder in the field's layout, or a folder of masks.

    A store or a folder in the field's layout names its people; of a video or of masks, say who it is. Whoever
    is enrolled already gets one more walk. With a key in MIMICGAIT_GALLERY_KEY, templates are encrypted.

    Examples:
        mimicgait enroll ann.mp4 --gallery people.db --name ann --consent "form of 2 March"
        mimicgait enroll known --gallery people.db --model runs/mimic --consent "forms in folder 7"

    Args:
        src: a store, a folder of id/type/view/*.pkl, a folder of masks, or a video file.
        gallery: the gallery's file; made if it is not there.
        model: run folder, model folder or exported .onnx file, or pretrained:NAME of a network that ships; by
            default the shipped one that the gallery was made with, the best of them for a new gallery.
        name: who it is.
        consent: on which consent, or other ground, new people are enrolled; kept with them.
        person: which of several people, from 1, in the order in which they appear.
        keep_silhouettes: keep silhouettes too, so that a later network can make templates of them.
        visibility: run folder of a visibility network, if there is none in the model.
        device: where to run: cpu, cuda, mps.
        trust: packages of yours whose networks may be built from a checkpoint.
    """
    if name is None and src.exists() and not (src.is_dir() and _has_subjects(src)):
        raise ConfigError(f"{src}: say who it is, with --name")
    from mimicgait.gallery import Gallery

    looker = Looker(choose_network(model, gallery), visibility, device, trust)
    choose = one_person(src, person) if name is not None or person is not None else None
    walks = looker.look(src, choose, keep=keep_silhouettes)
    people: dict[str, list[Signature]] = {}
    for walk in walks:
        people.setdefault(name or walk.subject, []).append(walk.signature)
    with Gallery(gallery) as opened:
        opened.enroll_many(list(people.items()), consent=consent)
    report(people)


def report(people: Mapping[str, list["Signature"]]) -> None:
    """Say who was enrolled with how much, and of whom something was hidden."""
    for who, signatures in people.items():
        shown = "; ".join(seen(signature) for signature in signatures[:3])
        say(f"{who}: {len(signatures)} walks enrolled ({shown})")
        if any((signature.hidden or 0) > MUCH_HIDDEN for signature in signatures):
            complain(f"note: {who} is partly hidden there; enrol walks of which everything is seen")


def _has_subjects(src: Path) -> bool:
    """Tell whether a folder says who walks: a store, or the field's layout, but not a folder of masks."""
    from mimicgait.data.folders import is_image

    return (src / "store.json").exists() or not any(is_image(path.name) for path in src.iterdir())
