"""`mimicgait gallery list|remove|export|import|reembed`: looking after a gallery."""

from pathlib import Path

from mimicgait.cli.console import complain, say, watched
from mimicgait.errors import ConfigError


def list_people(gallery: Path, *, name: str | None = None, log: bool = False) -> None:
    """List who is enrolled: since when, on which consent, with which walks, and of which networks.

    Examples:
        mimicgait gallery list people.db
        mimicgait gallery list people.db --name ann     # what is kept about one person
        mimicgait gallery list people.db --log          # what was done, without names

    Args:
        gallery: the gallery's file.
        name: only this person, with every walk.
        log: list the audit log instead.
    """
    from mimicgait.gallery import Gallery

    with Gallery(gallery, create=False) as opened:
        if log:
            for event in opened.events():
                facts = ", ".join(f"{key} {value}" for key, value in event.detail.items() if value != "")
                say(f"{event.at}  {event.action}: {facts}")
            return
        people = [person for person in opened.people() if name is None or person.name == name]
        if name is not None and not people:
            raise ConfigError(f"name: nobody called {name!r} is enrolled in {gallery}")
        for person in people:
            say(f"{person.name}: {len(person.walks)} walks, since {person.added[:10]}; {person.consent}")
            for walk in person.walks if name is not None else ():
                hidden = "" if walk.hidden is None else f", {walk.hidden:.0%} hidden"
                kept = ", silhouettes kept" if walk.kept else ""
                models = ", ".join(model[:12] for model in walk.models) or "none"
                say(f"  {walk.id}  {walk.frames} frames{hidden}{kept}; networks: {models}; {walk.source}")
        networks = "; ".join(f"{found.hash[:12]}: {found.templates}" for found in opened.models())
        if name is None:
            sealed = "encrypted" if opened.store.sealed else "not encrypted"
            say(f"{len(people)} people; templates by network: {networks or 'none'}; {sealed}")


def remove(gallery: Path, name: str, *, walk: str | None = None, reason: str = "") -> None:
    """Remove a person, or one of their walks, for good: templates, silhouettes, name, consent and sources.

    The file is rewritten, so that nothing of it is left there. Copies and exports are yours to delete.

    Examples:
        mimicgait gallery remove people.db ann --reason "withdrew consent"
        mimicgait gallery remove people.db ann --walk 0f3c...     # see: gallery list people.db --name ann

    Args:
        gallery: the gallery's file.
        name: of the person.
        walk: only this walk.
        reason: for the audit log, which keeps a number for the person but no name; leave names out of it.
    """
    from mimicgait.gallery import Gallery

    with Gallery(gallery, create=False) as opened:
        if walk is not None:
            person = opened.person(name)
            if person is None or walk not in [kept.id for kept in person.walks]:
                raise ConfigError(
                    f"walk: {name} has none of id {walk!r} in {gallery}: see gallery list --name"
                )
            removal = opened.remove_walk(walk, reason=reason)
        else:
            removal = opened.remove(name, reason=reason)
    say(f"{name}: {removal.walks} walks removed")
    if not removal.wiped:
        complain("note: another process reads the file: what is left of it is wiped at the next opening")


def export(gallery: Path, out: Path, *, people: tuple[str, ...] = (), overwrite: bool = False) -> None:
    """Write a gallery, or some of its people, to a Parquet file: to move it, or to hand out what is kept.

    The export of an encrypted gallery is encrypted with the same key. All others hold biometric data in the
    clear: look after the file.

    Examples:
        mimicgait gallery export people.db people.parquet
        mimicgait gallery export people.db ann.parquet --people "[ann]"

    Args:
        gallery: the gallery's file.
        out: the file to write.
        people: names; everybody if none is given.
        overwrite: replace a file that is there.
    """
    if out.is_dir() or (out.exists() and not overwrite):
        raise ConfigError(f"{out}: exists already: choose another name, or say --overwrite")
    from mimicgait.gallery import Gallery, export_gallery

    with Gallery(gallery, create=False) as opened:
        count = export_gallery(opened, out, people=people or None)
        sealed = "encrypted" if opened.store.sealed else "not encrypted"
    say(f"{out}: {count} people, {sealed}")


def import_people(src: Path, gallery: Path, *, merge: bool = False) -> None:
    """Read an export into a gallery, all of it or nothing. Walks that are there already are left alone.

    Examples:
        mimicgait gallery import people.parquet new.db
        MIMICGAIT_GALLERY_KEY=... mimicgait gallery import people.parquet sealed.db     # encrypts it

    Args:
        src: file of `mimicgait gallery export`.
        gallery: the gallery's file; made if it is not there.
        merge: people of the same name are the same people; otherwise they are refused.
    """
    from mimicgait.gallery import Gallery, import_gallery

    with Gallery(gallery) as opened:
        done = import_gallery(opened, src, merge=merge)
    say(f"{gallery}: {done.people} new people, {done.walks} walks; {done.known} were there already")


def reembed(
    gallery: Path,
    *,
    model: Path,
    visibility: Path | None = None,
    device: str = "cpu",
    trust: tuple[str, ...] = (),
) -> None:
    """Make templates of a new network from the silhouettes that were kept (enroll --keep_silhouettes).

    Each replaces the templates of older networks. Walks without silhouettes cannot be found by the new
    network until they are enrolled again; they are counted. Who is interrupted says the same again.

    Examples:
        mimicgait gallery reembed people.db --model runs/better

    Args:
        gallery: the gallery's file.
        model: run folder or model folder of a teacher, a baseline or a mimic, or an exported .onnx file.
        visibility: run folder of a visibility network, if there is none in the model.
        device: where to run: cpu, cuda, mps.
        trust: packages of yours whose networks may be built from a checkpoint.
    """
    from mimicgait.cli.walks import Looker
    from mimicgait.gallery import Gallery
    from mimicgait.gallery import reembed as embed_again

    with Gallery(gallery, create=False) as opened:
        observer = Looker(model, visibility, device, trust).observer
        done = embed_again(opened, observer, progress=watched())
    say(f"{gallery}: {done.done} walks embedded again")
    if done.stale:
        complain(f"note: {done.stale} walks have no silhouettes: enrol those people again")
