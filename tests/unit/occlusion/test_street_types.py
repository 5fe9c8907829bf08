"""Objects and people: what they draw, where it stands, and what the segmenter makes of it."""

import pytest
import torch

from mimicgait.errors import ConfigError
from mimicgait.occlusion import Kind, Objects, People
from mimicgait.occlusion.passing import Passage
from mimicgait.occlusion.shapes import SHAPES

FRAMES = torch.ones(200, 2, 64, 64, dtype=torch.uint8)
LOW = ("bench", "bush", "car", "fence")


def drawn(kind, n=40, **settings):
    """Draw things whole: bool `[n, 80, 320]`, 64 rows above the walker's feet and 16 below."""
    occlusion = Objects(kinds=kind, **settings)
    draws = torch.rand(n, occlusion.draws, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    return occlusion.draw_things(draws, 64, 320, under=16)


@pytest.mark.parametrize("kind", LOW)
def test_low_things_reach_as_high_as_asked_and_stand_below_the_feet(kind):
    for amount in (0.4, 0.6):
        rows = drawn(kind, height=(amount, amount)).any(2)
        top = 64 - rows.int().argmax(1)
        assert top.float().mean() == pytest.approx(64 * amount, abs=2.5), f"{kind}: {top.tolist()}"
        assert (top <= 64 * amount + 1).all()
        assert rows[:, 62:67].all(), "something of it reaches below the feet"
        assert not rows[:, -1].any()


@pytest.mark.parametrize("kind", ["pole", "tree"])
def test_upright_things_are_higher_than_the_walker_and_as_wide_as_asked(kind):
    things = drawn(kind, width=(0.25, 0.25))
    assert things.any(2)[:, :64].all()
    widest = things[:, 48:72].sum(2).amax(1)
    assert widest.float().mean() == pytest.approx(16, abs=2)


def test_one_sees_through_a_bench_and_a_fence_but_not_through_a_bush_or_a_car():
    filled = {}
    for kind in SHAPES:
        things = drawn(kind)
        width = things.any(1).sum(1) * things.any(2).sum(1)
        filled[kind] = float((things.sum((1, 2)) / width).mean())
    assert filled["bench"] < 0.65
    assert filled["fence"] < 0.85
    assert min(filled["bush"], filled["car"], filled["pole"]) > 0.6
    assert filled["car"] < 0.85


def test_every_kind_is_drawn_alike_and_things_differ():
    occlusion = Objects()
    draws = torch.rand(700, occlusion.draws, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    chosen = (draws[:, 0] * 7).long()
    assert torch.bincount(chosen).min() > 70
    some = Objects(kinds=["bush", "car"]).apply(FRAMES, draws[:200])
    bushes = Objects(kinds="bush").apply(FRAMES, draws[:200])
    same = (some.visible == bushes.visible).flatten(1).all(1)
    assert torch.equal(same, draws[:200, 0] < 0.5)
    assert len(drawn("car").flatten(1).unique(dim=0)) > 35


def test_what_stands_still_stays_in_the_middle_and_what_passes_moves_one_way():
    for standing, moves in ((1.0, False), (0.0, True)):
        occlusion = Objects(kinds="pole", standing=standing, speed=(1, 1), gap=(9, 9))
        seen = occlusion(torch.ones(50, 30, 64, 64), torch.Generator().manual_seed(0))
        column = torch.arange(64.0)
        hidden = ~seen.visible[:, :, 20]
        place = (hidden * column).sum(2) / hidden.sum(2).clamp_min(1)
        whole = ~hidden[..., :2].any(2) & ~hidden[..., -2:].any(2)
        both = whole[:, 1:] & whole[:, :-1] & hidden.any(2)[:, 1:] & hidden.any(2)[:, :-1]
        steps = place.diff(dim=1)[both]
        assert len(steps) > 300
        assert set(steps.round(decimals=3).abs().tolist()) == ({1.0} if moves else {0.0})
        if not moves:
            assert ((place - 31.5).abs() < 0.13 * 64 + 1).all()


def test_the_amount_of_a_thing_in_front_of_the_walker_is_about_what_was_asked():
    seen = Objects(kinds="fence", height=(0.5, 0.5), standing=1)(FRAMES, torch.Generator().manual_seed(0))
    assert seen.amount.mean() == pytest.approx(0.5 * 0.77, abs=0.06)
    assert (seen.kind == Kind.OBJECTS).all()


def test_passage_worked_by_hand():
    # It is in the middle (column 4) of the third of four frames, moves right by 1; every 6 columns one more.
    draws = torch.tensor([[0.5, 0.5, 0.0, 0.9, 0.0]], dtype=torch.float64)
    width, lengths = torch.tensor([2.0], dtype=torch.float64), torch.tensor([4])
    settings = {"speed": (1, 1), "gap": (0.5, 0.5), "standing": 0.5, "aside": (0, 0)}
    passage = Passage.drawn(draws, width, lengths=lengths, t=4, w=8, **settings)
    assert passage.middle.tolist() == [[2, 3, 4, 5]]
    assert passage.period.tolist() == [6]
    column, place = passage.columns(8, torch.device("cpu"))
    assert column[0, 2].tolist() == [5, 0, 1, 2, 3, 4, 5, 0]
    assert place[0, 2].tolist() == [-1, 0, 0, 0, 0, 0, 0, 1]
    assert passage.offsets.tolist() == [[-3, -2, -1, 0, 1, 2]]
    draws[0, 2] = 0.5
    back = Passage.drawn(draws, width, lengths=lengths, t=4, w=8, **settings)
    assert back.middle.tolist() == [[6, 5, 4, 3]]


def walker():
    """One frame `[1, 4, 64, 64]` four times: somebody as narrow as a board, in the middle."""
    frames = torch.zeros(1, 4, 64, 64, dtype=torch.uint8)
    frames[..., 30:34] = 1
    return frames


def test_a_passer_by_hides_or_is_merged():
    far = {"standing": 0, "gap": (2, 2), "speed": (9, 9)}
    apart, merged = People(**far), People(**far, merged=True)
    draws = torch.rand(60, apart.draws, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    frames = walker().expand(60, -1, -1, -1)
    hidden, joined = apart.apply(frames, draws), merged.apply(frames, draws)
    assert torch.equal(hidden.visible, joined.visible)
    assert torch.equal(hidden.frames, frames * hidden.visible)
    assert (joined.frames >= frames).all()
    touching = (frames.bool() & ~hidden.visible).flatten(2).any(2)
    assert 50 < touching.sum() < 200
    grown = (joined.frames > frames).flatten(2).any(2)
    assert torch.equal(grown, touching & grown)
    assert grown[touching].float().mean() > 0.95


def test_bytes_of_255_stay_bytes_of_255():
    frames = walker().expand(20, -1, -1, -1) * 255
    seen = People(merged=True, standing=0)(frames, torch.Generator().manual_seed(0))
    assert seen.frames.unique().tolist() == [0, 255]


def test_passers_by_are_larger_and_look_where_they_go():
    occlusion = People(scale=(1.25, 1.25), standing=0, gap=(3, 3))
    draws = torch.rand(100, occlusion.draws, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    left, right = draws.clone(), draws.clone()
    left[:, 6], right[:, 6] = 0.9, 0.1
    left[:, 4] = right[:, 4] = 0.0  # in the middle of the first frame
    one = torch.ones(100, 1, 64, 64)
    there, back = (~occlusion.apply(one, uniforms).visible for uniforms in (left, right))
    assert there.sum((2, 3)).float().mean() > 0.15 * 64 * 64
    mirrored = (there == back.flip(3)).float().mean()
    assert mirrored > 0.97, mirrored
    assert (there == back).float().mean() < 0.95


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Objects(kinds="buss"), "did you mean 'bush'"),
        (lambda: Objects(kinds=()), "one or more of pole"),
        (lambda: Objects(kinds=("car", "car")), "each once"),
        (lambda: Objects(standing=40), "between 0 and 1"),
        (lambda: Objects(height=(0.6, 0.4)), "height: expected 0 <= low"),
        (lambda: People(scale=(0, 1)), "scale: expected 0.1 <= low"),
        (lambda: People(standing=True), "standing: expected a number"),
    ],
)
def test_bad_settings(make, message):
    with pytest.raises(ConfigError, match=message):
        make()
