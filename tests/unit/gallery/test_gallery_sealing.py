"""With a key in the environment, nothing biometric lies in the file in the clear."""

import sqlite3

import numpy as np
import pytest

from mimicgait.errors import ConfigError, DataError
from mimicgait.gallery import Gallery, Signature, new_key, queries
from mimicgait.gallery.sealing import VARIABLE, Sealed

VALUES = np.random.default_rng(0).normal(size=(16, 4)).astype(np.float16)
FRAMES = (np.random.default_rng(1).random((3, 64, 64)) > 0.5).astype(np.uint8)
WALK = Signature(values=VALUES, model="m", frames=3, silhouettes=FRAMES)


@pytest.fixture
def sealed(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, new_key())
    path = tmp_path / "people.db"
    with Gallery(path) as gallery:
        gallery.enroll("ann", [WALK], consent="form")
    return path


def test_templates_come_back_with_the_key_and_are_not_in_the_file(sealed):
    assert VALUES.tobytes() not in sealed.read_bytes()
    with Gallery(sealed) as gallery:
        assert gallery.store.sealed
        assert gallery.identify(WALK).candidates[0].distance == 0
        (uid,) = [walk.id for walk in gallery.person("ann").walks]
        frames, _ = queries.silhouettes_of(gallery.store, uid)
        np.testing.assert_array_equal(frames, FRAMES)


def test_another_key_or_none_is_refused(sealed, monkeypatch):
    with pytest.raises(DataError, match="another key"):
        Gallery(sealed, key=new_key())
    monkeypatch.delenv(VARIABLE)
    with pytest.raises(ConfigError, match=f"is encrypted: put its key into {VARIABLE}"):
        Gallery(sealed)


def test_a_gallery_in_the_clear_is_not_taken_for_an_encrypted_one(tmp_path):
    with Gallery(tmp_path / "people.db", key="") as gallery:
        gallery.enroll("ann", [WALK], consent="form")
    with pytest.raises(ConfigError, match="is not encrypted"):
        Gallery(tmp_path / "people.db", key=new_key())
    with Gallery(tmp_path / "people.db", key="") as gallery:
        assert not gallery.store.sealed


def test_a_template_that_was_moved_to_another_walk_does_not_open(sealed):
    with Gallery(sealed) as gallery:
        other = Signature(values=VALUES[::-1], model="m", frames=3)
        gallery.enroll("bob", [other], consent="form")
    with sqlite3.connect(sealed) as connection:
        connection.execute("UPDATE template SET data = (SELECT data FROM template WHERE id = 1)")
    connection.close()
    with Gallery(sealed) as gallery, pytest.raises(DataError, match="do not open"):
        gallery.identify(WALK)


@pytest.mark.parametrize(("key", "message"), [("no base64!", "is no base64"), ("YWJj", "expected 32 bytes")])
def test_a_key_that_is_none_is_refused(key, message):
    with pytest.raises(ConfigError, match=message):
        Sealed(key)


def test_a_file_of_something_else_is_refused(tmp_path):
    with sqlite3.connect(tmp_path / "other.db") as connection:
        connection.execute("CREATE TABLE mine (x)")
    connection.close()
    with pytest.raises(DataError, match="SQLite file of something else"):
        Gallery(tmp_path / "other.db")
    (tmp_path / "notes.txt").write_text("no database, but long enough to be taken for one " * 50)
    with pytest.raises(DataError, match="cannot be opened as a gallery"):
        Gallery(tmp_path / "notes.txt")
    with pytest.raises(DataError, match="no gallery of that name"):
        Gallery(tmp_path / "absent.db", create=False)
    with pytest.raises(DataError, match="cannot be made"):
        Gallery(tmp_path / "absent" / "people.db")
