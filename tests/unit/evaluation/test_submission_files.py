"""Files for challenges and for other tools: their format, and what their checker finds."""

import csv

import numpy as np
import pytest

from mimicgait.errors import DataError, ProtocolError
from mimicgait.evaluation import Protocol, load_protocol
from mimicgait.evaluation.examples import on_a_line
from mimicgait.evaluation.scorefiles import write_scores
from mimicgait.evaluation.submission import check_submission, nearest_people, write_submission

GREW = load_protocol("grew").condition()
GALLERY = on_a_line("\n".join(f"{1 + i // 2:05d} {1 + i % 2:02d} g{i} {10.0 * i}" for i in range(24)))
PROBES = on_a_line("probe 03 4XPn5Z28 41.0\nprobe 03 0aBc 230.0")
PEOPLE = sorted({key.subject for key in GALLERY.keys})


@pytest.fixture
def submission(tmp_path):
    path = tmp_path / "submission.csv"
    write_submission(path, "grew", PROBES.keys, nearest_people(PROBES, GALLERY, GREW, 20))
    return path


def test_grew_file_has_the_official_form(submission):
    with submission.open(newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["videoId", *(f"rank{k}" for k in range(1, 21))]
    assert rows[1][:5] == ["4XPn5Z28", "3", "3", "2", "4"]
    assert rows[2][:5] == ["0aBc", "12", "12", "11", "11"]
    assert check_submission(submission, "grew", PROBES.keys, PEOPLE) == (2, [])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda text: text.replace("videoId", "videoID"), "line 1: expected the header"),
        (lambda text: text.replace("0aBc,12", "0aBc,twelve"), "line 3: expected identities as whole numbers"),
        (lambda text: text.replace("0aBc,12", "0aBc,99"), "line 3: identity 99 is not in the gallery"),
        (lambda text: text.replace("0aBc,12,", "0aBc,"), "line 3: expected 21 fields, got 20"),
        (
            lambda text: text.replace("0aBc", "4XPn5Z28"),
            "1 probes occur more than once, the first is 4XPn5Z28",
        ),
        (lambda text: text.replace("0aBc", "9zZ9"), "1 probes are missing, the first is 0aBc"),
        (lambda text: text.replace("0aBc", "9zZ9"), "1 probes are unknown, the first is 9zZ9"),
        (lambda text: "", "expected the header"),
    ],
)
def test_checker_finds_what_is_wrong(submission, change, words):
    submission.write_text(change(submission.read_text()))
    found = check_submission(submission, "grew", PROBES.keys, PEOPLE)[1]
    assert any(words in line for line in found), found


@pytest.mark.parametrize(("kind", "view"), [("video7", "default"), ("00", "video7")])
def test_hid_takes_the_nearest_person_and_the_sequences_code(tmp_path, kind, view):
    probes = on_a_line(f"probe {kind} {view} 1.0")
    write_submission(tmp_path / "s.csv", "hid", probes.keys, [["00042", "00001"]])
    assert (tmp_path / "s.csv").read_text() == "videoID,label\nvideo7,00042\n"
    assert check_submission(tmp_path / "s.csv", "hid", probes.keys, ["00042"]) == (1, [])


def test_what_cannot_be_handed_in_is_refused(tmp_path):
    with pytest.raises(ProtocolError, match="20 ranks need as many gallery sequences, there are 3"):
        nearest_people(PROBES, GALLERY.select(range(3)), GREW, 20)
    with pytest.raises(
        ProtocolError, match="expected 20 identities that are numbers, got 20, among them 'ann'"
    ):
        write_submission(tmp_path / "s.csv", "grew", PROBES.keys[:1], [["ann"] * 20])
    with pytest.raises(ProtocolError, match="no submission 'grw'"):
        check_submission(tmp_path / "s.csv", "grw")
    with pytest.raises(DataError, match="cannot be read"):
        check_submission(tmp_path / "s.csv", "grew")
    assert list(tmp_path.iterdir()) == []


def test_official_protocol_gives_no_accuracy():
    from mimicgait.evaluation import judge

    with pytest.raises(ProtocolError, match="mimicgait submission write"):
        judge(PROBES, GALLERY, protocol=GREW)


@pytest.mark.parametrize("views", ["any", "not same", "pairs", "all pairs"])
def test_score_files_hold_the_pairs_that_count(tmp_path, views):
    probe = on_a_line("a p v1 2.0\na p v2 6.5")
    gallery = on_a_line("a g v1 1.0\na g v2 6.0\nb g v1 4.0")
    rule = Protocol(name="t", gallery=("g",), probe=("p",), views=views)
    counts = write_scores(tmp_path, probe, gallery, rule)
    found = []
    for name in ("genuine.txt", "impostor.txt"):
        rows = [line.split() for line in (tmp_path / name).read_text().splitlines()]
        assert all(len(row) == 3 for row in rows)
        found.append(sorted(float(row[-1]) for row in rows))
    expected = brute(probe, gallery, views)
    assert found == expected
    assert counts == tuple(map(len, expected))


def brute(probe, gallery, views):
    found = [[], []]
    for i, p in enumerate(probe.keys):
        for j, g in enumerate(gallery.keys):
            same = p.subject == g.subject
            if views == "not same" and same and p.view == g.view:
                continue
            if views == "pairs" and p.view == g.view:
                continue
            distance = abs(probe.values[i] - gallery.values[j]).item()
            found[0 if same else 1].append(-distance)
    return [sorted(np.float64(values).tolist()) for values in found]


def test_reranked_scores_are_not_exported(tmp_path):
    with pytest.raises(ProtocolError, match="gives no scores"):
        write_scores(tmp_path, PROBES, GALLERY, load_protocol("hid-reranked").condition())
