import pytest
import torch

from mimicgait.errors import ConfigError
from mimicgait.occlusion import (
    Bottom,
    Kind,
    Mixture,
    MovingPatch,
    Nothing,
    Top,
    all_types,
    at_amount,
    dynamic_mixture,
    occlusion_from_config,
    paper_mixture,
)

FRAMES = torch.ones(1, 4, 64, 64, dtype=torch.uint8)


def counts(occlusion, n=4000):
    frames = FRAMES[:, :1, :, :8].expand(n, -1, -1, -1)
    return (
        torch.bincount(occlusion(frames, torch.Generator().manual_seed(0)).kind, minlength=7) / n
    ).tolist()


def test_weights_are_frequencies():
    got = counts(Mixture([Nothing(), Top(), Bottom()], weights=[6, 3, 1]))
    assert got[:3] == pytest.approx([0.6, 0.3, 0.1], abs=0.03)
    assert sum(got[3:]) == 0


def test_the_paper_draws_top_and_bottom_alike_and_all_types_five():
    assert counts(paper_mixture())[1:3] == pytest.approx([0.5, 0.5], abs=0.03)
    assert counts(all_types()) == pytest.approx([0, 0.2, 0.2, 0.2, 0.2, 0.2, 0], abs=0.03)
    assert counts(dynamic_mixture()) == pytest.approx([0, 0, 0, 0, 0.5, 0.5, 0], abs=0.03)


def test_the_first_draw_chooses_and_the_next_ones_go_to_the_chosen():
    mixture = Mixture([Top(), MovingPatch(), Nothing()], weights=[1, 2, 1])
    assert mixture.draws == 6
    rest = torch.rand(4, 5, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    choice = torch.tensor([[0.2499], [0.25], [0.7499], [0.75]], dtype=torch.float64)
    frames = FRAMES.expand(4, -1, -1, -1)
    seen = mixture.apply(frames, torch.cat([choice, rest], 1))
    assert seen.kind.tolist() == [Kind.TOP, Kind.PATCH, Kind.PATCH, Kind.NONE]
    assert torch.equal(seen.frames[:1], Top().apply(frames[:1], rest[:1, :1]).frames)
    assert torch.equal(seen.visible[1:3], MovingPatch().apply(frames[1:3], rest[1:3]).visible)
    assert torch.equal(seen.frames[3], frames[3])


def test_a_weight_of_0_is_never_drawn_even_at_the_ends():
    mixture = Mixture([Top(), Bottom(), Nothing()], weights=[0, 1, 0])
    ends = torch.tensor([[0.0, 0.5], [1 - 2**-53, 0.5]], dtype=torch.float64)
    assert mixture.apply(FRAMES.expand(2, -1, -1, -1), ends).kind.tolist() == [Kind.BOTTOM] * 2


def test_the_last_uniform_below_1_finds_an_occlusion_whatever_the_weights_round_to():
    for parts in range(1, 40):
        mixture = Mixture([Top()] * parts, weights=[0.1] * parts)
        end = torch.tensor([[1 - 2**-53, 0.0]], dtype=torch.float64)
        assert mixture.apply(FRAMES, end).kind.tolist() == [Kind.TOP]


@pytest.mark.parametrize(
    ("occlusions", "weights", "message"),
    [
        ([], None, r"Try \[Top\(\), Bottom\(\)\]"),
        (["Top"], None, "expected one or more occlusions"),
        ([Top()], [1, 2], "one for each of the 1"),
        ([Top(), Bottom()], [1, -1], "need not sum to 1"),
        ([Top(), Bottom()], [0, 0], "above 0"),
        ([Top(), Bottom()], [float("inf"), 1], "numbers >= 0"),
    ],
)
def test_bad_mixtures(occlusions, weights, message):
    with pytest.raises(ConfigError, match=message):
        Mixture(occlusions, weights)


@pytest.mark.parametrize("amount", [0, 0.1, 0.2, 0.4, 0.5, 0.6, 0.8])
@pytest.mark.parametrize("name", ["top", "bottom", "paper", "middle", "patch", "pole", "changing"])
def test_a_fixed_amount_is_hidden(name, amount):
    # The square patch rounds both its sides, the others one: at most half a pixel each.
    tolerance = 1 / 64 if name == "patch" else 0.5 / 64
    seen = at_amount(name, amount)(FRAMES[:, :1].expand(9, -1, -1, -1), torch.Generator())
    assert seen.amount.tolist() == pytest.approx([amount] * 9, abs=tolerance)
    assert bool(((seen.kind == Kind.NONE) == (amount == 0)).all())
    if amount == 0:
        assert seen.frames.all()


def test_none_hides_nothing_at_any_amount():
    assert at_amount("none", 0.5)(FRAMES, torch.Generator()).amount.item() == 0


@pytest.mark.parametrize(("name", "amount", "message"), [("topp", 0.1, "'top'"), ("top", 40, "40 % is 0.4")])
def test_bad_fixed_amounts(name, amount, message):
    with pytest.raises(ConfigError, match=message):
        at_amount(name, amount)


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ("Top", "expected"),
        ({"amount": [0.4, 0.6]}, '"kind": NAME'),
        ({"kind": "top"}, "did you mean 'Top'"),
        ({"kind": "Top", "amout": [0.4, 0.6]}, "did you mean 'amount'"),
        ({"kind": "Top", "amount": [4, 6]}, "not per cent"),
        ({"kind": "Mixture"}, "list of occlusions"),
        ({"kind": "Mixture", "occlusions": [{"kind": "os.system"}]}, "'os.system' is unknown"),
    ],
)
def test_bad_configurations(config, message):
    with pytest.raises(ConfigError, match=message):
        occlusion_from_config(config)


def test_a_class_of_a_users_own_mixes_and_prints_itself():
    class Upper(Top):
        """A user's own."""

    assert Mixture([Upper(amount=(0.5, 0.5))]).config["occlusions"] == [
        {"kind": "Upper", "amount": [0.5, 0.5]}
    ]
    assert repr(Upper()) == "Upper(amount=[0.4, 0.6])"
