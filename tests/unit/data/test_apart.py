"""Processes that read for an import: the store is the same to the last byte, whoever read or died."""

import os
import signal
import threading
import time

import numpy as np
import pytest

from mimicgait.data import OpenGaitEntry, SequenceStore, StoreWriter, apart, import_opengait, readers

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")


@pytest.fixture
def many(tmp_path, add, sequence, monkeypatch):
    """Make 60 sequences of 1 to 7 frames, of which four cannot be read; tasks are of three."""
    root = tmp_path / "many"
    for person in range(60):
        add(root, f"{person:03d}/nm-01/000", sequence(f"{person}/a/b", 1 + person % 7).frames)
    for person in (0, 31, 32, 59):
        (root / f"{person:03d}" / "nm-01" / "000" / "000.pkl").write_bytes(b"bad" * (person + 1))
    monkeypatch.setattr(apart, "TASK", 3)
    monkeypatch.setattr(readers, "can_fork", lambda: True)  # whatever the test runner's threads are
    return root


@pytest.fixture
def forks(monkeypatch):
    """Count the processes that are started."""
    started = []
    start = apart._start
    monkeypatch.setattr(apart, "_start", lambda *given: started.append(start(*given)) or started[-1])
    return started


def content(store):
    return {path.name: path.read_bytes() for path in store.iterdir()}


def in_helpers(monkeypatch, act):
    """Let `act` happen before each reading that is not this process's."""
    here, load = os.getpid(), OpenGaitEntry.load

    def watched(entry):
        if os.getpid() != here:
            act(entry)
        return load(entry)

    monkeypatch.setattr(OpenGaitEntry, "load", watched)


def slowly(_):
    time.sleep(0.001)


@pytest.mark.parametrize("workers", [2, 3])
@pytest.mark.parametrize("slot", [apart.SLOT_BYTES, 512 * 8, 512])
def test_the_store_is_the_same_to_the_last_byte(many, tmp_path, forks, monkeypatch, workers, slot):
    alone = import_opengait(many, tmp_path / "alone", workers=1)
    assert not forks
    monkeypatch.setattr(apart, "SLOT_BYTES", slot)
    together = import_opengait(many, tmp_path / "together", workers=workers)
    assert len(forks) == workers - 1
    assert content(together.path) == content(alone.path)
    assert together.bad == alone.bad
    assert (len(alone.bad), alone.imported, together.imported) == (4, 56, 56)
    SequenceStore(together.path, verify=True)


def test_nobody_is_started_without_a_task(many, tmp_path, forks, monkeypatch):
    monkeypatch.setattr(apart, "TASK", 20)
    assert import_opengait(many, tmp_path / "out", workers=50).imported == 56
    assert len(forks) == 2  # of three tasks this process does one


def test_slow_helpers_and_a_slow_parent_change_nothing(many, tmp_path, monkeypatch):
    alone = import_opengait(many, tmp_path / "alone", workers=1)
    with monkeypatch.context() as patch:
        in_helpers(patch, slowly)
        assert content(import_opengait(many, tmp_path / "a", workers=3).path) == content(alone.path)
    add = StoreWriter.add_packed
    monkeypatch.setattr(StoreWriter, "add_packed", lambda *given: slowly(given) or add(*given))
    assert content(import_opengait(many, tmp_path / "b", workers=3).path) == content(alone.path)


@pytest.mark.parametrize("workers", [2, 4])
def test_what_a_killed_helper_had_to_do_is_read_here(many, tmp_path, monkeypatch, caplog, workers):
    def die(entry):
        slowly(entry)
        if entry.key.subject in {"007", "020", "033"}:
            os.kill(os.getpid(), signal.SIGKILL)

    alone = import_opengait(many, tmp_path / "alone", workers=1)
    in_helpers(monkeypatch, die)
    report = import_opengait(many, tmp_path / "out", workers=workers)
    assert content(report.path) == content(alone.path)
    assert report.bad == alone.bad


def test_helpers_that_all_die_at_once(many, tmp_path, monkeypatch, caplog):
    in_helpers(monkeypatch, lambda _: os._exit(1))
    report = import_opengait(many, tmp_path / "out", workers=3)
    assert report.imported == 56
    assert caplog.text.count("was ended") == 2


