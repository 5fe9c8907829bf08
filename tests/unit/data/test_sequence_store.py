import os

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mimicgait.data import SequenceStore, StoreWriter
from mimicgait.errors import DataError, ShapeError
from mimicgait.types import SequenceKey, Silhouettes


def write(path, items):
    with StoreWriter(path, name="n", licence="l") as writer:
        for item in items:
            writer.add(item)


def test_what_is_written_is_read(tmp_path, sequence):
    written = [sequence("001/nm-01/000", 3), sequence("002/bg-01/090", 1), sequence("001/nm-01/018", 40)]
    with StoreWriter(tmp_path / "s", name="some walkers", licence="CC0") as writer:
        for item in written:
            writer.add(item)
    store = SequenceStore(tmp_path / "s", verify=True)
    assert (store.name, store.licence, len(store)) == ("some walkers", "CC0", 3)
    assert store.keys == tuple(item.key for item in written)
    assert store.subjects == ("001", "002", "001")
    assert store.lengths.tolist() == [3, 1, 40]
    assert store.offsets.tolist() == [0, 3, 4]
    assert (store.packed.shape, store.packed.dtype) == ((44, 512), np.uint8)
    for read, item in zip(store, written, strict=True):
        assert (read.key, read.source) == (item.key, item.source)
        assert np.array_equal(read.frames, item.frames)
    assert sorted(os.listdir(tmp_path / "s")) == ["frames.bin", "sequences.parquet", "store.json"]
    assert (tmp_path / "s" / "frames.bin").stat().st_size == 44 * 512


names = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Z", "Cf", "Co", "Cn"], exclude_characters="/\\.")
)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    keys=st.lists(st.tuples(*[names.filter(len)] * 3), min_size=1, max_size=5, unique=True),
    lengths=st.lists(st.integers(1, 5), min_size=5, max_size=5),
)
def test_any_key_and_length_survives(tmp_path_factory, sequence, keys, lengths):
    path = tmp_path_factory.mktemp("any") / "s"
    with StoreWriter(path, name="n", licence="l") as writer:
        for key, length in zip(keys, lengths, strict=False):
            writer.add(Silhouettes(SequenceKey(*key), sequence("a/b/c", length).frames))
    store = SequenceStore(path, verify=True)
    assert [(k.subject, k.type, k.view) for k in store.keys] == keys
    assert store.lengths.tolist() == lengths[: len(keys)]


def test_positions_work_as_in_a_list(store):
    assert store[-1].key == store.keys[-1]
    assert np.array_equal(store[np.int64(-2)].frames, store[len(store) - 2].frames)
    with pytest.raises(IndexError):
        store[len(store)]


def test_frames_that_were_read_may_be_changed_but_the_store_may_not(store):
    store[0].frames[:] = 0
    store.verify()
    with pytest.raises(ValueError, match="read-only"):
        store.packed[0] = 0


def test_selection_is_a_store(store):
    view = store.select([7, 2])
    assert (len(view), view.path, view.name) == (2, store.path, store.name)
    assert view.keys == (store.keys[7], store.keys[2])
    assert np.array_equal(view[0].frames, store[7].frames)
    assert view.select(np.array([1])).keys == (store.keys[2],)
    assert view.subjects == (store.subjects[7], store.subjects[2])
    assert len(store.select([])) == 0
    view.verify()
    with pytest.raises(IndexError):
        view.select([2])


def test_fingerprint_is_of_the_contents(tmp_path, store, sequence):
    def fingerprint(name, *items):
        with StoreWriter(tmp_path / name, name=name, licence=name) as writer:
            for item in items:
                writer.add(item)
        return SequenceStore(tmp_path / name).fingerprint

    a, b = sequence("a/b/c"), sequence("d/e/f")
    same = fingerprint("one", a, b)
    assert fingerprint("two", a, Silhouettes(b.key, b.frames, "elsewhere")) == same
    assert len({same, fingerprint("three", b, a), fingerprint("four", a)}) == 3
    renamed = Silhouettes(SequenceKey("d", "e", "g"), b.frames)
    other = Silhouettes(b.key, 1 - b.frames)
    assert len({same, fingerprint("five", a, renamed), fingerprint("six", a, other)}) == 3
    # A selection has the fingerprint that a store of the same sequences would have.
    whole = SequenceStore(tmp_path / "one")
    assert whole.select([1, 0]).fingerprint == SequenceStore(tmp_path / "three").fingerprint
    assert whole.select([0, 1]).fingerprint == same


def test_a_key_twice_is_refused(tmp_path, sequence):
    with pytest.raises(DataError, match="a-b-c was added before"):
        write(tmp_path / "s", [sequence("a/b/c"), sequence("a/b/c", seed=1)])
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("part", ["", ".", "..", "a/b", "a\\b", "a\nb", "\x1b[2J"])
def test_a_key_that_cannot_be_a_folder_is_refused(tmp_path, sequence, part):
    with (
        pytest.raises(DataError, match="cannot name a folder"),
        StoreWriter(tmp_path / "s", name="n", licence="l") as writer,
    ):
        writer.add(Silhouettes(SequenceKey("a", part, "c"), sequence("a/b/c").frames))
    assert os.listdir(tmp_path) == []


def test_other_frames_are_refused_and_the_writer_goes_on(tmp_path, sequence):
    key = SequenceKey("a", "b", "c")
    with StoreWriter(tmp_path / "s", name="n", licence="l") as writer:
        with pytest.raises(ShapeError, match=r"\(1, 64, 44\)"):
            writer.add(Silhouettes(key, np.zeros((1, 64, 44), np.uint8)))
        with pytest.raises(DataError, match="binarise"):
            writer.add(Silhouettes(key, np.full((1, 64, 64), 255, np.uint8)))
        assert len(writer) == 0
        writer.add(sequence("a/b/c"))
        assert key in writer
    assert len(SequenceStore(tmp_path / "s", verify=True)) == 1


def test_a_store_of_nothing_is_not_written(tmp_path):
    with (
        pytest.raises(DataError, match="no sequence was added"),
        StoreWriter(tmp_path / "s", name="", licence=""),
    ):
        pass
    assert os.listdir(tmp_path) == []


def test_an_error_while_writing_leaves_nothing(tmp_path, sequence):
    def items():
        yield sequence("a/b/c")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write(tmp_path / "s", items())
    assert os.listdir(tmp_path) == []


def test_overwriting_needs_to_be_asked_for_and_replaces_stores_only(tmp_path, store, sequence):
    with pytest.raises(DataError, match="exists already"):
        StoreWriter(store.path, name="n", licence="l")
    with StoreWriter(store.path, name="n", licence="l", overwrite=True) as writer:
        writer.add(sequence("a/b/c"))
    assert len(SequenceStore(store.path)) == 1
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.tex").touch()
    with pytest.raises(DataError, match="will not be overwritten"):
        StoreWriter(tmp_path / "thesis", name="n", licence="l", overwrite=True)
    assert (tmp_path / "thesis" / "chapter.tex").exists()
