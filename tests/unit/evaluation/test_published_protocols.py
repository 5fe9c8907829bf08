"""A store under a data set's protocol, from signatures to intervals and tests."""

import json

import pytest
from evaluation_cases import RowSums, outlines

from mimicgait.errors import ConfigError, ProtocolError
from mimicgait.evaluation import (
    DatasetProtocol,
    Protocol,
    compare_networks,
    evaluate,
    gather,
    judge_conditions,
    load_protocol,
)
from mimicgait.evaluation.evidence import per_probe
from mimicgait.occlusion import Top

SIDES = {"gallery": ("nm-01",), "probe": ("nm-03",)}
RULES = DatasetProtocol(
    name="toy",
    title="toy",
    conditions={
        "any": Protocol(name="toy/any", **SIDES),
        "pairs": Protocol(name="toy/pairs", **SIDES, views="pairs", absent="miss"),
    },
    figures=("rank1", "rank10", "mAP", "tar"),
)


class Worse(RowSums):
    """Sees only the lower half of people."""

    def forward(self, frames, lengths=None):
        return super().forward(frames[:, :, 32:].repeat(1, 1, 2, 1), lengths)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return outlines(tmp_path_factory.mktemp("published"))


@pytest.fixture(scope="module")
def verdicts(store):
    return judge_conditions(RowSums(), store, RULES, occlusion=Top(), seeds=(0, 1))


def test_conditions_are_what_evaluate_gives_for_each(store, verdicts):
    for name, rule in RULES.conditions.items():
        score = evaluate(RowSums(), store, protocol=rule, occlusion=Top(), seeds=(0, 1))
        assert verdicts[name].evidence.score() == score
        assert verdicts[name].figures["rank10"] == pytest.approx(score.cmc[min(10, len(score.cmc)) - 1])
        assert verdicts[name].figures["mAP"] == score.mAP


def test_each_sequence_is_embedded_once_a_seed(store):
    model = RowSums()
    judge_conditions(model, store, RULES, occlusion=Top(), seeds=(0, 1))
    assert sum(n for n, _ in model.batches) == 2 * len(store)
    model.batches.clear()
    judge_conditions(model, store, RULES, occlusion=Top(), seeds=(0,), occlude="probe")
    assert sum(n for n, _ in model.batches) == 2 * len(store)


def test_outcomes_add_up_to_the_score(verdicts):
    for verdict in verdicts.values():
        for name in ("rank1", "mAP"):
            assert verdict.evidence.outcomes(name).mean() == pytest.approx(verdict.figures[name], abs=1e-12)
            interval = verdict.intervals[name]
            assert interval.low <= interval.value <= interval.high
    assert "tar" not in verdicts["any"].intervals
    with pytest.raises(ProtocolError, match="not a mean over probes"):
        per_probe(verdicts["any"].evidence.runs[0].cells[0].ranking, "tar")


def test_rule_and_habits_stand_beside_the_numbers(verdicts):
    found = json.loads(json.dumps(verdicts["pairs"].as_json()))
    setting = found["score"]["setting"]
    assert (setting["views"], setting["absent"], setting["ties"]) == ("pairs", "miss", "pessimistic")
    assert setting["rule"]["name"] == "toy/pairs"
    assert 0 <= found["eer"] <= 1
    assert len(found["split_hash"]) == 32


def test_networks_are_tested_on_the_same_probes(store, verdicts):
    worse = judge_conditions(Worse(), store, RULES, occlusion=Top(), seeds=(0, 1))
    whole = judge_conditions(RowSums(), store, RULES)
    found = compare_networks(verdicts, worse, whole)
    assert [test.name for test in found["any"]] == [
        "paired bootstrap over people",
        "paired bootstrap over people, of RP",
    ]
    expected = verdicts["any"].figures["rank1"] - worse["any"].figures["rank1"]
    assert found["any"][0].difference == pytest.approx(expected)
    one = compare_networks(whole, judge_conditions(Worse(), store, RULES))
    assert [test.name for test in one["any"]][-1].startswith("McNemar")
    assert len(one["pairs"]) == 1


def test_scores_of_other_data_are_not_compared(store, verdicts):
    part = store.select([i for i, subject in enumerate(store.subjects) if subject != "p0"])
    other = judge_conditions(RowSums(), part, RULES, occlusion=Top(), seeds=(0, 1))
    with pytest.raises(ProtocolError, match="cannot be compared: fingerprint"):
        compare_networks(verdicts, other)


def test_requests_that_cannot_be_met(store):
    with pytest.raises(ConfigError, match="at least one seed"):
        judge_conditions(RowSums(), store, RULES, seeds=())
    with pytest.raises(ProtocolError, match="only the organisers know"):
        judge_conditions(RowSums(), store, load_protocol("grew"))
    one_view = store.select([i for i, key in enumerate(store.keys) if key.view == "000"])
    with pytest.raises(ProtocolError, match="every view must be on both sides, two at least"):
        gather(RowSums(), one_view, protocol=RULES.conditions["pairs"])
    score = evaluate(RowSums(), store)
    with pytest.raises(ProtocolError, match="no figure 'rank99'"):
        score.mean("rank99")
