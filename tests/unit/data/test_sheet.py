"""Contact sheets show the frames that are there, where they belong."""

import os

import cv2
import numpy as np
import pytest

from mimicgait.data import contact_sheet, write_sheets
from mimicgait.data.sheet import BACKGROUND, GAP, LABEL
from mimicgait.errors import ConfigError, DataError


def frame_at(sheet, row, column):
    top = GAP + row * (LABEL + 64 + GAP) + LABEL
    left = GAP + column * (64 + GAP)
    return sheet[top : top + 64, left : left + 64]


def test_frames_are_spread_over_time(store):
    lengths = store.lengths.tolist()
    long, short = lengths.index(6), lengths.index(2)
    sheet = contact_sheet(store, [long, short], columns=3)
    for column, index in enumerate((0, 2, 5)):
        assert np.array_equal(frame_at(sheet, 0, column), store[long].frames[index] * 255)
    for column in (0, 1):
        assert np.array_equal(frame_at(sheet, 1, column), store[short].frames[column] * 255)
    assert (frame_at(sheet, 1, 2) == BACKGROUND).all()
    label = sheet[GAP : GAP + LABEL]
    assert label.min() < 100
    assert label.max() > 200


def test_pages_are_written_whole(store, tmp_path):
    paths = write_sheets(store, tmp_path / "sheets", columns=2, rows=4, pages=2)
    assert [path.name for path in paths] == ["sheet-001.png", "sheet-002.png"]
    assert sorted(os.listdir(tmp_path / "sheets")) == ["sheet-001.png", "sheet-002.png"]
    picture = cv2.imread(str(paths[1]), cv2.IMREAD_GRAYSCALE)
    assert np.array_equal(frame_at(picture, 3, 0), store[14].frames[0] * 255)
    with pytest.raises(DataError, match="exists already"):
        write_sheets(store, tmp_path / "sheets")
    (only,) = write_sheets(store, tmp_path / "sheets", rows=99, overwrite=True)
    assert os.listdir(tmp_path / "sheets") == [only.name]


def test_nothing_to_show(store, tmp_path):
    with pytest.raises(DataError, match="nothing to show"):
        write_sheets(store.select([]), tmp_path / "sheets")
    with pytest.raises(ConfigError, match="1 or more"):
        write_sheets(store, tmp_path / "sheets", pages=0)
    with pytest.raises(ConfigError, match="100 or fewer, got 101 and 12"):
        write_sheets(store, tmp_path / "sheets", columns=101)
    with pytest.raises(ConfigError, match="expected sequences"):
        contact_sheet(store, [])
    assert not (tmp_path / "sheets").exists()
