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
import numpy.typing as npt
import torch
from _gait import Array, about, distance_for, distances, energy_image, open_network
from _result import command_line, give

from mimicgait.distance import Distance
from mimicgait.models.adapters import FrameGroups
from mimicgait.occlusion import Bottom, Nothing, Occlusion, paper_mixture
from mimicgait.training.run import load_network
from mimicgait.types import Frames
from mimicgait.video import Assembler, Found, PersonSequence, embedder, find_people

PLACES = (
    Path(__file__).resolve().parents[2] / "shared" / "data" / "vtest.avi",
    Path("/usr/share/doc/opencv-doc/examples/data/vtest.avi"),
)
LONG, CLIP, DRAWS = 60, 30, 3
"""Frames of a track that is long, and of a clip; draws of the occlusions whose mean is reported."""

Sides = tuple[Occlusion, Occlusion]
"""What hides the gallery, and what the probes."""

CASES: dict[str, Sides] = {
    "complete": (Nothing(), Nothing()),
    "probe: lower 40 % hidden": (Nothing(), Bottom(amount=(0.4, 0.4))),
    "probe: top or bottom 40-60 %": (Nothing(), paper_mixture()),
    "both: top or bottom 40-60 %": (paper_mixture(), paper_mixture()),
}


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


def embedded(
    gallery: list[Frames], probes: list[Frames], sides: Sides, embed: Callable[[Frames], Any], draw: int
) -> tuple[list[Any], list[Any]]:
    """Signatures of the probes and of the gallery under one draw of the occlusions."""
    gallery, probes = (
        [embed(hide(frames, side, 1000 * draw + 2 * number + late)) for number, frames in enumerate(walks)]
        for late, (walks, side) in enumerate(zip((gallery, probes), sides, strict=True))
    )
    return probes, gallery


def judge_clips(walks: list[Frames], models: list[Path]) -> dict[str, dict[str, float]]:
    """Rank-1 of clips among one clip of everybody, of energy images and of each network."""
    clips = [(who, walk[i : i + CLIP]) for who, walk in enumerate(walks) for i in starts(walk)]
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


def starts(walk: Frames) -> range:
    """Where the clips of a walk begin; what is left over at its end is left out."""
    return range(0, len(walk) - CLIP + 1, CLIP)


def compare_clips(
    clips: list[tuple[int, Frames]], embed: Callable[[Frames], Any], distance: Distance
) -> dict[str, float]:
    """Rank-1 of clips, complete and with a part hidden; mean of the draws of what hides it."""
    people, walks = np.array([who for who, _ in clips]), [walk for _, walk in clips]
    found = {}
    for name, sides in CASES.items():
        draws = range(1 if all(isinstance(side, Nothing) for side in sides) else DRAWS)
        given = (embedded(walks, walks, sides, embed, draw) for draw in draws)
        scores = [clip_rank1(distances(*pair, distance), people) for pair in given]
        found[name] = round(100 * float(np.mean(scores)), 1)
    return found


def clip_rank1(apart: Array, people: npt.NDArray[np.int64]) -> float:
    """Chance that a clip finds its own person, where everybody is shown by one clip drawn at random.

    Args:
        apart: distances `[m, m]` of every clip as a probe to every clip as gallery.
        people: whose clip it is, `[m]`. A clip is never looked for in itself. Everybody counts the same.
    """
    chances: dict[int, list[float]] = {who: [] for who in people.tolist()}
    for probe, who in enumerate(people.tolist()):
        row, others = apart[probe], [other for other in chances if other != who]
        own = row[(people == who) & (np.arange(len(people)) != probe)]
        farther = [[(row[people == other] > near).mean() for other in others] for near in own]
        chances[who].append(float(np.prod(farther, axis=1).mean()))
    return float(np.mean([np.mean(each) for each in chances.values()]))


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


def hide(frames: Frames, occlusion: Occlusion, seed: int) -> Frames:
    """Hide a part of a walk, as the paper does."""
    batch = torch.from_numpy(np.ascontiguousarray(frames))[None]
    occluded = occlusion(batch, torch.Generator().manual_seed(seed))
    return np.asarray((occluded.frames[0] > 0.5).to(torch.uint8).numpy())


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
