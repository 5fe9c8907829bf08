"""Comparisons, sweeps and the table of gallery type by probe type."""

import json

import numpy as np
import pytest

from mimicgait.errors import ProtocolError
from mimicgait.evaluation.comparison import Comparison, Sweep, compare
from mimicgait.evaluation.cross import matrix
from mimicgait.evaluation.evaluate import evaluate
from mimicgait.evaluation.robustness import AMOUNTS, by_amount, by_type
from mimicgait.occlusion import Top, paper_mixture


@pytest.fixture
def baseline(store, model):
    return compare("Baseline-1", model, store, occlusion=paper_mixture(), seeds=(0, 1))


def test_comparison_holds_both_ratios_and_what_they_rest_on(store, model, baseline):
    assert baseline.holistic is baseline.clean
    assert baseline.hpr() == 1.0
    assert baseline.rp() == pytest.approx(baseline.occluded.rank1 / baseline.holistic.rank1)
    assert baseline.rp("mAP") == pytest.approx(baseline.occluded.mAP / baseline.holistic.mAP)
    found = json.loads(json.dumps(baseline.as_json()))
    assert found["rp"] == baseline.rp()
    assert found["occluded"]["setting"]["seeds"] == [0, 1]


def test_comparison_refuses_scores_that_do_not_belong_together(store, model, baseline):
    with pytest.raises(ProtocolError, match="complete sequences"):
        Comparison(method="m", holistic=baseline.holistic, clean=baseline.clean, occluded=baseline.holistic)
    with pytest.raises(ProtocolError, match="holistic score must be of complete"):
        Comparison(method="m", holistic=baseline.occluded, clean=baseline.clean, occluded=baseline.occluded)
    half = evaluate(model, store.select(range(16)))
    with pytest.raises(ProtocolError, match="fingerprint"):
        Comparison(method="m", holistic=half, clean=baseline.clean, occluded=baseline.occluded)


def test_comparison_cannot_be_built_without_the_holistic_score(baseline):
    with pytest.raises(TypeError, match="holistic"):
        Comparison(method="m", clean=baseline.clean, occluded=baseline.occluded)


def test_every_type_is_judged(store, model, baseline):
    sweep = by_type(model, store, method="B1", holistic=baseline.holistic, clean=baseline.clean, seeds=(0,))
    assert list(sweep.scores) == ["top", "bottom", "middle", "moving patch", "moving pole", "changing"]
    assert sweep.scores["top"].runs == evaluate(model, store, occlusion=Top(), seeds=(0,)).runs
    assert sweep.rp()["top"] == pytest.approx(sweep.scores["top"].rank1 / baseline.holistic.rank1)
    assert json.loads(json.dumps(sweep.as_json()))["rp"] == sweep.rp()


def test_sweep_of_other_data_is_refused(store, model, baseline):
    other = evaluate(model, store.select(range(16)), occlusion=Top(), seeds=(0,))
    with pytest.raises(ProtocolError, match="fingerprint"):
        Sweep(
            method="m",
            axis="type",
            holistic=baseline.holistic,
            clean=baseline.clean,
            scores={"top": other},
        )


def test_amounts_begin_at_the_complete_score_and_performance_falls(store, model, baseline):
    sweeps = by_amount(
        model,
        store,
        method="B1",
        holistic=baseline.holistic,
        clean=baseline.clean,
        kinds=("paper", "top"),
        amounts=(0.0, 0.4, 0.8),
        seeds=(0,),
    )
    assert [sweep.axis for sweep in sweeps] == ["amount of paper", "amount of top"]
    paper = sweeps[0]
    assert list(paper.scores) == ["0", "0.4", "0.8"]
    assert paper.scores["0"] is baseline.clean
    assert paper.rp()["0"] == 1.0
    assert paper.rp()["0.8"] < 0.8
    assert AMOUNTS == (0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)


def test_table_has_a_cell_for_every_pair_of_types(store, model):
    cases = {"complete": None, "top": Top()}
    table = matrix(model, store, method="B1", cases=cases, teacher=model, seeds=(0, 1))
    assert (table.gallery, table.probe) == (("complete", "top", "complete (teacher)"), ("complete", "top"))
    assert table.rank1[0, 0] == evaluate(model, store).rank1
    both = evaluate(model, store, occlusion=Top(), seeds=(0, 1))
    assert table.rank1[1, 1] == pytest.approx(both.rank1)
    assert table.std[1, 1] == pytest.approx(both.std())
    probe = evaluate(model, store, occlusion=Top(), seeds=(0, 1), occlude="probe")
    assert table.rank1[0, 1] == pytest.approx(probe.rank1)
    assert np.array_equal(table.rank1[2], table.rank1[0])
    assert json.loads(json.dumps(table.as_json()))["rank1"][1][1] == table.rank1[1, 1]
    with pytest.raises(ProtocolError, match="at least one seed"):
        matrix(model, store, method="B1", seeds=())
