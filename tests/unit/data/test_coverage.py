"""A store beside its partition, its layout and the networks that are to read it."""

import numpy as np
import pytest
from layout_cases import three_levels

from mimicgait.data import (
    Partition,
    SequenceStore,
    StoreWriter,
    check_store,
    find_layout,
    import_opengait,
    refuse_mismatch,
)
from mimicgait.errors import ConfigError
from mimicgait.types import SequenceKey, Silhouettes


def test_the_whole_partition_is_there(store):
    report = check_store(store.path, Partition(("p0", "p1", "p2"), ("p3", "p4"), ("p3-nm-0-090",)))
    assert report.coverage.people == (5, 5)
    assert report.ok
    assert report.spotless


def test_what_is_missing_and_what_nobody_asked_for(store):
    report = check_store(store.path, Partition(("p0", "p9"), ("p3",), ("p3-nm-9-090",), ("p3-nm-0-090",)))
    coverage = report.coverage
    assert coverage.people == (3, 2)
    assert coverage.missing == ("p9",)
    assert coverage.missing_sequences == ("p3-nm-9-090",)
    assert coverage.unlisted == ("p1", "p2", "p4")
    assert not report.ok


def test_people_whom_nobody_asked_for_are_no_fault(store):
    report = check_store(store.path, Partition(("p0",), ()))
    assert (report.ok, report.spotless) == (True, False)


def test_the_import_notes_which_subset_it_was(tmp_path):
    root = three_levels("casia-b", "001/nm-01/000", "075/nm-01/000").write(tmp_path / "d")
    partition = Partition(("001",), ("075",))
    for subset, expected in (("train", 74), ("test", 50)):
        out = tmp_path / subset
        import_opengait(root, out, partition, subset=subset, layout=find_layout("casia-b"))
        report = check_store(out, partition)
        assert (report.coverage.people, report.coverage.expected) == ((1, 1), expected)
        assert report.size == "64x64"
        assert report.spotless
    assert not check_store(tmp_path / "train", partition, subset="test").ok


def test_names_that_the_data_set_does_not_know(store):
    report = check_store(store.path, layout=find_layout("casia-b"))
    assert report.coverage.strange == ("nm-0", "nm-1", "nm-2")
    assert not report.ok


def sized(path, size):
    with StoreWriter(path, name="n", licence="l", origin={"size": size} if size else None) as writer:
        writer.add(Silhouettes(SequenceKey("a", "b", "c"), np.ones((1, 64, 64), np.uint8)))
    return SequenceStore(path)


@pytest.mark.parametrize("input_size", [(128, 88), (128, 128), (64, 32), (256, 128)])
def test_networks_of_another_size_are_refused(tmp_path, input_size):
    store = sized(tmp_path / "s", "128x88")
    wanted = f"{input_size[0]}x{input_size[1]}"
    with pytest.raises(ConfigError, match=rf"the files were 128x88\), the network takes {wanted}"):
        refuse_mismatch(store, input_size)


@pytest.mark.parametrize(
    ("size", "trained_on", "fits"),
    [
        ("64x64", "64x64", True),
        ("64x64", "128x128", True),
        ("64x44", "128x88", True),
        ("raw", "64x64", True),
        ("", "64x64", True),
        ("64x44", None, True),
        ("64x44", "unknown", True),
        ("64x44", "64x64", False),
        ("raw", "128x88", False),
    ],
)
def test_networks_trained_on_another_width_are_refused(tmp_path, size, trained_on, fits):
    store = sized(tmp_path / "s", size)
    if fits:
        refuse_mismatch(store, (64, 64), trained_on=trained_on)
        refuse_mismatch(store, (64, 44), trained_on=trained_on)
    else:
        with pytest.raises(ConfigError, match=rf"the network was trained on {trained_on}.*same width"):
            refuse_mismatch(store, (64, 64), trained_on=trained_on)
