import os
import pickle
import signal

import joblib
import numpy as np
import pytest

from mimicgait.data import OpenGaitEntry, Partition, SequenceStore, import_opengait
from mimicgait.data.transfer import SAMPLES
from mimicgait.errors import ConfigError, DataError


class Harm:
    def __reduce__(self):
        return os.system, ("echo harm > proof",)


def spoil(dataset, add):
    """Make five of the twelve sequences unreadable, each in its own way."""
    cut = dataset / "001" / "nm-01" / "000" / "000.pkl"
    cut.write_bytes(cut.read_bytes()[:3000])
    (dataset / "001" / "nm-01" / "090" / "090.pkl").write_bytes(pickle.dumps(Harm()))
    (dataset / "002" / "bg-01" / "000" / "000.pkl").write_bytes(b"")
    (dataset / "002" / "bg-01" / "090" / "090.pkl").unlink()
    add(dataset, "010/nm-01/000", np.zeros((3, 128, 128), np.uint8))


def listing(tmp_path):
    return sorted(os.listdir(tmp_path))


def test_all_of_a_data_set(dataset, tmp_path, sequence):
    report = import_opengait(dataset, tmp_path / "out", licence="research only")
    assert (report.path, report.imported, report.resumed) == (tmp_path / "out", 12, 0)
    assert (report.bad, report.unlisted, report.ok) == ([], (), True)
    store = SequenceStore(tmp_path / "out", verify=True)
    assert (store.name, store.licence) == ("casia", "research only")
    for item in store:
        key = f"{item.key.subject}/{item.key.type}/{item.key.view}"
        assert np.array_equal(item.frames, sequence(key, 4).frames)
        assert item.source == f"{key}/{item.key.view}.pkl"
    assert listing(tmp_path) == ["casia", "out"]


def test_bad_files_are_listed_and_the_rest_is_imported(dataset, tmp_path, add, monkeypatch):
    monkeypatch.chdir(tmp_path)
    spoil(dataset, add)
    report = import_opengait(dataset, tmp_path / "out")
    assert (report.imported, report.ok) == (7, False)
    reasons = {path.relative_to(dataset).as_posix(): reason for path, reason in report.bad}
    assert {path: reason[:20] for path, reason in reasons.items()} == {
        "002/bg-01/090": "is empty: it has no ",
        "001/nm-01/000/000.pkl": "is cut short or dama",
        "001/nm-01/090/090.pkl": "holds more than an a",
        "002/bg-01/000/000.pkl": "is empty: copy it ag",
        "010/nm-01/000/000.pkl": "is of size 128x128, ",
    }
    assert len(SequenceStore(tmp_path / "out", verify=True)) == 7
    assert listing(tmp_path) == ["casia", "out"]  # and no proof of harm


def test_when_nothing_can_be_read_nothing_is_written(dataset, tmp_path):
    for path in dataset.rglob("*.pkl"):
        path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(
        DataError, match=r"not one sequence could be imported.*The first: .*000\.pkl: is cut short"
    ):
        import_opengait(dataset, tmp_path / "out")
    assert listing(tmp_path) == ["casia"]


@pytest.mark.parametrize("root", ["caisa", "empty", "casia/001"])
def test_a_wrong_root_writes_nothing(dataset, tmp_path, root):
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match=r"is no folder|holds no sequence"):
        import_opengait(tmp_path / root, tmp_path / "out")
    assert listing(tmp_path) == ["casia", "empty"]


@pytest.mark.parametrize(
    ("subset", "people"), [(None, ["010", "001"]), ("train", ["010"]), ("test", ["001"])]
)
def test_only_people_of_the_partition_are_imported(dataset, tmp_path, subset, people):
    partition = Partition(("010",), ("001",))
    (dataset / "002" / "cl-01").mkdir()  # a problem of somebody who is not wanted
    report = import_opengait(dataset, tmp_path / "out", partition, subset=subset)
    assert list(dict.fromkeys(SequenceStore(tmp_path / "out").subjects)) == people
    assert (report.unlisted, report.bad) == (("002",), [])


def test_a_partition_that_fits_nobody(dataset, tmp_path):
    with pytest.raises(DataError, match="not on disk"):
        import_opengait(dataset, tmp_path / "out", Partition(("a",), ()))
    with pytest.raises(DataError, match="names nobody who is on disk"):
        import_opengait(dataset, tmp_path / "out", Partition(("a",), ()), allow_missing=True)
    assert listing(tmp_path) == ["casia"]


def test_settings_that_make_no_sense(dataset, tmp_path):
    with pytest.raises(ConfigError, match="did you mean 'train'"):
        import_opengait(dataset, tmp_path / "out", Partition(("001",), ()), subset="trian")
    with pytest.raises(ConfigError, match="needs a partition"):
        import_opengait(dataset, tmp_path / "out", subset="train")


