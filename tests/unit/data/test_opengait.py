import json
import os

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimicgait.data import Partition, SequenceStore, StoreWriter, read_opengait, write_opengait
from mimicgait.data.reading import to_silhouettes
from mimicgait.errors import ConfigError, DataError
from mimicgait.types import SequenceKey


def keys(entries):
    return [str(entry.key) for entry in entries]


def write_partition(path, **lists):
    path.write_text(json.dumps({"TRAIN_SET": [], "TEST_SET": []} | lists))
    return path


def test_everything_is_found_in_order(dataset, sequence):
    folder = read_opengait(dataset)
    assert keys(folder.entries)[:5] == [
        "001-bg-01-000",
        "001-bg-01-090",
        "001-nm-01-000",
        "001-nm-01-090",
        "002-bg-01-000",
    ]
    assert (len(folder.entries), len(folder.unlisted), folder.problems) == (12, 12, ())
    read = folder.entries[2].read()
    assert read.key == SequenceKey("001", "nm-01", "000")
    assert read.source == "001/nm-01/000/000.pkl"
    assert np.array_equal(read.frames, sequence("001/nm-01/000", 4).frames)


def test_a_partition_divides_people_in_its_own_order(dataset, tmp_path):
    partition = write_partition(tmp_path / "p.json", TRAIN_SET=["010", "001"], TEST_SET=["002"])
    folder = read_opengait(dataset, partition)
    assert keys(folder.train)[::4] == ["010-bg-01-000", "001-bg-01-000"]
    assert keys(folder.test) == [
        f"002-{kind}-{view}" for kind in ("bg-01", "nm-01") for view in ("000", "090")
    ]
    assert keys(folder.entries) == keys([*folder.train, *folder.test])
    assert folder.unlisted == ()
    assert (folder.probe_set, folder.gallery_set) == (None, None)


def test_people_outside_of_the_partition_are_told(dataset, tmp_path):
    folder = read_opengait(dataset, write_partition(tmp_path / "p.json", TEST_SET=["002"]))
    assert folder.train == ()
    assert {entry.key.subject for entry in folder.unlisted} == {"001", "010"}


def test_without_partition_nobody_knows_who_is_tested(dataset):
    folder = read_opengait(dataset)
    for name in ("train", "test"):
        with pytest.raises(DataError, match="give a partition"):
            getattr(folder, name)


def test_probe_and_gallery(dataset):
    partition = Partition((), ("001",), ("001-nm-01-000",), ("001-bg-01-000", "001-bg-01-090"))
    folder = read_opengait(dataset, partition)
    assert folder.probe_set == {"001-nm-01-000"}
    assert folder.gallery_set == {"001-bg-01-000", "001-bg-01-090"}


@pytest.mark.parametrize(
    ("lists", "message"),
    [
        ({"TRAIN_SET": ["001", "099", "003"]}, r"2 people .* not on disk: 003, 099\. Check"),
        (
            {"TEST_SET": ["001"], "PROBE_SET": ["001-nm-01-018"]},
            r"1 sequences .* not on disk: 001-nm-01-018\.",
        ),
        ({"TEST_SET": ["001"], "GALLERY_SET": ["1-2-3"] * 1}, "1-2-3"),
    ],
)
def test_what_the_partition_names_must_be_there(dataset, tmp_path, lists, message):
    partition = write_partition(tmp_path / "p.json", **lists)
    with pytest.raises(DataError, match=message):
        read_opengait(dataset, partition)
    assert read_opengait(dataset, partition, allow_missing=True).entries


@pytest.mark.parametrize("value", [1, 255])
@pytest.mark.parametrize("kind", [np.uint8, np.bool_])
def test_white_may_be_one_or_255(value, kind):
    frames = np.random.default_rng(0).integers(0, 2, (3, 64, 64), dtype=np.uint8)
    read = to_silhouettes((frames * value).astype(kind))
    assert read.dtype == np.uint8
    assert np.array_equal(read, frames)


@given(st.integers(128, 255), st.integers(0, 2**32))
def test_grey_is_binarised_at_half_of_the_maximum(largest, seed):
    grey = np.random.default_rng(seed).integers(0, largest, (1, 64, 64), dtype=np.uint8, endpoint=True)
    grey[0, 0, 0] = largest
    assert np.array_equal(to_silhouettes(grey), (grey > largest / 2).astype(np.uint8))


def test_narrow_frames_get_their_black_columns_back():
    frames = np.ones((2, 64, 44), np.uint8)
    read = to_silhouettes(frames)
    assert read.shape == (2, 64, 64)
    assert read[:, :, 10:54].all()
    assert read.sum() == frames.sum()


