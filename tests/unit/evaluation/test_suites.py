"""Suites: what they are made of, how they are run, and that nothing is worked out twice."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from evaluation_cases import RowSums

from mimicgait.data.sheet import GAP, LABEL
from mimicgait.errors import ConfigError
from mimicgait.evaluation import EmbeddingCache, embed_store, evaluate, matrix, show_sequence
from mimicgait.evaluation.suites import (
    MATRIX,
    SUITES,
    Suite,
    find_suite,
    gather_suite,
    run_matrix,
    run_suite,
)
from mimicgait.evaluation.suites.sheet import BEHIND, CELL, THING, street_sheet, suite_sheet
from mimicgait.occlusion import Top, paper_mixture

PAPER = SUITES["paper-40-60"]
PAGE = Path(__file__).parents[3] / "docs" / "suites.md"


class Scaled(RowSums):
    """The same signatures, twice as large: a teacher that is told apart from its student."""

    def forward(self, frames, lengths=None):
        return 2 * super().forward(frames, lengths)


def test_the_paper_settings_are_there_by_name():
    for low, high in ((40, 60), (30, 50), (20, 40), (10, 30)):
        suite = SUITES[f"paper-{low}-{high}"]
        assert suite.side == "both"
        (case,) = suite.cases.values()
        assert case.config == paper_mixture(amount=(low / 100, high / 100)).config


def test_hashes_tell_suites_apart_and_change_with_anything_that_counts():
    suites = [*SUITES.values(), MATRIX]
    assert len({suite.hash for suite in suites}) == len(suites)
    other = {"name": "x", "version": 2, "side": "probe", "teacher": True, "cases": {"a": Top()}}
    probe = dataclasses.replace(PAPER, side="probe")
    for name, value in other.items():
        assert dataclasses.replace(probe, **{name: value}).hash != probe.hash or value == "probe"
    assert dataclasses.replace(PAPER, title="other words").hash == PAPER.hash
    assert len(PAPER.hash) == 12


@pytest.mark.parametrize("suite", [*SUITES.values(), MATRIX], ids=str)
def test_a_suite_is_json_and_finds_itself(suite):
    assert json.loads(json.dumps(suite.as_json())) == suite.as_json()
    assert find_suite(suite.name) is suite


def test_a_score_for_each_case_from_draws_that_carry_the_name_of_the_suite(store, model):
    (score,) = run_suite(model, PAPER, store, seeds=(0, 1)).values()
    (case,) = PAPER.cases.values()
    assert score == evaluate(model, store, occlusion=case, seeds=(0, 1), draw="paper-40-60")
    assert (score.setting.draw, score.setting.side, score.setting.seeds) == ("paper-40-60", "both", (0, 1))
    plain = evaluate(model, store, occlusion=case, seeds=(0, 1))
    assert plain.setting.draw == ""
    named, unnamed = (
        embed_store(model, store, occlusion=case, draw=draw).values for draw in ("paper-40-60", "")
    )
    assert not torch.equal(named, unnamed)


def test_the_curve_begins_with_the_complete_sequences(store, model):
    scores = run_suite(model, SUITES["curve"], store, seeds=(0,), cache=EmbeddingCache())
    assert list(scores)[:3] == ["complete", "top 10", "top 20"]
    assert len(scores) == 1 + 6 * 8
    assert scores["complete"] == evaluate(model, store)
    assert scores["top 80"].setting.occlusion["amount"] == [0.8, 0.8]


def test_a_complete_gallery_is_enrolled_by_the_network_and_by_its_teacher(store, model):
    suite = SUITES["probe-only"]
    alone = run_suite(model, suite, store, seeds=(0,))
    assert list(alone) == list(suite.cases)
    both = run_suite(model, suite, store, seeds=(0,), teacher=Scaled())
    assert len(both) == 2 * len(alone)
    for label, score in alone.items():
        beside = both[f"{label} (teacher's gallery)"]
        assert both[label] == score
        assert (score.setting.enrolled, beside.setting.enrolled) == ("own", "teacher")
        assert score.setting.side == beside.setting.side == ("neither" if label == "complete" else "probe")
    gallery_of_another_scale = both["complete (teacher's gallery)"]
    assert gallery_of_another_scale.rank1 < both["complete"].rank1
    same = run_suite(model, suite, store, seeds=(0,), teacher=model)
    assert all(same[f"{label} (teacher's gallery)"].runs == score.runs for label, score in alone.items())


def test_only_a_complete_gallery_can_be_the_teachers(store, model):
    with pytest.raises(ConfigError, match="occlude='probe'"):
        evaluate(model, store, occlusion=Top(), teacher=Scaled())
    with pytest.raises(ConfigError, match="teacher for one of the last two"):
        Suite(name="s", version=1, title="", cases={"a": None}, teacher=True)


def test_evidence_gives_the_same_scores(store, model):
    evidence = gather_suite(model, PAPER, store, seeds=(0,))
    scores = run_suite(model, PAPER, store, seeds=(0,))
    assert {label: found.score() for label, found in evidence.items()} == scores


def test_nothing_is_worked_out_twice(store, model):
    cache = EmbeddingCache()
    first = run_suite(model, SUITES["probe-only"], store, seeds=(0,), cache=cache)
    passes, known = len(model.batches), len(cache)
    assert known == 1 + 1 + 8  # complete gallery, complete probes, eight kinds of hidden probes
    assert run_suite(model, SUITES["probe-only"], store, seeds=(0,), cache=cache) == first
    assert (len(model.batches), len(cache)) == (passes, known)


def test_two_suites_of_one_occlusion_do_not_share_what_was_drawn(store, model):
    cache = EmbeddingCache()
    run_suite(model, PAPER, store, seeds=(0,), cache=cache)
    twin = dataclasses.replace(PAPER, name="twin")
    found = run_suite(model, twin, store, seeds=(0,), cache=cache)
    assert found == run_suite(model, twin, store, seeds=(0,))


def test_the_matrix_is_a_table_of_its_own(store, model):
    table = run_matrix(model, store, method="m", teacher=Scaled(), seeds=(0, 1))
    assert table.probe == ("complete", "top", "bottom", "middle", "dynamic")
    assert table.gallery == (*table.probe, "complete (teacher)")
    plain = matrix(model, store, method="m", cases=MATRIX.cases, seeds=(0, 1), draw="matrix")
    np.testing.assert_array_equal(table.rank1[:5], plain.rank1)
    with pytest.raises(ConfigError, match="run_matrix"):
        run_suite(model, MATRIX, store)
    with pytest.raises(ConfigError, match="no table"):
        run_matrix(model, store, method="m", suite=PAPER)


def test_what_does_not_fit_is_refused(store, model):
    with pytest.raises(ConfigError, match="did you mean 'paper-40-60'"):
        find_suite("paper-40-6")
    with pytest.raises(ConfigError, match="at least one case"):
        Suite(name="s", version=1, title="", cases={})
    with pytest.raises(ConfigError, match="version of 1 or more"):
        Suite(name="s", version=0, title="", cases={"a": None})
    with pytest.raises(ConfigError, match="draws by its own name"):
        run_suite(model, PAPER, store, draw="mine")
    with pytest.raises(ConfigError, match="at least one seed"):
        run_suite(model, PAPER, store, seeds=())


@pytest.mark.parametrize("suite", [*SUITES.values(), MATRIX], ids=str)
def test_the_page_tells_version_hash_and_title(suite):
    assert f"| `{suite.name}` | {suite.version} | `{suite.hash}` | {suite.title} |" in PAGE.read_text()


def test_a_sheet_has_the_frames_as_they_are_judged(store):
    sheet = suite_sheet(PAPER, store, columns=2)
    first = show_sequence(store, 0, PAPER.cases["top or bottom"], draw="paper-40-60", frames=2)
    top = GAP + LABEL
    right = GAP + 2 * CELL + GAP + GAP
    assert sheet.shape == (GAP + 8 * (LABEL + CELL), 2 * right - 3 * GAP)
    np.testing.assert_array_equal(sheet[top : top + 64, right : right + 64], first.seen[0] * 255)
    left = sheet[top : top + 64, GAP : GAP + 64]
    np.testing.assert_array_equal((left == 255) | (left == BEHIND), first.complete[0] > 0)
    np.testing.assert_array_equal((left == THING) | (left == BEHIND), ~first.visible[0])


def test_the_street_has_a_row_of_things_for_each_kind():
    sheet = street_sheet(each=2)
    rows = sheet[GAP:].reshape(7, -1, sheet.shape[1])
    assert ((rows == BEHIND).sum((1, 2)) > 1000).all()
