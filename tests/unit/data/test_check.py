import numpy as np
import pytest

from mimicgait.data import StoreWriter, check_store
from mimicgait.errors import DataError
from mimicgait.types import SequenceKey, Silhouettes


def test_a_sound_store(store):
    report = check_store(store.path)
    assert report.ok
    assert (report.path, report.name, report.licence) == (store.path, "walkers", "CC0")
    assert report.fingerprint == store.fingerprint
    assert (report.people, report.sequences, report.frames) == (5, 15, int(store.lengths.sum()))
    assert report.types == {"nm-0": 5, "nm-1": 5, "nm-2": 5}
    assert report.views == {"090": 15}
    assert report.lengths == (2, np.median(store.lengths), 6)
    assert (report.empty_frames, report.empty_sequences, report.duplicates, report.damaged) == (0, (), (), ())


def test_what_deserves_a_look(tmp_path, sequence):
    frames = sequence("a/b/c", 4).frames
    holes = frames.copy()
    holes[[0, 2]] = 0
    black = np.zeros((3, 64, 64), np.uint8)
    named = {"a": frames, "b": holes, "c": frames, "d": black, "e": black, "f": frames[:3]}
    with StoreWriter(tmp_path / "s", name="n", licence="l") as writer:
        for name, content in named.items():
            writer.add(Silhouettes(SequenceKey(name, "t", "v"), content))
    report = check_store(tmp_path / "s")
    assert report.ok
    assert report.empty_frames == 2 + 3 + 3
    assert [str(key) for key in report.empty_sequences] == ["d-t-v", "e-t-v"]
    assert [[str(key) for key in group] for group in report.duplicates] == [["a-t-v", "c-t-v"]]


def test_damage(store):
    with (store.path / "frames.bin").open("r+b") as file:
        file.seek(int(store.offsets[3]) * 512)
        file.write(b"damage")
    report = check_store(store.path)
    assert not report.ok
    assert report.damaged == (store.keys[3],)


def test_no_store(tmp_path):
    with pytest.raises(DataError, match="is no store"):
        check_store(tmp_path)
