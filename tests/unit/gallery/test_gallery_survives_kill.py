"""What was acknowledged is on the disk, however and whenever the process that enrolled it dies."""

import os
import signal
import sqlite3
import subprocess
import sys
import time

import numpy as np
import pytest

from mimicgait.gallery import Gallery

KILLS = 100

WORKER = """
import os, sys, time
import numpy as np
from mimicgait.gallery import Gallery, Signature

def enrol_for_ever(path, round):
    gallery = Gallery(path)
    number = 0
    while True:
        values = np.random.default_rng([round, number]).normal(size=(64, 16))
        walk = Signature(values=values, model="m", frames=30, silhouettes=np.ones((5, 64, 64), np.uint8))
        gallery.enroll(f"{round}-{number}", [walk, walk], consent="form")
        os.write(1, f"{round} {number}\\n".encode())
        number += 1

# Each child is a process of its own, forked before any thread was started, to save its imports.
for line in sys.stdin:
    child = os.fork()
    if not child:
        enrol_for_ever(sys.argv[1], int(line))
    os.write(1, f"child {child}\\n".encode())
    os.waitpid(child, 0)
    os.write(1, b"dead\\n")
"""


@pytest.mark.slow
def test_what_was_acknowledged_survives_a_hundred_kills(tmp_path):
    path = tmp_path / "people.db"
    random = np.random.default_rng(0)
    acknowledged = []
    nursery = subprocess.Popen(
        [sys.executable, "-c", WORKER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with nursery:
        for number in range(KILLS):
            nursery.stdin.write(f"{number}\n".encode())
            nursery.stdin.flush()
            child = int(nursery.stdout.readline().split()[1])
            may_die_before_its_first_word = number % 4 == 0
            lines = [] if may_die_before_its_first_word else [nursery.stdout.readline()]
            time.sleep(random.uniform(0, 0.03))
            os.kill(child, signal.SIGKILL)
            while (line := nursery.stdout.readline()) != b"dead\n":
                lines.append(line)
            acknowledged += [tuple(map(int, line.split())) for line in lines]
        nursery.stdin.close()
    assert len({number for number, _ in acknowledged}) >= KILLS * 3 / 4
    with Gallery(path) as gallery:
        people = {person.name: person for person in gallery.people()}
        assert {f"{a}-{b}" for a, b in acknowledged} <= people.keys()
        assert all(len(p.walks) == 2 and p.walks[1].models == ("m",) for p in people.values())
        check_bytes(gallery)
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def check_bytes(gallery):
    """Compare every template that is kept, acknowledged or not, with what was enrolled."""
    with gallery.store.reading() as connection:
        rows = connection.execute(
            "SELECT name, data FROM template JOIN walk ON walk.id = walk JOIN person ON person.id = person"
        ).fetchall()
    for name, data in rows:
        values = np.random.default_rng([int(part) for part in name.split("-")]).normal(size=(64, 16))
        assert data == values.astype(np.float16).tobytes()
