"""What every backbone holds to, so that training, evaluation and the mimic work with any of them."""

import copy
import inspect
import json

import pytest
import torch
from adapter_cases import TRUST

from mimicgait.errors import ShapeError
from mimicgait.models import MimicNetwork, VisibilityNetwork, load_model, save_model
from mimicgait.models.base import GaitEncoder
from mimicgait.models.blueprint import build, describe

ROUNDING = 5e-6
"""Allowed relative difference between two orders of the same float32 sums."""

HALF = 0.02
"""Allowed relative difference between bfloat16 (8 bits of mantissa) through some ten layers and float32."""


def relative(got, expected):
    return ((got - expected).norm() / expected.norm()).item()


def padded(frames, lengths, garbage):
    """Replace what lies past the length of each sequence."""
    changed = frames.clone()
    for sequence, length in zip(changed, lengths, strict=True):
        sequence[length:] = garbage
    return changed


def test_is_a_gait_encoder_and_states_its_facts(backbone):
    assert isinstance(backbone, GaitEncoder)
    assert backbone.channels > 0
    assert backbone.parts > 0
    assert backbone.input_size == (64, 64)


@pytest.mark.parametrize("training", [False, True])
def test_shape_and_finite(backbone, frames, training):
    embeddings = backbone.train(training)(frames(3, 6))
    assert embeddings.shape == (3, backbone.channels, backbone.parts)
    assert embeddings.dtype == torch.float32
    assert embeddings.isfinite().all()


def test_two_people_differ(backbone, frames):
    with torch.no_grad():
        one, other = backbone(frames(2, 6))
    assert relative(one, other) > 1e-3


@pytest.mark.parametrize("lengths", [None, [6, 3, 5, 4]])
def test_every_parameter_gets_a_gradient(backbone, frames, lengths):
    embeddings = backbone.train()(frames(4, 6), None if lengths is None else torch.tensor(lengths))
    torch.manual_seed(1)
    (embeddings * torch.randn_like(embeddings)).sum().backward()
    without = [
        name
        for name, parameter in backbone.named_parameters()
        if parameter.grad is None or not parameter.grad.isfinite().all() or not parameter.grad.any()
    ]
    assert not without


def test_batch_of_one_equals_batch_of_many(backbone, frames):
    batch = frames(4, 6)
    with torch.no_grad():
        together = backbone(batch)
        alone = torch.cat([backbone(one[None]) for one in batch])
    assert relative(alone, together) < ROUNDING


def test_padding_never_changes_an_embedding(backbone, frames):
    batch, lengths = frames(4, 9), torch.tensor([9, 4, 3, 7])
    with torch.no_grad():
        white = backbone(padded(batch, lengths, 1), lengths)
        black = backbone(padded(batch, lengths, 0), lengths)
        alone = torch.cat([backbone(one[None, :k]) for one, k in zip(batch, lengths.tolist(), strict=True)])
    assert torch.equal(white, black)
    assert relative(white, alone) < ROUNDING


def test_padding_never_changes_what_training_learns(backbone, frames):
    """Neither the embedding, nor a gradient, nor the statistics of a BatchNorm."""
    batch, lengths = frames(4, 9), torch.tensor([5, 4, 3, 5])
    outcomes = []
    for filling, t in ((1, 9), (0, 9), (0, 5)):
        model = copy.deepcopy(backbone).train()
        torch.manual_seed(2)  # some families drop paths at random
        embeddings = model(padded(batch, lengths, filling)[:, :t], lengths)
        embeddings.square().mean().backward()
        gradients = [p.grad for p in model.parameters()]
        buffers = [b.double() for b in model.buffers()]
        outcomes.append((embeddings.detach(), gradients, buffers))
    for embeddings, gradients, buffers in outcomes[1:]:
        assert relative(embeddings, outcomes[0][0]) < ROUNDING
        largest = max(g.norm() for g in outcomes[0][1])
        for got, expected in zip(gradients, outcomes[0][1], strict=True):
            assert (got - expected).norm() < 1e-3 * largest
        for got, expected in zip(buffers, outcomes[0][2], strict=True):
            torch.testing.assert_close(got, expected, rtol=1e-4, atol=1e-6)


def test_full_lengths_equal_no_lengths(backbone, frames):
    batch = frames(3, 5)
    with torch.no_grad():
        assert torch.equal(backbone(batch, torch.tensor([5, 5, 5])), backbone(batch))


