"""The demo's last step: the trained networks look at a real video."""

from pathlib import Path

import torch

from mimicgait.errors import VideoError
from mimicgait.evaluation.report import VideoSection, VideoTrack
from mimicgait.models import VisibilityNetwork
from mimicgait.video import PersonSequence, find_people, sample_video

SAMPLE_SOURCE = "demo video of the PyPI package sports2d, BSD-3-Clause"


def watch_video(video: str, ven: VisibilityNetwork, cache: Path | None = None) -> VideoSection | None:
    """Find the people of a video and let the VEN say, frame by frame, what is hidden.

    Args:
        video: a path; `sample` fetches a small one from PyPI, `none` gives nothing.
        ven: the trained visibility network.
        cache: where the sample is kept; the user's cache folder when left out.

    Returns:
        The report's section; when the sample cannot be had, a section that says so. None for `none`.

    Raises:
        VideoError: if a video of the user's own cannot be read, or nobody walks in it.
    """
    if video == "none":
        return None
    if video != "sample":
        return describe_video(Path(video), ven, "")
    try:
        return describe_video(sample_video(cache), ven, SAMPLE_SOURCE)
    except VideoError as error:
        return VideoSection(
            name="sample video",
            source=SAMPLE_SOURCE,
            note=f"There is no video in this report: {error}",
        )


def describe_video(path: Path, ven: VisibilityNetwork, source: str) -> VideoSection:
    """Find the people of one video and describe each.

    Raises:
        VideoError: if it cannot be read, or nobody walks in it.
    """
    found = find_people(path)
    return VideoSection(
        name=path.name,
        source=source,
        tracks=tuple(describe_person(person, ven) for person in found.people),
        dropped=found.report.rejected,
        note=found.report.text(),
    )


def describe_person(person: PersonSequence, ven: VisibilityNetwork) -> VideoTrack:
    """Let the VEN judge every frame of one person."""
    ven.eval()
    with torch.inference_mode():
        seen = ven(torch.from_numpy(person.frames)[None])
    return VideoTrack(
        name=f"person {person.number}",
        silhouettes=person.frames,
        seconds=person.times,
        kinds=ven.kinds,
        kind=seen.logits[0].argmax(-1).numpy(),
        amount=seen.amount[0].float().numpy(),
        dropped=person.reasons,
    )
