"""How hard the walkers are for methods without a network: energy images, nearest neighbour and LDA.

Run it as `python benchmarks/synth_difficulty.py [FILE]`. The test people of the size `small` are looked for
among each other: gallery and probe as everywhere. LDA is fitted on the training people of that size.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
from _result import command_line, give

from mimicgait.evaluation import WALKERS
from mimicgait.synth import SIZES, SynthConfig, generate
from mimicgait.types import SequenceKey

TRAIN, TEST = SIZES["small"]["train"], SIZES["small"]["test"]
VIEWS = {
    "side, 5 degrees up": {"azimuth": (90.0, 90.0), "elevation": (5.0, 5.0)},
    "45 degrees": {"azimuth": (45.0, 45.0), "elevation": (5.0, 5.0)},
    "front": {"azimuth": (0.0, 0.0), "elevation": (5.0, 5.0)},
}
COMPONENTS, SHRINKAGE = 150, 0.1

Images = npt.NDArray[np.float64]


def main() -> None:
    """Measure, print and, if asked, save."""
    out = command_line(__doc__).parse_args().out
    give(measure(), out)


def measure() -> dict[str, Any]:
    """Rank-1 in % of energy images: all views mixed, with LDA, and everybody from one view."""
    images, keys = energy_images(TEST)
    basis = fit_lda(*energy_images(TRAIN))
    mixed = {"nearest neighbour": rank1(images, keys), "LDA": rank1(images @ basis, keys)}
    fixed = {name: rank1(*energy_images(replace(TEST, **view))) for name, view in VIEWS.items()}
    return {
        "benchmark": "rank-1 of energy images on the test people of `small`, %",
        "all views mixed": mixed,
        "one view": fixed,
        "people": TEST.people,
        "variety": TEST.variety,
        "faults": TEST.faults,
        "seed": TEST.seed,
        "date": datetime.now(UTC).date().isoformat(),
    }


def energy_images(config: SynthConfig) -> tuple[Images, tuple[SequenceKey, ...]]:
    """Mean silhouette of each sequence, `[s, 64 * 64]`, and the sequences' keys."""
    walks = [(walk.frames.mean(0).ravel(), walk.key) for walk in generate(config, workers=2)]
    return np.stack([image for image, _ in walks]), tuple(key for _, key in walks)


def fit_lda(images: Images, keys: Iterable[SequenceKey]) -> Images:
    """Directions `[64 * 64, k]` that part people: PCA, then whitening of the scatter within people."""
    people = np.unique([key.subject for key in keys], return_inverse=True)[1]
    centred = images - images.mean(0)
    _, _, rows = np.linalg.svd(centred, full_matrices=False)
    flat = centred @ rows[:COMPONENTS].T
    means = np.stack([flat[people == person].mean(0) for person in range(people.max() + 1)])
    within = np.cov((flat - means[people]).T)
    within += SHRINKAGE * np.trace(within) / len(within) * np.eye(len(within))
    values, vectors = np.linalg.eigh(within)
    whitening = vectors / np.sqrt(values)
    _, _, directions = np.linalg.svd((means - means.mean(0)) @ whitening, full_matrices=False)
    return np.asarray(rows[:COMPONENTS].T @ whitening @ directions.T)


def rank1(features: Images, keys: tuple[SequenceKey, ...]) -> dict[str, float]:
    """Share of probes whose nearest gallery sequence is of the same person: all, and by condition."""
    split = WALKERS.split(keys)
    subjects = np.array([key.subject for key in keys])
    gallery, probe = np.asarray(split.gallery), np.asarray(split.probe)
    squares = (features**2).sum(1)
    distances = squares[probe, None] + squares[gallery] - 2 * features[probe] @ features[gallery].T
    right = subjects[gallery[distances.argmin(1)]] == subjects[probe]
    conditions = np.array([keys[i].type[:2] for i in probe])
    shares = {name: right[conditions == name].mean() for name in ("nm", "bg", "cl")}
    return {name: round(100 * float(share), 1) for name, share in {"all": right.mean(), **shares}.items()}


if __name__ == "__main__":
    main()
