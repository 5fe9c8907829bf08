import numpy as np
import pytest

from mimicgait.data import SequenceStore, read_opengait
from mimicgait.errors import DataError, ShapeError, VideoError
from mimicgait.video import Box, DroppedFrame, PersonSequence, write_people


def person(number: int = 1, t: int = 20, source: str = "/films/two walkers.mp4") -> PersonSequence:
    rng = np.random.default_rng(number)
    return PersonSequence(
        number=number,
        frames=(rng.random((t, 64, 64)) < 0.3).astype(np.uint8),
        index=np.arange(5, 5 + t),
        times=np.arange(5, 5 + t) / 10,
        boxes=tuple(Box(i, 0, 10, 20) for i in range(t)),
        dropped=(DroppedFrame(2, "b"), DroppedFrame(3, "a"), DroppedFrame(4, "a")),
        source=source,
    )


def test_a_store_holds_the_same_silhouettes(tmp_path):
    people = [person(1), person(2, t=30)]
    assert write_people(people, tmp_path / "out") == tmp_path / "out"
    store = SequenceStore(tmp_path / "out", verify=True)
    assert [key.subject for key in store.keys] == ["two_walkers_001", "two_walkers_002"]
    for kept, original in zip(store, people, strict=True):
        np.testing.assert_array_equal(kept.frames, original.frames)
        assert kept.source == original.source
    assert store.name == "two walkers.mp4"


def test_the_fields_layout_holds_the_same_silhouettes(tmp_path):
    people = [person(1), person(2)]
    write_people(people, tmp_path / "out", layout="opengait")
    entries = read_opengait(tmp_path / "out", tmp_path / "out" / "partition.json").train
    assert len(entries) == 2
    for entry, original in zip(entries, people, strict=True):
        np.testing.assert_array_equal(entry.read().frames, original.frames)


def test_nobody_and_nothing_overwritten(tmp_path):
    with pytest.raises(VideoError, match="nobody was found"):
        write_people([], tmp_path / "out")
    assert not (tmp_path / "out").exists()
    write_people([person()], tmp_path / "out")
    with pytest.raises(DataError, match="exists"):
        write_people([person()], tmp_path / "out")
    write_people([person(t=25)], tmp_path / "out", overwrite=True)
    assert SequenceStore(tmp_path / "out").lengths.tolist() == [25]


@pytest.mark.parametrize("source", ["", "...", "/films/äö-1.avi", "rtsp://camera/1"])
def test_any_source_gives_a_key_that_can_be_written(tmp_path, source):
    write_people([person(source=source)], tmp_path / "out")
    assert len(SequenceStore(tmp_path / "out")) == 1


def test_reasons_are_counted_most_frequent_first():
    assert list(person().reasons.items()) == [("a", 2), ("b", 1)]
    assert len(person()) == 20


def test_a_sequence_checks_itself():
    good = person()
    with pytest.raises(ShapeError, match="64"):
        PersonSequence(1, good.frames[:, :, 10:-10], good.index, good.times, good.boxes, (), "")
    with pytest.raises(ShapeError, match="19"):
        PersonSequence(1, good.frames, good.index[1:], good.times, good.boxes, (), "")
    with pytest.raises(ShapeError):
        PersonSequence(1, good.frames[:0], good.index[:0], good.times[:0], (), (), "")
