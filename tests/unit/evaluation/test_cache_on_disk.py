"""Signatures on disk: found again by what they depend on, and never trusted when damaged."""

import pytest
import torch
from evaluation_cases import RowSums, outlines

from mimicgait.errors import DataError
from mimicgait.evaluation.cache import DiskCache
from mimicgait.evaluation.evaluate import evaluate
from mimicgait.evaluation.extract import embed_store
from mimicgait.models.backbones import GaitBase
from mimicgait.occlusion import Top


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return outlines(tmp_path_factory.mktemp("cache")).select(range(8))


@pytest.fixture
def model():
    torch.manual_seed(0)
    return GaitBase(width="tiny")


def never():
    raise AssertionError("worked out again")


def test_a_second_run_only_reads(store, model, tmp_path):
    first = embed_store(model, store, occlusion=Top(), seed=1, cache=DiskCache(tmp_path / "c"))
    (path,) = (tmp_path / "c").iterdir()
    again = DiskCache(tmp_path / "c").fetch(model, store, Top(), 1, "float32", never)
    assert path.suffix == ".safetensors"
    assert torch.equal(first.values, again.values)
    assert again.keys == store.keys


def test_every_thing_that_matters_is_a_case_of_its_own(store, model, tmp_path):
    cache = DiskCache(tmp_path)
    torch.manual_seed(1)
    for case in (
        {"model": model, "store": store},
        {"model": GaitBase(width="tiny"), "store": store},
        {"model": model, "store": store.select(range(7))},
        {"model": model, "store": store.select(range(7, -1, -1))},
        {"model": model, "store": store, "occlusion": Top()},
        {"model": model, "store": store, "occlusion": Top(), "seed": 1},
        {"model": model, "store": store, "occlusion": Top(amount=(0.1, 0.2))},
        {"model": model, "store": store, "precision": "bfloat16"},
    ):
        embed_store(**case, cache=cache)
    assert len(list(tmp_path.iterdir())) == 8
    embed_store(model, store, seed=5, cache=cache)
    assert len(list(tmp_path.iterdir())) == 8, "a seed without an occlusion changes nothing"


@pytest.mark.parametrize("harm", ["cut", "flip", "empty", "other"])
def test_damaged_file_is_worked_out_again(store, model, tmp_path, harm):
    expected = embed_store(model, store, cache=DiskCache(tmp_path))
    (path,) = tmp_path.iterdir()
    content = bytearray(path.read_bytes())
    if harm == "flip":
        content[-5] ^= 64
    if harm == "other":
        content = bytearray(bytes(content).replace(b'"precision":"float32"', b'"precision":"float33"'))
    path.write_bytes({"cut": content[:-9], "empty": b""}.get(harm, content))
    with pytest.raises(AssertionError, match="worked out again"):
        DiskCache(tmp_path).fetch(model, store, None, 0, "float32", never)
    assert torch.equal(embed_store(model, store, cache=DiskCache(tmp_path)).values, expected.values)
    DiskCache(tmp_path).fetch(model, store, None, 0, "float32", never)


def test_interrupted_write_leaves_nothing_that_counts(store, model, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("mimicgait.evaluation.cache.os.replace", full)
    with pytest.raises(DataError, match="No space left"):
        embed_store(model, store, cache=DiskCache(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_network_that_cannot_be_described_is_kept_in_memory_only(store, tmp_path):
    cache, model = DiskCache(tmp_path), RowSums()
    first = embed_store(model, store, cache=cache)
    assert embed_store(model, store, cache=cache) is first
    assert list(tmp_path.iterdir()) == []


def test_file_in_the_place_of_the_folder(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(DataError, match="is no folder"):
        DiskCache(tmp_path / "file")


def test_evaluation_that_was_done_asks_no_network(tmp_path_factory, model, tmp_path, monkeypatch):
    whole = outlines(tmp_path_factory.mktemp("whole"))
    first = evaluate(model, whole, occlusion=Top(), seeds=(0,), cache=DiskCache(tmp_path))
    monkeypatch.setattr(GaitBase, "forward", never)
    again = evaluate(model, whole, occlusion=Top(), seeds=(0,), cache=DiskCache(tmp_path))
    assert again == first
