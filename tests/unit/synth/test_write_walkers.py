import numpy as np
import pytest

from mimicgait.errors import ConfigError, DataError
from mimicgait.synth import SynthConfig, generate, write_splits, write_walkers

FEW = SynthConfig(people=2, sequences=4, frames=8)


def test_a_store_holds_what_was_generated(tmp_path):
    store = write_walkers(tmp_path / "walkers", FEW, workers=2, progress=False)
    made = list(generate(FEW))
    assert store.keys == tuple(item.key for item in made)
    for i, item in enumerate(made):
        np.testing.assert_array_equal(store[i].frames, item.frames)
    assert "seed 0" in store.name
    assert "CC0" in store.licence


def test_two_writes_have_the_same_fingerprint(tmp_path):
    first = write_walkers(tmp_path / "a", FEW, workers=1, progress=False)
    second = write_walkers(tmp_path / "b", FEW, workers=2, progress=False)
    assert first.fingerprint == second.fingerprint


def test_an_existing_store_is_only_replaced_on_request(tmp_path):
    write_walkers(tmp_path / "walkers", FEW, workers=1, progress=False)
    with pytest.raises(DataError):
        write_walkers(tmp_path / "walkers", FEW, workers=1, progress=False)
    smaller = SynthConfig(people=1, sequences=2, frames=8)
    assert len(write_walkers(tmp_path / "walkers", smaller, workers=1, progress=False, overwrite=True)) == 2


def test_nothing_is_left_behind_when_rendering_fails(tmp_path, monkeypatch):
    def broken(config, workers=1):
        yield next(generate(config))
        raise RuntimeError("the lights went out")

    monkeypatch.setattr("mimicgait.synth.write.generate", broken)
    with pytest.raises(RuntimeError):
        write_walkers(tmp_path / "walkers", FEW, workers=1, progress=False)
    assert list(tmp_path.iterdir()) == []


def test_splits_are_stores_of_different_people(tmp_path):
    stores = write_splits(
        tmp_path / "out",
        {name: SynthConfig(people=1, sequences=2, frames=6, start=i) for i, name in enumerate("ab")},
        workers=1,
        progress=False,
    )
    assert {name: set(store.subjects) for name, store in stores.items()} == {"a": {"p00000"}, "b": {"p00001"}}
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a", "b"]


def test_overlapping_splits_and_unknown_sizes_are_refused(tmp_path):
    with pytest.raises(ConfigError, match="'b' share people: give 'b' start=3"):
        write_splits(
            tmp_path, {"a": SynthConfig(people=3), "b": SynthConfig(people=3, start=2)}, progress=False
        )
    with pytest.raises(ConfigError, match="did you mean 'small'"):
        write_splits(tmp_path, "smal", progress=False)
    assert list(tmp_path.iterdir()) == []
