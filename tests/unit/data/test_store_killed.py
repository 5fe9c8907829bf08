"""A writer that is killed, at any moment, leaves no store; with a name for its work, the next one goes on."""

import os
import signal

import numpy as np
import pytest

from mimicgait.data import SequenceStore, StoreWriter
from mimicgait.data.journal import JOURNAL_FILE
from mimicgait.errors import DataError
from mimicgait.types import SequenceKey, Silhouettes


def kill_while_writing(path, resume="", count=20):
    """Fork a process that writes sequences into a store and is killed before it can end the store."""
    child = os.fork()
    if child == 0:
        try:
            with StoreWriter(path, name="n", licence="l", overwrite=True, resume=resume) as writer:
                for item in sequences(count):
                    writer.add(item)
                os.kill(os.getpid(), signal.SIGKILL)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)
    assert os.WTERMSIG(status) == signal.SIGKILL


def sequences(count):
    for i in range(count):
        frames = np.random.default_rng(i).integers(0, 2, (5, 64, 64), dtype=np.uint8)
        yield Silhouettes(SequenceKey(f"p{i}", "nm-01", "000"), frames)


def write(path, count, resume=""):
    """Write in this process; return how many sequences had been there."""
    with StoreWriter(path, name="n", licence="l", resume=resume) as writer:
        before = len(writer)
        for item in sequences(count):
            if item.key not in writer:
                writer.add(item)
    return before


def partials(path):
    return [name for name in os.listdir(path.parent) if name != path.name]


def test_a_killed_writer_leaves_no_store(tmp_path):
    path = tmp_path / "s"
    kill_while_writing(path)
    assert not path.exists()
    with pytest.raises(DataError, match="is no folder"):
        SequenceStore(path)
    (partial,) = partials(path)
    with pytest.raises(DataError, match="is no store"):
        SequenceStore(tmp_path / partial)
    assert write(path, 3) == 0
    assert len(SequenceStore(path, verify=True)) == 3
    assert partials(path) == []


def test_a_killed_writer_leaves_the_old_store_alone(store):
    kill_while_writing(store.path)
    assert SequenceStore(store.path, verify=True).fingerprint == store.fingerprint


def test_the_next_writer_of_the_same_work_goes_on(tmp_path):
    path = tmp_path / "s"
    kill_while_writing(path, "import of x")
    assert not path.exists()
    assert write(path, 30, "import of x") == 20
    assert partials(path) == []
    assert write(tmp_path / "whole", 30) == 0
    resumed, whole = SequenceStore(path, verify=True), SequenceStore(tmp_path / "whole")
    assert resumed.fingerprint == whole.fingerprint
    assert np.array_equal(resumed.packed, whole.packed)
    assert sorted(os.listdir(path)) == ["frames.bin", "sequences.parquet", "store.json"]


def test_other_work_starts_from_nothing(tmp_path):
    path = tmp_path / "s"
    kill_while_writing(path, "import of x")
    assert write(path, 3, "import of y") == 0
    assert partials(path) == []


@pytest.mark.parametrize(
    ("file", "cut", "kept"),
    [
        (JOURNAL_FILE, 1, 19),  # within the last line
        (JOURNAL_FILE, 300, None),
        ("frames.bin", 1, 19),
        ("frames.bin", 512 * 5 * 7 + 3, 12),
        ("frames.bin", 512 * 5 * 20, 0),
    ],
)
def test_what_was_half_written_is_cut_off(tmp_path, file, cut, kept):
    path = tmp_path / "s"
    kill_while_writing(path, "work")
    (partial,) = partials(path)
    damaged = tmp_path / partial / file
    with damaged.open("r+b") as opened:
        opened.truncate(damaged.stat().st_size - cut)
    before = write(path, 30, "work")
    assert before == kept or (kept is None and 0 < before < 20)
    store = SequenceStore(path, verify=True)
    assert len(store) == 30
    for item, read in zip(sequences(30), store, strict=True):
        assert np.array_equal(item.frames, read.frames)


def test_frames_that_never_reached_the_disk_are_written_again(tmp_path):
    path = tmp_path / "s"
    kill_while_writing(path, "work")
    (partial,) = partials(path)
    with (tmp_path / partial / "frames.bin").open("r+b") as file:
        file.seek(512 * 5 * 4)
        file.write(bytes(512))  # what a power cut leaves: the right size, zeros within
    assert write(path, 20, "work") == 4
    SequenceStore(path, verify=True)


def test_an_interrupted_writer_can_be_continued(tmp_path):
    def interrupted():
        yield from sequences(6)
        raise KeyboardInterrupt

    def attempt():
        with StoreWriter(tmp_path / "s", name="n", licence="l", resume="work") as writer:
            for item in interrupted():
                writer.add(item)

    with pytest.raises(KeyboardInterrupt):
        attempt()
    assert not (tmp_path / "s").exists()
    assert write(tmp_path / "s", 8, "work") == 6
    assert len(SequenceStore(tmp_path / "s", verify=True)) == 8
