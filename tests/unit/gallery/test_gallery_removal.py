"""Removed is removed: not a byte of a template is left in the file or beside it."""

import sqlite3
import subprocess
import sys

import numpy as np
import pytest

from mimicgait.gallery import Gallery, Signature

MODEL = "c" * 64


def walk(number, shape=(64, 16)):
    values = np.random.default_rng(number).normal(size=shape).astype(np.float16)
    frames = (np.random.default_rng(number).random((12, 64, 64)) > 0.5).astype(np.uint8)
    return Signature(
        values=values, model=MODEL, frames=12, source=f"/films/of-person-{number}.mp4", silhouettes=frames
    )


def remains(folder, number, shape=(64, 16)):
    """List traces of a person: any 16 bytes of the template, the name, or the source, in any file."""
    template = walk(number, shape).values.tobytes()
    needles = [template[i : i + 16] for i in range(0, len(template) - 16, 16)]
    needles += [f"of-person-{number}.".encode(), f"name-{number}-".encode(), f"form-{number}-".encode()]
    contents = [file.read_bytes() for file in folder.iterdir()]
    return [needle for needle in needles if any(needle in content for content in contents)]


def fill(gallery, count, shape=(64, 16)):
    for number in range(count):
        gallery.enroll(f"name-{number}-", [walk(number, shape)] * 2, consent=f"form-{number}-")


@pytest.mark.parametrize("shape", [(64, 16), (256, 16), (8, 1)])
def test_not_a_byte_is_left(tmp_path, shape):
    with Gallery(tmp_path / "people.db") as gallery:
        fill(gallery, 30, shape)
        assert remains(tmp_path, 7, shape)
        removal = gallery.remove("name-7-", reason="asked to be removed")
        assert (removal.walks, removal.wiped) == (2, True)
        assert not remains(tmp_path, 7, shape)
        assert remains(tmp_path, 8, shape)
        gallery.remove_walk(gallery.person("name-9-").walks[0].id)
        gallery.remove_walk(gallery.person("name-9-").walks[0].id)
        assert remains(tmp_path, 9, shape) == [
            b"name-9-",
            b"form-9-",
        ]
        assert gallery.events()[-3].detail == {"person": 8, "walks": 2, "reason": "asked to be removed"}


def test_a_reader_in_another_process_delays_the_wiping_and_the_next_opening_catches_up(tmp_path):
    path = tmp_path / "people.db"
    with Gallery(path) as gallery:
        fill(gallery, 3)
        reader = sqlite3.connect(path)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM walk").fetchone()  # holds the log for as long as it likes
        gallery.store.wipe_seconds = 0.1
        assert not gallery.remove("name-1-").wiped
        reader.close()
    with Gallery(path):
        assert not remains(tmp_path, 1)
        assert remains(tmp_path, 2)


def test_a_process_that_dies_between_removal_and_wiping_leaves_the_wiping_to_the_next(tmp_path):
    path = tmp_path / "people.db"
    with Gallery(path) as gallery:
        fill(gallery, 3)
    die = (
        "import os, sys; from mimicgait.gallery import Gallery, store; "
        "store.wipe = lambda *a, **k: os._exit(9); Gallery(sys.argv[1]).remove('name-1-')"
    )
    assert subprocess.run([sys.executable, "-c", die, str(path)]).returncode == 9
    assert remains(tmp_path, 1)
    with Gallery(path) as gallery:
        assert [person.name for person in gallery.people()] == ["name-0-", "name-2-"]
        assert not remains(tmp_path, 1)


def test_only_the_owner_may_read_the_files(tmp_path):
    with Gallery(tmp_path / "people.db") as gallery:
        fill(gallery, 1)
        assert {file.stat().st_mode & 0o777 for file in tmp_path.iterdir()} == {0o600}
        assert len(list(tmp_path.iterdir())) == 3
