"""What a VEN said against the truth, counted over real frames only."""

import json

import numpy as np
import pytest
import torch
from evaluation_cases import outlines

from mimicgait.evaluation.visibility import estimate_visibility
from mimicgait.models import Visibility, VisibilityNetwork
from mimicgait.occlusion import Bottom, Mixture, Nothing, Top, seeded_uniforms


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return outlines(tmp_path_factory.mktemp("evaluation"))


class Fixed(torch.nn.Module):
    """A VEN that always gives one answer."""

    def __init__(self, kinds, answer, amount):
        super().__init__()
        self.kinds, self.answer, self.amount = kinds, answer, amount

    def forward(self, frames, lengths=None):
        n, t = frames.shape[:2]
        logits = torch.zeros(n, t, len(self.kinds))
        logits[..., self.kinds.index(self.answer)] = 1
        return Visibility(logits, torch.full((n, t), self.amount), torch.zeros(n, t, 4))


KINDS = ("none", "top", "bottom")


def test_always_right_about_complete_sequences(store):
    found = estimate_visibility(Fixed(KINDS, "none", 0.0), store, occlusion=None)
    assert found.confusion.tolist() == [[int(store.lengths.sum()), 0, 0], [0, 0, 0], [0, 0, 0]]
    assert (found.accuracy, found.amount_mse) == (1.0, 0.0)
    assert found.recall == {"none": 1.0}


@pytest.mark.parametrize("batch_frames", [1, 40, 10_000])
def test_counts_are_those_of_a_loop_over_real_frames(store, batch_frames):
    occlusion = Mixture([Nothing(), Top(), Bottom()])
    found = estimate_visibility(
        Fixed(KINDS, "top", 0.3), store, occlusion=occlusion, seed=5, batch_frames=batch_frames
    )
    confusion, squares, amounts = np.zeros((3, 3), int), 0.0, []
    uniforms = seeded_uniforms(store.keys, 5, occlusion.draws)
    for i in range(len(store)):
        hidden = occlusion.apply(torch.from_numpy(store[i].frames)[None], uniforms[i : i + 1])
        for frame in hidden.visible[0]:
            confusion[int(hidden.kind[0]), 1] += 1
            squares += (0.3 - (1 - frame.double().mean().item())) ** 2
        amounts.append(float(hidden.amount[0]))
    assert found.confusion.tolist() == confusion.tolist()
    assert found.frames == store.lengths.sum()
    assert found.accuracy == confusion[1, 1] / confusion.sum()
    assert found.amount_mse == pytest.approx(squares / confusion.sum(), rel=1e-6)
    assert found.true_amounts == pytest.approx(amounts, abs=1e-6)
    assert found.estimated_amounts == pytest.approx([0.3] * len(store), abs=1e-6)
    assert found.recall == {"none": 0.0, "top": 1.0, "bottom": 0.0}


def test_kind_that_the_network_never_learned_is_a_row_of_its_own_and_wrong(store):
    found = estimate_visibility(Fixed(("none", "top"), "top", 0.5), store, occlusion=Bottom())
    assert found.truth == ("none", "top", "bottom")
    assert found.confusion[2].tolist() == [0, int(store.lengths.sum())]
    assert found.accuracy == 0.0


def test_real_network_is_taken_and_json_is_whole(store):
    torch.manual_seed(0)
    ven = VisibilityNetwork(width="tiny").train()
    found = estimate_visibility(ven, store, occlusion=Mixture([Nothing(), Top(), Bottom()]))
    assert ven.training
    assert found.kinds == found.truth == KINDS
    text = json.loads(json.dumps(found.as_json()))
    assert text["accuracy"] == found.accuracy
    assert np.array(text["confusion"]).sum() == store.lengths.sum()


def test_frame_of_which_nothing_is_hidden_counts_as_complete(store):
    barely = Top(amount=(0.0, 0.02))
    found = estimate_visibility(Fixed(KINDS, "none", 0.0), store, occlusion=barely, seed=1)
    uniforms = seeded_uniforms(store.keys, 1, barely.draws)
    complete = 0
    for i in range(len(store)):
        frames = torch.from_numpy(store[i].frames)[None]
        complete += len(frames[0]) * bool(barely.apply(frames, uniforms[i : i + 1]).visible.all())
    assert 0 < complete < store.lengths.sum()
    assert found.confusion[:2, 0].tolist() == [complete, int(store.lengths.sum()) - complete]
