import pytest
import torch
from torch import nn

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


def test_warmup_grows_linearly_to_the_full_rate():
    config = OptimizerConfig(schedule="cosine", warmup=4)
    assert [rate_factor(s, config, 10) for s in range(4)] == [0.25, 0.5, 0.75, 1.0]
    assert rate_factor(4, config, 10) == 1.0


@pytest.mark.parametrize("name", ["sgd", "adam", "adamw"])
def test_every_optimizer_lowers_a_loss_and_leaves_frozen_parameters_out(name):
    torch.manual_seed(0)
    model = nn.Linear(4, 1)
    model.bias.requires_grad_(False)
    config = OptimizerConfig(name=name, lr=0.05, schedule="constant", weight_decay=0.0)
    optimizer = build_optimizer(model.parameters(), config)
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
