"""PETS 2009 (vtest.avi): who was seen before? The second half of every long track against all first halves.

Run it as `python benchmarks/pets.py [FILE] [--model RUN ...] [--video FILE]`; a network that ships is
`pretrained:NAME`. Each half is a walk of the same person seconds apart, so rank-1 says how well silhouettes
of real people hold together, not how well people are recognised on another day. Energy images stand beside.

With 17 people a half more or less found is 6 points. So the tracks are cut into clips of 30 frames, too, and
each clip is looked for among one clip of everybody, in all ways in which these can be chosen: the same
people, and much less chance. Networks that take frames in groups are also judged without them.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from _clips import CASES, CLIP, DRAWS, Sides, clips_of, compare_clips, embedded
from _gait import about, distance_for, distances, energy_image, open_network
from _result import command_line, give

from mimicgait.distance import Distance
from mimicgait.models.adapters import FrameGroups
from mimicgait.training.run import load_network
from mimicgait.types import Frames
from mimicgait.video import Assembler, Found, PersonSequence, embedder, find_people

PLACES = (
    Path(__file__).resolve().parents[2] / "shared" / "data" / "vtest.avi",
    Path("/usr/share/doc/opencv-doc/examples/data/vtest.avi"),
)
LONG = 60
"""Frames of a track that is long."""


def main() -> None:
    """Measure, print and, if asked, save."""
    parser = command_line(__doc__)
    parser.add_argument("--model", type=Path, nargs="*", default=[], help="run folders of trained networks")
    parser.add_argument("--video", type=Path, help="vtest.avi, which Debian's package opencv-doc carries")
    options = parser.parse_args()
    places = [options.video] if options.video else list(PLACES)
    video = next((path for path in places if path.exists()), None)
    if video is None:
        print(f"skipped: there is no {' nor '.join(map(str, places))}; Debian's opencv-doc has vtest.avi")
        return
    give(measure(video, options.model), options.out)


def measure(video: Path, models: list[Path]) -> dict[str, Any]:
    """Find the people and look for the second halves among the first."""
    found = find_people(video, assembler=Assembler(mirror="left"))
    long = [person for person in found.people if len(person) >= LONG]
    return {
        "benchmark": "vtest.avi: second half of each long track against all first halves",
        "tracking": tracking(found),
        "people compared": len(long),
        "seconds between the halves' middles": [round(apart(person), 1) for person in long],
        "rank-1, %": {str(model or "energy images"): judge(long, model) for model in [None, *models]},
        "rank-1 by chance, %": round(100 / len(long), 1),
        f"rank-1 of clips of {CLIP} frames, %": judge_clips([as_filmed(person) for person in long], models),
        **about(),
    }


def judge(people: list[PersonSequence], model: Path | None) -> dict[str, Any]:
    """Rank-1 of the second halves among the first, as filmed and mirrored to one side."""
    embed = energy_image if model is None else open_network(model)[0]
    distance = distance_for(model)
    return {
        "as filmed": compare([as_filmed(person) for person in people], embed, distance),
        "mirrored to the left": compare([person.frames for person in people], embed, distance),
    }


def compare(walks: list[Frames], embed: Callable[[Frames], Any], distance: Distance) -> dict[str, float]:
    """Rank-1 of the second halves among the first, complete and with a part hidden."""
    halves = [(frames[: len(frames) // 2], frames[len(frames) // 2 :]) for frames in walks]
    first = [before for before, _ in halves]
    second = [after for _, after in halves]
    return {
        name: round(
            float(np.mean([once(first, second, sides, embed, distance, draw) for draw in range(DRAWS)])), 1
        )
        for name, sides in CASES.items()
    }


def once(
    first: list[Frames],
    second: list[Frames],
    sides: Sides,
    embed: Callable[[Frames], Any],
    distance: Distance,
    draw: int,
) -> float:
    """Rank-1 under one draw of the occlusions, in %."""
    return rank1(*embedded(first, second, sides, embed, draw), distance)


def judge_clips(walks: list[Frames], models: list[Path]) -> dict[str, dict[str, float]]:
    """Rank-1 of clips among one clip of everybody, of energy images and of each network."""
    clips = clips_of(walks)
    rows = {"energy images": compare_clips(clips, energy_image, distance_for(None))}
    for model in models:
        network, distance = load_network(model).eval(), distance_for(model)
        rows[str(model)] = compare_clips(clips, embedder(network), distance)
        groups = [module for module in network.modules() if isinstance(module, FrameGroups)]
        for each in groups:
            each.frames = CLIP
        if groups:
            rows[f"{model}, all frames at once"] = compare_clips(clips, embedder(network), distance)
    return rows


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


def rank1(probes: list[Any], gallery: list[Any], distance: Distance) -> float:
    """Share of probes whose nearest is the same person, in %."""
    nearest = distances(probes, gallery, distance).argmin(axis=1)
    return round(100 * float((nearest == np.arange(len(probes))).mean()), 1)


def apart(person: PersonSequence) -> float:
    """Seconds between the middles of both halves."""
    half = len(person) // 2
    return float(np.median(person.times[half:]) - np.median(person.times[:half]))


if __name__ == "__main__":
    main()
