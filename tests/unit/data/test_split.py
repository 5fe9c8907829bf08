"""People are divided by a lottery that depends on seed and names alone."""

import hashlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mimicgait.data import Partition, SequenceStore, split_people, split_store
from mimicgait.errors import ConfigError, DataError

PEOPLE = [f"{i:03d}" for i in range(100)]
SHARES = {"train": 0.6, "val": 0.1, "test": 0.3}


def test_the_shares_are_kept_and_nobody_is_twice():
    parts = split_people(PEOPLE, SHARES)
    assert {name: len(people) for name, people in parts.items()} == {"train": 60, "val": 10, "test": 30}
    assert sorted(name for people in parts.values() for name in people) == PEOPLE


@settings(max_examples=25)
@given(st.sets(st.text(min_size=1, max_size=3), min_size=3, max_size=9), st.integers(0, 99))
def test_any_people(people, seed):
    parts = split_people(people, SHARES, seed=seed)
    drawn = [name for part in parts.values() for name in part]
    assert sorted(drawn) == sorted(people)
    assert all(parts.values())
    assert parts == split_people(sorted(people, reverse=True), SHARES, seed=seed)


def test_another_seed_is_another_lottery():
    assert split_people(PEOPLE, SHARES, seed=1) != split_people(PEOPLE, SHARES, seed=2)


def test_the_lottery_by_hand():
    lottery = sorted("abcd", key=lambda name: hashlib.sha256(f"5/{name}".encode()).hexdigest())
    parts = split_people("abcd", {"train": 0.75, "test": 0.25}, seed=5)
    assert parts == {"train": tuple(sorted(lottery[:3])), "test": (lottery[3],)}


@pytest.mark.parametrize("shares", [{"train": 0.5}, {"train": 1.5, "test": -0.5}, {}])
def test_shares_that_do_not_sum_up(shares):
    with pytest.raises(ConfigError, match="sum up to 1"):
        split_people(PEOPLE, shares)


def test_too_few_people():
    with pytest.raises(ConfigError, match="2 people cannot be divided into 3 parts"):
        split_people("ab", SHARES)


def test_stores_and_facts(store, tmp_path):
    parts = split_store(store, tmp_path / "out", {"train": 0.4, "val": 0.2, "test": 0.4}, seed=3)
    people = {name: set(part.subjects) for name, part in parts.items()}
    assert set.union(*people.values()) == set(store.subjects)
    assert sum(map(len, people.values())) == 5
    assert sum(len(part) for part in parts.values()) == len(store)
    assert all(SequenceStore(tmp_path / "out" / name, verify=True).licence == "CC0" for name in parts)
    partition = Partition.load(tmp_path / "out" / "partition.json")
    assert set(partition.train) == people["train"] | people["val"]
    assert set(partition.test) == people["test"]
    facts = json.loads((tmp_path / "out" / "split.json").read_text())
    assert facts["seed"] == 3
    assert facts["source"] == store.fingerprint
    assert facts["fingerprints"] == {name: part.fingerprint for name, part in parts.items()}
    text = (tmp_path / "out" / "partition.json").read_bytes()
    assert facts["partition_sha256"] == hashlib.sha256(text).hexdigest()


def test_an_earlier_split_is_replaced_only_on_request(store, tmp_path):
    split_store(store, tmp_path / "out", {"train": 0.4, "test": 0.6})
    with pytest.raises(DataError, match="exists already"):
        split_store(store, tmp_path / "out", {"train": 0.6, "test": 0.4})
    parts = split_store(store, tmp_path / "out", {"train": 0.6, "test": 0.4}, overwrite=True)
    assert len(set(parts["train"].subjects)) == 3