def test_no_process_can_be_started(many, tmp_path, monkeypatch):
    def refuse():
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(apart.os, "fork", refuse)
    assert import_opengait(many, tmp_path / "out", workers=3).imported == 56


def test_a_mistake_in_the_reading_is_raised_here_and_no_process_stays(many, tmp_path, forks, monkeypatch):
    def wrong(entry):
        raise ZeroDivisionError(entry.key)

    monkeypatch.setattr(OpenGaitEntry, "load", wrong)
    with pytest.raises(ZeroDivisionError):
        import_opengait(many, tmp_path / "out", workers=2, size="64x64")
    for helper in forks:
        with pytest.raises(ProcessLookupError):
            os.kill(helper.pid, 0)


def test_a_killed_import_goes_on_and_leaves_no_process(many, tmp_path, monkeypatch):
    out, before = tmp_path / "out", 17
    parent = os.fork()
    if parent == 0:
        try:
            add = StoreWriter.add_packed

            def add_some(writer, *given):
                if len(writer) == before:
                    os.kill(os.getpid(), signal.SIGKILL)
                add(writer, *given)

            monkeypatch.setattr(StoreWriter, "add_packed", add_some)
            in_helpers(monkeypatch, slowly)
            import_opengait(many, out, workers=3)
        finally:
            os._exit(1)
    _, status = os.waitpid(parent, 0)
    assert os.WIFSIGNALED(status)
    report = import_opengait(many, out, workers=3)  # at once: nobody holds the folder any more
    assert (report.imported, report.resumed) == (56, before)
    assert content(report.path) == content(import_opengait(many, tmp_path / "whole", workers=1).path)


def test_an_interrupted_import_leaves_no_process(many, tmp_path, forks, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(StoreWriter, "add_packed", interrupt)
    with pytest.raises(KeyboardInterrupt):
        import_opengait(many, tmp_path / "out", workers=3)
    assert len(forks) == 2
    for helper in forks:
        with pytest.raises(ProcessLookupError):
            os.kill(helper.pid, 0)


def test_more_is_read_together_with_what_is_known(many, tmp_path, add, sequence):
    import_opengait(many, tmp_path / "out", workers=2)
    for person in range(0, 60, 2):
        add(many, f"{person:03d}/nm-01/000", sequence(f"{person}/new/b", 9).frames)
    again = import_opengait(many, tmp_path / "out", workers=3)
    assert (again.resumed, again.imported) == (28, 58)
    whole = import_opengait(many, tmp_path / "whole", workers=1)
    assert SequenceStore(again.path, verify=True).fingerprint == SequenceStore(whole.path).fingerprint


def test_a_little_work_is_left_to_one_and_much_is_not(many, tmp_path, forks, monkeypatch):
    monkeypatch.setattr(readers, "effective_n_jobs", lambda _: 2)
    monkeypatch.setattr(readers, "WORTH", 60.0)
    import_opengait(many, tmp_path / "little")
    assert not forks
    monkeypatch.setattr(readers, "LOOK", 0.0)
    monkeypatch.setattr(readers, "WORTH", 0.0)
    import_opengait(many, tmp_path / "much")
    assert len(forks) == 1
    assert content(tmp_path / "much") == content(tmp_path / "little")


def test_nobody_is_forked_beside_other_threads(many, tmp_path, forks, monkeypatch):
    monkeypatch.setattr(readers, "can_fork", apart.can_fork)
    done = threading.Event()
    other = threading.Thread(target=done.wait)
    other.start()
    try:
        for workers in (-1, 2):
            assert import_opengait(many, tmp_path / f"{workers}", workers=workers).imported == 56
    finally:
        done.set()
        other.join()
    assert not forks


def test_images_are_read_here(tmp_path, forks, monkeypatch):
    cv2 = pytest.importorskip("cv2")
    folder = tmp_path / "raw" / "001" / "nm-01" / "000"
    folder.mkdir(parents=True)
    image = np.zeros((90, 70), np.uint8)
    image[10:80, 20:50] = 255
    for number in range(3):
        cv2.imwrite(str(folder / f"{number}.png"), image)
    monkeypatch.setattr(readers, "can_fork", lambda: True)
    assert import_opengait(tmp_path / "raw", tmp_path / "out", workers=2).imported == 1
    assert not forks
