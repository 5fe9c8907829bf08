"""What most tests of evaluations judge: a store of outlines, and a network that counts their pixels."""

from pathlib import Path

import pytest
from evaluation_cases import RowSums, outlines

from mimicgait.data import SequenceStore


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> SequenceStore:
    """Return eight people, two types, two views."""
    folder: Path = tmp_path_factory.mktemp("evaluation")
    return outlines(folder)


@pytest.fixture
def model() -> RowSums:
    """Return a network whose answers are known without training."""
    return RowSums()
