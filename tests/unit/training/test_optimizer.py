import pytest
import torch
from torch import nn

from mimicgait.errors import ConfigError
from mimicgait.training.config import OptimizerConfig
from mimicgait.training.optimizer import build_optimizer, build_schedule, rate_factor


@pytest.mark.parametrize(("step", "factor"), [(0, 1.0), (9, 1.0), (10, 0.1), (19, 0.1), (20, 0.01)])
def test_multistep_lowers_the_rate_at_each_milestone(step, factor):
    config = OptimizerConfig(milestones=(10, 20))
    assert rate_factor(step, config, 30) == pytest.approx(factor)


def test_cosine_starts_at_one_passes_a_half_and_ends_at_zero():
    config = OptimizerConfig(schedule="cosine")
    assert rate_factor(0, config, 100) == 1.0
    assert rate_factor(50, config, 100) == pytest.approx(0.5)
    assert rate_factor(100, config, 100) == pytest.approx(0.0)


def test_cosine_falls_to_its_floor_and_stays_there():
    config = OptimizerConfig(schedule="cosine", lr=0.1, floor=0.02, fall=10)
    assert rate_factor(0, config, 40) == pytest.approx(1.0)
    assert rate_factor(5, config, 40) == pytest.approx(0.6)
    assert [rate_factor(step, config, 40) for step in (10, 25, 40)] == pytest.approx([0.2] * 3)


@pytest.mark.parametrize("wrong", [{"fall": 3}, {"floor": 0.01}, {"schedule": "cosine", "floor": 0.2}])
def test_a_floor_that_no_schedule_reaches_is_refused(wrong):
    with pytest.raises(ConfigError, match="floor"):
        OptimizerConfig(lr=0.1, **wrong)


def test_weights_have_the_rate_and_the_decay_of_their_pattern():
    model = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2), nn.Linear(2, 2))
    rates = {"2.bias": 0.5, "2.*": 0.1}
    config = OptimizerConfig(lr=1.0, weight_decay=0.3, rates=rates, undecayed=("1.*", "*.bias"))
    optimizer = build_optimizer(model, config)
    found = {
        name: (group["lr"], group["weight_decay"])
        for name, weight in model.named_parameters()
        for group in optimizer.param_groups
        if any(weight is other for other in group["params"])
    }
    assert found == {
        "0.weight": (1.0, 0.3),
        "0.bias": (1.0, 0.0),
        "1.weight": (1.0, 0.0),
        "1.bias": (1.0, 0.0),
        "2.weight": (0.1, 0.3),
        "2.bias": (0.5, 0.0),
    }
    schedule = build_schedule(optimizer, OptimizerConfig(milestones=(1,)), 4)
    optimizer.step()
    schedule.step()
    assert sorted({group["lr"] for group in optimizer.param_groups}) == pytest.approx([0.01, 0.05, 0.1])


@pytest.mark.parametrize("wrong", [{"rates": {"layer1.*": 0.1}}, {"undecayed": ("norm*",)}])
def test_a_pattern_that_matches_nothing_is_refused(wrong):
    with pytest.raises(ConfigError, match=r"no weight's name matches .* names are like weight, bias"):
        build_optimizer(nn.Linear(2, 2), OptimizerConfig(**wrong))


def test_warmup_grows_linearly_to_the_full_rate():
    config = OptimizerConfig(schedule="cosine", warmup=4)
    assert [rate_factor(s, config, 10) for s in range(4)] == [0.25, 0.5, 0.75, 1.0]
    assert rate_factor(4, config, 10) == 1.0


@pytest.mark.parametrize("name", ["sgd", "adam", "adamw", "muon"])
def test_every_optimizer_lowers_a_loss_and_leaves_frozen_parameters_out(name):
    torch.manual_seed(0)
    model = nn.Linear(4, 1)
    model.bias.requires_grad_(False)
    config = OptimizerConfig(name=name, lr=0.05, schedule="constant", weight_decay=0.0)
    optimizer = build_optimizer(model, config)
    schedule = build_schedule(optimizer, config, 50)
    x, y, bias = torch.randn(32, 4), torch.randn(32, 1), model.bias.clone()
    losses = []
    for _ in range(50):
        loss = (model(x) - y).square().mean()
        loss.backward()
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        losses.append(loss.item())
    assert losses[-1] < losses[0]
    assert torch.equal(model.bias, bias)
