"""In groups of how many frames should a network look at a walk that is longer than those it learned from?

Run it as `python benchmarks/frame_groups.py [FILE] [--model RUN]`: rank-1 of complete sequences where all
frames go through the network at once, and in groups of fewer (`FrameGroups`): on the wide walkers that
validation is for, and on clips of vtest.avi (see `pets.py`), if it is at hand. By default for the teacher
that ships, which has learned from 4 frames of a walk.
"""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from _clips import CASES, clips_of, compare_clips
from _result import command_line, give, made_on
from pets import as_filmed
from transfer import judged, real_people

from mimicgait.distance import distance_of
from mimicgait.evaluation import evaluate
from mimicgait.models.adapters import FrameGroups
from mimicgait.synth import SIZES
from mimicgait.training.run import load_network
from mimicgait.video import embedder

SIZES_OF_GROUPS = (1, 2, 4, 8, 16, 1000)
"""Frames of a group; no walk here has as many as the last."""


def main() -> None:
    """Measure, print and, if asked, save."""
    parser = command_line(__doc__)
    parser.add_argument("--model", type=Path, default=Path("pretrained:teacher"), help="run folder or name")
    parser.add_argument("--runs", type=Path, default=Path("runs/frame-groups"), help="where walkers are kept")
    parser.add_argument("--video", type=Path, help="vtest.avi, which Debian's package opencv-doc carries")
    args = parser.parse_args()
    give(measure(args), args.out)


def measure(args: Any) -> dict[str, Any]:
    """Rank-1 with every size of the groups."""
    network = load_network(args.model).eval()
    inside = network.network if isinstance(network, FrameGroups) else network
    store = judged(args.runs / "val", SIZES["wide"]["val"])
    film = real_people(args.video)
    clips = None if film is None else clips_of([as_filmed(person) for person in film])
    rows: dict[str, Any] = {}
    for frames in SIZES_OF_GROUPS:
        grouped, distance = FrameGroups(network=inside, frames=frames), distance_of(network)
        found = evaluate(grouped, store, seeds=(0,), distance=distance)
        name = "all at once" if frames == SIZES_OF_GROUPS[-1] else str(frames)
        rows[name] = {"wide walkers": round(100 * found.rank1, 1)}
        if clips is not None:
            complete = {"complete": CASES["complete"]}
            found_there = compare_clips(clips, embedder(grouped), distance, complete)
            rows[name]["clips of vtest.avi"] = found_there["complete"]
    return {
        "benchmark": "rank-1 of complete sequences by the number of frames in a group, %",
        "model": str(args.model),
        "walkers": store.name,
        "rank-1, %": rows,
        **made_on(torch, np),
    }


if __name__ == "__main__":
    main()
