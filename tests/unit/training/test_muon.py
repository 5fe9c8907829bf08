import copy

import pytest
import torch
from torch import nn

from mimicgait.models.backbones import GaitBase
from mimicgait.training.config import OptimizerConfig
from mimicgait.training.loop import store_as_images
from mimicgait.training.muon import Muon, orthogonal
from mimicgait.training.optimizer import build_optimizer, matrix_kinds
from mimicgait.training.teacher import RecognitionStage, TeacherConfig

CONFIG = OptimizerConfig(name="muon", lr=0.02, weight_decay=0.1)


def step_often(model, optimizer, inputs, steps=4):
    for _ in range(steps):
        (model(inputs) - 1).square().sum().backward()
        optimizer.step()
        optimizer.zero_grad()


@pytest.mark.parametrize("shape", [(8, 8), (6, 20), (20, 6), (5, 12, 7)])
def test_singular_values_come_near_to_one_and_the_directions_stay(shape):
    torch.manual_seed(0)
    matrices = torch.randn(shape)
    result = orthogonal(matrices)
    u, _, v = torch.linalg.svd(matrices, full_matrices=False)
    inner = u.mT @ result @ v.mT
    diagonal = inner.diagonal(dim1=-2, dim2=-1)
    assert result.dtype == torch.float32
    assert diagonal.median() == pytest.approx(0.95, abs=0.25)
    assert (inner - torch.diag_embed(diagonal)).abs().max() < 0.05


def test_a_matrix_takes_the_steps_of_pytorchs_muon():
    torch.manual_seed(0)
    model, inputs = nn.Linear(12, 7, bias=False), torch.randn(5, 12)
    other = copy.deepcopy(model)
    step_often(model, build_optimizer(model, CONFIG), inputs)
    theirs = torch.optim.Muon(other.parameters(), lr=0.02, weight_decay=0.1, adjust_lr_fn="match_rms_adamw")
    step_often(other, theirs, inputs)
    torch.testing.assert_close(model.weight, other.weight, atol=2e-3, rtol=0)


def test_what_is_no_matrix_takes_the_steps_of_adamw():
    torch.manual_seed(0)
    model, inputs = nn.BatchNorm1d(6), torch.randn(9, 6)
    other = copy.deepcopy(model)
    step_often(model, build_optimizer(model, CONFIG), inputs)
    step_often(other, torch.optim.AdamW(other.parameters(), lr=0.02, weight_decay=0.1), inputs)
    torch.testing.assert_close(model.weight, other.weight)
    torch.testing.assert_close(model.bias, other.bias)


def test_filters_learn_alike_in_either_layout_and_as_the_matrix_that_they_are():
    torch.manual_seed(0)
    plain, inputs = nn.Conv2d(3, 8, 3, bias=False), torch.randn(2, 3, 6, 6)
    images = copy.deepcopy(plain)
    store_as_images(images)
    before = plain.weight.detach().clone()
    plain(inputs).square().sum().backward()
    images.weight.grad = plain.weight.grad.clone(memory_format=torch.channels_last)
    for model in (plain, images):
        Muon([{"params": [model.weight], "kind": "filters"}], lr=0.1, weight_decay=0.0).step()
    torch.testing.assert_close(plain.weight, images.weight)
    step = (before - plain.weight).flatten(1) / (0.1 * 0.2 * 27**0.5)
    values = torch.linalg.svdvals(step)
    assert values.min() > 0.6
    assert values.max() < 1.3


def test_the_class_head_and_vectors_are_left_to_adamw(tmp_path):
    backbone = GaitBase(width="tiny")
    stage = RecognitionStage(backbone, 4, TeacherConfig(train=tmp_path, out=tmp_path))
    kinds = matrix_kinds(stage)
    assert kinds["backbone.conv1.weight"] == "filters"
    assert kinds["backbone.head.fc_bin"] == "matrices"
    assert not any(name.startswith("neck.") or "bn" in name for name in kinds)
    groups = build_optimizer(stage, CONFIG).param_groups
    assert {group["kind"] for group in groups} == {"filters", "matrices", None}
    counted = sum(len(group["params"]) for group in groups)
    assert counted == len(list(stage.parameters()))


def test_a_saved_state_goes_on_to_the_same_weights():
    torch.manual_seed(0)
    model, inputs = nn.Sequential(nn.Linear(5, 4), nn.BatchNorm1d(4)), torch.randn(6, 5)
    optimizer = build_optimizer(model, CONFIG)
    step_often(model, optimizer, inputs, steps=2)
    other = copy.deepcopy(model)
    resumed = build_optimizer(other, CONFIG)
    resumed.load_state_dict(copy.deepcopy(optimizer.state_dict()))
    step_often(model, optimizer, inputs)
    step_often(other, resumed, inputs)
    assert all(torch.equal(a, b) for a, b in zip(model.parameters(), other.parameters(), strict=True))
