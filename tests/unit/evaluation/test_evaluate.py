"""Scores of a store: repeatable by seed, with mean and spread, and comparable only where they should be."""

import json
from importlib import import_module

import numpy as np
import pytest
import torch

from mimicgait.distance import FlattenedEuclidean
from mimicgait.errors import ConfigError, ProtocolError
from mimicgait.evaluation.evaluate import evaluate
from mimicgait.evaluation.extract import embed_store
from mimicgait.evaluation.metrics import mean_average_precision, rank_k
from mimicgait.evaluation.protocol import WALKERS, Protocol
from mimicgait.evaluation.score import Figures, Score
from mimicgait.evaluation.specimens import show_sequence
from mimicgait.models import MimicPlusNetwork, VisibilityNetwork
from mimicgait.models.backbones import GaitBase
from mimicgait.occlusion import Bottom, Top, paper_mixture


def test_outlines_are_told_apart_when_complete(store, model):
    score = evaluate(model, store)
    assert score.rank1 == 1.0
    assert (score.setting.people, score.setting.gallery, score.setting.probes) == (8, 16, 16)
    assert (score.setting.side, score.setting.seeds, len(score.runs)) == ("neither", (), 1)


def test_figures_are_those_of_a_loop_over_the_signatures(store, model):
    occlusion = paper_mixture()
    score = evaluate(model, store, occlusion=occlusion, seeds=(4,))
    values = embed_store(model, store, occlusion=occlusion, seed=4)
    gallery = [i for i, key in enumerate(values.keys) if key.type == "nm-01"]
    probes = [i for i, key in enumerate(values.keys) if key.type == "nm-03"]
    distances = [
        [(values.values[q] - values.values[g]).double().norm(dim=0).mean().item() for g in gallery]
        for q in probes
    ]
    ids = [store.subjects[q] for q in probes], [store.subjects[g] for g in gallery]
    assert score.rank1 == pytest.approx(rank_k(distances, *ids), abs=1e-12)
    assert score.rank5 == pytest.approx(rank_k(distances, *ids, 5), abs=1e-12)
    assert score.mAP == pytest.approx(mean_average_precision(distances, *ids), abs=1e-12)
    assert score.cmc[0] == score.rank1
    assert len(score.cmc) == 16


def test_same_seeds_give_the_same_score_and_others_another(store, model):
    first = evaluate(model, store, occlusion=paper_mixture(), seeds=(0, 1))
    again = evaluate(model, store, occlusion=paper_mixture(), seeds=(0, 1), batch_frames=7)
    assert first.runs == again.runs
    assert first.runs[0] != first.runs[1]
    assert first.mean("mAP") == pytest.approx(np.mean([run.mAP for run in first.runs]))
    assert first.std("mAP") == pytest.approx(np.std([run.mAP for run in first.runs], ddof=1))


def test_gallery_stays_complete_when_only_the_probe_is_occluded(store, model, monkeypatch):
    seen = []

    def spy(model, store, **arguments):
        seen.append((store.keys[0].type, arguments.get("occlusion") is not None))
        return embed_store(model, store, **arguments)

    monkeypatch.setattr(import_module("mimicgait.evaluation.evaluate"), "embed_store", spy)
    score = evaluate(model, store, occlusion=Top(), occlude="probe", seeds=(0, 1))
    assert seen == [("nm-01", False), ("nm-03", True), ("nm-03", True)]
    assert score.setting.side == "probe"
    seen.clear()
    evaluate(model, store, occlusion=Top(), seeds=(0, 1))
    assert seen == [("nm-01", True), ("nm-03", True)] * 2


def test_sequences_of_one_walk_are_hidden_by_different_amounts(store):
    amounts = [show_sequence(store, i, Top()).amount for i in range(len(store))]
    walks = [(key.subject, key.view) for key in store.keys]
    pairs = [[a for a, other in zip(amounts, walks, strict=True) if other == walk] for walk in set(walks)]
    assert sum(gallery != probe for gallery, probe in pairs) > len(pairs) / 2


def test_distance_is_taken_as_given(store, model):
    score = evaluate(model, store, distance=FlattenedEuclidean(), seeds=(0,))
    assert score.setting.distance == "FlattenedEuclidean"
    with pytest.raises(ProtocolError, match="distance is 'PartwiseEuclidean' in one, 'FlattenedEuclidean'"):
        evaluate(model, store).setting.check_comparable(score.setting)


def test_absent_probes_are_what_the_protocol_says(store, model):
    part = store.select([i for i, key in enumerate(store.keys) if (key.subject, key.type) != ("p0", "nm-01")])
    sides = {"gallery": ("nm-01",), "probe": ("nm-03",)}
    with pytest.raises(ProtocolError, match="2 of 16 probes have no mate"):
        evaluate(model, part, protocol=Protocol(name="p", **sides))
    assert evaluate(model, part, protocol=Protocol(name="p", **sides, absent="miss")).rank1 == 14 / 16
    assert evaluate(model, part, protocol=Protocol(name="p", **sides, absent="skip")).rank1 == 1.0


def test_bad_settings_are_refused(store, model):
    with pytest.raises(ConfigError, match="'gallery'"):
        evaluate(model, store, occlude="gallery")
    with pytest.raises(ConfigError, match="at least one seed"):
        evaluate(model, store, seeds=())
    with pytest.raises(ProtocolError, match="at least one run"):
        Score(evaluate(model, store).setting, ())


def test_score_in_json_keeps_full_precision_and_every_run(store, model):
    score = evaluate(model, store, occlusion=Bottom(), seeds=(0, 1, 2))
    found = json.loads(json.dumps(score.as_json()))
    assert found["mean"]["mAP"] == score.mAP
    assert [run["rank1"] for run in found["runs"]] == [run.rank1 for run in score.runs]
    assert found["setting"]["occlusion"] == {"kind": "Bottom", "amount": [0.4, 0.6]}
    gallery, probe = (store.select(side).fingerprint for side in WALKERS.split(store.keys))
    assert found["setting"]["fingerprint"] == f"{gallery[:16]}-{probe[:16]}"


def test_single_run_has_no_spread():
    figures = Figures.of(np.array([[0.1, 0.2]]), ["a"], ["a", "b"])
    assert figures.cmc == (1.0, 1.0)
    assert figures.tar == 1.0


def test_model_on_request_moves_to_a_device(store, model):
    assert evaluate(model, store, device="cpu").rank1 == 1.0
    assert torch.is_grad_enabled()


def test_networks_with_distances_of_their_own_are_comparable(store):
    """The distance belongs to the method, unless somebody asked for another."""
    teacher = GaitBase(width="tiny")
    plus = MimicPlusNetwork(GaitBase(width="tiny"), VisibilityNetwork(width="tiny"))
    ours, theirs = (evaluate(network, store).setting for network in (plus, teacher))
    assert (ours.distance, theirs.distance) == ("VisibleEuclidean", "PartwiseEuclidean")
    ours.check_comparable(theirs)
    asked = evaluate(plus, store, distance=FlattenedEuclidean()).setting
    with pytest.raises(ProtocolError, match="cannot be compared: distance"):
        asked.check_comparable(theirs)
