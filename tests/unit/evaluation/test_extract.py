"""Signatures of a store: the same for any batch size, and occluded by sequence and seed alone."""

import pytest
import torch
from evaluation_cases import RowSums
from torch import nn

from mimicgait.distance import PartwiseEuclidean
from mimicgait.errors import ConfigError, ShapeError
from mimicgait.evaluation.batches import judging, load_sequences, plan_batches, store_batches
from mimicgait.evaluation.cache import EmbeddingCache
from mimicgait.evaluation.extract import distance_matrix, embed_store
from mimicgait.models.backbones import GaitBase
from mimicgait.occlusion import Bottom, Mixture, Nothing, Top, all_types, paper_mixture

CPU = torch.device("cpu")


def occluded_frames(store, occlusion, seed, batch_frames):
    """Every sequence's real frames as the network sees them, by key."""
    seen = {}
    for batch in store_batches(
        store, occlusion=occlusion, seed=seed, batch_frames=batch_frames, device=CPU, progress=False
    ):
        for i, position in enumerate(batch.positions):
            seen[store.keys[position]] = batch.frames[i, : batch.lengths[i]]
    return seen


@pytest.mark.parametrize("lengths", [[1], [5, 5, 5], [3, 100, 1, 7, 7, 2]])
@pytest.mark.parametrize("budget", [1, 7, 20, 1000])
def test_batches_hold_every_sequence_once_within_the_budget(lengths, budget):
    batches = plan_batches(lengths, budget)
    assert sorted(i for batch in batches for i in batch) == list(range(len(lengths)))
    for batch in batches:
        assert len(batch) == 1 or len(batch) * max(lengths[i] for i in batch) <= budget


def test_budget_without_frames_is_refused():
    with pytest.raises(ConfigError, match="batch_frames"):
        plan_batches([1], 0)


@pytest.mark.parametrize("occlusion", [None, paper_mixture(), all_types()])
def test_signatures_do_not_depend_on_the_batch_size(store, model, occlusion):
    alone = embed_store(model, store, occlusion=occlusion, batch_frames=1)
    together = embed_store(model, store, occlusion=occlusion, batch_frames=10_000)
    assert {n for n, _ in model.batches} == {1, len(store)}
    assert torch.allclose(alone.values, together.values, atol=1e-6)
    assert alone.keys == store.keys


@pytest.mark.parametrize("occlusion", [paper_mixture(), all_types()])
def test_occluded_frames_are_the_same_bits_in_any_batch_and_any_store(store, occlusion):
    small = occluded_frames(store, occlusion, seed=3, batch_frames=1)
    large = occluded_frames(store, occlusion, seed=3, batch_frames=10_000)
    part = occluded_frames(store.select([9, 4]), occlusion, seed=3, batch_frames=50)
    assert all(torch.equal(small[key], large[key]) for key in store.keys)
    assert all(torch.equal(frames, small[key]) for key, frames in part.items())
    other = occluded_frames(store, occlusion, seed=4, batch_frames=1)
    assert any(not torch.equal(small[key], other[key]) for key in store.keys)


def test_real_backbone_gives_the_same_alone_and_in_a_padded_batch(store):
    torch.manual_seed(0)
    backbone = GaitBase(width="tiny")
    alone = embed_store(backbone, store, occlusion=Top(), batch_frames=1)
    together = embed_store(backbone, store, occlusion=Top(), batch_frames=200)
    assert torch.allclose(alone.values, together.values, rtol=1e-4, atol=1e-5)
    assert alone.values.shape == (len(store), backbone.channels, backbone.parts)


def test_bfloat16_is_near_float32(store):
    torch.manual_seed(0)
    backbone = GaitBase(width="tiny")
    full = embed_store(backbone, store).values
    half = embed_store(backbone, store, precision="bfloat16").values
    assert half.dtype == torch.float32
    assert not torch.equal(full, half)
    assert (full - half).norm() / full.norm() < 0.05