def test_narrow_files_are_announced_once(dataset, add, caplog):
    for view in ("000", "090"):
        add(dataset, f"001/nm-01/{view}", np.ones((2, 64, 44), np.uint8))
    for entry in read_opengait(dataset).entries:
        entry.read()
    assert caplog.messages == [f"{dataset}: has silhouettes of 64x44; 10 black columns put back on each side"]


def test_black_frames_are_kept():
    frames = np.zeros((3, 64, 64), np.uint8)
    assert to_silhouettes(frames).shape == (3, 64, 64)
    frames[1] = 255
    assert to_silhouettes(frames).any(axis=(1, 2)).tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros((2, 64, 64), np.float32), "float32, expected uint8"),
        (np.zeros((2, 64, 64), np.int64), "int64, expected uint8"),
        (np.zeros((64, 64), np.uint8), r"\(64, 64\), expected \(t, 64, 64\)"),
        (np.zeros((2, 3, 64, 64), np.uint8), "expected"),
        (np.zeros((2, 128, 64), np.uint8), r"\(2, 128, 64\).*normalise it to 64"),
        (np.zeros((2, 64, 0), np.uint8), "expected"),
        (np.zeros((0, 64, 64), np.uint8), "holds no frame"),
        (np.full((1, 64, 64), 11, np.uint8), "up to 11.*body parts"),
    ],
)
def test_other_arrays_are_refused_with_the_path(dataset, add, array, message):
    path = add(dataset, "001/nm-01/000", array)
    entry = next(e for e in read_opengait(dataset).entries if str(e.key) == "001-nm-01-000")
    with pytest.raises(DataError, match=message) as caught:
        entry.read()
    assert str(caught.value).startswith(f"{path}: ")
    assert str(caught.value).count(str(path)) == 1


def test_a_sequence_of_several_files_needs_a_choice(dataset, add, sequence):
    for name in ("00-depth.pkl", "06-sils.pkl", "07-raw.pkl"):
        add(dataset, "002/nm-01/045", sequence("a/b/c", seed=len(name)).frames, name)
    (problem,) = read_opengait(dataset).problems
    assert "00-depth.pkl, 06-sils.pkl, 07-raw.pkl" in problem.reason
    for choice in ([False, True, False], [1]):
        folder = read_opengait(dataset, data_in_use=choice)
        (entry,) = folder.entries
        assert entry.path.name == "06-sils.pkl"
        assert len(folder.problems) == 12  # the folders with one file have no second one


@pytest.mark.parametrize("choice", [[], [True, True], [False], [0, 1], [-1], [1.0], ["0"], [True, 1]])
def test_a_choice_of_none_or_several_files_is_refused(dataset, choice):
    with pytest.raises(ConfigError, match="must choose one file"):
        read_opengait(dataset, data_in_use=choice)


def test_written_and_read_again(store, tmp_path):
    train, test = store.select(range(9)), store.select(range(9, 15))
    partition = write_opengait(train, tmp_path / "out", test)
    assert partition == Partition(("p0", "p1", "p2"), ("p3", "p4"))
    folder = read_opengait(tmp_path / "out", tmp_path / "out" / "partition.json")
    assert (folder.partition, folder.problems) == (partition, ())
    for entries, part in ((folder.train, train), (folder.test, test)):
        read = {entry.key: entry.read().frames for entry in entries}
        assert read.keys() == set(part.keys)
        assert all(np.array_equal(read[item.key], item.frames) for item in part)


def test_written_files_are_those_of_the_field(store, tmp_path):
    write_opengait(store, tmp_path / "out")
    data = (tmp_path / "out" / "p0" / "nm-1" / "090" / "090.pkl").read_bytes()
    assert b"numpy.core.multiarray" in data  # the name that every version of NumPy knows
    assert b"numpy._core" not in data
    frames = np.load(tmp_path / "out" / "p0" / "nm-1" / "090" / "090.pkl", allow_pickle=True)
    assert frames.dtype == np.uint8
    assert np.array_equal(frames, store[1].frames * 255)


def test_writing_refuses_to_mix(store, tmp_path):
    with pytest.raises(DataError, match="p0, p1, p2, p3, p4 are in both stores"):
        write_opengait(store, tmp_path / "out", store)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").touch()
    with pytest.raises(DataError, match="exists already"):
        write_opengait(store, tmp_path / "full")
    assert sorted(os.listdir(tmp_path)) == ["full", "walkers"]


def test_a_failure_while_writing_leaves_nothing(tmp_path, sequence):
    with StoreWriter(tmp_path / "s", name="n", licence="l") as writer:
        for key in ("a/b/c", "a/b/d"):
            writer.add(sequence(key))
    store = SequenceStore(tmp_path / "s")
    object.__setattr__(store._index, "keys", (store.keys[0], store.keys[0]))  # a key twice: one folder twice
    with pytest.raises(FileExistsError):
        write_opengait(store, tmp_path / "out")
    assert os.listdir(tmp_path) == ["s"]
