"""Qdrant behind the same interface, in the client's local mode."""

import pytest

from mimicgait.distance import PartwiseCosine, PartwiseEuclidean, VisibleEuclidean
from mimicgait.errors import ConfigError
from mimicgait.gallery import Gallery, QdrantSearch, new_key

pytest.importorskip("qdrant_client", reason="the extra `scale` is not installed")


def fill(gallery, walks):
    gallery.enroll_many([(name, [walk]) for name, walk in walks], consent="form")


@pytest.mark.parametrize("distance", [PartwiseEuclidean(), PartwiseCosine(), VisibleEuclidean()])
def test_it_finds_whom_the_exact_search_finds(tmp_path, walkers, distance):
    with (
        Gallery(tmp_path / "p.db", distance=distance, search=QdrantSearch(":memory:")) as gallery,
        Gallery(tmp_path / "p.db", distance=distance) as exact,
    ):
        fill(gallery, walkers(30, 2))
        for name, probe in walkers(30, seed=5)[::6]:
            found, true = gallery.identify(probe, limit=4), exact.identify(probe, limit=4)
            assert found.candidates[0].name == name
            assert [c.name for c in found.candidates] == [c.name for c in true.candidates]
            assert found.candidates[0].distance == pytest.approx(true.candidates[0].distance, abs=1e-5)
            assert (found.exact, found.searched) == (False, 30)
        assert len(gallery.identify(probe, limit=None).candidates) == 30
        gallery.remove(name)
        assert name not in [c.name for c in gallery.identify(probe, limit=29).candidates]
        gallery.enroll(name, [probe], consent="form")
        assert gallery.identify(probe).candidates[0].name == name


def test_what_an_earlier_process_left_is_brought_up_to_date(tmp_path, walkers):
    walks = walkers(8)
    search = QdrantSearch(path=str(tmp_path / "qdrant"))
    with Gallery(tmp_path / "p.db", search=search) as gallery:
        fill(gallery, walks[:5])
        assert gallery.identify(walks[0][1]).searched == 5
    with Gallery(tmp_path / "p.db") as gallery:
        gallery.remove(walks[0][0])
        fill(gallery, walks[5:])
    with Gallery(tmp_path / "p.db", search=search) as gallery:
        assert gallery.identify(walks[0][1]).candidates[0].name != walks[0][0]
        assert gallery.identify(walks[7][1]).candidates[0].name == walks[7][0]
        assert gallery.identify(walks[7][1]).searched == 7


def test_an_encrypted_gallery_is_not_given_away(tmp_path, walkers):
    with Gallery(tmp_path / "p.db", key=new_key(), search=QdrantSearch(":memory:")) as gallery:
        fill(gallery, walkers(2))
        with pytest.raises(ConfigError, match="in the clear"):
            gallery.identify(walkers(2)[0][1])
    with pytest.raises(ConfigError, match="address of a server"):
        QdrantSearch()