def test_an_existing_store_is_replaced_only_on_request(dataset, tmp_path):
    import_opengait(dataset, tmp_path / "out", name="first")
    with pytest.raises(DataError, match="exists already"):
        import_opengait(dataset, tmp_path / "out", name="second")
    assert SequenceStore(tmp_path / "out").name == "first"
    import_opengait(dataset, tmp_path / "out", name="second", overwrite=True)
    assert SequenceStore(tmp_path / "out").name == "second"
    assert listing(tmp_path) == ["casia", "out"]


def kill_while_importing(dataset, out, monkeypatch, after=SAMPLES + 5):
    """Fork an import that is killed when it opens its sixth file after those that tell the size."""
    opened = 0
    load = OpenGaitEntry.load

    def read_some(entry):
        nonlocal opened
        opened += 1
        if opened > after:
            os.kill(os.getpid(), signal.SIGKILL)
        return load(entry)

    child = os.fork()
    if child == 0:
        try:
            monkeypatch.setattr(OpenGaitEntry, "load", read_some)
            import_opengait(dataset, out)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)


def test_a_killed_import_leaves_no_store_and_goes_on_when_started_again(dataset, tmp_path, monkeypatch):
    out = tmp_path / "out"
    kill_while_importing(dataset, out, monkeypatch)
    assert not out.exists()
    report = import_opengait(dataset, out)
    assert (report.imported, report.resumed) == (12, 5)
    import_opengait(dataset, tmp_path / "whole")
    assert SequenceStore(out, verify=True).fingerprint == SequenceStore(tmp_path / "whole").fingerprint
    assert listing(tmp_path) == ["casia", "out", "whole"]


@pytest.mark.parametrize(
    ("settings", "message"),
    [({"size": "128x88"}, "expected 128x88"), ({"partition": Partition(("0",), ())}, "not on disk")],
)
def test_a_mistake_in_between_does_not_cost_what_a_killed_import_has_read(
    dataset, tmp_path, monkeypatch, settings, message
):
    out = tmp_path / "out"
    kill_while_importing(dataset, out, monkeypatch)
    with pytest.raises(DataError, match=message):
        import_opengait(dataset, out, **settings)
    assert import_opengait(dataset, out).resumed == 5
    assert listing(tmp_path) == ["casia", "out"]


def test_a_killed_import_of_other_people_is_not_continued(dataset, tmp_path, monkeypatch):
    out = tmp_path / "out"
    kill_while_importing(dataset, out, monkeypatch)
    report = import_opengait(dataset, out, Partition(("010",), ("002",)))
    assert (report.imported, report.resumed) == (8, 0)
    assert set(SequenceStore(out).subjects) == {"010", "002"}


def test_many_sequences_keep_their_order_whoever_reads_them(tmp_path, add, sequence):
    for person in range(60):
        add(tmp_path / "many", f"{person:03d}/nm-01/000", sequence(f"{person}/a/b", 1 + person % 7).frames)
    (tmp_path / "many" / "031" / "nm-01" / "000" / "000.pkl").write_bytes(b"bad")
    reports = [import_opengait(tmp_path / "many", tmp_path / f"{n}", workers=n) for n in (1, 3)]
    assert [report.imported for report in reports] == [59, 59]
    assert reports[0].bad == reports[1].bad
    stores = [SequenceStore(report.path, verify=True) for report in reports]
    assert stores[0].fingerprint == stores[1].fingerprint
    assert list(stores[1].subjects) == [f"{person:03d}" for person in range(60) if person != 31]


def test_no_workers_is_a_mistake(dataset, tmp_path):
    with pytest.raises(ConfigError, match="expected 1 or more, or -1"):
        import_opengait(dataset, tmp_path / "out", workers=0)
    assert listing(tmp_path) == ["casia"]


@pytest.mark.slow
def test_other_backends_of_joblib_read_too(dataset, tmp_path, add):
    (dataset / "002" / "nm-01" / "000" / "000.pkl").write_bytes(b"bad")
    with joblib.parallel_config(backend="loky", n_jobs=2):  # processes, as on a cluster
        report = import_opengait(dataset, tmp_path / "out", workers=-1)
    assert (report.imported, len(report.bad)) == (11, 1)
    here = import_opengait(dataset, tmp_path / "here")
    assert SequenceStore(report.path).fingerprint == SequenceStore(here.path).fingerprint


def test_progress_is_shown_on_request(dataset, tmp_path, capsys):
    import_opengait(dataset, tmp_path / "out")
    assert capsys.readouterr() == ("", "")
    import_opengait(dataset, tmp_path / "out2", progress=True)
    assert "import" in capsys.readouterr().err
