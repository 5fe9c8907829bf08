import json

import pytest

from mimicgait.data import Partition
from mimicgait.errors import DataError


@pytest.mark.parametrize(
    "partition",
    [
        Partition((), ()),
        Partition(("2", "1"), ("3",)),
        Partition((), ("3", "probe"), ("3-a-b",), ("probe-03-ü",)),
    ],
)
def test_saved_and_loaded(tmp_path, partition):
    partition.save(tmp_path / "p.json")
    assert Partition.load(tmp_path / "p.json") == partition


def test_keys_are_those_of_the_field(tmp_path):
    Partition(("1",), ("2",), ("2-a-b",)).save(tmp_path / "p.json")
    assert json.loads((tmp_path / "p.json").read_text()) == {
        "TRAIN_SET": ["1"],
        "TEST_SET": ["2"],
        "PROBE_SET": ["2-a-b"],
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "cannot be read as JSON"),
        ('{"TRAIN_SET": [', "cannot be read as JSON"),
        ("[" * 9000, "cannot be read as JSON"),
        ("\udcff", "cannot be read as JSON"),
        ("[]", "no TRAIN_SET and TEST_SET"),
        ('{"TRAIN_SET": []}', "no TRAIN_SET and TEST_SET"),
        (
            '{"TRAIN_SET": [], "TEST_SET": [], "PROB_SET": []}',
            "'PROB_SET' is unknown, did you mean 'PROBE_SET'",
        ),
        ('{"TRAIN_SET": "001", "TEST_SET": []}', "TRAIN_SET is no list"),
        ('{"TRAIN_SET": [], "TEST_SET": [1]}', "TEST_SET is no list"),
        ('{"TRAIN_SET": ["1", "2", "1"], "TEST_SET": []}', "TRAIN_SET names 1 more than once"),
        ('{"TRAIN_SET": ["1", "2"], "TEST_SET": ["2", "3"]}', "2 are in TRAIN_SET and in TEST_SET"),
    ],
)
def test_other_files_are_refused(tmp_path, text, message):
    path = tmp_path / "p.json"
    path.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(DataError, match=message) as caught:
        Partition.load(path)
    assert str(caught.value).startswith(f"{path}: ")


def test_a_file_that_is_missing(tmp_path):
    with pytest.raises(DataError, match="cannot be read"):
        Partition.load(tmp_path / "p.json")
    with pytest.raises(DataError, match="cannot be read"):
        Partition.load(tmp_path)
