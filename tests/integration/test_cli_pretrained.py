"""Commands without --model: they take a network that ships, the one that a gallery knows, or say why not."""

import json

import numpy as np
import pytest

from mimicgait import pretrained
from mimicgait.cli.main import main
from mimicgait.cli.watch import WatchOptions
from mimicgait.data import SequenceStore
from mimicgait.serve.config import ServeConfig

BEST = f"pretrained:{pretrained.best()}"


@pytest.fixture
def run(capsys):
    def call(*words):
        code = main([str(word) for word in words])
        told = capsys.readouterr()
        return code, told.out, told.err

    return call


def test_embed_takes_the_best_and_says_so(tmp_path, run, walkers):
    code, out, err = run("embed", walkers / "val", tmp_path / "a.npz")
    assert code == 0, err
    assert f"note: {BEST} (" in err
    assert "apache-2.0" in err
    assert "synthetic walkers" in err
    with np.load(tmp_path / "a.npz") as found:
        assert found["model"] == BEST
        assert np.isfinite(found["embeddings"]).all()
        assert str(found["distance"]) == "VisibleEuclidean"
    assert "signatures of" in out


def test_people_are_found_again_without_naming_a_network(tmp_path, run, walkers):
    store, db, out = walkers / "test", tmp_path / "people.db", tmp_path / "answers.json"
    assert run("enroll", store, "--gallery", db, "--consent", "made of numbers")[0] == 0
    code, said, err = run("identify", store, "--gallery", db, "--out", out)
    assert code == 0
    assert f"note: {BEST} (" in err
    assert "% hidden" in said  # the visibility network that ships was asked
    rows = json.loads(out.read_text())
    assert len(rows) == len(SequenceStore(store))
    assert all(row["ranking"][0]["candidate"]["name"] == row["subject"] for row in rows)


def test_the_network_of_the_gallery_counts(tmp_path, run, walkers):
    store, db = walkers / "test", tmp_path / "people.db"
    common = ("--gallery", db, "--consent", "made of numbers")
    assert run("enroll", store, *common, "--model", "pretrained:teacher")[0] == 0
    for words in (("identify", store, "--gallery", db), ("enroll", store, *common)):
        code, said, err = run(*words)
        assert code == 0
        assert "note: pretrained:teacher (" in err
        assert "% hidden" in said


def test_a_gallery_of_another_network_asks_for_it(tmp_path, run, walkers, networks):
    store, db = walkers / "val", tmp_path / "people.db"
    words = ("--gallery", db, "--model", networks / "teacher", "--consent", "made of numbers")
    assert run("enroll", store, *words)[0] == 0
    code, _, err = run("identify", store, "--gallery", db)
    assert code == 2
    assert f"{db} was made with the network" in err
    assert "none of those that ship" in err
    assert "--model" in err


def test_a_calibration_counts_where_nobody_is_enrolled(tmp_path, run, walkers):
    rules = tmp_path / "calibration.json"
    words = ("--draws", 1, "--fpir", 0.3, "--model", "pretrained:teacher")
    assert run("calibrate", walkers / "test", rules, *words)[0] == 0
    known = tmp_path / "known"
    known.mkdir()
    (known / "ann").symlink_to(walkers / "val")
    code, _, err = run("identify", walkers / "val", "--known", known, "--calibration", rules)
    assert code == 2  # the store has several people: but the network was chosen before
    assert "note: pretrained:teacher (" in err


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ("pretrained:mimik", "did you mean 'mimic'?"),
        ("pretrained:visibility", "gives no signatures"),
        ("mimic", "the network that ships with mimicgait is pretrained:mimic"),
    ],
)
def test_a_wrong_name_is_refused(tmp_path, run, walkers, monkeypatch, model, message):
    monkeypatch.chdir(tmp_path)
    code, _, err = run("embed", walkers / "val", "a.npz", "--model", model)
    assert code == 2
    assert message in err
    assert not (tmp_path / "a.npz").exists()


def test_the_card_of_what_ships_is_not_rewritten(run):
    before = (pretrained.folder("teacher") / "README.md").read_bytes()
    code, _, err = run("hub", "card", "pretrained:teacher", "--licence", "mit")
    assert code == 2
    assert "ships with its card" in err
    assert (pretrained.folder("teacher") / "README.md").read_bytes() == before


def test_watch_and_serve_need_no_network(tmp_path):
    assert WatchOptions("0").model is None
    assert ServeConfig(gallery=tmp_path / "people.db").model is None