@pytest.mark.parametrize("t", [1, 2, 3, 31])
def test_any_length_or_a_clear_refusal(backbone, frames, t):
    try:
        with torch.no_grad():
            embeddings = backbone(frames(2, t), torch.tensor([t, 1]))
    except ShapeError as error:
        assert "frames" in str(error)  # noqa: PT017
    else:
        assert embeddings.isfinite().all()


def test_save_and_load_are_bit_equal(backbone, frames, tmp_path):
    for _ in range(2):  # a BatchNorm that has seen something
        backbone.train()(frames(3, 5))
    save_model(backbone, tmp_path / "model")
    loaded = load_model(tmp_path / "model", trust=TRUST)
    for (name, got), (key, expected) in zip(
        loaded.state_dict().items(), backbone.state_dict().items(), strict=True
    ):
        assert name == key
        assert torch.equal(got, expected)
    with torch.no_grad():
        assert torch.equal(loaded(frames(2, 5)), backbone.eval()(frames(2, 5)))


def test_config_rebuilds_the_network(backbone):
    assert set(backbone.config) == set(inspect.signature(type(backbone)).parameters)
    blueprint = describe(backbone)
    again = build(json.loads(json.dumps(blueprint)), TRUST)
    assert describe(again) == blueprint
    assert {k: v.shape for k, v in again.state_dict().items()} == {
        k: v.shape for k, v in backbone.state_dict().items()
    }


def test_bfloat16_is_near_float32(backbone, frames):
    batch, lengths = frames(4, 8), torch.tensor([8, 5, 8, 6])
    with torch.no_grad():
        full = backbone(batch, lengths)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            mixed = backbone(batch, lengths)
        half = copy.deepcopy(backbone).bfloat16()(batch, lengths)
    assert relative(mixed.float(), full) < HALF
    assert relative(half.float(), full) < HALF


def test_float64_is_near_float32(backbone, frames):
    with torch.no_grad():
        full = backbone(frames(2, 5))
        double = copy.deepcopy(backbone).double()(frames(2, 5))
    assert double.dtype == torch.float64
    assert relative(full.double(), double) < ROUNDING


def test_uint8_equals_float_and_is_left_alone(backbone, frames):
    batch = frames(2, 5)
    as_float = batch.float()
    with torch.no_grad():
        assert torch.equal(backbone(batch), backbone(as_float))
    assert torch.equal(batch, frames(2, 5))
    assert torch.equal(as_float, frames(2, 5).float())


def test_same_input_same_output(backbone, frames):
    with torch.no_grad():
        assert torch.equal(backbone(frames(2, 5)), backbone(frames(2, 5)))


@pytest.mark.parametrize(
    ("shape", "dtype", "lengths"),
    [
        ((4, 64, 64), torch.uint8, None),
        ((2, 4, 32, 32), torch.uint8, None),
        ((2, 0, 64, 64), torch.uint8, None),
        ((2, 4, 64, 64), torch.int64, None),
        ((2, 4, 64, 64), torch.uint8, [4]),
        ((2, 4, 64, 64), torch.uint8, [0, 4]),
        ((2, 4, 64, 64), torch.uint8, [5, 4]),
        ((2, 4, 64, 64), torch.uint8, [2.0, 4.0]),
    ],
)
def test_refuses_other_shapes(backbone, shape, dtype, lengths):
    with pytest.raises(ShapeError, match="expected"):
        backbone(torch.zeros(shape, dtype=dtype), None if lengths is None else torch.tensor(lengths))


def test_mimic_network_works_over_it(backbone, frames, tmp_path):
    """The first signature is the teacher's; training reaches the backbone and T, not VEN; it can be saved."""
    mimic = MimicNetwork(copy.deepcopy(backbone), VisibilityNetwork(width="tiny"))
    mimic.initialise_from(backbone)
    batch, lengths = frames(4, 6), torch.tensor([6, 5, 3, 4])
    with torch.no_grad():
        assert relative(mimic.eval()(batch, lengths), backbone(batch, lengths)) < ROUNDING
    signatures = mimic.train()(batch, lengths)
    assert signatures.shape == (4, mimic.channels, mimic.parts)
    (signatures * torch.randn_like(signatures)).sum().backward()
    assert all(p.grad is not None for p in mimic.backbone.parameters())
    assert mimic.mixing.fc_bin.grad.any()
    assert all(p.grad is None for p in mimic.visibility.parameters())
    save_model(mimic.eval(), tmp_path / "mimic")
    with torch.no_grad():
        loaded = load_model(tmp_path / "mimic", trust=TRUST)
        assert torch.equal(loaded(batch, lengths), mimic(batch, lengths))
