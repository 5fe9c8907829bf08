"""PETS 2009 (vtest.avi): who was seen before? The second half of every long track against all first halves.

Run it as `python benchmarks/pets.py [FILE] [--model RUN] [--video FILE]`. Each half is a walk of the same
person minutes or seconds apart, so rank-1 says how well silhouettes of real people hold together, not how
well people are recognised on another day. The occlusion hides the lower 40 % of the probes.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from _gait import about, distances, open_network
from _result import command_line, give

from mimicgait.occlusion import Bottom
from mimicgait.types import Frames
from mimicgait.video import Assembler, Found, PersonSequence, find_people

PLACES = (
    Path(__file__).resolve().parents[2] / "shared" / "data" / "vtest.avi",
    Path("/usr/share/doc/opencv-doc/examples/data/vtest.avi"),
)
LONG, HALF = 60, 30
"""Frames of a track that is long, and the fewest that a half of it has."""


def main() -> None:
    """Measure, print and, if asked, save."""
    parser = command_line(__doc__)
    parser.add_argument("--model", type=Path, help="run folder of a trained network; by default the demo's")
    parser.add_argument("--video", type=Path, help="vtest.avi, which Debian's package opencv-doc carries")
    options = parser.parse_args()
    places = [options.video] if options.video else list(PLACES)
    video = next((path for path in places if path.exists()), None)
    if video is None:
        print(f"skipped: there is no {' nor '.join(map(str, places))}; Debian's opencv-doc has vtest.avi")
        return
    give(measure(video, options.model), options.out)


def measure(video: Path, model: Path | None) -> dict[str, Any]:
    """Find the people and look for the second halves among the first."""
    embed, name = open_network(model)
    found = find_people(video, assembler=Assembler(mirror="left"))
    long = [person for person in found.people if len(person) >= LONG]
    return {
        "benchmark": "vtest.avi: second half of each long track against all first halves",
        "network": name,
        "tracking": tracking(found),
        "people compared": len(long),
        "seconds between the halves' middles": [round(apart(person), 1) for person in long],
        "rank-1, %": {
            "as filmed": compare([as_filmed(person) for person in long], embed),
            "mirrored to the left": compare([person.frames for person in long], embed),
        },
        "rank-1 by chance, %": round(100 / len(long), 1),
        **about(),
    }


def compare(walks: list[Frames], embed: Callable[[Frames], Any]) -> dict[str, float]:
    """Rank-1 of the second halves among the first, complete and with a part hidden."""
    halves = [(frames[: len(frames) // 2], frames[len(frames) // 2 :]) for frames in walks]
    first = [embed(before) for before, _ in halves]
    hidden = [hide(after, number) for number, (_, after) in enumerate(halves)]
    return {
        "complete": rank1([embed(after) for _, after in halves], first),
        "lower 40 % hidden": rank1([embed(frames) for frames in hidden], first),
    }


def as_filmed(person: PersonSequence) -> Frames:
    """The silhouettes of a person before they were turned to one side."""
    return np.where(person.mirrored[:, None, None], person.frames[..., ::-1], person.frames)


def tracking(found: Found) -> dict[str, Any]:
    """What was seen at every stage."""
    lengths = [len(person) for person in found.people]
    report = found.report
    return {
        "people": len(lengths),
        "of 30 frames or more": sum(length >= 30 for length in lengths),
        "frames used": sum(lengths),
        "tracks": len(report.tracks),
        "people joined from several tracks": sum(bool(track.parts) for track in report.people),
        "frames dropped": report.reasons,
    }


def hide(frames: Frames, seed: int) -> Frames:
    """Hide the lower 40 % of a walk, as the paper does."""
    batch = torch.from_numpy(np.ascontiguousarray(frames))[None]
    occluded = Bottom(amount=(0.4, 0.4))(batch, torch.Generator().manual_seed(seed))
    return np.asarray((occluded.frames[0] > 0.5).to(torch.uint8).numpy())


def rank1(probes: list[Any], gallery: list[Any]) -> float:
    """Share of probes whose nearest is the same person, in %."""
    nearest = distances(probes, gallery).argmin(axis=1)
    return round(100 * float((nearest == np.arange(len(probes))).mean()), 1)


def apart(person: PersonSequence) -> float:
    """Seconds between the middles of both halves."""
    half = len(person) // 2
    return float(np.median(person.times[half:]) - np.median(person.times[:half]))


if __name__ == "__main__":
    main()
