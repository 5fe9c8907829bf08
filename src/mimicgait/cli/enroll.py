"""`mimicgait enroll`: people into a gallery."""

from pathlib import Path

from mimicgait.cli.console import complain, say
from mimicgait.cli.walks import MUCH_HIDDEN, Looked, Looker, one_person, seen
from mimicgait.errors import ConfigError


def enroll(
    src: Path,
    *,
    gallery: Path,
    model: Path,
    name: str | None = None,
    consent: str | None = None,
    person: int | None = None,
    keep_silhouettes: bool = False,
    visibility: Path | None = None,
    device: str = "cpu",
    trust: tuple[str, ...] = (),
) -> None:
    """Enrol people from a video, a store, a folder in the field's layout, or a folder of masks.

    What is said to be enrolled is on the disk. A store or a folder in the field's layout names its people; of
    a video or of masks, say who it is. Whoever is enrolled already gets one more walk. With a key in
    MIMICGAIT_GALLERY_KEY, templates and silhouettes are encrypted.

    Examples:
        mimicgait enroll ann.mp4 --gallery people.db --model runs/mimic --name ann --consent "form of 2 March"
        mimicgait enroll known --gallery people.db --model runs/mimic --consent "forms in folder 7"

    Args:
        src: a store, a folder of id/type/view/*.pkl, a folder of masks, or a video file.
        gallery: the gallery's file; made if it is not there.
        model: run folder or model folder of a teacher, a baseline or a mimic, or an exported .onnx file.
        name: who it is.
        consent: on which consent, or other ground, new people are enrolled; kept with them.
        person: which of several people, from 1, in the order in which they appear.
        keep_silhouettes: keep the silhouettes too, so that a later network can make templates of them.
        visibility: run folder of a visibility network, if there is none in the model.
        device: where to run: cpu, cuda, mps.
        trust: packages of yours whose networks may be built from a checkpoint.
    """
    named_by_source = src.is_dir() and _has_subjects(src)
    if name is None and not named_by_source:
        raise ConfigError(f"{src}: say who it is, with --name")
    from mimicgait.gallery import Gallery

    looker = Looker(model, visibility, device, trust)
    everybody = name is None and person is None
    walks = looker.look(src, None if everybody else one_person(src, person), keep=keep_silhouettes)
    if name is not None:
        walks = [Looked(name, walk.signature) for walk in walks]
    people = {walk.subject: [w.signature for w in walks if w.subject == walk.subject] for walk in walks}
    with Gallery(gallery) as opened:
        for done in opened.enroll_many(list(people.items()), consent=consent):
            shown = "; ".join(seen(signature) for signature in people[done.name][:3])
            say(f"{done.name}: {len(done.walks)} walks enrolled ({shown})")
    for who, signatures in people.items():
        if any((signature.hidden or 0) > MUCH_HIDDEN for signature in signatures):
            complain(f"note: {who} is partly hidden there; enrol walks of which everything is seen")


def _has_subjects(src: Path) -> bool:
    """Tell whether a folder says who walks: a store, or the field's layout, but not a folder of masks."""
    from mimicgait.data.folders import is_image

    return (src / "store.json").exists() or not any(is_image(path.name) for path in src.iterdir())
