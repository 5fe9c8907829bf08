"""Walkers made of numbers: signatures of people who differ, seeded."""

from collections.abc import Callable

import numpy as np
import pytest

from mimicgait.gallery import Signature

MODEL = "a" * 64
Walkers = Callable[..., list[tuple[str, Signature]]]


def signature(values: np.ndarray, **facts: object) -> Signature:
    """Return a signature of the usual network with 30 frames."""
    return Signature(**{"values": values, "model": MODEL, "frames": 30, **facts})


@pytest.fixture(scope="session")
def walkers() -> Walkers:
    """Return a function that makes `walks` signatures `[c, p]` of each of `people` people."""

    def make(
        people: int, walks: int = 1, *, seed: int = 0, noise: float = 0.3, shape: tuple[int, int] = (8, 4)
    ) -> list[tuple[str, Signature]]:
        means = np.random.default_rng(0).normal(size=(people, *shape))
        drawn = np.random.default_rng([1, seed]).normal(size=(walks, people, *shape)) * noise
        return [
            (f"person {number:03d}", signature(means[number] + drawn[walk, number], source=f"{number}.mp4"))
            for walk in range(walks)
            for number in range(people)
        ]

    return make
