"""What must hold for every occlusion, whatever it hides."""

import json

import pytest
import torch

from mimicgait.errors import ConfigError, ShapeError
from mimicgait.occlusion import (
    Bottom,
    Changing,
    Kind,
    LostFrames,
    Middle,
    Mixture,
    MovingPatch,
    MovingPole,
    Nothing,
    Objects,
    People,
    Redetected,
    Top,
    all_types,
    occlusion_from_config,
)

OCCLUSIONS = [
    Nothing(),
    Top(),
    Bottom(amount=(0.1, 0.9)),
    Middle(),
    MovingPatch(),
    MovingPatch(enter="right", place="bottom", speed=(0.5, 2)),
    MovingPole(),
    Changing(),
    all_types(),
    Objects(),
    Objects(kinds="bush", standing=1, height=(0.7, 0.7)),
    People(),
    People(merged=True, standing=1),
    LostFrames(share=(0.3, 0.6), burst=(1, 4)),
    Redetected(all_types()),
    Redetected(Mixture([Objects(), People(merged=True), Changing(), LostFrames()]), least=0.6),
    Mixture([Nothing(), Redetected(Top()), Objects(kinds=["pole", "car"])]),
    Mixture([Nothing(), Mixture([Changing(), MovingPole(enter="left")])], weights=[1, 3]),
]
SINGLE = {"Nothing": 0, "Top": 1, "Bottom": 2, "Middle": 3, "MovingPatch": 4, "MovingPole": 5, "Changing": 6}
SINGLE |= {"Redetected": 9, "LostFrames": 10}

every = pytest.mark.parametrize("occlusion", OCCLUSIONS, ids=lambda o: repr(o)[:60])


def some_frames(n=7, t=9, h=64, w=64, lengths=None):
    generator = torch.Generator().manual_seed(n + t + h)
    frames = (torch.rand(n, t, h, w, generator=generator) < 0.5).to(torch.uint8)
    if lengths is not None:
        frames[torch.arange(t)[None] >= lengths[:, None]] = 0
    return frames


def some_draws(occlusion, n=7):
    return torch.rand(n, occlusion.draws, generator=torch.Generator().manual_seed(3), dtype=torch.float64)


def equal(a, b):
    return all(torch.equal(getattr(a, x), getattr(b, x)) for x in ("frames", "visible", "kind", "amount"))


@every
@pytest.mark.parametrize("dtype", [torch.uint8, torch.bool, torch.float32, torch.float64, torch.bfloat16])
def test_every_type_of_frame_comes_back_as_it_came_with_the_same_content(occlusion, dtype):
    frames, draws = some_frames(), some_draws(occlusion)
    as_bytes, seen = occlusion.apply(frames, draws), occlusion.apply(frames.to(dtype), draws)
    assert seen.frames.dtype == dtype
    assert (seen.visible.dtype, seen.kind.dtype) == (torch.bool, torch.int64)
    assert seen.amount.dtype == torch.float32
    assert torch.equal(seen.frames.to(torch.uint8), as_bytes.frames)
    assert torch.equal(seen.visible, as_bytes.visible)


@every
@pytest.mark.parametrize("dtype", [torch.uint8, torch.bool, torch.float32])
def test_input_is_neither_changed_nor_shared_with_the_result(occlusion, dtype):
    frames, draws = some_frames().to(dtype), some_draws(occlusion)
    before, draws_before = frames.clone(), draws.clone()
    seen = occlusion.apply(frames, draws)
    seen.frames.zero_()
    assert torch.equal(frames, before)
    assert torch.equal(draws, draws_before)


@every
@pytest.mark.parametrize("dtype", [torch.uint8, torch.float32])
def test_a_sequence_gets_the_same_bits_in_any_batch(occlusion, dtype):
    lengths = torch.tensor([9, 1, 4, 5, 8, 2, 9])
    frames, draws = some_frames(lengths=lengths).to(dtype), some_draws(occlusion)
    whole = occlusion.apply(frames, draws, lengths)
    order = torch.tensor([4, 0, 6, 1, 5, 3, 2])
    shuffled = occlusion.apply(frames[order], draws[order], lengths[order])
    for name in ("frames", "visible", "kind", "amount"):
        assert torch.equal(getattr(shuffled, name), getattr(whole, name)[order]), name
    for i, length in enumerate(lengths.tolist()):
        alone = occlusion.apply(frames[i : i + 1, :length], draws[i : i + 1])
        assert torch.equal(alone.frames[0], whole.frames[i, :length])
        assert torch.equal(alone.visible[0], whole.visible[i, :length])
        assert (alone.kind[0], alone.amount[0]) == (whole.kind[i], whole.amount[i])


@every
def test_amount_is_the_hidden_share_of_real_frames_and_padding_is_untouched(occlusion):
    lengths = torch.tensor([9, 1, 4, 5, 8, 2, 3])
    seen = occlusion.apply(some_frames(lengths=lengths), some_draws(occlusion), lengths)
    for i, length in enumerate(lengths.tolist()):
        hidden = 1 - seen.visible[i, :length].double().mean()
        assert seen.amount[i].item() == pytest.approx(hidden.item(), abs=1e-7)
        assert (seen.kind[i] == Kind.NONE) == (hidden == 0)
        assert seen.visible[i, length:].all()
        assert not seen.frames[i, length:].any()
    assert torch.allclose(seen.frame_amount, 1 - seen.visible.double().mean((2, 3)).float(), atol=1e-6)


