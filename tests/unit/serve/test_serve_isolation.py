"""Videos are read in a process that can be stopped, runs out of its own memory, and may die."""

import contextlib
import os
import signal
import threading
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from mimicgait.serve import Limits, RequestError
from mimicgait.serve.isolation import AbandonedError, watch_isolated
from mimicgait.serve.walkers import Walker, Watched, pack, unpack


@pytest.fixture(scope="module")
def long_video(tmp_path_factory):
    path = tmp_path_factory.mktemp("video") / "long.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 25.0, (640, 480))
    rng = np.random.default_rng(0)
    images = [rng.integers(0, 255, (480, 640, 3), dtype=np.uint8) for _ in range(5)]
    for i in range(200):
        writer.write(images[i % 5])
    writer.release()
    return path


def test_it_can_be_cancelled_while_it_runs(long_video):
    cancelled, shares = threading.Event(), []

    def progress(share):
        shares.append(share)
        cancelled.set()

    began = time.monotonic()
    with pytest.raises(AbandonedError):
        watch_isolated(long_video, Limits(), progress, cancelled)
    assert 0 < shares[0] < 1
    assert time.monotonic() - began < 60


def test_it_may_not_take_for_ever(long_video):
    with pytest.raises(RequestError, match="too long"):
        watch_isolated(long_video, Limits(video_work_seconds=0.01), lambda share: None, threading.Event())


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is bounded where /proc tells of it")
def test_it_may_not_take_all_memory(long_video):
    with pytest.raises(RequestError, match=r"memory|decoded|not a video|damaged"):
        watch_isolated(long_video, Limits(video_memory_bytes=1 << 20), lambda share: None, threading.Event())


def test_a_decoder_that_dies_takes_nobody_along(long_video):
    def kill(share):
        for task in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):  # other processes come and go meanwhile
                if task.read_text().rpartition(")")[2].split()[1] == parent:
                    os.kill(int(task.parent.name), signal.SIGKILL)

    parent = str(_forkserver())
    with pytest.raises(RequestError, match="gave up"):
        watch_isolated(long_video, Limits(), kill, threading.Event())


def _forkserver():
    from multiprocessing import forkserver

    forkserver.ensure_running()
    return forkserver._forkserver._forkserver_pid


def test_what_was_found_survives_the_way_between_the_processes():
    rng = np.random.default_rng(0)
    walkers = tuple(
        Walker(
            i,
            rng.integers(0, 2, (t, 64, 64), dtype=np.uint8),
            np.arange(t) / 25,
            rng.random((t, 4)),
            {"cut": i},
        )
        for i, t in ((1, 3), (2, 7))
    )
    back = unpack(pack(Watched(walkers, {"width": 3.0}, "a note")))
    assert (back.video, back.note) == ({"width": 3.0}, "a note")
    for sent, got in zip(walkers, back.walkers, strict=True):
        assert (got.number, got.dropped) == (sent.number, sent.dropped)
        assert all(
            np.array_equal(getattr(got, name), getattr(sent, name)) for name in ("frames", "times", "boxes")
        )
