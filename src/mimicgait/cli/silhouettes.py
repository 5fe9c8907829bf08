"""`mimicgait silhouettes`: from a video to the silhouettes of the people who walk in it."""

from pathlib import Path
from typing import Literal

from mimicgait.cli.console import say, watched


def silhouettes(
    video: Path,
    out: Path,
    layout: Literal["store", "opengait"] = "store",
    licence: str = "unknown: made from a video",
    overwrite: bool = False,
) -> None:
    """Find the people who walk in a video, and write a silhouette sequence of each.

    The camera must stand still: people are told from the background by what changes. For every frame that is
    not used, the reason is counted and told.

    Examples:
        mimicgait silhouettes walk.mp4 walk
        mimicgait silhouettes walk.mp4 walk-pkl --layout opengait
        mimicgait data check walk

    Args:
        video: the video file.
        out: the folder to write; it appears when it is whole.
        layout: a store, or the field's folders of pickles.
        licence: the terms under which the video may be used; they travel with the store.
        overwrite: replace a store that is there.
    """
    from mimicgait.data.index import HEADER_FILE
    from mimicgait.data.staging import check_target
    from mimicgait.video import find_people, write_people

    check_target(out, HEADER_FILE if overwrite and layout == "store" else None)
    people, report = find_people(video, progress=watched())
    write_people(people, out, layout=layout, licence=licence, overwrite=overwrite)
    say(report.text())
    say(f"{out}: {len(people)} sequences, {sum(len(person) for person in people)} frames")