def test_loaded_frames_are_those_of_the_store(store):
    frames, lengths = load_sequences(store, [5, 2])
    for row, length, position in zip(frames, lengths.tolist(), [5, 2], strict=True):
        assert torch.equal(row[:length], torch.from_numpy(store[position].frames))
        assert not row[length:].any()


def test_model_is_left_in_the_modes_it_was_in(store):
    network = nn.Sequential(nn.BatchNorm1d(2), nn.Dropout())
    network.train()
    network[0].eval()
    with judging(network, None) as device:
        assert not network.training
        assert not network[1].training
        assert not torch.is_grad_enabled()
    assert device.type == "cpu"
    assert (network.training, network[0].training, network[1].training) == (True, False, True)


def test_modes_come_back_after_an_error(store, model):
    model.train()
    with pytest.raises(RuntimeError, match="stop"), judging(model, None):
        raise RuntimeError("stop")
    assert model.training


def test_signatures_can_be_used_in_a_graph(store, model):
    values = embed_store(model, store).values
    weight = torch.ones(1, requires_grad=True)
    (values * weight).sum().backward()
    assert weight.grad is not None


class Wrong(nn.Module):
    def __init__(self, answer):
        super().__init__()
        self.answer = answer

    def forward(self, frames, lengths):
        return self.answer(len(frames))


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda n: torch.zeros(n, 4), r"expected signatures \[n, c, p\].*got \["),
        (lambda n: torch.zeros(n + 1, 4, 2), "with n = "),
        (lambda n: (torch.zeros(n, 4, 2), None), "got tuple"),
        (lambda n: torch.full((n, 4, 2), torch.nan), "not finite"),
    ],
)
def test_model_that_is_no_backbone_is_refused(store, answer, words):
    with pytest.raises(ShapeError, match=words):
        embed_store(Wrong(answer), store)


def test_empty_selection_is_refused(store, model):
    with pytest.raises(ShapeError, match="nothing to embed"):
        embed_store(model, store.select([]))


def test_distances_by_blocks_are_those_of_the_whole(store, model, monkeypatch):
    monkeypatch.setattr("mimicgait.evaluation.blocks.ROWS", 3)
    monkeypatch.setattr("mimicgait.evaluation.blocks._TILE", 5)
    embeddings = embed_store(model, store)
    probe, gallery = embeddings.select(range(0, 32, 2)), embeddings.select(range(1, 32, 2))
    blocks = distance_matrix(PartwiseEuclidean(), probe, gallery)
    assert torch.allclose(blocks, PartwiseEuclidean()(probe.values, gallery.values), atol=1e-5)


def test_mixture_with_nothing_leaves_some_sequences_complete(store):
    seen = occluded_frames(store, Mixture([Nothing(), Bottom()]), seed=0, batch_frames=64)
    complete = occluded_frames(store, None, seed=0, batch_frames=64)
    same = [torch.equal(seen[key], complete[key]) for key in store.keys]
    assert 0 < sum(same) < len(same)


def test_cache_answers_only_for_the_same_case(store, model):
    cache = EmbeddingCache()
    first = embed_store(model, store, occlusion=Top(), seed=1, cache=cache)
    runs = len(model.batches)
    assert embed_store(model, store, occlusion=Top(), seed=1, cache=cache) is first
    assert len(model.batches) == runs
    others = [
        embed_store(model, store, occlusion=Top(), seed=2, cache=cache),
        embed_store(model, store, occlusion=Top(amount=(0.1, 0.2)), seed=1, cache=cache),
        embed_store(model, store, seed=1, cache=cache),
        embed_store(model, store.select(range(31)), occlusion=Top(), seed=1, cache=cache),
        embed_store(RowSums(), store, occlusion=Top(), seed=1, cache=cache),
    ]
    assert len(cache) == 6
    assert all(other is not first for other in others)
    assert embed_store(model, store, seed=9, cache=cache) is others[2]
