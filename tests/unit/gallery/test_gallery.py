"""Enrol, identify, verify, remove: what a gallery answers."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
import torch

from mimicgait.distance import FlattenedEuclidean, PartwiseCosine, PartwiseEuclidean, VisibleEuclidean
from mimicgait.errors import ConfigError, DataError, ProtocolError, ShapeError
from mimicgait.gallery import Gallery, MemorySearch, Signature, proposals

MODEL = "a" * 64


@pytest.fixture
def gallery(tmp_path):
    with Gallery(tmp_path / "people.db") as opened:
        yield opened


def fill(gallery, walks):
    gallery.enroll_many([(name, [walk]) for name, walk in walks], consent="form")


def as_tensor(signatures):
    return torch.from_numpy(np.stack([s.values for s in signatures]).astype(np.float32))


@pytest.mark.parametrize("distance", [PartwiseEuclidean(), PartwiseCosine(), FlattenedEuclidean()])
def test_the_whole_ranking_is_that_of_brute_force_with_the_packages_distance(tmp_path, walkers, distance):
    enrolled, probes = walkers(40, 3), walkers(40, seed=1, noise=2.0)
    with Gallery(tmp_path / "people.db", distance=distance) as gallery:
        fill(gallery, enrolled)
        matrix = distance(as_tensor([s for _, s in probes]), as_tensor([s for _, s in enrolled]))
        for row, (_, probe) in zip(matrix.tolist(), probes, strict=True):
            best = {}
            for (name, _), value in zip(enrolled, row, strict=True):
                best[name] = min(value, best.get(name, np.inf))
            expected = sorted(best, key=best.get)
            ranking = gallery.identify(probe, limit=None)
            assert [c.name for c in ranking.candidates] == expected
            assert [c.distance for c in ranking.candidates] == pytest.approx(sorted(best.values()), abs=1e-5)
            assert ranking.exact
            assert gallery.identify(probe, limit=3).candidates == ranking.candidates[:3]


def half_seen(walks, seed):
    """Return the walks as MimicPlus would: directions, of which upper or lower parts are out of sight."""
    lower = np.random.default_rng(seed).random(len(walks)) < 0.5
    for (name, walk), hidden in zip(walks, lower, strict=True):
        values = walk.values / np.linalg.norm(walk.values.astype(float), axis=0)
        parts = values.shape[1] // 2
        values[:, parts:] *= not hidden
        values[:, :parts] *= hidden
        yield name, replace(walk, values=values, distance=VisibleEuclidean())


def test_walks_are_compared_by_the_distance_of_their_network(gallery, walkers):
    enrolled, probes = list(half_seen(walkers(40), 1)), list(half_seen(walkers(40, seed=1), 2))
    fill(gallery, enrolled)
    everybody = as_tensor([s for _, s in enrolled])
    for name, probe in probes:
        expected = VisibleEuclidean()(as_tensor([probe]), everybody)[0].numpy()
        ranking = gallery.identify(probe, limit=None)
        assert ranking.distance == "VisibleEuclidean"
        assert [c.distance for c in ranking.candidates] == pytest.approx(sorted(expected), abs=1e-5)
        own = expected[[n for n, _ in enrolled].index(name)]
        assert gallery.verify(name, probe).distance == pytest.approx(own, abs=1e-5)
    other = replace(probe, distance=PartwiseCosine())
    assert gallery.identify(other).distance == "PartwiseCosine"
    with Gallery(gallery.path, distance=PartwiseEuclidean()) as told:
        assert told.identify(probe).distance == "PartwiseEuclidean"


def test_who_is_half_seen_is_proposed_too(tmp_path, walkers):
    enrolled, probes = (list(half_seen(walkers(1500, seed=s, shape=(16, 8)), s)) for s in (0, 3))
    with (
        Gallery(tmp_path / "people.db", search=MemorySearch(approximate_above=1000)) as quick,
        Gallery(tmp_path / "people.db", search=MemorySearch(approximate_above=None)) as exact,
    ):
        fill(quick, enrolled)
        found = [
            [opened.identify(probe, limit=1).candidates[0].name for _, probe in probes[::30]]
            for opened in (quick, exact)
        ]
    assert found[0] == found[1]


def test_a_search_sees_what_was_enrolled_just_before(gallery, walkers):
    for number, (name, walk) in enumerate(walkers(20), 1):
        gallery.enroll(name, [walk], consent="form")
        ranking = gallery.identify(walk)
        assert ranking.candidates[0].name == name
        assert ranking.candidates[0].distance == pytest.approx(0, abs=2e-3)
        assert ranking.searched == number


def test_a_search_finds_nobody_who_was_removed(gallery, walkers):
    walks = walkers(10, 2)
    fill(gallery, walks)
    for name, walk in walks[:9]:
        assert gallery.identify(walk).candidates[0].name == name
        assert gallery.remove(name).walks == 2
        assert name not in [c.name for c in gallery.identify(walk, limit=None).candidates]
    assert [person.name for person in gallery.people()] == ["person 009"]


def test_somebody_with_many_walks_stands_in_the_list_once(gallery, walkers):
    (busy, walk), *others = walkers(12)
    gallery.enroll(busy, [walk] * 300, consent="form")
    fill(gallery, others)
    names = [c.name for c in gallery.identify(walk, limit=12).candidates]
    assert names[0] == busy
    assert sorted(names) == sorted({busy, *(name for name, _ in others)})


def test_another_gallery_object_sees_it_at_once(gallery, walkers):
    (ann, walk), (bob, other) = walkers(2)
    gallery.enroll(ann, [walk], consent="form")
    with Gallery(gallery.path) as second:
        assert second.identify(walk).searched == 1
        gallery.enroll(bob, [other], consent="form")
        assert second.identify(other).candidates[0].name == bob
        second.remove(bob)
        assert gallery.identify(other).candidates[0].name == ann


def test_verify_takes_the_nearest_walk_of_that_person(gallery, walkers):
    fill(gallery, walkers(5, 3))
    name, probe = walkers(5, seed=7)[2]
    own = [s for n, s in walkers(5, 3) if n == name]
    expected = PartwiseEuclidean()(as_tensor([probe]), as_tensor(own)).min().item()
    assert gallery.verify(name, probe).distance == pytest.approx(expected, abs=1e-5)
    with pytest.raises(DataError, match="nobody called 'eve'"):
        gallery.verify("eve", probe)


def test_templates_of_another_network_are_stale_and_never_compared(gallery, walkers):
    (ann, walk), (bob, other) = walkers(2)
    gallery.enroll(ann, [walk], consent="form")
    newer = Signature(values=other.values, model="b" * 64, frames=20)
    with pytest.raises(ProtocolError, match=r"no template is of network bbbbbbbbbbbb.*aaaaaaaaaaaa \(1\)"):
        gallery.identify(newer)
    gallery.enroll(bob, [newer], consent="form")
    ranking = gallery.identify(newer)
    assert ([c.name for c in ranking.candidates], ranking.searched, ranking.stale) == ([bob], 1, 1)
    with pytest.raises(ProtocolError, match="no template of network"):
        gallery.verify(ann, newer)


def test_mistakes_are_refused_and_leave_nothing(gallery, walkers):
    (ann, walk), (_, other) = walkers(2)
    with pytest.raises(ProtocolError, match="nobody is enrolled"):
        gallery.identify(walk)
    with pytest.raises(ConfigError, match="on which consent"):
        gallery.enroll(ann, [walk])
    with pytest.raises(ConfigError, match="1 to 200 printable"):
        gallery.enroll(" \n", [walk], consent="form")
    with pytest.raises(ConfigError, match="at least one walk"):
        gallery.enroll_many([(ann, [walk]), ("bob", [])], consent="form")
    assert len(gallery) == 0
    gallery.enroll(ann, [walk], consent="form")
    gallery.enroll(ann, [other])
    assert len(gallery.person(ann).walks) == 2
    wide = Signature(values=np.ones((9, 4)), model=MODEL, frames=1)
    with pytest.raises(ShapeError, match=r"\[8, 4\] before, got \[9, 4\]"):
        gallery.enroll(ann, [wide])
    with pytest.raises(ShapeError, match=r"expected a signature \[8, 4\]"):
        gallery.identify(wide)
    with pytest.raises(DataError, match="nobody called 'bob'"):
        gallery.remove("bob")
    with pytest.raises(DataError, match="no walk 'x'"):
        gallery.remove_walk("x")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"values": np.ones(3)}, r"signature \[c, p\] of floats"),
        ({"values": np.ones((2, 2), np.int64)}, "of floats"),
        ({"values": np.full((2, 2), 1e5)}, "finite"),
        ({"values": np.full((2, 2), np.nan)}, "finite"),
        ({"model": ""}, "hash of the network"),
        ({"frames": 0}, "a frame or more"),
        ({"hidden": 1.5}, "hidden share"),
    ],
)
def test_a_signature_checks_itself(changes, message):
    with pytest.raises((ShapeError, ConfigError), match=message):
        Signature(**{"values": np.ones((2, 2)), "model": MODEL, "frames": 1, **changes})


def test_removing_one_walk_leaves_the_person(gallery, walkers):
    walks = [walk for name, walk in walkers(1, 2)]
    first, second = gallery.enroll("ann", walks, consent="form").walks
    gallery.remove_walk(first, reason="bad outline")
    assert gallery.identify(walks[0]).candidates[0].walk == second
    gallery.remove_walk(second)
    assert gallery.person("ann").walks == ()


def test_threads_that_enrol_search_and_remove_do_not_disturb_each_other(gallery, walkers):
    walks = walkers(60)
    fill(gallery, walks[:20])

    def work(number):
        for name, walk in walks[20 + number :: 4]:
            gallery.enroll(name, [walk], consent="form")
            assert gallery.identify(walk).candidates[0].name == name
            if number % 2:
                gallery.remove(name)
                assert name not in [c.name for c in gallery.identify(walk, limit=None).candidates]

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(work, range(4)))
    assert gallery.identify(walks[0][1]).searched == len(gallery) == 40


@pytest.mark.parametrize("cells_above", [proposals.CELLS_ABOVE, 0])
def test_the_approximate_search_is_exact_about_whom_it_finds(tmp_path, walkers, monkeypatch, cells_above):
    monkeypatch.setattr(proposals, "CELLS_ABOVE", cells_above)
    enrolled = walkers(1500, shape=(16, 4))
    with (
        Gallery(tmp_path / "people.db", search=MemorySearch(approximate_above=1000)) as quick,
        Gallery(tmp_path / "people.db", search=MemorySearch(approximate_above=None)) as exact,
    ):
        fill(quick, enrolled)
        same = 0
        for name, probe in walkers(1500, seed=3, shape=(16, 4))[::30]:
            found, true = quick.identify(probe, limit=5), exact.identify(probe, limit=5)
            assert (found.exact, true.exact) == (False, True)
            all_true = {c.name: c.distance for c in exact.identify(probe, limit=None).candidates}
            assert all(c.distance == pytest.approx(all_true[c.name], abs=1e-5) for c in found.candidates)
            same += found.candidates[0].name == true.candidates[0].name == name
        assert same == 50
        name, probe = enrolled[0]
        quick.remove(name)
        assert quick.identify(probe).candidates[0].name != name
        quick.enroll(name, [probe], consent="form")
        assert quick.identify(probe).candidates[0].name == name
        assert len(quick.identify(probe, limit=None).candidates) == 1500
