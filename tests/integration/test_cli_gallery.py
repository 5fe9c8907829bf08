"""From files to an answer: enroll, calibrate, identify, verify and the gallery's own commands."""

import json

import cv2
import pytest

from mimicgait.cli.main import main
from mimicgait.data import SequenceStore
from mimicgait.gallery import Calibration, Gallery
from mimicgait.models import save_model
from mimicgait.models.backbones import GaitBase


@pytest.fixture(scope="module")
def calibration(tmp_path_factory, walkers, networks):
    path = tmp_path_factory.mktemp("calibration") / "calibration.json"
    words = ["calibrate", walkers / "test", path, "--model", networks / "mimic", "--draws", 1, "--fpir", 0.3]
    assert main([str(word) for word in words]) == 0
    return path


@pytest.fixture
def run(capsys):
    def call(*words):
        code = main([str(word) for word in words])
        told = capsys.readouterr()
        return code, told.out, told.err

    return call


@pytest.fixture
def masks(tmp_path, walkers):
    """Return a function that writes a walk of a store as a folder of masks."""
    store = SequenceStore(walkers / "test")

    def write(position, folder):
        folder.mkdir(parents=True)
        for number, frame in enumerate(store[position].frames):
            cv2.imwrite(str(folder / f"{number}.png"), frame * 255)
        return folder

    return write


def test_enrolled_walks_are_found_again(tmp_path, run, walkers, networks, calibration):
    db, store = tmp_path / "people.db", SequenceStore(walkers / "test")
    common = ("--gallery", db, "--model", networks / "mimic")
    code, out, _ = run("enroll", walkers / "test", *common, "--consent", "made of numbers")
    assert code == 0
    assert out.count("walks enrolled") == len(set(store.subjects))
    answers = tmp_path / "answers.json"
    code, out, _ = run(
        "identify", walkers / "test", *common, "--calibration", calibration, "--limit", 3, "--out", answers
    )
    assert code == 0
    rows = json.loads(answers.read_text())
    assert len(rows) == len(store) == out.count("the first of the list is right with a probability of")
    for row in rows:
        first = row["ranking"][0]["candidate"]
        assert (first["name"], len(row["ranking"])) == (row["subject"], 3)
        assert first["distance"] == pytest.approx(0, abs=0.01)
        assert row["answer"] in ("named", "unknown", "too little seen to say", "undecided")
        assert row["reason"]
    subject = store.subjects[0]
    code, out, _ = run(
        "verify", subject, walkers / "test", *common, "--calibration", calibration, "--person", 1
    )
    assert code == 0
    assert "alike" in out


def test_the_calibration_knows_where_it_comes_from(walkers, networks, calibration):
    made = Calibration.load(calibration)
    store = SequenceStore(walkers / "test")
    assert (made.data["fingerprint"], made.data["draws"]) == (store.fingerprint, 1)
    assert made.people == len(set(store.subjects)) - 1
    assert made.by_visibility


def test_a_folder_of_known_people_is_enough(tmp_path, run, walkers, networks, masks):
    store = SequenceStore(walkers / "test")
    one, other = 0, next(i for i, s in enumerate(store.subjects) if s != store.subjects[0])
    masks(one, tmp_path / "people" / "ann" / "monday")
    masks(other, tmp_path / "people" / "bob")
    probe = masks(one, tmp_path / "unknown")
    code, out, _ = run("identify", probe, "--known", tmp_path / "people", "--model", networks / "teacher")
    assert code == 0
    assert "  1. ann  0.000" in out
    assert "without a calibration nobody knows" in out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["people", "unknown"]


def test_a_gallery_is_looked_after(tmp_path, run, networks, masks):
    db, copy = tmp_path / "people.db", tmp_path / "copy.db"
    for number, name in enumerate(("ann", "bob")):
        src = masks(number * 3, tmp_path / name)
        words = ("--model", networks / "mimic", "--name", name, "--keep_silhouettes")
        code, out, err = run("enroll", src, "--gallery", db, *words, "--consent", "form")
        assert code == 0, err
        assert out.startswith(f"{name}: 1 walks enrolled")
    assert "2 people; templates by network" in run("gallery", "list", db)[1]
    assert run("gallery", "export", db, tmp_path / "x.parquet")[0] == 0
    assert "2 new people, 2 walks" in run("gallery", "import", tmp_path / "x.parquet", copy)[1]
    assert run("gallery", "remove", db, "ann", "--reason", "withdrawn")[1] == "ann: 1 walks removed\n"
    listed = run("gallery", "list", db, "--name", "bob")[1]
    assert "silhouettes kept" in listed
    with Gallery(db) as gallery:
        (walk,) = gallery.person("bob").walks
    assert walk.id in listed
    log = run("gallery", "list", db, "--log")[1]
    assert "remove: person 1, walks 1, reason withdrawn" in log
    assert "ann" not in log
    save_model(GaitBase(width="tiny"), tmp_path / "newer")
    assert "1 walks embedded again" in run("gallery", "reembed", db, "--model", tmp_path / "newer")[1]
    code, out, _ = run("identify", tmp_path / "bob", "--gallery", db, "--model", tmp_path / "newer")
    assert "  1. bob  0.00" in out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("enroll", "MASKS", "--gallery", "G", "--model", "M"), "say who it is, with --name"),
        (("enroll", "MASKS", "--gallery", "G", "--model", "M", "--name", "a"), "on which consent"),
        (
            ("enroll", "STORE", "--gallery", "G", "--model", "M", "--name", "a"),
            "people walk there: say --person",
        ),
        (("enroll", "STORE", "--gallery", "G", "--model", "M", "--person", "99"), "people, got 99"),
        (("identify", "MASKS", "--model", "M"), "either --gallery FILE or --known FOLDER"),
        (("identify", "MASKS", "--model", "M", "--known", "absent"), "is no folder"),
        (("identify", "MASKS", "--model", "M", "--gallery", "absent"), "no gallery of that name"),
        (("identify", "MASKS", "--model", "M", "--gallery", "G", "--calibration", "x"), "x: cannot be read"),
        (
            ("identify", "MASKS", "--model", "M", "--gallery", "G", "--visibility", "M"),
            "give a visibility network",
        ),
        (("calibrate", "STORE", "MASKS", "--model", "M"), "exists already"),
        (("gallery", "remove", "G", "eve"), "nobody called 'eve'"),
        (("gallery", "remove", "G", "zoe", "--walk", "x"), "has none of id 'x'"),
        (("gallery", "list", "G", "--name", "eve"), "nobody called 'eve'"),
        (("gallery", "export", "G", "MASKS"), "exists already"),
    ],
)
def test_mistakes_get_one_message(tmp_path, run, walkers, networks, masks, words, message):
    places = {
        "MASKS": masks(0, tmp_path / "masks"),
        "STORE": walkers / "test",
        "M": networks / "mimic",
        "G": tmp_path / "people.db",
    }
    Gallery(tmp_path / "people.db").close()
    code, _, err = run(*(places.get(word, word) for word in words))
    assert code == 2
    assert message in err
    assert "Traceback" not in err
