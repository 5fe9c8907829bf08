"""Sequences to look at are those that were judged."""

import numpy as np
import torch

from mimicgait.evaluation.batches import store_batches
from mimicgait.evaluation.extract import embed_store
from mimicgait.evaluation.specimens import find_failures, show_occlusions, show_sequence
from mimicgait.occlusion import Bottom, Middle, Top, paper_mixture


def test_shown_frames_are_those_that_an_evaluation_sees(store):
    occlusion = paper_mixture()
    batches = store_batches(
        store, occlusion=occlusion, seed=2, batch_frames=1, device=torch.device("cpu"), progress=False
    )
    for batch in batches:
        position, length = batch.positions[0], int(batch.lengths[0])
        shown = show_sequence(store, position, occlusion, seed=2, frames=length)
        assert np.array_equal(shown.seen, batch.frames[0, :length].numpy())
        assert np.array_equal(shown.complete, store[position].frames)
        assert np.isclose(shown.amount, 1 - shown.visible.mean(), atol=1e-6)


def test_frames_are_spread_over_the_sequence_and_complete_ones_are_left_alone(store):
    longest = int(store.lengths.argmax())
    shown = show_sequence(store, longest, None, frames=3)
    frames = store[longest].frames
    assert np.array_equal(shown.seen, frames[[0, round((len(frames) - 1) / 2), -1]])
    assert shown.visible.all()
    assert shown.amount == 0.0


def test_every_occlusion_is_shown_on_the_same_walker(store):
    shown = show_occlusions(store, {"top": Top(), "bottom": Bottom(), "middle": Middle()}, position=3)
    assert {specimen.key for specimen in shown.values()} == {store.keys[3]}
    assert not shown["top"].visible[:, 0].any()
    assert not shown["bottom"].visible[:, -1].any()
    assert not shown["middle"].seen[:, 32].any()


def test_failures_are_real_mistakes_widest_gap_first_and_one_a_person(store, model):
    occlusion = paper_mixture()
    found = find_failures(model, store, occlusion=occlusion, seed=1, count=3)
    assert 1 <= len(found) <= 3
    assert len({f.probe.key.subject for f in found}) == len(found)
    gaps = [f.right_distance - f.wrong_distance for f in found]
    assert gaps == sorted(gaps, reverse=True)
    embeddings = embed_store(model, store, occlusion=occlusion, seed=1)
    place = {key: i for i, key in enumerate(embeddings.keys)}
    for failure in found:
        probe = embeddings.values[place[failure.probe.key]]
        distances = {
            key: float((probe - embeddings.values[i]).norm(dim=0).mean())
            for key, i in place.items()
            if key.type == "nm-01"
        }
        nearest = min(distances, key=distances.get)
        assert nearest == failure.wrong.key
        assert nearest.subject != failure.probe.key.subject
        assert failure.right.key.subject == failure.probe.key.subject
        assert np.isclose(distances[failure.right.key], failure.right_distance, atol=1e-4)


def test_network_without_mistakes_has_no_failures(store, model):
    assert find_failures(model, store, occlusion=None) == ()