@every
def test_sequences_without_a_real_frame_hide_nothing(occlusion):
    none = occlusion.apply(some_frames(2, 3), some_draws(occlusion, 2), torch.tensor([0, 0]))
    assert none.amount.tolist() == [0, 0]
    assert none.kind.tolist() == [0, 0]
    assert torch.equal(none.frames, some_frames(2, 3))


@every
def test_kind_names_what_was_hidden(occlusion):
    name = type(occlusion).__name__
    if name in SINGLE:
        seen = occlusion.apply(some_frames(), some_draws(occlusion))
        assert seen.kind.tolist() == [SINGLE[name] if hidden else 0 for hidden in seen.amount.tolist()]
        assert sum(hidden > 0 for hidden in seen.amount.tolist()) >= 5 * (name != "Nothing")


@every
@pytest.mark.parametrize(
    "shape", [(0, 4, 64, 64), (2, 0, 64, 64), (1, 1, 64, 64), (3, 2, 48, 31), (2, 3, 5, 1)]
)
def test_any_size_of_batch_and_frame(occlusion, shape):
    seen = occlusion.apply(some_frames(*shape), some_draws(occlusion, shape[0]))
    assert tuple(seen.frames.shape) == tuple(seen.visible.shape) == shape
    assert len(seen.kind) == len(seen.amount) == shape[0]
    assert bool(((seen.amount >= 0) & (seen.amount <= 1)).all())


@every
def test_strides_do_not_matter(occlusion):
    frames, draws = some_frames(), some_draws(occlusion)
    strided = frames.permute(3, 1, 0, 2).contiguous().permute(2, 1, 3, 0)
    assert not strided.is_contiguous()
    assert equal(occlusion.apply(strided, draws), occlusion.apply(frames, draws))


@every
def test_the_generator_decides(occlusion):
    frames = some_frames(20)
    first = occlusion(frames, torch.Generator().manual_seed(1))
    assert equal(first, occlusion(frames, torch.Generator().manual_seed(1)))
    other = occlusion(frames, torch.Generator().manual_seed(2))
    assert equal(first, other) == (occlusion.draws == 0)


@every
def test_sequences_of_a_batch_draw_on_their_own_unless_the_draw_is_shared(occlusion):
    frames = some_frames(1, 9).expand(20, -1, -1, -1)
    own = occlusion(frames, torch.Generator().manual_seed(5))
    shared = occlusion(frames, torch.Generator().manual_seed(5), shared=True)
    assert (shared.visible == shared.visible[:1]).all()
    assert bool((own.visible == own.visible[:1]).all()) == (occlusion.draws == 0)


@every
def test_the_configuration_builds_it_again(occlusion):
    again = occlusion_from_config(json.loads(json.dumps(occlusion.config)))
    assert again.config == occlusion.config
    assert repr(again) == repr(occlusion)
    draws = some_draws(occlusion)
    assert equal(again.apply(some_frames(), draws), occlusion.apply(some_frames(), draws))


@every
def test_bad_input_is_refused_with_what_was_expected(occlusion):
    frames, draws = some_frames(2, 3), some_draws(occlusion, 2)
    with pytest.raises(ShapeError, match=r"frames\[None\]"):
        occlusion.apply(frames[0], draws)
    with pytest.raises(ShapeError, match="int64"):
        occlusion.apply(frames.long(), draws)
    with pytest.raises(ShapeError, match="int32"):
        occlusion(frames.int(), torch.Generator())
    with pytest.raises(ShapeError, match=r"uniforms \[2, "):
        occlusion.apply(frames, torch.zeros(2, occlusion.draws + 1))
    with pytest.raises(ShapeError, match="between 0 and 3"):
        occlusion.apply(frames, draws, torch.tensor([4, 1]))
    with pytest.raises(ShapeError, match="between 0 and 3"):
        occlusion.apply(frames, draws, torch.tensor([-1, 1]))
    with pytest.raises(ShapeError, match="of integers"):
        occlusion.apply(frames, draws, torch.tensor([1.0, 2.0]))
    if occlusion.draws:
        for wrong in (1.0, -0.1, float("nan")):
            with pytest.raises(ConfigError, match=r"\[0, 1\)"):
                occlusion.apply(frames, torch.full((2, occlusion.draws), wrong))


@every
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
@pytest.mark.parametrize("dtype", [torch.uint8, torch.float32, torch.bfloat16])
def test_the_same_bits_on_the_gpu(occlusion, dtype):
    lengths = torch.tensor([9, 1, 4, 5, 8, 2, 9])
    frames, draws = some_frames(lengths=lengths).to(dtype), some_draws(occlusion)
    here = occlusion.apply(frames, draws, lengths)
    there = occlusion.apply(frames.cuda(), draws.cuda(), lengths.cuda())
    for name in ("frames", "visible", "kind", "amount"):
        assert getattr(there, name).is_cuda
        assert torch.equal(getattr(there, name).cpu(), getattr(here, name)), name
