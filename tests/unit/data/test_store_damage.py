"""Stores that were cut, mixed up or forged: one clear error each, never a wrong frame."""

import json
import shutil

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mimicgait.data import SequenceStore
from mimicgait.data.index import HEADER_FILE, Index, load_index
from mimicgait.errors import DataError


def cut_in_half(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def opening(path, message, **settings):
    with pytest.raises(DataError, match=message) as caught:
        SequenceStore(path, **settings)
    assert str(path) in str(caught.value)
    return str(caught.value)


def change_header(path, **values):
    header = json.loads((path / HEADER_FILE).read_text()) | values
    (path / HEADER_FILE).write_text(json.dumps(header))


def change_table(path, **columns):
    table = pq.read_table(path / "sequences.parquet").to_pydict() | columns
    pq.write_table(pa.table(table), path / "sequences.parquet")


def sign(path):
    """Make the header fit the table again, as a forger would."""
    index = Index.load(path / "sequences.parquet")
    change_header(path, fingerprint=index.fingerprint, sequences=len(index), frames=int(index.lengths.sum()))


@pytest.mark.parametrize("name", ["frames.bin", "sequences.parquet", "store.json"])
def test_a_file_cut_in_half(store, name):
    cut_in_half(store.path / name)
    assert "import the data again" in opening(store.path, name)


@pytest.mark.parametrize("name", ["frames.bin", "sequences.parquet", "store.json"])
def test_a_file_that_is_missing(store, name):
    (store.path / name).unlink()
    assert "mimicgait data import" in opening(store.path, f"is no store .*{name}")


@pytest.mark.parametrize("name", ["frames.bin", "sequences.parquet", "store.json"])
def test_a_file_that_is_empty(store, name):
    (store.path / name).write_bytes(b"")
    opening(store.path, name)


def test_half_of_the_files(store, tmp_path):
    (tmp_path / "half").mkdir()
    shutil.copy(store.path / "frames.bin", tmp_path / "half")
    opening(tmp_path / "half", "is no store")


def test_frames_that_grew(store):
    with (store.path / "frames.bin").open("ab") as file:
        file.write(bytes(512))
    opening(store.path, r"frames.bin has \d+ bytes instead of \d+")


def test_a_flipped_bit_is_found_by_the_full_check(store):
    damaged = store.keys[4]
    with (store.path / "frames.bin").open("r+b") as file:
        file.seek(int(store.offsets[4]) * 512 + 7)
        byte = file.read(1)[0]
        file.seek(-1, 1)
        file.write(bytes([byte ^ 1]))
    assert SequenceStore(store.path).damaged() == (damaged,)
    opening(store.path, f"1 sequences are damaged, the first is {damaged}", verify=True)


def test_a_table_of_another_store(store):
    change_table(store.path, subject=["someone"] * len(store), type=[f"{i}" for i in range(len(store))])
    opening(store.path, "does not belong to store.json")


@pytest.mark.parametrize("name", ["frames", "sequences"])
def test_other_counts(store, name):
    change_header(store.path, **{name: 7})
    opening(store.path, "does not belong to store.json")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"version": 2}, "version 2, this package reads 1: upgrade"),
        ({"version": "1"}, "of another type"),
        ({"frames": True}, "of another type"),
        ({"extra": 1}, "expected the fields"),
    ],
)
def test_other_headers(store, values, message):
    change_header(store.path, **values)
    opening(store.path, message)


@pytest.mark.parametrize("text", ["[]", "null", '"text"', "[" * 9000, "\0"])
def test_a_header_that_is_no_header(store, text):
    (store.path / HEADER_FILE).write_text(text)
    opening(store.path, "store.json")


def test_other_columns(store):
    pq.write_table(pa.table({"a": [1]}), store.path / "sequences.parquet")
    opening(store.path, "sequences.parquet")
    pq.write_table(pa.table({"offset": ["text"]}), store.path / "sequences.parquet")
    opening(store.path, "sequences.parquet")


@pytest.mark.parametrize(
    ("position", "column", "value", "message"),
    [
        (1, "offset", 0, "overlap"),
        (1, "offset", -5, "overlap"),
        (0, "length", 0, "overlap"),
        (0, "length", 10**15, "overlap"),
        (0, "subject", "../../etc", "cannot name a folder"),
        (0, "subject", None, "empty fields"),
    ],
)
def test_forged_rows(store, position, column, value, message):
    values = pq.read_table(store.path / "sequences.parquet").to_pydict()[column]
    values[position] = value
    change_table(store.path, **{column: values})
    opening(store.path, message)


def test_forged_lengths_beyond_the_file(store):
    table = pq.read_table(store.path / "sequences.parquet").to_pydict()
    lengths = [10**6] * len(store)
    change_table(store.path, length=lengths, offset=[10**6 * i for i in range(len(store))])
    assert table["length"] != lengths
    sign(store.path)
    opening(store.path, "frames.bin has")


def test_forged_duplicates(store):
    change_table(store.path, subject=["a"] * len(store), type=["b"] * len(store))
    opening(store.path, "14|15 sequences|occur twice")


def test_forged_emptiness(store):
    empty = pq.read_table(store.path / "sequences.parquet").slice(0, 0)
    pq.write_table(empty, store.path / "sequences.parquet")
    (store.path / "frames.bin").write_bytes(b"")
    sign(store.path)
    opening(store.path, "holds no sequence")


@pytest.mark.parametrize("name", ["nowhere", "file"])
def test_no_folder(tmp_path, name):
    (tmp_path / "file").touch()
    opening(tmp_path / name, "is no folder")


def test_the_tests_forge_well(store):
    sign(store.path)
    assert load_index(store.path)[1].fingerprint == store.fingerprint
