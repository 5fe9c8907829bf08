"""`mimicgait silhouettes`: from a video to the silhouettes of the people who walk in it."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from mimicgait.cli.console import complain, say, watched
from mimicgait.errors import ConfigError

if TYPE_CHECKING:
    from mimicgait.video import FrameSource, PersonSequence


def silhouettes(
    video: Path,
    out: Path,
    layout: Literal["store", "opengait"] = "store",
    licence: str = "unknown: made from a video",
    segmenter: str = "background",
    mirror: Literal["left", "right"] | None = None,
    fps: float = 25.0,
    previews: Path | None = None,
    report: Path | None = None,
    overwrite: bool = False,
) -> None:
    """Find the people who walk in a video, and write a silhouette sequence of each.

    By default people are told from the background by what changes, for which the camera must stand still. For
    every frame that is not used, the reason is counted and told.

    Examples:
        mimicgait silhouettes walk.mp4 walk
        mimicgait silhouettes walk.mp4 walk-pkl --layout opengait
        mimicgait silhouettes walk.mp4 walk --segmenter people.onnx --previews walk-pictures
        mimicgait data check walk

    Args:
        video: the video file, or a folder of pictures, one a frame.
        out: the folder to write; it appears when it is whole.
        layout: a store, or the field's folders of pickles.
        licence: the terms under which the video may be used; they travel with the store.
        segmenter: background, maskrcnn, an .onnx file, or a folder with a mask a frame.
        mirror: turn everybody so that they walk to this side.
        fps: frames a second of a folder of pictures.
        previews: a folder for pictures of what was found.
        report: a JSON file for what was seen at every stage.
        overwrite: replace a store that is there.
    """
    from mimicgait.data.index import HEADER_FILE
    from mimicgait.data.staging import check_target

    check_target(out, HEADER_FILE if overwrite and layout == "store" else None)
    people, source = find(video, fps, segmenter, mirror, report)
    store_people(people, out, layout, licence, overwrite)
    if previews is not None:
        from mimicgait.video import save_previews

        save_previews(source, people, previews)


def find(
    video: Path, fps: float, segmenter: str, mirror: Literal["left", "right"] | None, report: Path | None
) -> "tuple[tuple[PersonSequence, ...], FrameSource]":
    """Find the people of a video, tell what was seen at every stage, and write that down if asked.

    Raises:
        ConfigError: for a stream, or an unknown segmenter.
        VideoError: if the video cannot be read, or nobody walks in it.
    """
    from mimicgait.video import Assembler, find_people, open_segmenter, open_source

    # A path has lost one of the slashes of an address.
    if re.match(r"(rtsps?|https?):/", str(video)) or (str(video).isdecimal() and not video.exists()):
        raise ConfigError(f"{video}: a stream has no end: see mimicgait watch")
    source = open_source(video, fps=fps)
    chosen = open_segmenter(segmenter, warn=complain)
    people, account = find_people(
        source, segmenter=chosen, assembler=Assembler(mirror=mirror), progress=watched()
    )
    if report is not None:
        report.write_text(json.dumps(account.as_dict(), indent=2) + "\n")
    say(account.text())
    return people, source


def store_people(
    people: "Sequence[PersonSequence]",
    out: Path,
    layout: Literal["store", "opengait"],
    licence: str,
    overwrite: bool,
) -> None:
    """Write the sequences, and say so."""
    from mimicgait.video import write_people

    write_people(people, out, layout=layout, licence=licence, overwrite=overwrite)
    say(f"{out}: {len(people)} sequences, {sum(len(person) for person in people)} frames")
