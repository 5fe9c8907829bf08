"""A user's lists: globs or a table for training, gallery and probe."""

import pytest

from mimicgait.data import Partition, load_partition, read_opengait
from mimicgait.errors import DataError
from mimicgait.types import SequenceKey

KEYS = [
    SequenceKey(*name.split("/"))
    for name in (
        "G1/indoor/cam1",
        "G1/field_500m/uav",
        "G2/indoor/cam1",
        "G2/field_100m/cam9",
        "T1/indoor/cam1",
        "T1/field_500m/cam9",
    )
]
WANTED = Partition(
    train=("T1",),
    test=("G1", "G2"),
    probe=("G1-field_500m-uav", "G2-field_100m-cam9"),
    gallery=("G1-indoor-cam1", "G2-indoor-cam1"),
)

TABLE = """set,subject,type,view
train,T*,,
gallery,G?,indoor,*
probe,G1,field_500m,uav

probe,G2,field_*,*
"""

LISTS = """
train: [T*]
gallery:
- G?/indoor
probe: ["G?/field_*/*"]
"""


@pytest.mark.parametrize(
    ("name", "text"), [("lists.csv", TABLE), ("lists.yaml", LISTS), ("LISTS.YML", LISTS)]
)
def test_who_is_meant(tmp_path, name, text):
    (tmp_path / name).write_text(text)
    assert load_partition(tmp_path / name, KEYS) == WANTED


def test_the_columns_may_stand_in_another_order(tmp_path):
    path = tmp_path / "lists.csv"
    path.write_bytes(b"\xef\xbb\xbfType, set \nindoor,gallery\nfield_*,probe\n")  # as spreadsheets write it
    partition = load_partition(path, KEYS)
    assert partition.train == ()
    assert partition.test == ("G1", "G2", "T1")
    assert partition.gallery == ("G1-indoor-cam1", "G2-indoor-cam1", "T1-indoor-cam1")


def test_only_training(tmp_path):
    (tmp_path / "lists.csv").write_text("set,subject\ntrain,*\n")
    assert load_partition(tmp_path / "lists.csv", KEYS) == Partition(("G1", "G2", "T1"), ())


def test_a_folder_is_read_with_lists(dataset, tmp_path):
    (tmp_path / "lists.csv").write_text("set,subject,type\ntrain,010,\ngallery,00?,nm-*\nprobe,00?,bg-*\n")
    folder = read_opengait(dataset, tmp_path / "lists.csv")
    assert {entry.key.subject for entry in folder.train} == {"010"}
    assert folder.gallery_set == {f"00{i}-nm-01-{view}" for i in (1, 2) for view in ("000", "090")}


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.csv", "", "needs the header set,subject,type,view"),
        ("a.csv", "subject,type\nG1,indoor\n", "needs the header"),
        ("a.csv", "set,subject,subjcet\n", "column 'subjcet' is unknown, did you mean 'subject'"),
        ("a.csv", "set,subject\nprob,G1\n", "line 2: the set 'prob' is unknown, did you mean 'probe'"),
        ("a.csv", "set,subject\ngallery,G1,indoor\n", "line 2 has 3 fields instead of 2"),
        ("a.csv", "set,subject\ngallery,G9\n", r"G9/\*/\* \(gallery\) fits no sequence"),
        ("a.csv", "set,subject\ngallery,G*\ntrain,G1\n", "G1 are trained on and tested"),
        ("a.csv", "set,type\ngallery,indoor\nprobe,*\n", "are in the gallery and among the probes"),
        ("a.csv", "set,type\ngallery,indoor\n", "has a gallery or probes, but not both"),
        ("a.csv", "set,\udcff\n", "cannot be read as CSV"),
        ("a.yaml", "[", "cannot be read as YAML"),
        ("a.yaml", "gallery: indoor", "expected lists under train, gallery, probe"),
        ("a.yaml", "- gallery", "expected lists under"),
        ("a.yaml", "gallery: [a/b/c/d]", "more than three parts"),
        ("a.yaml", "galery: [G1]", "the set 'galery' is unknown, did you mean 'gallery'"),
        ("a.json", "{}", "no TRAIN_SET and TEST_SET"),
    ],
)
def test_lists_with_mistakes(tmp_path, name, text, message):
    path = tmp_path / name
    path.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(DataError, match=message) as caught:
        load_partition(path, KEYS)
    assert str(caught.value).startswith(f"{path}: ")


def test_a_list_that_is_missing(tmp_path):
    for name in ("a.csv", "a.yaml", "a.json"):
        with pytest.raises(DataError, match="cannot be read"):
            load_partition(tmp_path / name, KEYS)
