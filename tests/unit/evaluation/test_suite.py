"""The whole examination: what is in it, and that its parts fit together."""

import json

import pytest
import torch
from evaluation_cases import RowSums, outlines

from mimicgait.errors import ConfigError
from mimicgait.evaluation.suite import TEACHER, SuiteConfig, examine, first_people
from mimicgait.models import VisibilityNetwork


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return outlines(tmp_path_factory.mktemp("evaluation"))


@pytest.fixture(scope="module")
def findings(store):
    torch.manual_seed(0)
    config = SuiteConfig(seeds=(0, 1), sweep_people=5, amounts=(0.0, 0.5), failures=2)
    students = {"Baseline-2": RowSums(), "mimic": RowSums()}
    return examine(RowSums(), students, store, ven=VisibilityNetwork(width="tiny"), config=config)


def test_headline_has_the_teacher_first_and_one_holistic_score(findings):
    assert [c.method for c in findings.comparisons] == [TEACHER, "Baseline-2", "mimic"]
    assert all(c.holistic is findings.comparisons[0].clean for c in findings.comparisons)
    assert findings.comparisons[1].occluded.setting.seeds == (0, 1)


def test_sweeps_rest_on_a_holistic_score_of_their_own_people(findings):
    assert [sweep.method for sweep in findings.types] == [c.method for c in findings.comparisons]
    for sweep in (*findings.types, *findings.amounts):
        assert sweep.holistic.setting.people == 5
        assert sweep.clean.setting.side == "neither"
    assert list(findings.amounts[0].scores) == ["0", "0.5"]


def test_tables_are_of_the_teacher_and_of_the_last_method(findings):
    assert [table.method for table in findings.tables] == [TEACHER, "mimic"]
    assert findings.tables[0].gallery == ("complete", "top", "bottom", "top or bottom")
    assert findings.tables[1].gallery[-1] == "complete (teacher)"


def test_all_numbers_are_in_the_json(findings):
    found = json.loads(json.dumps(findings.as_json()))
    assert found["headline"][2]["rp"] == findings.comparisons[2].rp()
    assert found["by_amount"][2]["rp"]["0.5"] == findings.amounts[2].rp()["0.5"]
    assert found["visibility"]["frames"] == findings.visibility.frames
    assert 1 <= len(found["failures"]) <= 2
    assert len(findings.specimens) == 6


def test_sweeps_over_everybody_use_the_headlines_complete_scores(store):
    config = SuiteConfig(seeds=(0,), amounts=(0.0,), failures=0)
    found = examine(RowSums(), {}, store, config=config)
    assert found.types[0].clean is found.comparisons[0].clean
    assert len(found.tables) == 1
    assert found.visibility is None
    assert found.failures == ()


def test_people_are_chosen_by_name(store):
    assert set(first_people(store, 3).subjects) == {"p0", "p1", "p2"}
    assert first_people(store, None) is store
    with pytest.raises(ConfigError, match="at least one person"):
        first_people(store, 0)
