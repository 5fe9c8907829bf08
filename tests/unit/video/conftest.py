"""Videos of drawn walkers that several tests look at, each written once."""

from pathlib import Path

import numpy as np
import pytest
from drawn_walkers import Drawn, Walker, background, film, noisy, write_video

from mimicgait.video import Found, find_people


@pytest.fixture(scope="session")
def crossing(tmp_path_factory: pytest.TempPathFactory) -> Drawn:
    """One walker who enters at the left edge and leaves at the right."""
    return film(tmp_path_factory.mktemp("video") / "crossing.avi", [Walker(start=-20, end=260)], frames=70)


@pytest.fixture(scope="session")
def found(crossing: Drawn) -> Found:
    """What is found in that video."""
    return find_people(crossing.path)


@pytest.fixture(scope="session")
def empty_scene(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thirty frames in which nothing but noise happens."""
    rng = np.random.default_rng(2)
    images = [noisy(background().astype(np.float32), rng) for _ in range(30)]
    return write_video(tmp_path_factory.mktemp("video") / "empty.avi", images)
